package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// sqlite is a world on SQLite in profile kontor.
func sqlite(t *testing.T) *world {
	t.Helper()
	return newWorld(t, databasetest.Open(t, database.SQLite), "kontor")
}

func TestFileVerdicts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2")))
		w.drop("orders_2.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2"))) // equal bytes in one run
		w.drop("orders_bad.csv", csv(ordersHeader, "A3;x;EUR;1.00;K1;Hanna;1"))
		w.drop("orders_cut.csv", ordersHeader+"\n"+orderRow("A4"))
		w.drop("orders_empty.csv", "")
		w.drop("orders_none.csv", csv(ordersHeader))
		w.drop("orders_part.csv.part", csv(ordersHeader, orderRow("A9")))
		w.drop("orders_trailer.csv", csv(ordersHeader, orderRow("A5"), "#TRAILER;2;200.00"))
		w.drop("unknown.csv", "x")
		w.dropAt("acme", "payments_1.csv", csv(paymentsHeader, paymentRow("Z1", "1.00")))
		acks := w.step("2026-10-01T12-00")
		w.want(
			"orders_1.csv ACCEPTED 2=2+0+0+0+0",
			"orders_2.csv DUPLICATE",
			"orders_bad.csv PARTIAL 1=0+0+0+1+0 1:REJECTED/FIELD_FORMAT@10-01",
			"orders_cut.csv REJECTED FILE_TRUNCATED",
			"orders_empty.csv REJECTED FILE_EMPTY",
			"orders_none.csv ACCEPTED 0=0+0+0+0+0",
			"orders_trailer.csv HELD FILE_TRAILER",
			"payments_1.csv REJECTED FILE_NOT_YOURS",
		)
		wantNames(t, acks, "orders_1.csv ACCEPTED", "orders_2.csv DUPLICATE", "orders_bad.csv PARTIAL", "orders_cut.csv REJECTED",
			"orders_empty.csv REJECTED", "orders_none.csv ACCEPTED", "orders_trailer.csv HELD", "payments_1.csv REJECTED")
		left, err := os.ReadDir(filepath.Join(w.dir, "acme", "in"))
		must(t, err)
		if len(left) != 2 {
			t.Errorf("%d files are left in the inbox, want the unfinished and the unknown one", len(left))
		}
		w.verify("2026-10-01T12-00")
	})
}

// The same bytes again: what was read is a duplicate for ever, what was refused
// or held is read again, a file without rows is never a duplicate.
func TestRedelivery(t *testing.T) {
	w := sqlite(t)
	good, held, none := csv(ordersHeader, orderRow("A1")), csv(ordersHeader, orderRow("A2"), "#TRAILER;2;1"), csv(ordersHeader)
	for _, step := range []string{"2026-10-01T12-00", "2026-10-02T12-00"} {
		w.drop("orders_good.csv", good)
		w.drop("orders_held.csv", held)
		w.drop("orders_none.csv", none)
		w.step(step)
	}
	w.drop("invoices_good.csv", good) // same bytes in another feed
	w.drop("orders_other.csv", good)  // same bytes under another name
	w.drop("orders_good.csv", csv(ordersHeader, orderRow("A3")))
	w.step("2026-10-03T12-00")
	w.want(
		"orders_good.csv ACCEPTED 1=1+0+0+0+0", "orders_held.csv HELD FILE_TRAILER", "orders_none.csv ACCEPTED 0=0+0+0+0+0",
		"orders_good.csv DUPLICATE", "orders_held.csv HELD FILE_TRAILER", "orders_none.csv ACCEPTED 0=0+0+0+0+0",
		"orders_good.csv ACCEPTED 1=1+0+0+0+0", "orders_other.csv DUPLICATE", "invoices_good.csv REJECTED FILE_HEADER",
	)
}

// A file that stays in the inbox is told of once.
func TestKept(t *testing.T) {
	w := sqlite(t)
	w.boxes[1].Keep = true
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	wantNames(t, w.step("2026-10-01T12-00"), "orders_1.csv ACCEPTED")
	wantNames(t, w.step("2026-10-02T12-00"))
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A2"), orderRow("A3")))
	wantNames(t, w.step("2026-10-03T12-00"), "orders_1.csv ACCEPTED")
	wantNames(t, w.step("2026-10-04T12-00"))
}

