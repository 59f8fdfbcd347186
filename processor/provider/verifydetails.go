package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// agreed loads the terms. They may have changed since a claim was booked; each
// that was ever in force will do.
func (v *verifier) agreed(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, "SELECT terms FROM provider_terms WHERE merchant_id = ? ORDER BY n", v.terms.Merchant)
	v.history, err = database.Collect(rows, err, scanJSON[purchase.Terms])
	if err != nil {
		return err
	}
	for _, t := range append(slices.Clone(v.history), v.terms) {
		zone, err := time.LoadLocation(t.Zone)
		if err != nil {
			return err
		}
		v.zones = append(v.zones, zone)
	}
	v.zones = slices.CompactFunc(v.zones, func(a, b *time.Location) bool { return a.String() == b.String() })
	return nil
}

// on reports whether an instant was on a day in any of the zones.
func (v *verifier) on(at time.Time, holds func(schedules.Date) bool) bool {
	return slices.ContainsFunc(v.zones, func(zone *time.Location) bool { return holds(schedules.DateOf(at.In(zone))) })
}

// details checks what is derived of claims: dates, keys and charges.
func (v *verifier) details(ctx context.Context) error {
	for after := ""; ; {
		page, err := claims.find(ctx, v.tx, "merchant_id = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?", v.terms.Merchant, after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].InvoiceNo
		if err := v.detailPage(ctx, page); err != nil {
			return err
		}
	}
}

// A detail is what stands behind the derived columns of a claim.
type detail struct {
	fee      *line
	reversed bool                    // has a line REVERSAL
	booked   map[schedules.Date]bool // days of its lines
	notices  []purchase.Notice       // issued ones, by level
	sent     []schedules.Date        // the same
	papers   []*paper
	customer string // of its order
}

func (v *verifier) detailPage(ctx context.Context, page []*claim) error {
	all := map[string]*detail{}
	var invoices, numbers []string
	for _, c := range page {
		all[c.InvoiceNo] = &detail{booked: map[schedules.Date]bool{}}
		invoices, numbers = append(invoices, c.InvoiceNo), append(numbers, c.OrderNo)
	}
	if err := v.gatherDetails(ctx, invoices, all); err != nil {
		return err
	}
	placed, err := orders.find(ctx, v.tx, "merchant_id = ? AND order_no IN ??", v.terms.Merchant, distinct(numbers))
	if err != nil {
		return err
	}
	customers := map[string]string{}
	for _, o := range placed {
		customers[o.OrderNo] = o.CustomerNo
	}
	for _, c := range page {
		d := all[c.InvoiceNo]
		d.customer = customers[c.OrderNo]
		v.detail(c, d)
	}
	return nil
}

func (v *verifier) gatherDetails(ctx context.Context, invoices []string, all map[string]*detail) error {
	booked, err := lines.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ??", v.terms.Merchant, invoices)
	if err != nil {
		return err
	}
	for _, l := range booked {
		all[l.InvoiceNo].booked[l.BookedOn] = true
		switch l.Type {
		case purchase.LineFee:
			all[l.InvoiceNo].fee = l
		case purchase.LineReversal:
			all[l.InvoiceNo].reversed = true
		}
	}
	said, err := papers.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ?? ORDER BY invoice_no, n", v.terms.Merchant, invoices)
	if err != nil {
		return err
	}
	for _, p := range said {
		all[p.InvoiceNo].papers = append(all[p.InvoiceNo].papers, p)
	}
	issued, err := notices.find(ctx, v.tx, "merchant_id = ? AND status <> 'HELD' AND invoice_no IN ?? ORDER BY invoice_no, level", v.terms.Merchant, invoices)
	if err != nil {
		return err
	}
	for _, n := range issued {
		var said purchase.Notice
		if err := json.Unmarshal([]byte(n.Notice), &said); err != nil {
			v.failf("claim %s: its notice of level %d cannot be read: %v", n.InvoiceNo, n.Level, err)
			continue
		}
		d := all[n.InvoiceNo]
		d.notices, d.sent = append(d.notices, said), append(d.sent, n.SentOn)
	}
	return nil
}

