package formats

import (
	"regexp"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Columns of the payments feed, by position.
const (
	atPaymentID = iota
	atAccount
	atBookedOn
	atValueOn
	atAmount
	atCurrency
	atDebtorName
	atDebtorIBAN
	atReference
	atPurpose
	atEndToEndID
)

// bankHeadings are the elements in which the columns stand, for messages.
func bankHeadings() []string {
	return []string{
		"AcctSvcrRef", "Acct", "BookgDt", "ValDt", "Amt", "Ccy", "Dbtr/Nm", "DbtrAcct", "RmtInf", "RtrInf", "EndToEndId",
	}
}

// bankProfile is canonical, with the names of elements in the place of headings.
func bankProfile() (*Profile, *feedFormat) {
	p, _ := Lookup("kontor")
	f := *p.feeds[purchase.Payments]
	f.headings = bankHeadings()
	return p, &f
}

// bankRow makes a row of a transaction.
func (r *Reader) bankRow(s *bankStatement, t bankTransaction, base int64) Row {
	r.row++
	row := Row{Row: r.row, Line: t.line, Offset: base + t.offset, Length: t.length, Account: s.account}
	clear(r.cells)
	r.bankCells(s, t)
	for i := range r.cells {
		f := r.profile.read(r.feed, &r.schema.columns[i], i, r.cells, r.target.fields[i])
		if f.code != "" {
			row.Errors = append(row.Errors, r.rowError(row, f.code, i, r.cells[i], f.want))
		}
	}
	row.Errors = append(row.Errors, r.bankFaults(row, t)...)
	if len(row.Errors) == 0 {
		row.Record = r.target.value()
	}
	if r.keep {
		row.cells = append([]string(nil), r.cells...)
	}
	return row
}

// bankFaults are those that no cell shows.
func (r *Reader) bankFaults(row Row, t bankTransaction) (faults []RowError) {
	if t.sign != credit && t.sign != debit {
		e := r.rowError(row, purchase.FieldFormat, atAmount, t.sign, wantOneOf+credit+", "+debit)
		e.Heading = "CdtDbtInd"
		faults = append(faults, e)
	}
	if strings.HasPrefix(t.amount.value, "-") {
		faults = append(faults, r.rowError(row, purchase.FieldFormat, atAmount, t.amount.value, wantAmount+r.profile.dialect.exampleAmount()))
	}
	if !t.complete {
		faults = append(faults, r.rowError(row, purchase.RowColumns, -1, t.came, t.want))
	}
	return faults
}

// bankCells writes what the bank says as the cells of a row in canonical
// notation.
func (r *Reader) bankCells(s *bankStatement, t bankTransaction) {
	party := t.party()
	booked, valued := dayOf(t.entry.booked), dayOf(t.entry.valued)
	if booked == "" {
		booked = valued
	}
	c := r.cells
	c[atPaymentID], c[atAccount], c[atBookedOn], c[atValueOn] = s.paymentID(t), s.account, booked, valued
	c[atAmount], c[atCurrency] = plainAmount(t.amount.value), t.amount.currency
	if t.sign == debit && c[atAmount] != "" {
		c[atAmount] = "-" + c[atAmount]
	}
	c[atDebtorName], c[atDebtorIBAN] = cut(party.called(), maxText), account(party.account)
	c[atReference] = t.detail.remittance(t.entry)
	c[atPurpose], c[atEndToEndID] = t.purpose()
}

// dayOf is the calendar day of a date, or of a time as the bank writes it.
func dayOf(s string) string {
	const date = len("2006-01-02")
	if len(s) > date && strings.IndexByte("T+-Z", s[date]) >= 0 {
		return s[:date]
	}
	return s
}

// party is the other side: the debtor of a credit, and of a credit that goes
// back; else the creditor.
func (t bankTransaction) party() bankParty {
	first, second := t.detail.debtor, t.detail.creditor
	if t.sign == debit && !t.returned() {
		first, second = second, first
	}
	if first == (bankParty{}) && t.sign == debit {
		return second
	}
	return first
}

// returned reports that a transaction takes an earlier one back.
func (t bankTransaction) returned() bool {
	return t.detail.returned || t.entry.reversal == "true" || t.entry.reversal == "1"
}

var (
	payoutID = regexp.MustCompile(`(?i)^P-([a-z0-9][a-z0-9-]{0,19})-([0-9]{4}W[0-9]{2})$`)
	refundID = regexp.MustCompile(`(?i)^R-([a-z0-9][a-z0-9-]{0,19})-([a-z0-9]+)$`)
)

// purpose says what a transaction is, and what it can be traced by.
//
// Our transfers are known by their end-to-end ids, P-<merchant>-<week> and
// R-<merchant>-<number>, in any case, but only where money leaves, or comes back by a return: a debtor may
// write what he likes. A debit that takes something back, by its return
// information or as a reversal, is the return of a payment. Every other debit
// is nothing that we know.
func (t bankTransaction) purpose() (purpose, trace string) {
	trace = cut(t.detail.trace(), maxText)
	ours := t.sign == debit || t.returned()
	payout, refund := payoutID.FindStringSubmatch(trace), refundID.FindStringSubmatch(trace)
	switch {
	case ours && payout != nil:
		return purchase.PurposePayout, "P-" + strings.ToLower(payout[1]) + "-" + strings.ToUpper(payout[2])
	case ours && refund != nil:
		return purchase.PurposeRefund, "R-" + strings.ToLower(refund[1]) + "-" + refund[2]
	case t.sign == debit && !t.returned(), t.sign == credit && t.returned():
		return purchase.PurposeOther, trace
	}
	return "", trace
}
