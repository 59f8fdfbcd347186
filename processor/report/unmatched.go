package report

import (
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func unmatchedColumns() []formats.Column {
	return []formats.Column{
		{Name: "payment_id", German: "Zahlung", Kind: formats.ID},
		{Name: "account", German: "Konto", Kind: formats.ID},
		{Name: "booked_on", German: "Buchungsdatum", Kind: formats.Date},
		{Name: "amount", German: "Betrag", Kind: formats.Amount},
		{Name: "debtor_name", German: "Zahler", Kind: formats.Text},
		{Name: "reference", German: "Verwendungszweck", Kind: formats.Text},
		{Name: "age_days", German: "Alter in Tagen", Kind: formats.Int},
		{Name: "candidates", German: "Mögliche Rechnungen", Kind: formats.Text},
	}
}

// UnmatchedCSV writes the payments in suspense for the operator.
func (r Renderer) UnmatchedCSV(w io.Writer, payments []purchase.UnmatchedPayment) error {
	t := r.Style.NewTable(w, unmatchedColumns())
	for _, p := range payments {
		err := t.Row(r.foreign(p.PaymentID), p.Account, p.BookedOn, p.Amount, r.foreign(p.DebtorName), r.foreign(p.Reference),
			p.AgeDays, r.foreign(strings.Join(p.Candidates, " ")))
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// UnmatchedJSON writes the twin of [Renderer.UnmatchedCSV].
func (r Renderer) UnmatchedJSON(w io.Writer, u purchase.Unmatched) error {
	t := r.twin(w, "day", u.Day)
	t.list("payments")
	for _, p := range u.Payments {
		if p.Candidates == nil {
			p.Candidates = []string{}
		}
		t.item(p)
	}
	t.endList()
	return t.close()
}
