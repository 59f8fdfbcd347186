package provider

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// dun issues the notices of one day, and says which were due but held.
func (s *session) dun(ctx context.Context, cause string) error {
	if done, err := s.dunned(ctx); done || err != nil {
		return err
	}
	day, err := s.dunningDay(ctx)
	if err != nil {
		return err
	}
	var said int64
	for after := ""; ; {
		due, err := claims.find(ctx, s.tx, `merchant_id = ? AND outstanding > 0 AND next_level_on <> '' AND next_level_on <= ? AND invoice_no > ?
			ORDER BY invoice_no LIMIT ?`, s.terms.Merchant, s.day, after, chunk)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		after = due[len(due)-1].InvoiceNo
		n, err := s.dunChunk(ctx, due, day, cause)
		if err != nil {
			return err
		}
		said += n
		if err := s.save(ctx); err != nil {
			return err
		}
	}
	if said == 0 {
		return nil
	}
	if err := s.handOver(ctx); err != nil {
		return err
	}
	_, err = say(ctx, s.tx, s.terms.Merchant, "dunning", s.at, s.day.String(), nil)
	return err
}

// dunned reports whether the slot, or a later one, has said its notices.
func (s *session) dunned(ctx context.Context) (bool, error) {
	said, err := documents.find(ctx, s.tx, "merchant_id = ? AND kind = 'dunning' ORDER BY position DESC LIMIT 1", s.terms.Merchant)
	return len(said) > 0 && said[0].At >= s.at.Unix(), err
}

func (s *session) dunningDay(ctx context.Context) (dunningDay, error) {
	d := dunningDay{day: s.day, announcedHold: s.terms.Guarantee.AnnouncedHoldDays, waiting: map[money.Amount]bool{}}
	rows, err := s.tx.Query(ctx, "SELECT DISTINCT waiting FROM provider_payments WHERE merchant_id = ? AND waiting > 0", s.terms.Merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var a money.Amount
		err := r.Scan(&a)
		d.waiting[a] = true
		return struct{}{}, err
	})
	if err != nil {
		return d, err
	}
	var latest schedules.Date
	// A slot that is caught up later sees the statements collected since.
	err = s.tx.QueryRow(ctx, "SELECT COALESCE(MAX(day), '') FROM provider_statements WHERE merchant_id = ?", s.terms.Merchant).Scan(&latest)
	d.statementOld = latest < schedules.BankDayBefore(s.day, s.terms.Dunning.StatementBankDays)
	return d, err
}

func (s *session) dunChunk(ctx context.Context, found []*claim, day dunningDay, cause string) (int64, error) {
	found = slices.DeleteFunc(found, func(c *claim) bool { return !dunnable(c, s.terms.Dunning, s.day) })
	if len(found) == 0 {
		return 0, nil
	}
	if err := s.keepClaims(ctx, found); err != nil {
		return 0, err
	}
	invoices, orderNos := make([]string, 0, len(found)), make([]string, 0, len(found))
	for _, c := range found {
		invoices, orderNos = append(invoices, c.InvoiceNo), append(orderNos, c.OrderNo)
	}
	if err := s.loadPapers(ctx, invoices); err != nil {
		return 0, err
	}
	principal, err := s.principals(ctx, invoices)
	if err != nil {
		return 0, err
	}
	addresses, err := debtors.find(ctx, s.tx, "merchant_id = ? AND order_no IN ??", s.terms.Merchant, distinct(orderNos))
	if err != nil {
		return 0, err
	}
	byOrder := make(map[string]string, len(addresses))
	for _, a := range addresses {
		byOrder[a.OrderNo] = a.Debtor
	}
	var issued []*notice
	for _, c := range found {
		n, err := s.notice(c, day, principal[c.InvoiceNo], byOrder[c.OrderNo], cause)
		if err != nil {
			return 0, err
		}
		issued = append(issued, n)
	}
	return int64(len(issued)), notices.save(ctx, s.tx, issued)
}

