package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

const original = "order_no;order_date;gross_amount;farbe\r\n" +
	"A1001;2026-10-01;100.00;rot\r\n" +
	"A1020;2026-10-01;1,50;\"gr\xfcn;\"\r\n" +
	"A1002;2026-10-01;200.00;\r\n"

// orders is an acknowledgement with a warning and three rows.
func orders() purchase.Ack {
	bad := strings.Index(original, "A1020")
	return purchase.Ack{
		Owner: "acme", File: 7, Name: "orders_20261001.csv", Run: "r20261001T1200-000001", Feed: purchase.Orders, Profile: "kontor",
		Verdict: purchase.Partial, Rows: 4, Booked: 1, Duplicate: 1, Parked: 1, Rejected: 1, SumGross: 40050,
		SHA256: strings.Repeat("0a", 32), Received: time.Date(2026, 10, 1, 12, 0, 0, 0, time.FixedZone("", 7200)),
		Lines: streamed([]purchase.AckLine{
			{Warning: true, Line: 1, Code: purchase.UnknownColumn, Column: "farbe", Message: "Die Spalte farbe ist unbekannt und wird nicht gelesen."},
			{
				Row: 2, Line: 3, Offset: int64(bad), Length: int64(strings.Index(original[bad:], "\r\n")), DocumentNo: "A1020", Status: purchase.Rejected,
				Code: purchase.FieldFormat, Column: "gross_amount", Value: "1,50", Message: "„1,50“ ist kein Betrag wie 1234.56.",
			},
			{Row: 3, Line: 4, DocumentNo: "A1002", Status: purchase.Duplicate, Code: purchase.DuplicateRow, Message: "Schon gebucht."},
			{Row: 4, Line: 5, DocumentNo: "=A1003", Status: purchase.Parked, Code: purchase.UnknownOrder, Message: "Der Auftrag ist noch nicht bekannt."},
		}),
	}
}

// refused is an acknowledgement of a file that could not be read.
func refused() purchase.Ack {
	return purchase.Ack{
		Owner: "acme", Name: "orders.csv", Run: "r20261001T1200-000001", Feed: purchase.Orders, Profile: "kontor", Verdict: purchase.Rejected,
		Code: purchase.FileHeader, Line: 1, Column: "order_no", Message: "Die Spalte order_no fehlt.", SHA256: strings.Repeat("0b", 32),
		Received: time.Date(2026, 10, 1, 12, 0, 0, 0, time.FixedZone("", 7200)), Lines: streamed[purchase.AckLine](nil),
	}
}

func TestAckGolden(t *testing.T) {
	kontor := renderer(t, "kontor", formats.ExcelDE, formats.German)
	tests := []struct {
		golden string
		r      report.Renderer
		ack    purchase.Ack
	}{
		{"ack_orders.kontor", kontor, orders()},
		{"ack_orders.actindo", german(t), orders()},
		{"ack_refused.kontor", kontor, refused()},
	}
	for _, tt := range tests {
		golden(t, tt.golden+".csv", func(w *bytes.Buffer) error { return tt.r.AckCSV(t.Context(), w, tt.ack) })
		golden(t, tt.golden+".json", func(w *bytes.Buffer) error { return tt.r.AckJSON(t.Context(), w, tt.ack) })
	}
}

// Rejected rows come back byte for byte, umlauts of whatever charset included.
func TestRejectedGolden(t *testing.T) {
	windows, err := formats.Config{Base: "kontor", Charset: "windows-1252"}.Build("own", formats.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	r := german(t)
	r.Profile = windows
	golden(t, "rejected_orders.csv", func(w *bytes.Buffer) error {
		rows, err := r.RejectedCSV(t.Context(), w, orders(), strings.NewReader(original))
		if rows != 1 {
			t.Errorf("RejectedCSV wrote %d rows; want 1", rows)
		}
		return err
	})
}

func TestRejectedNone(t *testing.T) {
	var w bytes.Buffer
	rows, err := german(t).RejectedCSV(t.Context(), &w, refused(), strings.NewReader(""))
	if rows != 0 || err != nil || w.Len() != 0 {
		t.Errorf("RejectedCSV of a refused file = %d, %v and %q; want nothing", rows, err, w.String())
	}
}
