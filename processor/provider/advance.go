package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Advance runs guarantee, payout, dunning, or the states and the list of
// unmatched payments (job deliver) of a merchant for one slot. Doing it again
// has no further effect.
func (p *Provider) Advance(ctx context.Context, merchant string, slot schedules.Slot) error {
	work := map[schedules.Job]func(*session, context.Context, string) error{
		schedules.Guarantee: (*session).guarantee,
		schedules.Payout:    (*session).payOut,
		schedules.Dunning:   (*session).dun,
		schedules.Deliver:   (*session).report,
	}[slot.Job]
	if work == nil {
		return nil
	}
	err := p.db.Write(ctx, func(tx *database.Tx) error {
		if err := lock(ctx, tx, merchant, slot.Job); err != nil {
			return err
		}
		s, err := p.session(ctx, tx, merchant, slot.At)
		if err != nil {
			return err
		}
		if err := work(s, ctx, cause(slot, s.zone)); err != nil {
			return err
		}
		return s.save(ctx)
	})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", slot, merchant, err)
	}
	return nil
}

// lock waits until nobody else changes what the job will read: the merchant's
// rows, and for a payout the numbers of invoices, which all merchants share.
func lock(ctx context.Context, tx *database.Tx, merchant string, job schedules.Job) error {
	if err := tx.Lock(ctx, "provider/"+merchant); err != nil || job != schedules.Payout {
		return err
	}
	return tx.Lock(ctx, "provider/invoices")
}

// cause names a slot in the books and in the payout report.
func cause(slot schedules.Slot, zone *time.Location) string {
	return string(slot.Job) + " " + slot.At.In(zone).Format(time.RFC3339)
}

// guarantee pays the merchant for what debtors did not: the claims that are due
// on the slot's day, in invoice order.
func (s *session) guarantee(ctx context.Context, cause string) error {
	for after := ""; ; {
		found, err := claims.find(ctx, s.tx, `merchant_id = ? AND guaranteed = 0 AND recourse = 0 AND outstanding + written_off > 0 AND guarantee_on <> '' AND guarantee_on <= ? AND invoice_no > ?
			ORDER BY invoice_no LIMIT ?`, s.terms.Merchant, s.day, after, chunk)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].InvoiceNo
		if err := s.guaranteeChunk(ctx, found, cause); err != nil {
			return err
		}
		if err := s.save(ctx); err != nil {
			return err
		}
	}
}

func (s *session) guaranteeChunk(ctx context.Context, found []*claim, cause string) error {
	if err := s.keepClaims(ctx, found); err != nil {
		return err
	}
	invoices := make([]string, 0, len(found))
	for _, c := range found {
		invoices = append(invoices, c.InvoiceNo)
	}
	if err := s.loadPapers(ctx, invoices); err != nil {
		return err
	}
	for _, c := range found {
		if !guaranteeDue(c, s.terms.Guarantee, s.day) {
			continue
		}
		e := event{line: purchase.LineGuarantee, document: c.InvoiceNo, date: s.day, source: cause, cause: cause}
		if err := s.book(c, e, func(v *purchase.Claim) { v.Guaranteed = true }); err != nil {
			return err
		}
	}
	return nil
}