// A fault is something that does not agree, if it is so.
type fault struct {
	what  string
	wrong bool
}

func (v *verifier) detail(c *claim, d *detail) {
	faults := append(v.always(c, d), fault{"it is not active, but has a date, a sum or a line", !untouched(c, d)})
	if c.active() {
		faults = append(v.always(c, d), v.whenActive(c, d)...)
	}
	for _, f := range faults {
		if f.wrong {
			v.failf("claim %s: %s", c.InvoiceNo, f.what)
		}
	}
	v.charges(c, d)
}

func (v *verifier) ever(holds func(t purchase.Terms) bool) bool {
	return slices.ContainsFunc(v.history, holds)
}

func (v *verifier) always(c *claim, d *detail) []fault {
	return []fault{
		{"its customer is not that of its order " + c.OrderNo, c.CustomerNo != d.customer},
		{"its match key is not that of its number", c.MatchKey != matchKey(c.InvoiceNo)},
		{"its guarantee was taken back, or not, against its lines", c.Recourse != d.reversed},
		{"its exposure is not what is open", c.Exposure != exposureOf(c)},
		{"its guarantee was never agreed so", !v.ever(func(t purchase.Terms) bool {
			return t.Guarantee.Days == c.GuaranteeDays && t.Guarantee.Anchor == c.GuaranteeAnchor
		})},
		{"what it assumes of returns was never agreed", !v.ever(func(t purchase.Terms) bool { return t.AssumeReturn == c.AssumeReturn })},
		{"it is overdue, or not, against its level", !v.ever(func(t purchase.Terms) bool {
			return c.Overdue == (c.active() && c.Level >= t.Credit.OverdueLevel && c.values().Outstanding() > 0)
		})},
	}
}

func (v *verifier) whenActive(c *claim, d *detail) []fault {
	none := c.NextLevelOn == 0 && c.WrittenOff > 0 // given up by a version that took the date away
	return []fault{
		{"it is active without a fee line", d.fee == nil},
		{"its guarantee date is not that of its anchor", c.GuaranteeOn != guaranteeDate(c)},
		{"its due date is neither computed nor that of its last DUE_CHANGE", !dueAsSaid(c, d, v.history)},
		{"its next level is due on another day", !none && !v.ever(func(t purchase.Terms) bool { return c.NextLevelOn == nextLevelOn(c, t.Dunning) })},
	}
}

// untouched reports whether nothing was booked for a claim yet.
func untouched(c *claim, d *detail) bool {
	moved, changed := movedDue(d.papers)
	return d.fee == nil && c.GuaranteeOn == 0 && c.NextLevelOn == 0 && c.Level == 0 && !c.Guaranteed && c.Paid == 0 && c.Outstanding == 0 && c.WrittenOff == 0 && c.ChargesOff == 0 &&
		c.DueMoved == changed && c.DueOn == moved
}

func exposureOf(c *claim) money.Amount {
	if c.active() {
		return c.values().Outstanding()
	}
	return c.values().Base()
}

// movedDue returns the due date that the last DUE_CHANGE gave, if there is one.
func movedDue(said []*paper) (due schedules.Date, changed bool) {
	for _, p := range live(said) {
		if p.Kind == purchase.DueChange {
			due, changed = schedules.NextWorkingDay(p.Day), true
		}
	}
	return due, changed
}

// dueAsSaid recomputes the due date of an active claim.
func dueAsSaid(c *claim, d *detail, history []purchase.Terms) bool {
	if moved, changed := movedDue(d.papers); c.DueMoved || changed {
		return c.DueMoved == changed && c.DueOn == moved
	}
	return computedDue(c, c.DueOn, history)
}