// What may stand beside rows is no damage: a trailer among the rows of a file
// that was released, and the Ctrl-Z at the end of a text.
func TestVerifyBesideRows(t *testing.T) {
	w := sqlite(t)
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), "#TRAILER;1;100.00", orderRow("A2")))
	w.drop("orders_2.csv", csv(ordersHeader, orderRow("A3"))+"\x1a")
	w.step("2026-10-01T12-00")
	w.run++
	f, err := w.in.Find(t.Context(), "acme", "orders_1.csv")
	must(t, err)
	must(t, w.in.Release(t.Context(), w.at("acme", "2026-10-02T12-00"), f.Number, "ada: counted by hand"))
	w.run--
	w.step("2026-10-02T12-00")
	w.want("orders_2.csv ACCEPTED 1=1+0+0+0+0", "orders_1.csv ACCEPTED 2=2+0+0+0+0")
	w.verify("2026-10-02T12-00")
}

func TestRelease(t *testing.T) {
	w := sqlite(t)
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), "#TRAILER;2;200.00"))
	w.drop("orders_2.csv", "")
	w.step("2026-10-01T12-00")
	w.run++
	run := w.at("acme", "2026-10-02T12-00")
	f, err := w.in.Find(t.Context(), "acme", "orders_1.csv")
	must(t, err)
	if f.Verdict != purchase.Held || f.Code != purchase.FileTrailer || f.Message == "" {
		t.Errorf("Find = %+v, want a HELD file with its reason", f)
	}
	must(t, w.in.Release(t.Context(), run, f.Number, "ada: counted by hand"))
	if err := w.in.Release(t.Context(), run, 2, "ada: why not"); err == nil {
		t.Error("a REJECTED file was released")
	}
	w.run--
	wantNames(t, w.step("2026-10-02T12-00"), "orders_1.csv ACCEPTED")
	w.want("orders_2.csv REJECTED FILE_EMPTY", "orders_1.csv ACCEPTED 1=1+0+0+0+0")
	w.verify("2026-10-02T12-00")
}

// Rows that leave PARKED are told in a supplementary ack of that run.
func TestSupplementary(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00", "R2;A2;2026-10-01;EUR;50.00"))
		w.drop("payments_1.csv", csv(paymentsHeader, paymentRow("Z1", "-5.00")))
		wantNames(t, w.step("2026-10-01T12-00"), "invoices_1.csv PARTIAL", "payments_1.csv PARTIAL")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
		w.drop("payments_2.csv", csv(paymentsHeader, paymentRow("Z1", "5.00")))
		acks := w.step("2026-10-02T12-00")
		wantNames(t, acks, "orders_1.csv ACCEPTED", "+invoices_1.csv PARTIAL", "payments_2.csv ACCEPTED", "+payments_1.csv ACCEPTED")
		var rows []string
		for l, err := range acks[1].Lines(t.Context()) {
			must(t, err)
			rows = append(rows, l.DocumentNo+" "+string(l.Status))
		}
		if diff := cmp.Diff([]string{"R1 BOOKED"}, rows); diff != "" {
			t.Error(diff)
		}
		wantNames(t, w.step("2026-10-03T12-00"))
		w.want(
			"invoices_1.csv PARTIAL 2=0+0+0+0+2 2:PARKED/UNKNOWN_ORDER@10-01",
			"payments_1.csv PARTIAL 1=0+0+0+0+1",
			"orders_1.csv ACCEPTED 1=1+0+0+0+0", "payments_2.csv ACCEPTED 1=1+0+0+0+0",
		)
		wantNames(t, w.step("2026-10-15T12-00"), "+invoices_1.csv PARTIAL")
		w.want(
			"invoices_1.csv PARTIAL 2=0+0+0+0+2 2:REJECTED/UNKNOWN_ORDER@10-15",
			"payments_1.csv PARTIAL 1=0+0+0+0+1",
			"orders_1.csv ACCEPTED 1=1+0+0+0+0", "payments_2.csv ACCEPTED 1=1+0+0+0+0",
		)
		w.verify("2026-10-15T12-00")
	})
}