// payOut settles all lines that are in no payout yet: opening + Σ lines =
// payout + closing. One payout per merchant and week, for ever.
func (s *session) payOut(ctx context.Context, cause string) error {
	last, err := s.lastPayout(ctx)
	if err != nil {
		return err
	}
	to := schedules.Monday(s.day) - 1
	year, week := to.ISOWeek()
	w := &payout{
		Merchant: s.terms.Merchant, Seq: last.Seq + 1, ID: fmt.Sprintf("P-%s-%dW%02d", s.terms.Merchant, year, week),
		PeriodFrom: to - 6, PeriodTo: to, Cutoff: s.at.Unix(), Date: schedules.NextBankDay(s.day),
		Opening: last.Closing, FirstLine: last.LastLine + 1,
	}
	if last.PeriodTo >= to {
		return nil
	}
	if err := s.chargeVAT(ctx, w, cause); err != nil {
		return err
	}
	if err := s.transfer(ctx, w, cause); err != nil {
		return err
	}
	if err := s.save(ctx); err != nil {
		return err
	}
	_, w.LedgerHead = s.books.Head()
	if err := s.upcoming(ctx, w); err != nil {
		return err
	}
	if err := s.prove(ctx, w); err != nil {
		return err
	}
	if err := s.noteOpenItems(ctx, w); err != nil {
		return err
	}
	if err := payouts.save(ctx, s.tx, []*payout{w}); err != nil {
		return err
	}
	_, err = say(ctx, s.tx, s.terms.Merchant, "payout", s.at, w.ID, nil)
	return err
}

func (s *session) lastPayout(ctx context.Context) (payout, error) {
	found, err := payouts.find(ctx, s.tx, "merchant_id = ? ORDER BY seq DESC LIMIT 1", s.terms.Merchant)
	if err != nil || len(found) == 0 {
		return payout{}, err
	}
	return *found[0], nil
}

// chargeVAT books value added tax on the sum of the payout's fees, rounded once.
func (s *session) chargeVAT(ctx context.Context, w *payout, cause string) error {
	var fees money.Amount
	err := s.tx.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM provider_lines WHERE merchant_id = ? AND n >= ? AND line_type = ?",
		w.Merchant, w.FirstLine, purchase.LineFee).Scan(&fees)
	if err != nil || fees >= 0 {
		return err
	}
	vat := (-fees).Times(s.terms.Fees.VAT)
	if err := s.invoiceFees(ctx, w, -fees, vat); err != nil {
		return err
	}
	entry, err := s.post(s.day, cause, post(ledger.Payable, nil, vat), post(ledger.VAT, nil, -vat))
	s.newLines = append(s.newLines, &line{
		Merchant: w.Merchant, N: s.nextLine, Entry: entry, Type: purchase.LineVAT, BookedOn: s.bookedOn,
		DocumentNo: w.ID, Amount: -vat, Source: cause,
	})
	s.nextLine++
	return err
}

// transfer decides what is paid and books it.
func (s *session) transfer(ctx context.Context, w *payout, cause string) error {
	w.LastLine = s.nextLine - 1
	pending := money.Amount(0)
	for _, l := range s.newLines {
		pending += l.Amount
	}
	var sum money.Amount
	err := s.tx.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM provider_lines WHERE merchant_id = ? AND n >= ?", w.Merchant, w.FirstLine).Scan(&sum)
	if err != nil {
		return err
	}
	total := w.Opening + sum + pending
	w.Closing = total
	if total > 0 && total >= s.terms.PayoutMin {
		w.Amount, w.Closing = total, 0
	}
	_, err = s.post(s.day, cause, post(ledger.Payable, nil, w.Amount), post(ledger.Transit, nil, -w.Amount))
	if err != nil || w.Amount == 0 {
		return err
	}
	return transfers.save(ctx, s.tx, []*transfer{{Merchant: w.Merchant, ID: w.ID, Purpose: purchase.PurposePayout, Amount: w.Amount, MadeOn: s.day}})
}

// prove refuses a payout that the books do not confirm: what the merchant is
// owed after it is the closing balance.
func (s *session) prove(ctx context.Context, w *payout) error {
	balances, err := ledger.Balances(ctx, s.tx, w.Merchant)
	if err != nil {
		return err
	}
	if owed := -balances[ledger.Payable]; owed != w.Closing {
		return fmt.Errorf("payout %s is not booked: its closing is %s, the books owe the merchant %s; run kontor verify", w.ID, w.Closing, owed)
	}
	return nil
}

// report says which claims have changed, and what waits in suspense.
func (s *session) report(ctx context.Context, _ string) error {
	if err := s.reportStates(ctx); err != nil {
		return err
	}
	return s.reportUnmatched(ctx)
}