// computedDue reports whether a claim was due on a day at its activation.
func computedDue(c *claim, due schedules.Date, history []purchase.Terms) bool {
	if c.TermDays >= 0 {
		return due == dueDate(c, c.ActivatedOn, c.TermDays)
	}
	return slices.ContainsFunc(history, func(t purchase.Terms) bool { return due == dueDate(c, c.ActivatedOn, t.TermDays) })
}

// charges compares what was charged with the notices that charged it: all of
// them what was ever booked, those since the last waiver what stands.
func (v *verifier) charges(c *claim, d *detail) {
	type sums struct{ fee, flat, interest money.Amount }
	var all, later, sameDay sums
	add := func(s *sums, n purchase.Notice) {
		*s = sums{s.fee + n.Fee, s.flat + n.Flat, s.interest + n.InterestBooked}
	}
	for _, n := range d.notices {
		add(&all, n)
		if n.RunDate > c.WaivedOn {
			add(&later, n)
		}
		if n.RunDate >= c.WaivedOn {
			add(&sameDay, n)
		}
	}
	stands := sums{c.Fees, c.Flat, c.Interest}
	if c.FeesCounted != all.fee || c.FlatCounted != all.flat || stands != later && stands != sameDay {
		v.failf("claim %s: fees %s, flat %s, interest %s of ever %s and %s; its notices say %v since the waiver on %q, %v in all",
			c.InvoiceNo, c.Fees, c.Flat, c.Interest, c.FeesCounted, c.FlatCounted, later, c.WaivedOn, all)
	}
	if !c.WaivedOn.IsZero() && !d.booked[c.WaivedOn] {
		v.failf("claim %s: waived on %s, when nothing was booked", c.InvoiceNo, c.WaivedOn)
	}
	var first, last schedules.Date
	for i, on := range d.sent {
		if i == 0 {
			first = on
		}
		last = on
	}
	if c.LevelOn != last || c.Level1On != first {
		v.failf("claim %s: its notices left on %q and last on %q; the letters say %q and %q", c.InvoiceNo, c.Level1On, c.LevelOn, first, last)
	}
}

// payments checks each payment against what took it.
func (v *verifier) payments(ctx context.Context) error {
	for after := ""; ; {
		page, err := payments.find(ctx, v.tx, "merchant_id = ? AND payment_id > ? ORDER BY payment_id, account LIMIT ?", v.terms.Merchant, after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].PaymentID
		if err := v.paymentPage(ctx, page); err != nil {
			return err
		}
	}
}

func (v *verifier) paymentPage(ctx context.Context, page []*payment) error {
	ids := make([]string, 0, len(page))
	for _, p := range page {
		ids = append(ids, p.PaymentID)
	}
	parts, err := allocations.find(ctx, v.tx, "merchant_id = ? AND payment_id IN ?? ORDER BY payment_id, account, n", v.terms.Merchant, ids)
	if err != nil {
		return err
	}
	took, invoices := map[paymentID][]*allocation{}, []string{}
	for _, a := range parts {
		id := paymentID{a.PaymentID, a.Account}
		took[id] = append(took[id], a)
		invoices = append(invoices, a.InvoiceNo)
	}
	s := &session{tx: v.tx, terms: v.terms}
	s.forget()
	if err := s.loadClaims(ctx, invoices); err != nil {
		return err
	}
	ibans := map[string]bool{}
	for _, p := range page {
		ibans[p.DebtorIBAN] = true
	}
	if err := s.loadPayers(ctx, ibans); err != nil {
		return err
	}
	for _, p := range page {
		v.payment(s, p, took[paymentID{p.PaymentID, p.Account}])
	}
	return nil
}