// The row is tried first, and rejected when it still waits on day +park_days.
func TestParkDays(t *testing.T) {
	w := sqlite(t)
	w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00", "R2;A2;2026-10-01;EUR;60.00"))
	w.step("2026-10-01T23-59")
	w.step("2026-10-14T23-59")
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	w.step("2026-10-15T00-01")
	w.want("invoices_1.csv PARTIAL 2=0+0+0+0+2 2:REJECTED/UNKNOWN_ORDER@10-15", "orders_1.csv ACCEPTED 1=1+0+0+0+0")
	// The key is free again.
	w.drop("invoices_2.csv", csv(invoicesHeader, "R2;A1;2026-10-01;EUR;40.00"))
	w.step("2026-10-16T12-00")
	w.want("invoices_1.csv PARTIAL 2=0+0+0+0+2 2:REJECTED/UNKNOWN_ORDER@10-15", "orders_1.csv ACCEPTED 1=1+0+0+0+0", "invoices_2.csv ACCEPTED 1=1+0+0+0+0")
}

// The clock of a parked row does not run while the receipt of its order is
// outstanding; a row of its invoice waits with it.
func TestClockStands(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.decide = func(purchase.Order) purchase.Decision {
			return purchase.Decision{Decision: purchase.DecisionReview, Code: purchase.AddressMismatch}
		}
		w.silent = true
		w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00"))
		w.drop("credits_1.csv", csv(creditsHeader, "G1;;R1;2026-10-02;5.00;"))
		w.step("2026-10-01T12-00")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
		w.step("2026-10-05T12-00") // 4 days of the clock are over
		w.step("2026-10-30T12-00")
		parked := []string{
			"invoices_1.csv PARTIAL 1=0+0+0+0+1 1:PARKED/NOT_ACCEPTED@10-01",
			"credits_1.csv PARTIAL 1=0+0+0+0+1 1:PARKED/UNKNOWN_INVOICE@10-01", "orders_1.csv ACCEPTED 1=1+0+0+0+0",
		}
		parked[0] = "invoices_1.csv PARTIAL 1=0+0+0+0+1 1:PARKED/UNKNOWN_ORDER@10-01" // what it would have ended with
		w.want(parked...)
		w.silent = false
		w.step("2026-11-01T12-00") // the receipt: REVIEW; the credit's own clock is over
		w.step("2026-11-10T12-00") // day 13 of the clock
		got := w.verdicts()
		check(t, "the day before", got[0], "invoices_1.csv PARTIAL 1=0+0+0+0+1 1:PARKED/NOT_ACCEPTED@10-01")
		w.step("2026-11-11T12-00")
		check(t, "on the day", w.verdicts()[0], "invoices_1.csv PARTIAL 1=0+0+0+0+1 1:REJECTED/NOT_ACCEPTED@11-11")
	})
}

// A decision DATA_MISSING is no end: a corrected row is decided anew, and what
// waited for the order is booked then.
func TestDecidedAnew(t *testing.T) {
	w := sqlite(t)
	w.decide = func(o purchase.Order) purchase.Decision {
		if o.Phone == "" {
			return purchase.Decision{Decision: purchase.DecisionDeclined, Code: purchase.DataMissing}
		}
		return purchase.Decision{}
	}
	missing := "A1;2026-10-01;EUR;100.00;K1;Hanna;"
	w.drop("orders_1.csv", csv(ordersHeader, missing, "A1;2026-10-01;EUR;100.00;K1;Hanna;2", "A1;2026-10-01;EUR;90.00;K1;Hanna;2"))
	w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;95.00"))
	w.step("2026-10-01T12-00")
	w.drop("orders_2.csv", csv(ordersHeader, missing, "A1;2026-10-01;EUR;95.00;K1;Hanna;2"))
	w.step("2026-10-02T12-00")
	w.drop("orders_3.csv", csv(ordersHeader, missing+" ", "A1;2026-10-01;EUR;95.0;K1;Hanna;3", orderRow("A1")))
	w.step("2026-10-03T12-00")
	w.want(
		"orders_1.csv PARTIAL 3=1+1+1+0+0 2:DUPLICATE/DUPLICATE@10-01 3:CONFLICT/CONFLICT@10-01",
		"invoices_1.csv PARTIAL 1=0+0+0+0+1",
		"orders_2.csv ACCEPTED 2=1+1+0+0+0 1:DUPLICATE/DUPLICATE@10-02",
		"orders_3.csv PARTIAL 3=0+2+1+0+0 1:DUPLICATE/DUPLICATE@10-03 2:DUPLICATE/DUPLICATE@10-03 3:CONFLICT/CONFLICT@10-03",
	)
	w.verify("2026-10-03T12-00")
}

