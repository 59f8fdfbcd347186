package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// DunningCSV writes the dunning report for accountants.
func (r Renderer) DunningCSV(ctx context.Context, w io.Writer, d purchase.Dunning) error {
	foreign, hold := r.foreign, r.hold
	if r.forERP(formats.DunningReport) {
		foreign, hold = asItIs, asItIs
	}
	t := r.forPeople(w, formats.DunningReport)
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return err
		}
		err = t.Row(n.ID, n.RunDate, n.Level, r.levelName(n), foreign(n.CustomerNo), foreign(n.OrderNo), foreign(n.InvoiceNo),
			n.DueDate, n.DaysOverdue, n.Outstanding, n.InterestBooked, n.InterestTotal, r.segments(n.Segments), n.Fee, n.Flat,
			n.ChargesTotal, n.TotalDue, n.PayUntil, n.NextLevelOn, hold(n.Hold), n.Status)
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// levelName names a level as the letters do. The last level is the hand-over to
// collection (Inkasso); of a notice that is held, the fourth is taken for it.
func (r Renderer) levelName(n purchase.Notice) string {
	const collection = 4
	switch {
	case n.Status == purchase.NoticeCollection || n.Status == purchase.NoticeHeld && n.Level >= collection:
		return r.say("Übergabe an Inkasso", "Hand-over to collection")
	case n.Level == 1:
		return r.say("Zahlungserinnerung", "Payment reminder")
	}
	return fmt.Sprintf(r.say("%d. Mahnung", "Dunning notice %d"), n.Level-1)
}

// segments prints how the interest came about:
// 27.10.2026–29.10.2026: 300,00 × 10,52 % × 3 Tage.
func (r Renderer) segments(segments []purchase.Segment) string {
	parts := make([]string, len(segments))
	for i, s := range segments {
		days := r.say("Tage", "days")
		if s.Days == 1 {
			days = r.say("Tag", "day")
		}
		parts[i] = fmt.Sprintf("%s–%s: %s × %s %% × %d %s", r.date(s.From), r.date(s.To), r.amount(s.Outstanding),
			r.amount(money.Amount(s.BasisPoints)), s.Days, days)
	}
	return strings.Join(parts, "; ")
}

// hold explains why a notice was held, after its code.
func (r Renderer) hold(reason string) string {
	var german, english string
	switch reason {
	case "":
		return ""
	case "HOLD":
		german, english = "Mahnsperre des Händlers", "held by the merchant"
	case "DISPUTE":
		german, english = "Reklamation offen", "disputed"
	case "RETURN_ANNOUNCED":
		german, english = "Retoure angekündigt", "a return is announced"
	case "PAYMENT_WAITING":
		german, english = "Zahlung in gleicher Höhe noch nicht zugeordnet", "a payment of this amount is not matched yet"
	case "STATEMENT_OLD":
		german, english = "Kontoauszug zu alt", "the bank statement is too old"
	case "BASE_RATE":
		german, english = "Basiszinssatz noch nicht bekannt", "the base rate is not known yet"
	default:
		return reason
	}
	return reason + ": " + r.say(german, english)
}

// A notice is one line of the twin: the columns of the table, and no more of
// the debtor than the merchant knows.
type notice struct {
	ID             string             `json:"dunning_id"`
	RunDate        schedules.Date     `json:"run_date"`
	Level          int                `json:"level"`
	LevelName      string             `json:"level_name"`
	CustomerNo     string             `json:"customer_no"`
	OrderNo        string             `json:"order_no"`
	InvoiceNo      string             `json:"invoice_no"`
	DueDate        schedules.Date     `json:"due_date"`
	DaysOverdue    int                `json:"days_overdue"`
	Outstanding    money.Amount       `json:"outstanding_cents"`
	InterestBooked money.Amount       `json:"interest_booked_cents"`
	InterestTotal  money.Amount       `json:"interest_total_cents"`
	Segments       []purchase.Segment `json:"interest_segments"`
	Fee            money.Amount       `json:"fee_cents"`
	Flat           money.Amount       `json:"flat_cents"`
	ChargesTotal   money.Amount       `json:"charges_total_cents"`
	TotalDue       money.Amount       `json:"total_due_cents"`
	PayUntil       schedules.Date     `json:"pay_until"`
	NextLevelOn    schedules.Date     `json:"next_level_on"`
	Hold           string             `json:"hold"`
	Status         string             `json:"status"`
}

// DunningJSON writes the twin of [Renderer.DunningCSV].
func (r Renderer) DunningJSON(ctx context.Context, w io.Writer, d purchase.Dunning) error {
	t := r.twin(w, "run_date", d.RunDate)
	t.superseding(r.Version, DunningName(r.Merchant, d.RunDate, JSON))
	t.list("notices")
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return err
		}
		t.item(notice{
			ID: n.ID, RunDate: n.RunDate, Level: n.Level, LevelName: r.levelName(n), CustomerNo: n.CustomerNo, OrderNo: n.OrderNo,
			InvoiceNo: n.InvoiceNo, DueDate: n.DueDate, DaysOverdue: n.DaysOverdue, Outstanding: n.Outstanding,
			InterestBooked: n.InterestBooked, InterestTotal: n.InterestTotal, Segments: append([]purchase.Segment{}, n.Segments...),
			Fee: n.Fee, Flat: n.Flat, ChargesTotal: n.ChargesTotal, TotalDue: n.TotalDue, PayUntil: n.PayUntil,
			NextLevelOn: n.NextLevelOn, Hold: n.Hold, Status: n.Status,
		})
	}
	t.endList()
	return t.close()
}
