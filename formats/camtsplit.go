package formats

import (
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

const (
	credit = "CRDT"
	debit  = "DBIT"
)

// A bankTransaction is what becomes a row: an entry, or one of the transactions
// of a batch-booked one.
type bankTransaction struct {
	span
	entry    *bankEntry
	detail   *bankDetail // never nil, may be empty
	n, of    int         // the n-th of an entry, from 0
	amount   bankAmount
	sign     string
	complete bool   // false: the entry cannot be split, and why:
	want     string // what was wanted
	came     string // and what came
}

// whole is the entry as one transaction; the currency of the account holds
// where the entry has none.
func (e *bankEntry) whole(currency string) bankTransaction {
	t := bankTransaction{span: e.span, entry: e, detail: &bankDetail{}, of: 1, amount: e.amount, sign: e.sign, complete: true}
	if t.amount.currency == "" {
		t.amount.currency = currency
	}
	return t
}

// split makes transactions of an entry. The entry's amount is what moved on the
// account: it counts where there is one transaction or none, whatever currency
// or charges the details speak of. A batch is split when the amounts of its
// transactions sum to it, exactly; else it is one bad row, because nobody knows
// whose money it is, and it must not be booked twice when the details come in a
// camt.054.
func (e *bankEntry) split(whole bankTransaction) []bankTransaction {
	switch {
	case len(e.details) == 1:
		whole.detail = &e.details[0]
		return []bankTransaction{whole}
	case len(e.details) == 0:
		if n := strings.TrimLeft(e.batch, "0"); n != "" && n != "1" || e.elsewhere != "" {
			whole.complete, whole.want, whole.came = false, wantDetails, e.batch
		}
		return []bankTransaction{whole}
	}
	for _, own := range []bool{true, false} {
		if parts, ok := e.parts(whole, own); ok {
			return parts
		}
	}
	whole.complete, whole.want, whole.came = false, wantDetailSum+whole.amount.value, strconv.Itoa(len(e.details))+" TxDtls"
	return []bankTransaction{whole}
}

// parts splits a batch by the signs of the transactions (own), or by that of
// the entry: some banks give the sender's view in the details.
func (e *bankEntry) parts(whole bankTransaction, own bool) ([]bankTransaction, bool) {
	total, ok := whole.signed()
	parts := make([]bankTransaction, len(e.details))
	for i := range e.details {
		d := &e.details[i]
		p := bankTransaction{span: d.span, entry: e, detail: d, n: i, of: len(e.details), amount: d.moved(), sign: e.sign, complete: true}
		if p.amount.currency == "" {
			p.amount.currency = whole.amount.currency
		}
		if own && d.sign != "" {
			p.sign = d.sign
		}
		a, readable := p.signed()
		rest, err := total.Add(-a)
		ok = ok && readable && err == nil && p.amount.currency == whole.amount.currency
		parts[i], total = p, rest
	}
	return parts, ok && total == 0
}

// moved is the amount of a transaction: its own since .001.03, before that only
// inside its details.
func (d *bankDetail) moved() bankAmount {
	if d.amount.value != "" {
		return d.amount
	}
	return d.inside
}

// signed is what a transaction adds to the account.
func (t bankTransaction) signed() (money.Amount, bool) {
	d := canonical()
	a, fault := d.parseAmount(plainAmount(t.amount.value))
	switch {
	case fault != fine || a < 0:
		return 0, false
	case t.sign == credit:
		return a, true
	}
	return -a, t.sign == debit
}

// plainAmount writes an amount with at most two decimals if no digit is lost:
// statements may have five.
func plainAmount(s string) string {
	s = strings.TrimPrefix(s, "+")
	whole, frac, point := strings.Cut(s, ".")
	if !point {
		return s
	}
	if len(frac) > 2 && strings.Trim(frac[2:], "0") == "" {
		frac = frac[:2]
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}
