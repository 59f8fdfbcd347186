package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Verify recomputes the books of a merchant from what came in, and returns one
// sentence for each thing that does not agree: the chain of the ledger, every
// claim against its documents, payments, postings and payout lines, the sums of
// each account, and the identity of every payout.
func (p *Provider) Verify(ctx context.Context, merchant string) (broken []string, err error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return nil, err
	}
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		v := &verifier{tx: tx, terms: terms}
		for _, check := range []func(context.Context) error{v.chain, v.agreed, v.claims, v.details, v.lines, v.payments, v.accounts, v.payouts, v.weeks, v.orders, v.shorts, v.notices, v.batches} {
			if err := check(ctx); err != nil {
				return err
			}
		}
		broken = v.broken
		return nil
	})
	return broken, err
}

type verifier struct {
	tx     *database.Tx
	terms  purchase.Terms
	broken []string

	history []purchase.Terms // all that were ever in force
	zones   []*time.Location // theirs

	pending, refunds money.Amount // sums over the claims seen
}

func (v *verifier) failf(format string, args ...any) {
	v.broken = append(v.broken, fmt.Sprintf(format, args...))
}

// chain lets the ledger verify itself.
func (v *verifier) chain(ctx context.Context) error {
	err := ledger.Verify(ctx, v.tx, v.terms.Merchant)
	if broken := new(ledger.BrokenError); errors.As(err, &broken) {
		v.failf("ledger: %v", broken)
		return nil
	}
	return err
}

// claims checks every claim, a chunk at a time.
func (v *verifier) claims(ctx context.Context) error {
	for after := ""; ; {
		found, err := claims.find(ctx, v.tx, "merchant_id = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?", v.terms.Merchant, after, chunk)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].InvoiceNo
		if err := v.claimChunk(ctx, found); err != nil {
			return err
		}
	}
}

func (v *verifier) claimChunk(ctx context.Context, found []*claim) error {
	var numbers []string
	for _, c := range found {
		numbers = append(numbers, c.InvoiceNo)
	}
	evidence := map[string]*proof{}
	for _, n := range numbers {
		evidence[n] = &proof{}
	}
	if err := v.gather(ctx, numbers, evidence); err != nil {
		return err
	}
	for _, c := range found {
		v.claim(c, evidence[c.InvoiceNo])
	}
	return nil
}

// A proof is what the tables say of a claim, each for itself.
type proof struct {
	papers                []*paper
	principal, charges    money.Amount // of allocations
	interest              money.Amount // of their charges
	disorder              bool         // an allocation that no order of payment can have made
	receivable, chargesGL money.Amount // of the ledger
	lines, guarantee      money.Amount // of payout lines: Σ ΔE; number of guarantees
}

func (v *verifier) gather(ctx context.Context, numbers []string, evidence map[string]*proof) error {
	m := v.terms.Merchant
	said, err := papers.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ?? ORDER BY invoice_no, n", m, numbers)
	if err != nil {
		return err
	}
	for _, p := range said {
		evidence[p.InvoiceNo].papers = append(evidence[p.InvoiceNo].papers, p)
	}
	parts, err := allocations.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ??", m, numbers)
	if err != nil {
		return err
	}
	for _, a := range parts {
		evidence[a.InvoiceNo].principal += a.Principal
		evidence[a.InvoiceNo].charges += a.Charges
		evidence[a.InvoiceNo].interest += a.Interest
		evidence[a.InvoiceNo].disorder = evidence[a.InvoiceNo].disorder || !a.sound()
	}
	for _, class := range []ledger.Class{ledger.Receivable, ledger.Charges} {
		moves, err := ledger.Movements(ctx, v.tx, m, class, numbers)
		if err != nil {
			return err
		}
		for _, move := range moves {
			if class == ledger.Receivable {
				evidence[move.Claim].receivable += move.Amount
			} else {
				evidence[move.Claim].chargesGL += move.Amount
			}
		}
	}
	booked, err := lines.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ?? AND line_type <> ?", m, numbers, purchase.LineFee)
	for _, l := range booked {
		evidence[l.InvoiceNo].lines += l.Amount
		if l.Type == purchase.LineGuarantee {
			evidence[l.InvoiceNo].guarantee++
		}
	}
	return err
}