// Greedy rules see the earlier rows of the same chunk: 60 in, 50 out, 40 in.
func TestGreedy(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
		w.drop("invoices_1.csv", csv(invoicesHeader, "R3;A1;2026-10-01;EUR;40.00", "R2;A1;2026-10-01;EUR;50.00", "R1;A1;2026-10-01;EUR;60.00"))
		w.drop("credits_1.csv", csv(creditsHeader, "G1;VALUE;R1;2026-10-01;60.00;", "G2;VALUE;R1;2026-10-01;0.01;", "G3;VALUE;R3;2026-10-01;40.01;"))
		w.drop("returns_1.csv", csv(returnsHeader, "T1;;R3;;2026-10-01;30.00", "T2;;;A1;2026-10-01;1.00"))
		w.drop("instructions_1.csv", csv(instructionsHeader, "I1;DIRECT_PAYMENT;R3;2026-10-02;10.00", "I2;DIRECT_PAYMENT;R3;2026-10-02;0.01"))
		w.step("2026-10-01T12-00")
		w.want(
			"orders_1.csv ACCEPTED 1=1+0+0+0+0",
			"invoices_1.csv PARTIAL 3=2+0+0+1+0 2:REJECTED/OVER_APPROVED@10-01",
			"returns_1.csv PARTIAL 2=1+0+0+1+0 2:REJECTED/FIELD_REQUIRED@10-01",
			"credits_1.csv PARTIAL 3=1+0+0+2+0 2:REJECTED/OVER_CREDIT@10-01 3:REJECTED/OVER_CREDIT@10-01",
			"instructions_1.csv PARTIAL 2=1+0+0+1+0 2:REJECTED/OVER_CREDIT@10-01",
		)
		w.verify("2026-10-01T12-00")
	})
}

// What the provider refuses is taken back: the key is free, sums are as before,
// and the supplementary ack tells it.
func TestRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.terms.InvoiceFromShipments = true
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2")))
		w.drop("shipments_1.csv", csv(shipmentsHeader, "L1;A1;2026-10-01;R1;100.00", "L2;A2;2026-10-01;R2;100.00"))
		w.step("2026-10-01T12-00")
		w.refuse = func(r purchase.Record) purchase.Code {
			switch r.Number() {
			case "T1", "S1", "I1", "L3":
				return purchase.ConflictRow
			}
			return ""
		}
		w.drop("shipments_2.csv", csv(shipmentsHeader, "L3;A2;2026-10-02;R2;"))
		w.drop("returns_2.csv", csv(returnsHeader, "T1;;;A1;2026-10-02;80.00"))
		w.drop("instructions_2.csv", csv(instructionsHeader, "I1;DIRECT_PAYMENT;R2;2026-10-02;100.00"))
		wantNames(t, w.step("2026-10-02T12-00"), "instructions_2.csv PARTIAL", "returns_2.csv PARTIAL", "shipments_2.csv PARTIAL")
		w.verify("2026-10-02T12-00")
		w.refuse = nil
		w.drop("shipments_3.csv", csv(shipmentsHeader, "L3;A2;2026-10-02;R2; "))
		w.drop("returns_3.csv", csv(returnsHeader, "T1;;R1;;2026-10-02;100.00"))
		w.drop("instructions_3.csv", csv(instructionsHeader, "I1;DIRECT_PAYMENT;R2;2026-10-02;100"))
		wantNames(t, w.step("2026-10-03T12-00"), "instructions_3.csv ACCEPTED", "returns_3.csv ACCEPTED", "shipments_3.csv ACCEPTED")
		w.verify("2026-10-03T12-00")
	})
}

