package intake

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A corrected row takes the place of the one that was rejected: what is booked
// comes from the corrected file, and a rerun does not go back to the old one.
func TestCorrectRows(t *testing.T) {
	w := sqlite(t)
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;x;EUR;20.00", "R2;A9;2026-10-01;EUR;20.00", "R3;A1;y;EUR;30.00"))
	w.step("2026-10-01T12-00")
	f, err := w.in.Find(t.Context(), "acme", "invoices_1.csv")
	must(t, err)
	correct := func(status purchase.Verdict, lines ...string) (int64, error) {
		stored, err := w.spool.Bytes([]byte(csv(append([]string{invoicesHeader}, lines...)...)))
		must(t, err)
		w.run++
		run := w.at("acme", "2026-10-02T12-00")
		w.run--
		return w.in.CorrectRows(t.Context(), run, w.boxes[1], f.Number, RowFilter{Status: status}, Corrected{Name: "c.csv", SHA256: stored.SHA256, Size: stored.Size, Operator: "ada"})
	}
	if n, err := correct(purchase.Rejected, "R1;A1;2026-10-01;EUR;20.00"); !errors.Is(err, ErrUnfit) {
		t.Errorf("CorrectRows by too few rows = %d, %v; want ErrUnfit", n, err)
	}
	if n, err := correct(purchase.Rejected, "R1;A1;2026-10-01;EUR;20.00", "R3;A1;z;EUR;30.00"); !errors.Is(err, ErrUnfit) {
		t.Errorf("CorrectRows by an unreadable row = %d, %v; want ErrUnfit", n, err)
	}
	if n, err := correct(purchase.Rejected, "R4;A1;2026-10-01;EUR;20.00", "R3;A1;2026-10-01;EUR;190.00"); err != nil || n != 2 {
		t.Fatalf("CorrectRows = %d, %v; want 2 rows", n, err)
	}
	w.step("2026-10-02T12-00")
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0", "invoices_1.csv PARTIAL 3=0+0+0+2+1 2:PARKED/UNKNOWN_ORDER@10-01 3:REJECTED/OVER_APPROVED@10-02")
	all, err := w.in.Records("EUR")(t.Context(), "acme", []purchase.RowRef{{Feed: purchase.Invoices, Row: rowID(f.Number, 1)}})
	must(t, err)
	if s := all[0].Source; s.Name != "c.csv" || s.Row != 1 || all[0].Record.Number() != "R4" {
		t.Errorf("record %s comes from %+v; want R4 from c.csv:1", all[0].Record.Number(), s)
	}
	// A parked row becomes another one, which is booked; a rerun of the other
	// tries what it was corrected to.
	if n, err := correct(purchase.Parked, "R2;A1;2026-10-01;EUR;10.00"); err != nil || n != 1 {
		t.Fatalf("CorrectRows of a parked row = %d, %v", n, err)
	}
	w.run++
	_, err = w.in.RerunRows(t.Context(), w.at("acme", "2026-10-03T12-00"), w.boxes[1], f.Number, RowFilter{Status: purchase.Rejected})
	w.run--
	must(t, err)
	w.step("2026-10-03T12-00")
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0", "invoices_1.csv PARTIAL 3=0+0+0+2+1 3:REJECTED/OVER_APPROVED@10-03")
	if c, err := w.in.Corrections(t.Context(), "acme", f.Number); err != nil || len(c) != 3 || c[0].Verdict != "BOOKED" || c[1].FromLine != 2 {
		t.Errorf("Corrections = %+v, %v", c, err)
	}
	w.verify("2026-10-03T12-00")
}

// What fails after many rows has replaced none of them, and the same file fits
// again.
func TestCorrectAllOrNone(t *testing.T) {
	w := sqlite(t)
	bad, good := []string{invoicesHeader}, []string{invoicesHeader}
	for i := range chunk + 1 {
		bad = append(bad, fmt.Sprintf("R%d;A1;x;EUR;20.00", i))
		good = append(good, fmt.Sprintf("R%d;A1;2026-10-01;EUR;20.00", i))
	}
	w.drop("invoices_1.csv", csv(bad...))
	w.step("2026-10-01T12-00")
	f, err := w.in.Find(t.Context(), "acme", "invoices_1.csv")
	must(t, err)
	stored, err := w.spool.Bytes([]byte(csv(good...)))
	must(t, err)
	correct := func() (int64, error) {
		run := w.at("acme", "2026-10-02T12-00")
		run.Number++
		return w.in.CorrectRows(t.Context(), run, w.boxes[1], f.Number, RowFilter{Status: purchase.Rejected}, Corrected{Name: "c.csv", SHA256: stored.SHA256, Size: stored.Size, Operator: "ada"})
	}
	w.fillUp("intake_corrections", "row_no")
	if n, err := correct(); err == nil {
		t.Fatalf("CorrectRows = %d on a full disk; want an error", n)
	}
	w.empty()
	if c, err := w.in.Corrections(t.Context(), "acme", f.Number); err != nil || len(c) != 0 {
		t.Errorf("%d rows were replaced, %v; want none", len(c), err)
	}
	w.step("2026-10-02T11-00") // tries what was replaced
	if n, err := correct(); err != nil || n != chunk+1 {
		t.Errorf("CorrectRows again = %d, %v; want all %d rows", n, err, chunk+1)
	}
}

// So it is with rows that are read again: a run that is taken back has none.
func TestRerunAllOrNone(t *testing.T) {
	w := sqlite(t)
	lines := []string{invoicesHeader}
	for i := range chunk + 1 {
		lines = append(lines, fmt.Sprintf("R%d;A1;2026-10-01;EUR;20.00", i))
	}
	w.drop("invoices_1.csv", csv(lines...))
	w.step("2026-10-01T12-00")
	f, err := w.in.Find(t.Context(), "acme", "invoices_1.csv")
	must(t, err)
	w.fillUp("intake_todo", fmt.Sprintf("id - %d", rowID(f.Number, 0)))
	w.run++
	run := w.at("acme", "2026-10-02T12-00")
	if n, err := w.in.RerunRows(t.Context(), run, w.boxes[1], f.Number, RowFilter{Status: purchase.Parked}); err == nil {
		t.Fatalf("RerunRows = %d on a full disk; want an error", n)
	}
	w.empty()
	must(t, w.db.Read(t.Context(), func(tx *database.Tx) error {
		var n int
		err := tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM intake_todo").Scan(&n)
		if n != 0 {
			t.Errorf("%d rows are to be tried; want none", n)
		}
		return err
	}))
}

// fillUp lets the disk be full for what comes after the first chunk of rows.
func (w *world) fillUp(table, row string) {
	w.t.Helper()
	w.exec(fmt.Sprintf("CREATE TRIGGER full BEFORE INSERT ON %s WHEN NEW.%s > %d BEGIN SELECT RAISE(ABORT, 'the disk is full'); END", table, row, chunk))
}

// empty makes room again.
func (w *world) empty() {
	w.t.Helper()
	w.exec("DROP TRIGGER full")
}

func (w *world) exec(query string) {
	w.t.Helper()
	must(w.t, w.db.Write(w.t.Context(), func(tx *database.Tx) error {
		_, err := tx.Exec(w.t.Context(), query)
		return err
	}))
}
