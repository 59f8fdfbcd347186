package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A happening is one thing in the life of a claim. Amounts are changes, nil
// where the happening does not touch the account.
type happening struct {
	At       time.Time     `json:"at"`
	What     string        `json:"what"`
	Debtor   *money.Amount `json:"debtor_cents,omitempty"`   // of what the debtor owes
	Charges  *money.Amount `json:"charges_cents,omitempty"`  // of fees and interest that the debtor owes
	Merchant *money.Amount `json:"merchant_cents,omitempty"` // the line of the payout
	Payout   string        `json:"payout_id,omitempty"`
	Source   string        `json:"source"`
	Entry    int64         `json:"entry,omitempty"` // of the books
}

// story tells the life of a claim in order of time: decisions, entries of the
// books with the lines that belong to them, notices, and papers that book
// nothing.
func story(l provider.Life, o provider.OrderInfo, source string, zone *time.Location) []happening {
	all := decided(o, source)
	entries := map[int64]*provider.LifeEntry{}
	for i := range l.Entries {
		entries[l.Entries[i].ID] = &l.Entries[i]
	}
	told := map[int64]bool{}
	for _, line := range l.Lines {
		all = append(all, ofLine(line, entries[line.Entry], told[line.Entry], zone))
		told[line.Entry] = true
	}
	for _, n := range l.Notices {
		e := noticeEntry(l.Entries, n.RunDate, zone)
		all = append(all, ofNotice(n, e, zone))
		if e != nil {
			told[e.ID] = true
		}
	}
	for _, e := range l.Entries {
		if !told[e.ID] {
			all = append(all, ofEntry(e))
		}
	}
	for _, paper := range l.Papers {
		if !slices.ContainsFunc(l.Lines, func(x provider.LifeLine) bool { return x.DocumentNo == paper.Number && x.Source == paper.Source }) {
			all = append(all, ofPaper(paper, zone))
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Entry, b.Entry)) })
	return all
}

func decided(o provider.OrderInfo, source string) (all []happening) {
	for _, d := range o.Decisions {
		what := fmt.Sprintf("order %s: %s %s", o.OrderNo, d.Decision, d.Code)
		if d.Decision == purchase.DecisionAccepted {
			what = fmt.Sprintf("order %s: %s %s, %s approved until %s", o.OrderNo, d.Decision, d.Code, d.Approved, o.ValidUntil)
		}
		all = append(all, happening{At: d.At, What: what, Source: strings.TrimPrefix(source+", batch "+fmt.Sprint(d.Batch), ", ")})
	}
	return all
}

// ofLine tells a line of a payout with its entry, if it has one here. The
// entry's postings are told once.
func ofLine(line provider.LifeLine, e *provider.LifeEntry, told bool, zone *time.Location) happening {
	h := happening{Merchant: &line.Amount, Payout: line.PayoutID, Source: line.Source, Entry: line.Entry, What: lineText(line)}
	if h.Payout == "" {
		h.Payout = "(next)"
	}
	switch {
	case e != nil:
		h.At = e.BookedAt
		if !told {
			h.Debtor, h.Charges = moved(*e, ledger.Receivable), moved(*e, ledger.Charges)
		}
	default:
		h.At = slotTime(line.Source, line.BookedOn.In(zone, 12, 0))
	}
	return h
}

func lineText(line provider.LifeLine) string {
	no := line.DocumentNo
	if strings.HasPrefix(no, reversalMark) {
		return "taken back by " + no
	}
	switch line.Type {
	case purchase.LineFee:
		return "shipped and bought; fee"
	case purchase.LineCollection:
		return "payment " + no
	case purchase.LineAfterGuarantee:
		return "payment " + no + ", after the guarantee"
	case purchase.LineGuarantee:
		return "guarantee: the provider pays"
	case purchase.LineReturn:
		return "return " + no
	case purchase.LineCredit:
		return "credit " + no
	case purchase.LineReinstated:
		return "credit " + no + ": less than was returned"
	case purchase.LineDirectPayment:
		return "direct payment to the shop " + no
	case purchase.LineChargeback:
		return "payment " + no + " was returned"
	}
	return string(line.Type) + " " + line.DocumentNo
}

// slotTime reads the time of a slot in a source such as "guarantee
// 2026-11-01T04:00:00+01:00".
func slotTime(source string, otherwise time.Time) time.Time {
	_, text, _ := strings.Cut(source, " ")
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return otherwise
	}
	return at
}

// moved sums what an entry posts on the claim's account of a class; nil when it
// does not touch it.
func moved(e provider.LifeEntry, class ledger.Class) *money.Amount {
	var sum *money.Amount
	for _, p := range e.Postings {
		if a, err := ledger.ParseAccount(p.Account); err == nil && a.Class == class {
			if sum == nil {
				sum = new(money.Amount)
			}
			*sum += p.Amount
		}
	}
	return sum
}

// noticeEntry finds the entry with the charges of a notice.
func noticeEntry(entries []provider.LifeEntry, day schedules.Date, zone *time.Location) *provider.LifeEntry {
	for i, e := range entries {
		if strings.HasPrefix(e.Cause, string(schedules.Dunning)+" ") && schedules.DateOf(e.BookedAt.In(zone)) == day {
			return &entries[i]
		}
	}
	return nil
}

func ofNotice(n purchase.Notice, e *provider.LifeEntry, zone *time.Location) happening {
	h := happening{At: n.RunDate.In(zone, 5, 0), What: noticeText(n), Source: n.ID}
	if e != nil {
		h.At, h.Charges, h.Entry = e.BookedAt, moved(*e, ledger.Charges), e.ID
	}
	return h
}

func noticeText(n purchase.Notice) string {
	what := fmt.Sprintf("dunning level %d %s", n.Level, n.Status)
	if n.Level == 1 {
		what = "reminder " + n.Status
	}
	if n.Hold != "" {
		return what + ": " + n.Hold
	}
	var parts []string
	for _, part := range []struct {
		name   string
		amount money.Amount
	}{{"interest", n.InterestBooked}, {"fee", n.Fee}, {"flat sum", n.Flat}} {
		if part.amount != 0 {
			parts = append(parts, part.name+" "+part.amount.String())
		}
	}
	if len(parts) > 0 {
		what += ": " + strings.Join(parts, ", ")
	}
	return what + fmt.Sprintf("; %s to pay", n.TotalDue)
}

func ofEntry(e provider.LifeEntry) happening {
	what := "booked"
	if moved(e, ledger.Charges) != nil && moved(e, ledger.Receivable) == nil {
		what = "charges changed"
	}
	return happening{
		At: e.BookedAt, What: what, Debtor: moved(e, ledger.Receivable), Charges: moved(e, ledger.Charges), Source: sourceOf(e.Cause), Entry: e.ID,
	}
}

func ofPaper(p provider.LifePaper, zone *time.Location) happening {
	what := strings.TrimSpace(fmt.Sprintf("%s %s %s", strings.TrimSuffix(p.Feed, "s"), p.Kind, p.Number))
	if p.Amount != 0 {
		what += " of " + p.Amount.String()
	}
	return happening{At: p.Day.In(zone, 12, 0), What: what, Source: p.Source}
}