// A refused shipment takes the invoice with it that it has made.
func TestRefusedInvoice(t *testing.T) {
	w := sqlite(t)
	w.terms.InvoiceFromShipments = true
	w.refuse = func(r purchase.Record) purchase.Code {
		if r.Number() == "R1" {
			return purchase.ConflictRow
		}
		return ""
	}
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	w.drop("shipments_1.csv", csv(shipmentsHeader, "L1;A1;2026-10-01;R1;100.00"))
	w.step("2026-10-01T12-00")
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0", "shipments_1.csv PARTIAL 1=0+0+0+1+0 1:REJECTED/CONFLICT@10-01")
	w.verify("2026-10-01T12-00")
	w.drop("shipments_2.csv", csv(shipmentsHeader, "L1;A1;2026-10-01;R2;100.00"))
	wantNames(t, w.step("2026-10-02T12-00"), "shipments_2.csv ACCEPTED")
	w.verify("2026-10-02T12-00")
}

// The bank's rows belong to the merchant whose account they name.
func TestBank(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		const other = "DE75512108001245126199"
		w.boxes[0].Accounts[other] = "beta"
		w.drop("payments_1.csv", csv(paymentsHeader, paymentRow("Z1", "1.00"),
			"Z2;"+other+";2026-10-02;1.00;EUR;x", "Z3;DE02500105170137075030;2026-10-02;1.00;EUR;x",
			"Z4;"+other+";2026-10-02;bad;EUR;x", "Z5;"+account+";2026-10-02;1.00;USD;x"))
		w.drop("payments_2.csv", csv(paymentsHeader))
		acks := w.step("2026-10-02T12-00")
		w.want("payments_1.csv PARTIAL 2=1+0+0+1+0 5:REJECTED/CURRENCY@10-02", "payments_2.csv ACCEPTED 0=0+0+0+0+0")
		wantNames(t, acks, "payments_2.csv ACCEPTED") // beta has not tried its rows yet
		merchants, everyone, err := w.in.Statements(t.Context(), w.at(purchase.Provider, "2026-10-02T12-00"))
		must(t, err)
		if diff := cmp.Diff([]string{"acme", "beta"}, merchants); diff != "" || !everyone {
			t.Errorf("Statements: %v %s", everyone, diff)
		}
		must(t, w.in.Try(t.Context(), w.at("beta", "2026-10-02T12-00"), w.terms))
		must(t, w.in.Close(t.Context(), w.at("beta", "2026-10-02T12-00")))
		acks = w.step("2026-10-03T12-00")
		wantNames(t, acks, "payments_1.csv PARTIAL")
		a := acks[0]
		if a.Rows != 5 || a.Booked != 2 || a.Rejected != 3 {
			t.Errorf("ack of all rows: %d = %d booked, %d rejected; want 5 = 2, 3", a.Rows, a.Booked, a.Rejected)
		}
		var lines []string
		for l, err := range a.Lines(t.Context()) {
			must(t, err)
			lines = append(lines, string(l.Code))
		}
		if diff := cmp.Diff([]string{"UNKNOWN_ACCOUNT", "FIELD_FORMAT", "CURRENCY"}, lines); diff != "" {
			t.Error(diff)
		}
		w.verify("2026-10-03T12-00")
	})
}