// claim compares what a claim's row says with the evidence.
func (v *verifier) claim(c *claim, p *proof) {
	k, _ := purchase.Fold(reductions(p.papers), c.AssumeReturn)
	value := c.values()
	same := func(what string, row, evidence money.Amount) {
		if row != evidence {
			v.failf("claim %s: %s is %s, its evidence says %s", c.InvoiceNo, what, row, evidence)
		}
	}
	same("K (credits and returns)", c.Reduced, k)
	same("D (direct payments)", c.Direct, direct(p.papers))
	same("P (payments)", c.Paid, p.principal)
	same("charges paid", c.ChargesPaid, p.charges)
	same("interest paid", c.InterestPaid, p.interest)
	if p.disorder {
		v.failf("claim %s: a payment's allocation has interest that is not of its charges, or an unknown order of payment", c.InvoiceNo)
	}
	same("open charges", c.Charges, c.Fees+c.Flat+c.Interest-c.ChargesPaid-c.ChargesOff)
	same("charges in the ledger", c.Charges, p.chargesGL)
	if value.Base() < 0 {
		v.failf("claim %s: returns, credits and direct payments exceed the invoice by %s", c.InvoiceNo, -value.Base())
	}
	if !c.active() {
		same("receivable in the ledger", 0, p.receivable)
		same("payout lines", 0, p.lines)
		return
	}
	same("outstanding", c.Outstanding, value.Outstanding()-c.WrittenOff)
	same("receivable in the ledger", c.Outstanding, p.receivable)
	same("Σ payout lines (entitlement)", value.Entitlement(), p.lines)
	if want := money.Amount(count(c.Guaranteed || c.Recourse)); p.guarantee != want {
		v.failf("claim %s: guaranteed %t, but %d guarantee lines", c.InvoiceNo, c.Guaranteed, p.guarantee)
	}
	v.pending += value.Base() - value.Entitlement()
	v.refunds += value.Refund()
}

// accounts compares the balances with the sums that stand behind them.
func (v *verifier) accounts(ctx context.Context) error {
	balances, err := ledger.Balances(ctx, v.tx, v.terms.Merchant)
	if err != nil {
		return err
	}
	var waiting, unpaid money.Amount
	err = v.tx.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(waiting) AS BIGINT), 0) FROM provider_payments WHERE merchant_id = ?", v.terms.Merchant).Scan(&waiting)
	if err != nil {
		return err
	}
	err = v.tx.QueryRow(ctx, `SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM provider_lines WHERE merchant_id = ?`, v.terms.Merchant).Scan(&unpaid)
	if err != nil {
		return err
	}
	var paidOut money.Amount
	err = v.tx.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM provider_payouts WHERE merchant_id = ?", v.terms.Merchant).Scan(&paidOut)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		class ledger.Class
		want  money.Amount
		is    string
	}{
		{ledger.Pending, -v.pending, "Σ (B − E) of active claims"},
		{ledger.Refunds, -v.refunds, "what is owed to debtors"},
		{ledger.Suspense, -waiting, "payments that wait"},
		{ledger.Payable, paidOut - unpaid, "Σ lines less payouts"},
	} {
		if balances[x.class] != x.want {
			v.failf("account %s: the balance is %s; %s: %s", x.class, balances[x.class], x.is, x.want)
		}
	}
	return nil
}

