package intake

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

var update = flag.Bool("update", false, "rewrite golden files; read the diff before")

// Every code is told in sentences that say where, what came, what was wanted
// and what to do. The golden files are what the operator of an ERP reads.
func TestAckMessages(t *testing.T) {
	for _, language := range []formats.Language{formats.English, formats.German} {
		t.Run(string(language), func(t *testing.T) {
			w := sqlite(t)
			for i := range w.boxes {
				w.boxes[i].Language, w.boxes[i].MaxFile = language, 4000
			}
			got := mistakes(t, w)
			golden(t, "messages."+string(language)+".golden", got)
			for _, code := range append(fileCodes(), rowCodes()...) {
				if !strings.Contains(got, string(code)) {
					t.Errorf("no message has the code %s", code)
				}
			}
			if strings.Contains(got, "?") {
				t.Error("a message does not know what it tells")
			}
		})
	}
}

func fileCodes() []purchase.Code {
	return []purchase.Code{
		purchase.FileEncoding, purchase.FileHeader, purchase.FileTrailer, purchase.FileTruncated, purchase.FileEmpty,
		purchase.FileTooLarge, purchase.FileDialect, purchase.FileNotYours,
	}
}

func rowCodes() []purchase.Code {
	return []purchase.Code{
		purchase.RowColumns, purchase.FieldRequired, purchase.FieldFormat, purchase.FieldRange, purchase.FieldLength,
		purchase.WrongCurrency, purchase.UnknownOrder, purchase.UnknownInvoice, purchase.UnknownAccount,
		purchase.NotAccepted, purchase.OverApproved, purchase.OverCredit, purchase.DuplicateRow, purchase.ConflictRow,
		purchase.Closed, purchase.UnknownColumn, purchase.ReturnAssumed, purchase.ChangedImmaterial,
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// mistakes plays all that can go wrong, and returns what the acks say.
func mistakes(t *testing.T, w *world) string {
	t.Helper()
	w.terms.InvoiceFromShipments = true
	w.decide = func(o purchase.Order) purchase.Decision {
		switch o.OrderNo {
		case "DECLINED":
			return purchase.Decision{Decision: purchase.DecisionDeclined, Code: purchase.LimitOrder}
		case "REVIEW":
			return purchase.Decision{Decision: purchase.DecisionReview, Code: purchase.AddressMismatch}
		case "DATA":
			return purchase.Decision{Decision: purchase.DecisionDeclined, Code: purchase.DataMissing}
		}
		return purchase.Decision{}
	}
	w.refuse = func(r purchase.Record) purchase.Code {
		if r.Number() == "REFUSED" {
			return purchase.OverApproved
		}
		return ""
	}
	var b strings.Builder
	step := func(at string) {
		fmt.Fprintf(&b, "# %s\n\n", at)
		for _, a := range w.step(at) {
			printAck(t, &b, a)
		}
	}
	badFiles(w)
	step("2026-10-01T06-00")
	badRows(w)
	step("2026-10-01T12-00")
	again(w)
	w.silent = true // while the provider does not answer
	step("2026-10-02T12-00")
	w.silent = false
	step("2026-10-04T12-00")
	step("2026-10-20T12-00")
	return b.String()
}

func badFiles(w *world) {
	w.drop("orders_empty.csv", "")
	w.drop("orders_encoding.csv", csv(ordersHeader, "A\xff;2026-10-01;EUR;1.00;K1;Hanna;1"))
	w.drop("orders_header.csv", csv("order_no;order_date;currency", "A1;2026-10-01;EUR"))
	w.drop("orders_dialect.csv", csv(strings.ReplaceAll(ordersHeader, ";", ","), "A1"))
	w.drop("orders_cut.csv", ordersHeader+"\n"+orderRow("CUT"))
	w.drop("orders_trailer.csv", csv(ordersHeader, orderRow("HELD"), "#TRAILER;2;200.00"))
	w.drop("orders_large.csv", csv(ordersHeader, strings.Repeat(orderRow("A1")+"\n", 200)))
	w.dropAt("acme", "payments_mine.csv", csv(paymentsHeader, paymentRow("Z1", "1.00")))
}

func badRows(w *world) {
	orders := []string{ordersHeader + ";extra"}
	for _, no := range []string{"A1", "A5", "A6", "A7", "A8", "A11", "DECLINED", "REVIEW", "DATA"} {
		orders = append(orders, orderRow(no)+";x")
	}
	w.drop("orders_1.csv", csv(append(
		orders, orderRow("A1")+";x", "A1;2026-10-01;EUR;100.00;K1;Hanna;2;x", "A1;2026-10-01;EUR;120.00;K2;Hanna;1;x",
		";01.10.2026;EUR;49,90;K1;Hanna;1;x", "A9;2026-10-01;EUR;1.00", "A9;2026-10-01;EUR;-1.00;K1;Hanna;1;x",
		"A9;2026-10-01;EUR;1,00;K1;Hanna;1;x", strings.Repeat("A", 65)+";2026-10-01;EUR;1.00;K1;Hanna;1;x",
	)...))
	w.drop("invoices_1.csv", csv(
		invoicesHeader+";due_date", "R1;A1;2026-10-01;EUR;60.00;2026-10-15", "R2;A1;2026-10-01;EUR;50.00;", "R3;DECLINED;2026-10-01;EUR;60.00;",
		"R4;REVIEW;2026-10-01;EUR;60.00;", "R5;DATA;2026-10-01;EUR;60.00;", "R6;A99;2026-10-01;EUR;60.00;", "R7;A1;2026-10-01;USD;60.00;",
		"R8;A6;2026-12-24;EUR;60.00;", "R9;A6;2026-10-02;EUR;60.00;2026-10-01", "R10;A7;2026-10-01;EUR;100.00;", "REFUSED;A11;2026-10-01;EUR;60.00;",
		"R11;A8;2026-10-01;EUR;10.00;", "R12;A8;2026-10-01;EUR;10.00;",
		"R1;A1;2026-10-01;EUR;60.00;2026-10-15", "R1;A1;2026-10-02;EUR;61.00;", "R6;A99;2026-10-01;EUR;60.00;", "R6;A99;2026-10-01;EUR;61.00;",
	))
	w.drop("shipments_1.csv", csv(
		shipmentsHeader, "L1;A1;2026-10-01;R1;", "L2;A1;2026-10-01;R1;61.00", "L3;A6;2026-10-01;R1;", "L4;A6;2026-10-01;R13;",
	))
	w.drop("returns_1.csv", csv(
		returnsHeader, "T1;RECEIVED;R1;;2026-10-01;10.00", "T2;RECEIVED;;A8;2026-10-01;10.00", "T3;RECEIVED;;A6;2026-10-01;10.00", "T4;RECEIVED;R1;;2026-10-02;50.01",
	))
	w.drop("credits_1.csv", csv(
		creditsHeader, "G1;CORRECTION;R1;2026-10-01;10.00;", "G2;CORRECTION;R77;2026-10-01;10.00;", "G3;VALUE;R1;2026-10-02;50.01;",
	))
	w.drop("cancellations_1.csv", csv(cancellationsHeader, "S1;A5;2026-10-01", "S2;A5;2026-10-01", "S3;A7;2026-10-01", "S4;NEVER;2026-10-01"))
	w.drop("instructions_1.csv", csv(instructionsHeader, "D1;DIRECT_PAYMENT;R1;2026-10-01;500.00", "D2;DUE_CHANGE;R1;2026-09-01;"))
	w.drop("payments_1.csv", csv(
		paymentsHeader, paymentRow("Z1", "10.00"), paymentRow("Z1", "-20.00"), paymentRow("Z2", "-5.00"),
		"Z3;DE75512108001245126199;2026-10-02;1.00;EUR;x", "Z4;"+account+";2026-10-05;5.00;EUR;x", paymentRow("Z4", "-5.00"),
		"Z5;"+account+";2026-10-02;1.00;USD;x",
	))
}

// again repeats what is booked or waits.
func again(w *world) {
	w.drop("orders_2.csv", csv(
		ordersHeader, orderRow("A1"), "A1;2026-10-01;EUR;100.00;K1;Hanna;2", "A1;2026-10-01;EUR;120.00;K1;Hanna;1", orderRow("A10"),
	))
	w.drop("orders_3.csv", csv(ordersHeader, orderRow("HELD")))
	w.drop("invoices_2.csv", csv(invoicesHeader, "R20;A5;2026-10-01;EUR;10.00", "R21;A10;2026-10-02;EUR;10.00"))
	w.drop("credits_again.csv", csv(
		creditsHeader, "G1;CORRECTION;R1;2026-10-01;10.00;", "G2;CORRECTION;R77;2026-10-01;10.00;", "G3;VALUE;R1;2026-10-02;50.01;",
	))
}

func printAck(t *testing.T, b *strings.Builder, a purchase.Ack) {
	t.Helper()
	supplementary := ""
	if a.Supplementary {
		supplementary = " (supplementary)"
	}
	fmt.Fprintf(b, "%s: %s %s%s\n", a.Name, a.Verdict, a.Code, supplementary)
	if a.Message != "" {
		fmt.Fprintf(b, "\t%s\n", a.Message)
	}
	for l, err := range a.Lines(t.Context()) {
		must(t, err)
		status := string(l.Status)
		if l.Warning {
			status = "WARNING"
		}
		fmt.Fprintf(b, "  %d %s %s %s\n", l.Line, l.DocumentNo, status, l.Code)
		if l.Message != "" {
			fmt.Fprintf(b, "\t%s\n", l.Message)
		}
	}
	b.WriteByte('\n')
}

// A rule names a column as the merchant's file does, and as `files show` tells
// it later.
func TestMessagesUseHeadings(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite), "actindo")
	w.boxes[1].Language = formats.German
	w.drop("orders_1.csv", "Auftragsnummer;Auftragsdatum;W\xe4hrung;Bruttobetrag;Kundennummer\r\nA1;01.10.2026;EUR;100,00;K1\r\n")
	w.drop("invoices_1.csv", "Rechnungsnummer;Auftragsnummer;Rechnungsdatum;W\xe4hrung;Bruttobetrag\r\n"+
		"R1;A1;01.10.2026;USD;10,00\r\nR2;A1;01.10.2026;EUR;10,00\r\nR2;A1;02.10.2026;EUR;11,00\r\n")
	w.step("2026-10-01T12-00")
	f, err := w.in.Find(t.Context(), "acme", "invoices_1.csv")
	must(t, err)
	var got []string
	for l, err := range w.in.Rows(t.Context(), "acme", f.Number) {
		must(t, err)
		got = append(got, l.Message)
	}
	want := []string{
		"Spalte Währung: USD, das Konto wird aber in EUR geführt; andere Währungen werden nicht gebucht",
		"Nummer R2 ist schon anders gebucht aus invoices_1.csv, Zeile 3: Rechnungsdatum dort 01.10.2026, hier 02.10.2026, Bruttobetrag dort 10,00, hier 11,00; " +
			"diese Zeile bleibt ohne Wirkung. Bitte klären, was gilt; ein anderer Beleg braucht eine eigene Nummer",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is listed as material is what makes a CONFLICT.
func TestMaterialColumns(t *testing.T) {
	for _, r := range []purchase.Record{
		purchase.Order{},
		purchase.Invoice{},
		purchase.Shipment{},
		purchase.Return{},
		purchase.Credit{},
		purchase.Cancellation{},
		purchase.Payment{},
		purchase.Instruction{},
	} {
		for column := range cells(r) {
			listed := len(differing(r, with(r, column), material(r.Feed()))) == 1
			conflict := with(r, column).Material() != r.Material() || r.Feed() == purchase.Shipments && column == "gross_amount"
			if listed != conflict {
				t.Errorf("%s.%s: listed as material is %v; want %v", r.Feed(), column, listed, conflict)
			}
		}
	}
}

// with returns a copy of a record with another value in one column.
func with(r purchase.Record, column string) purchase.Record {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	v.Set(reflect.ValueOf(r))
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("csv") != column {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			f.Set(reflect.ValueOf(purchase.Days{N: 7, Given: true}))
		default:
			f.Set(reflect.ValueOf(day).Convert(f.Type()))
		}
	}
	other, _ := v.Interface().(purchase.Record)
	return other
}