// An ack names unknown columns, warnings and every bad column of a row.
func TestAckLines(t *testing.T) {
	w := sqlite(t)
	file := csv(ordersHeader+";extra", orderRow("A1")+";x", "A1;2026-10-01;EUR;100.00;K1;Hanna;2;x", ";x;EUR;1,5;K1;Hanna;2;x")
	w.drop("orders_1.csv", file)
	var got []purchase.AckLine
	for _, a := range w.step("2026-10-01T12-00") {
		if a.SumGross != 20000 || a.Rows != 3 || a.Booked != 1 || a.Duplicate != 1 || a.Rejected != 1 {
			t.Errorf("ack %+v, want 3 rows with 200.00", a)
		}
		for l, err := range a.Lines(t.Context()) {
			must(t, err)
			if l.Message == "" {
				t.Errorf("line %+v has no message", l)
			}
			if text := file[l.Offset : l.Offset+l.Length]; l.Row > 0 && text != strings.Split(file, "\n")[l.Row] {
				t.Errorf("row %d stands at %q", l.Row, text)
			}
			l.Message, l.Offset, l.Length = "", 0, 0
			got = append(got, l)
		}
	}
	want := []purchase.AckLine{
		{Warning: true, Line: 1, Code: purchase.UnknownColumn, Column: "extra"},
		{Warning: true, Row: 2, Line: 3, DocumentNo: "A1", Code: purchase.ChangedImmaterial},
		{Row: 2, Line: 3, DocumentNo: "A1", Status: purchase.Duplicate, Code: purchase.DuplicateRow},
		{Row: 3, Line: 4, Status: purchase.Rejected, Code: purchase.FieldRequired, Column: "order_no"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A rerun tries rejected rows again and never edits what was said.
func TestRerun(t *testing.T) {
	w := sqlite(t)
	w.decide = func(purchase.Order) purchase.Decision {
		return purchase.Decision{Decision: purchase.DecisionDeclined, Code: purchase.LimitOrder}
	}
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00", "R2;A1;x;EUR;60.00"))
	w.drop("invoices_2.csv", csv("nonsense;header", "x;y"))
	w.step("2026-10-01T12-00")
	must(t, w.db.Write(t.Context(), func(tx *database.Tx) error {
		d := purchase.Decision{OrderNo: "A1", Decision: purchase.DecisionAccepted, Code: purchase.Reviewed, Approved: 10000, ValidUntil: day + 60}
		return w.in.Apply(t.Context(), tx, w.at("acme", "2026-10-02T12-00"), w.terms, purchase.Receipt{Number: 99}.In(purchase.ReceiptPart{Decisions: []purchase.Decision{d}}), nil)
	}))
	w.run++
	run := w.at("acme", "2026-10-02T12-00")
	f, err := w.in.Find(t.Context(), "acme", "invoices_1.csv")
	must(t, err)
	filter := RowFilter{Status: purchase.Rejected, Code: purchase.NotAccepted}
	if n, err := w.in.RerunRows(t.Context(), run, w.boxes[1], f.Number, filter); err != nil || n != 1 {
		t.Errorf("RerunRows = %d, %v; want one row", n, err)
	}
	bad, err := w.in.Find(t.Context(), "acme", "invoices_2.csv")
	must(t, err)
	if n, err := w.in.RerunFile(t.Context(), run, w.boxes[1], bad.Number); err != nil || n != -1 {
		t.Errorf("RerunFile = %d, %v; want the whole file", n, err)
	}
	w.run--
	acks := w.step("2026-10-02T12-00")
	wantNames(t, acks, "invoices_2.csv REJECTED", "+invoices_1.csv PARTIAL")
	w.want(
		"orders_1.csv ACCEPTED 1=1+0+0+0+0",
		"invoices_1.csv PARTIAL 2=0+0+0+2+0 2:REJECTED/FIELD_FORMAT@10-01",
		"invoices_2.csv REJECTED FILE_HEADER", "invoices_2.csv REJECTED FILE_HEADER",
	)
	if _, err := w.in.RerunRows(t.Context(), run, w.boxes[1], f.Number, filter); err == nil {
		t.Error("a rerun of nothing went well")
	}
	w.verify("2026-10-02T12-00")
}

// What was read in a wrong profile is read again in the right one.
func TestRerunInAnotherProfile(t *testing.T) {
	w := sqlite(t)
	w.drop("orders_1.csv", csv(ordersHeader, "A1;01.10.2026;EUR;100.00;K1;Hanna;1", orderRow("A2")))
	w.step("2026-10-01T12-00")
	c := formats.Config{Date: "DD.MM.YYYY"}
	p, err := c.Build("german", formats.Lookup)
	must(t, err)
	w.boxes[1].Profile = p
	w.run++
	n, err := w.in.RerunFile(t.Context(), w.at("acme", "2026-10-02T12-00"), w.boxes[1], 1)
	w.run--
	if err != nil || n != 1 {
		t.Fatalf("RerunFile = %d, %v; want one row", n, err)
	}
	w.step("2026-10-02T12-00")
	w.want("orders_1.csv PARTIAL 2=1+0+0+1+0")
	w.verify("2026-10-02T12-00")
}
