package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// busyDay drops everything: orders, invoices, shipments, returns and credits of n
// customers, in one run.
func busyDay(w *world, n int) {
	rows := map[string][]string{
		"orders": {ordersHeader}, "invoices": {invoicesHeader}, "shipments": {shipmentsHeader}, "returns": {returnsHeader},
		"credits": {creditsHeader}, "cancellations": {cancellationsHeader}, "payments": {paymentsHeader}, "instructions": {instructionsHeader},
	}
	for i := range n {
		add := func(feed, format string) {
			rows[feed] = append(rows[feed], strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		add("orders", orderRow("A#"))
		add("invoices", "R#;A#;2026-10-01;EUR;60.00")
		add("shipments", "L#;A#;2026-10-01;R#;")
		add("returns", "T#;;R#;;2026-10-01;30.00")
		add("credits", "G#;;R#;2026-10-01;30.00;")
		add("cancellations", "S#;A#;2026-10-01")
		add("payments", paymentRow("Z#", "60.00"))
		add("payments", paymentRow("Z#", "-60.00"))
		add("instructions", "I#;DIRECT_PAYMENT;R#;2026-10-01;1.00")
	}
	for feed, lines := range rows {
		w.drop(feed+"_1.csv", csv(lines...))
	}
}

// The number of statements does not grow with the rows of a chunk.
func TestStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var counts []int64
		for _, n := range []int{3, 300} {
			w := newWorld(t, databasetest.Open(t, db.Engine()), "kontor")
			busyDay(w, n)
			before := w.db.Statements()
			w.step("2026-10-01T12-00")
			counts = append(counts, w.db.Statements()-before)
			for _, f := range w.files() {
				if f.First.Booked != f.Rows {
					t.Errorf("%s, want all booked", describe(f))
				}
			}
		}
		if counts[0] != counts[1] {
			t.Errorf("%d statements for 3 documents each, %d for 300", counts[0], counts[1])
		}
	})
}

// Rules that compete see what earlier chunks have booked.
func TestManyChunks(t *testing.T) {
	w := sqlite(t)
	rows := []string{invoicesHeader}
	for i := range 2*chunk + 10 {
		rows = append(rows, fmt.Sprintf("R%05d;A1;2026-10-01;EUR;0.02", i))
	}
	w.drop("orders_1.csv", csv(ordersHeader, "A1;2026-10-01;EUR;80.10;K1;Hanna;1"))
	w.drop("invoices_1.csv", csv(rows...))
	w.step("2026-10-01T12-00")
	if got := w.files()[1].First; got.Booked != 4005 || got.Rejected != 5 {
		t.Errorf("%+v, want 4005 booked and 5 over what was approved", got)
	}
	w.verify("2026-10-01T12-00")
}
