package intake

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// A changed setting holds for what comes; what is booked keeps its value, and
// the books agree at once.
func TestSettingsChange(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2")))
		w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00", "R9;A9;2026-10-01;EUR;60.00"))
		w.drop("returns_1.csv", csv("return_no;invoice_no;returned_on;currency;gross_amount", "T1;R1;2026-10-01;EUR;40.00"))
		w.drop("credits_1.csv", csv(creditsHeader, "G1;;R1;2026-10-01;40.00;"))
		w.step("2026-10-01T12-00")
		w.step("2026-10-08T12-00")
		w.verify("2026-10-08T12-00")
		w.terms.AssumeReturn, w.terms.ParkDays, w.terms.InvoiceFromShipments, w.terms.TermDays = false, 3, true, 30
		w.verify("2026-10-08T12-00")
		w.drop("credits_2.csv", csv(creditsHeader, "G2;;R1;2026-10-08;20.00;"))
		w.drop("invoices_2.csv", csv(invoicesHeader, "R2;A2;2026-10-08;EUR;60.00"))
		w.drop("returns_2.csv", csv("return_no;invoice_no;returned_on;currency;gross_amount", "T2;R2;2026-10-08;EUR;40.00"))
		w.drop("credits_3.csv", csv(creditsHeader, "G3;;R2;2026-10-08;40.00;"))
		w.step("2026-10-08T13-00")
		w.verify("2026-10-08T13-00")
		w.want("orders_1.csv ACCEPTED 2=2+0+0+0+0", "invoices_1.csv PARTIAL 2=1+0+0+0+1 2:REJECTED/UNKNOWN_ORDER@10-08",
			"returns_1.csv ACCEPTED 1=1+0+0+0+0", "credits_1.csv ACCEPTED 1=1+0+0+0+0",
			"invoices_2.csv ACCEPTED 1=1+0+0+0+0", "returns_2.csv ACCEPTED 1=1+0+0+0+0", "credits_2.csv ACCEPTED 1=1+0+0+0+0", "credits_3.csv PARTIAL 1=0+0+0+1+0 1:REJECTED/OVER_CREDIT@10-08")
		w.terms.AssumeReturn, w.terms.ParkDays = true, 14
		w.verify("2026-10-08T13-00")
	})
}