// principals returns the principal of claims by business date, never negative.
func (s *session) principals(ctx context.Context, invoices []string) (map[string][]balance, error) {
	moves, err := ledger.Movements(ctx, s.tx, s.terms.Merchant, ledger.Receivable, invoices)
	return balancesOf(moves), err
}

// balancesOf sums movements up, by claim, in the order of their business dates.
func balancesOf(moves []ledger.Movement) map[string][]balance {
	slices.SortStableFunc(moves, func(a, b ledger.Movement) int {
		return cmp.Or(cmp.Compare(a.Claim, b.Claim), cmp.Compare(a.BusinessDate, b.BusinessDate))
	})
	all := map[string][]balance{}
	sums := map[string]money.Amount{}
	for _, m := range moves {
		sums[m.Claim] += m.Amount
		list := all[m.Claim]
		if n := len(list); n > 0 && list[n-1].From == m.BusinessDate {
			list[n-1].Amount = max(0, sums[m.Claim])
		} else {
			all[m.Claim] = append(list, balance{m.BusinessDate, max(0, sums[m.Claim])})
		}
	}
	return all
}

// notice issues the next notice of a claim, or says that it is held.
func (s *session) notice(c *claim, day dunningDay, principal []balance, address, cause string) (*notice, error) {
	n, err := s.draft(c, day, principal)
	if err != nil {
		return nil, err
	}
	if n.Hold == "" {
		if err := s.issue(c, &n, cause); err != nil {
			return nil, err
		}
	}
	n.ChargesTotal = c.Charges
	n.TotalDue = c.open()
	n.Payment = purchase.PaymentAdvice{
		Recipient: s.terms.Recipient, IBAN: s.terms.SettlementAccount, BIC: s.terms.BIC, BankName: s.terms.BankName,
		Reference: s.orders[c.OrderNo].Reference, Short: purchase.FormatShort(s.orders[c.OrderNo].Short), Amount: n.TotalDue,
	}
	if address != "" {
		if err := json.Unmarshal([]byte(address), &n.Debtor); err != nil {
			return nil, err
		}
	}
	if n.Hold == "" && s.terms.Dunning.Mail {
		n.Channel = mailChannel(n.CustomerNo, n.Debtor)
	}
	text, err := json.Marshal(n)
	return &notice{
		Merchant: s.terms.Merchant, RunDate: s.day, InvoiceNo: c.InvoiceNo, Level: n.Level, Status: n.Status, Channel: n.Channel, Notice: string(text),
	}, err
}

// draft works out what a notice of the day says.
func (s *session) draft(c *claim, day dunningDay, principal []balance) (purchase.Notice, error) {
	t := s.terms.Dunning
	level := c.Level + 1
	n := purchase.Notice{
		ID: noticeID(s.terms.Merchant, c.InvoiceNo, level), RunDate: s.day, Level: level,
		CustomerNo: c.CustomerNo, OrderNo: c.OrderNo, InvoiceNo: c.InvoiceNo, InvoiceDate: c.InvoiceDate,
		DueDate: c.DueOn, DaysOverdue: int(s.day - c.DueOn), Invoiced: c.Invoiced, Outstanding: c.Outstanding,
		InterestTotal: c.Interest, Segments: []purchase.Segment{}, Hold: holdReason(c, day), Status: purchase.NoticeIssued,
	}
	if n.Hold == "" && level >= 2 {
		if err := s.charge(c, &n, principal); err != nil {
			return n, err
		}
	}
	if n.Hold != "" {
		n.Status = purchase.NoticeHeld
		return n, nil
	}
	n.Fee, n.Flat = levelFee(c, t, level, s.orders[c.OrderNo].CustomerType == purchase.B2B)
	if level < len(t.After) {
		n.NextLevelOn = s.day + schedules.Date(t.After[level])
		n.PayUntil = n.NextLevelOn
	} else {
		n.Status = purchase.NoticeCollection
	}
	return n, nil
}