// payouts checks that each payout begins where the last one ended, and that
// opening + Σ lines = payout + closing.
func (v *verifier) payouts(ctx context.Context) error {
	found, err := payouts.find(ctx, v.tx, "merchant_id = ? ORDER BY seq", v.terms.Merchant)
	if err != nil {
		return err
	}
	last := payout{}
	for _, w := range found {
		var sum, n money.Amount
		err := v.tx.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0), COUNT(*) FROM provider_lines WHERE merchant_id = ? AND n BETWEEN ? AND ?",
			w.Merchant, w.FirstLine, w.LastLine).Scan(&sum, &n)
		if err != nil {
			return err
		}
		switch {
		case w.Opening != last.Closing:
			v.failf("payout %s: opens with %s, the one before closed with %s", w.ID, w.Opening, last.Closing)
		case w.FirstLine != last.LastLine+1 || int64(n) != w.LastLine-w.FirstLine+1:
			v.failf("payout %s: has lines %d to %d, of which %d are there; the one before ended with %d", w.ID, w.FirstLine, w.LastLine, n, last.LastLine)
		case w.Opening+sum != w.Amount+w.Closing:
			v.failf("payout %s: opening %s + lines %s is not payout %s + closing %s", w.ID, w.Opening, sum, w.Amount, w.Closing)
		case w.Amount < 0 || w.Seq != last.Seq+1:
			v.failf("payout %s: number %d after %d, amount %s", w.ID, w.Seq, last.Seq, w.Amount)
		}
		last = *w
	}
	return nil
}

// orders checks that no order is invoiced beyond what was approved, and that
// its sums are those of its claims.
func (v *verifier) orders(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `SELECT o.order_no, o.approved, o.invoiced, o.claims_open, COALESCE(CAST(SUM(c.invoiced) AS BIGINT), 0), COALESCE(CAST(SUM(c.exposure) AS BIGINT), 0)
		FROM provider_orders o LEFT JOIN provider_claims c ON c.merchant_id = o.merchant_id AND c.order_no = o.order_no
		WHERE o.merchant_id = ? GROUP BY o.order_no, o.approved, o.invoiced, o.claims_open
		HAVING o.invoiced > o.approved OR o.invoiced <> COALESCE(SUM(c.invoiced), 0) OR o.claims_open <> COALESCE(SUM(c.exposure), 0)
		ORDER BY o.order_no LIMIT 1000`, v.terms.Merchant)
	if err != nil {
		return err
	}
	for rows.Next() {
		var number string
		var approved, invoiced, open, sum, exposure money.Amount
		if err := rows.Scan(&number, &approved, &invoiced, &open, &sum, &exposure); err != nil {
			return errors.Join(err, rows.Close())
		}
		v.failf("order %s: approved %s, invoiced %s (claims: %s), open %s (claims: %s)", number, approved, invoiced, sum, open, exposure)
	}
	return errors.Join(rows.Err(), rows.Close())
}

// notices checks that levels rise one by one, each once, one a day.
func (v *verifier) notices(ctx context.Context) error {
	for after := ""; ; {
		page, err := claims.find(ctx, v.tx, "merchant_id = ? AND level > 0 AND invoice_no > ? ORDER BY invoice_no LIMIT ?", v.terms.Merchant, after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].InvoiceNo
		var numbers []string
		for _, c := range page {
			numbers = append(numbers, c.InvoiceNo)
		}
		issued, err := notices.find(ctx, v.tx, "merchant_id = ? AND status <> 'HELD' AND invoice_no IN ?? ORDER BY invoice_no, run_date", v.terms.Merchant, numbers)
		if err != nil {
			return err
		}
		levels := map[string][]int{}
		for _, n := range issued {
			levels[n.InvoiceNo] = append(levels[n.InvoiceNo], n.Level)
		}
		for _, c := range page {
			if got := levels[c.InvoiceNo]; len(got) != c.Level || !slices.IsSorted(got) || got[0] != 1 {
				v.failf("claim %s: is at dunning level %d, its notices are of the levels %v", c.InvoiceNo, c.Level, got)
			}
		}
	}
}

// batches checks that their numbers have no gap, in each series.
func (v *verifier) batches(ctx context.Context) error {
	for _, own := range []bool{false, true} {
		var n, last int64
		err := v.tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(MAX(number), 0) FROM provider_batches WHERE merchant_id = ? AND own = ?", v.terms.Merchant, own).Scan(&n, &last)
		if err != nil {
			return err
		}
		if n != last {
			v.failf("batches: %d were taken, the last has number %d", n, last)
		}
	}
	return nil
}