func (v *verifier) payment(s *session, p *payment, took []*allocation) {
	left := p.Amount - p.Returned - p.Waiting
	for _, a := range took {
		left -= a.Principal + a.Charges
	}
	if left != 0 {
		v.failf("payment %s: %s came, %s was returned and %s waits; of the rest %s is nowhere", p.PaymentID, p.Amount, p.Returned, p.Waiting, left)
	}
	if p.Returned < 0 || rowOf(p.Source) != rowOf(p.Cause) {
		v.failf("payment %s: returned %s, from %q and %q", p.PaymentID, p.Returned, p.Source, p.Cause)
	}
	v.steps(p, len(took) > 0)
	if len(took) == 0 {
		return
	}
	c := s.claims[took[0].InvoiceNo]
	if c == nil {
		v.failf("payment %s: there is no claim %s that took it", p.PaymentID, took[0].InvoiceNo)
		return
	}
	if !matchedAs(p, c, s.orders[c.OrderNo]) || p.DebtorIBAN != "" && !s.payers[p.DebtorIBAN][c.CustomerNo] {
		v.failf("payment %s: %q from %q was not matched to claim %s by %q", p.PaymentID, p.Reference, p.DebtorIBAN, c.InvoiceNo, p.MatchedBy)
	}
}

// steps compares the reasons that were kept with a payment with what it was
// matched by; payments of the time before reasons were kept have none.
func (v *verifier) steps(p *payment, took bool) {
	all, err := p.steps()
	if err != nil {
		v.failf("payment %s: its reasons cannot be read: %v", p.PaymentID, err)
		return
	}
	by, booked := "", false
	for _, s := range all {
		if slices.Contains([]string{RuleOneClaim, RuleExact, RuleOldest, RuleLastDue}, s.Rule) {
			by, booked = s.By, true
		}
	}
	if len(all) > 0 && (booked != took || took && by != p.MatchedBy) {
		v.failf("payment %s: matched by %q, its reasons say %q", p.PaymentID, p.MatchedBy, by)
	}
}

// matchedAs reports whether a payment names what it was matched by.
func matchedAs(p *payment, c *claim, o *order) bool {
	switch p.MatchedBy {
	case "RF":
		return o != nil && slices.Contains(creditorReferences(p.Reference), o.Reference)
	case "SHORT":
		return o != nil && slices.ContainsFunc(shortReferences(p.Reference), func(t typedShort) bool { return t.reference == o.Short })
	case "INVOICE":
		return names(p.Reference, c.InvoiceNo)
	case "ORDER":
		return names(p.Reference, c.OrderNo)
	case "IBAN":
		return p.DebtorIBAN != ""
	}
	return p.MatchedBy == "OPERATOR"
}

// weeks checks the dates and names of payouts against what was told.
func (v *verifier) weeks(ctx context.Context) error {
	found, err := payouts.find(ctx, v.tx, "merchant_id = ? ORDER BY seq", v.terms.Merchant)
	if err != nil {
		return err
	}
	said, err := documents.find(ctx, v.tx, "merchant_id = ? AND kind = 'payout' ORDER BY position", v.terms.Merchant)
	if err != nil {
		return err
	}
	if len(said) != len(found) {
		v.failf("payouts: there are %d, %d were told", len(found), len(said))
		return nil
	}
	for i, w := range found {
		year, week := w.PeriodTo.ISOWeek()
		id := fmt.Sprintf("P-%s-%dW%02d", w.Merchant, year, week)
		timely := v.on(time.Unix(said[i].At, 0), func(day schedules.Date) bool {
			return w.PeriodTo == schedules.Monday(day)-1 && w.Date == schedules.NextBankDay(day)
		})
		if w.ID != id || said[i].Ref != id || said[i].At != w.Cutoff || w.PeriodFrom != w.PeriodTo-6 || !timely {
			v.failf("payout %s: of %s to %s on %s, cutoff %d; it was told as %s at %d", w.ID, w.PeriodFrom, w.PeriodTo, w.Date, w.Cutoff, said[i].Ref, said[i].At)
		}
	}
	return nil
}