// charge computes the interest anew; a day without a known base rate holds the
// notice.
func (s *session) charge(c *claim, n *purchase.Notice, principal []balance) error {
	t := s.terms.Dunning
	b2b := s.orders[c.OrderNo].CustomerType == purchase.B2B
	points := t.B2CPoints
	if b2b {
		points = t.B2BPoints
	}
	start := max(defaultStart(c.DueOn, c.Level1On, t.LetterDays, b2b || c.DefaultNotice), c.WaivedOn)
	segments, err := segmentsOf(principal, s.rates, points, start, s.day)
	if errors.Is(err, errBaseRate) {
		n.Hold = holdBaseRate
		return nil
	}
	if err != nil {
		return err
	}
	n.Segments = segments
	n.InterestTotal, err = interest(segments)
	return err
}

// issue books the charges of a notice and raises the level. The interest that
// is booked is the difference to what was booked before, also when negative,
// but never more than is open.
func (s *session) issue(c *claim, n *purchase.Notice, cause string) error {
	if n.Level >= 2 {
		n.InterestBooked = max(n.InterestTotal-c.Interest, -(c.Charges + n.Fee + n.Flat))
	}
	c.Fees, c.Flat, c.Interest = c.Fees+n.Fee, c.Flat+n.Flat, c.Interest+n.InterestBooked
	c.FeesCounted, c.FlatCounted = c.FeesCounted+n.Fee, c.FlatCounted+n.Flat
	c.Level, c.LevelOn, c.NextLevelOn = n.Level, 0, 0
	s.touch(c)
	_, err := s.post(s.day, cause,
		post(ledger.Charges, c, n.Fee+n.Flat+n.InterestBooked),
		post(ledger.DunningFees, nil, -n.Fee-n.Flat), post(ledger.Interest, nil, -n.InterestBooked))
	return err
}

func noticeID(merchant, invoice string, level int) string {
	return "D-" + merchant + "-" + invoice + "-" + strconv.Itoa(level)
}

// Sent says that the notices of a dunning run that leave on paper were delivered
// to the letters folder on a day: from it the next level counts, and default. It
// runs in the caller's transaction, which must not have read the provider's rows
// of the merchant before: Sent waits for whoever is changing them, and reads
// them then.
func (p *Provider) Sent(ctx context.Context, tx *database.Tx, merchant string, runDate, day schedules.Date) error {
	return p.SentBy(ctx, tx, merchant, runDate, day, "")
}

// SentBy says that the notices of a dunning run that leave by a channel have
// left on a day; see [Provider.Sent].
func (p *Provider) SentBy(ctx context.Context, tx *database.Tx, merchant string, runDate, day schedules.Date, channel string) error {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return err
	}
	if err := tx.Lock(ctx, "provider/"+merchant); err != nil {
		return err
	}
	if err := p.rememberTerms(ctx, tx, terms, day.Time()); err != nil {
		return err
	}
	const issued = "merchant_id = ? AND run_date = ? AND channel = ? AND invoice_no > ? AND sent_on = '' AND status IN ('ISSUED', 'COLLECTION') ORDER BY invoice_no LIMIT ?"
	for after := ""; ; {
		list, err := notices.find(ctx, tx, issued, merchant, runDate, channel, after, chunk)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].InvoiceNo
		if err := sent(ctx, tx, terms, list, day); err != nil {
			return err
		}
	}
}

func sent(ctx context.Context, tx *database.Tx, terms purchase.Terms, list []*notice, day schedules.Date) error {
	byInvoice := map[string]*notice{}
	for _, n := range list {
		byInvoice[n.InvoiceNo] = n
	}
	found, err := claims.find(ctx, tx, "merchant_id = ? AND invoice_no IN ??", terms.Merchant, slices.Sorted(maps.Keys(byInvoice)))
	if err != nil {
		return err
	}
	for _, c := range found {
		n := byInvoice[c.InvoiceNo]
		n.SentOn = day
		if n.Status == purchase.NoticeIssued {
			n.Status = purchase.NoticeSent
		}
		c.LevelOn = day
		if n.Level == 1 {
			c.Level1On = day
		}
		c.NextLevelOn = nextLevelOn(c, terms.Dunning)
	}
	if err := claims.save(ctx, tx, found); err != nil {
		return err
	}
	return notices.save(ctx, tx, list)
}
