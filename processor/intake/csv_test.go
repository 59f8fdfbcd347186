package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// csv joins the lines of a file.
func csv(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

const (
	ordersHeader        = "order_no;order_date;currency;gross_amount;customer_no;first_name;phone"
	invoicesHeader      = "invoice_no;order_no;invoice_date;currency;gross_amount"
	shipmentsHeader     = "shipment_no;order_no;shipped_on;invoice_no;gross_amount"
	returnsHeader       = "return_no;kind;invoice_no;order_no;returned_on;gross_amount"
	creditsHeader       = "credit_no;kind;invoice_no;credited_on;gross_amount;return_no"
	cancellationsHeader = "cancel_no;order_no;cancelled_on"
	paymentsHeader      = "payment_id;account;booked_on;amount;currency;reference"
	instructionsHeader  = "instruction_no;kind;invoice_no;date;amount"
)

func orderRow(no string) string {
	return no + ";2026-10-01;EUR;100.00;K1;Hanna;1"
}

func paymentRow(id, amount string) string {
	return id + ";" + account + ";2026-10-02;" + amount + ";EUR;x"
}

// verdicts prints the files of the merchant: name, verdict, counts at the end of
// the run that read it, and the rows that are not booked.
func (w *world) verdicts() (all []string) {
	w.t.Helper()
	for _, f := range w.files() {
		all = append(all, describe(f))
	}
	return all
}

func describe(f ExportFile) string {
	s := f.Name + " " + string(f.Verdict)
	if f.Code != nil {
		s += " " + string(*f.Code)
	}
	if f.ExportRows == nil {
		return s
	}
	c := f.First
	s += fmt.Sprintf(" %d=%d+%d+%d+%d+%d", f.Rows, c.Booked, c.Duplicate, c.Conflict, c.Rejected, c.Parked)
	for _, r := range f.NotBooked {
		s += fmt.Sprintf(" %d:%s/%s@%s", r.Row, r.Status, r.Code, r.On[5:])
	}
	return s
}

func (w *world) want(lines ...string) {
	w.t.Helper()
	if diff := cmp.Diff(lines, w.verdicts()); diff != "" {
		w.t.Errorf("files (-want +got):\n%s", diff)
	}
}

// ackNames lists the acks of a run.
func ackNames(acks []purchase.Ack) (all []string) {
	for _, a := range acks {
		s := a.Name + " " + string(a.Verdict)
		if a.Supplementary {
			s = "+" + s
		}
		all = append(all, s)
	}
	return all
}

func wantNames(t *testing.T, acks []purchase.Ack, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, ackNames(acks)); diff != "" {
		t.Errorf("acks (-want +got):\n%s", diff)
	}
}
