package report_test

import (
	"bytes"
	"iter"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

const run = "r20261103T1200-000031"

// decided adds the payment instruction, as the provider does.
func (o october) decided() iter.Seq2[purchase.Decision, error] {
	return func(yield func(purchase.Decision, error) bool) {
		for _, d := range o.Decisions {
			d.Recipient, d.IBAN, d.BIC, d.BankName = "Muster Rechnungskauf GmbH", "DE02120300000000202051", "BYLADEM1001", "Deutsche Kreditbank"
			d.Amount = d.Approved
			if !yield(d, nil) {
				return
			}
		}
	}
}

func TestDecisionsGolden(t *testing.T) {
	o := loadOctober(t)
	golden(t, "decisions.de.csv", func(w *bytes.Buffer) error { return german(t).DecisionsCSV(w, o.decided()) })
	golden(t, "decisions.en.csv", func(w *bytes.Buffer) error { return english(t).DecisionsCSV(w, o.decided()) })
	golden(t, "decisions.de.json", func(w *bytes.Buffer) error { return german(t).DecisionsJSON(w, run, o.decided()) })
}

func states() purchase.States {
	day := func(d int) schedules.Date { return schedules.NewDate(2026, 10, d) }
	return purchase.States{Merchant: "acme", Currency: "EUR", Claims: streamed([]purchase.ClaimState{
		{OrderNo: "A1001", InvoiceNo: "RE1001", State: "PAID", Paid: 10000, DueDate: day(16), ChangedOn: day(14)},
		{OrderNo: "A1003", InvoiceNo: "RE1003", State: "OVERPAID", Paid: 15000, Credited: 3000, DueDate: day(16), ChangedOn: day(15)},
		{OrderNo: "A1004", InvoiceNo: "RE1004", State: "IN_DUNNING", Outstanding: 30000, Paid: 20000, DueDate: day(16), DunningLevel: 1, ChangedOn: day(23)},
		{OrderNo: "=A1", InvoiceNo: "0001", State: "OPEN", Outstanding: 1, DueDate: day(19), ChangedOn: day(5)}, // machines get it as it is
	})}
}

func TestStatesGolden(t *testing.T) {
	golden(t, "states.actindo.csv", func(w *bytes.Buffer) error { return german(t).StatesCSV(t.Context(), w, states()) })
	golden(t, "states.kontor.csv", func(w *bytes.Buffer) error { return english(t).StatesCSV(t.Context(), w, states()) })
	golden(t, "states.json", func(w *bytes.Buffer) error { return german(t).StatesJSON(t.Context(), w, run, states()) })
}

// held adds a notice that could not leave to the run of a day.
func held(t *testing.T, day string) purchase.Dunning {
	t.Helper()
	d := loadOctober(t).dunning(day)
	var notices []purchase.Notice
	for n, err := range d.Notices(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		notices = append(notices, n)
	}
	late := notices[0]
	late.ID, late.InvoiceNo, late.Level, late.Status, late.Hold = "D-acme-0001234-4", "0001234", 4, purchase.NoticeHeld, "STATEMENT_OLD"
	d.Notices = streamed(append(notices, late))
	return d
}

func TestDunningGolden(t *testing.T) {
	for _, day := range []string{"2026-10-23", "2026-10-30", "2026-11-09", "2026-11-23"} {
		d := held(t, day)
		golden(t, "dunning_"+day+".de.csv", func(w *bytes.Buffer) error { return german(t).DunningCSV(t.Context(), w, d) })
	}
	d := held(t, "2026-11-09")
	golden(t, "dunning_2026-11-09.en.csv", func(w *bytes.Buffer) error { return english(t).DunningCSV(t.Context(), w, d) })
	golden(t, "dunning_2026-11-09.rfc4180.csv", func(w *bytes.Buffer) error {
		return renderer(t, "kontor", formats.RFC4180, formats.German).DunningCSV(t.Context(), w, d)
	})
	golden(t, "dunning_2026-11-09.json", func(w *bytes.Buffer) error { return german(t).DunningJSON(t.Context(), w, d) })
}

func TestLettersGolden(t *testing.T) {
	d := held(t, "2026-11-09")
	golden(t, "letters_2026-11-09.de.json", func(w *bytes.Buffer) error {
		letters, err := german(t).Letters(t.Context(), w, d)
		if letters != 1 {
			t.Errorf("Letters = %d; want 1, what was held is none", letters)
		}
		return err
	})
	golden(t, "letters_2026-11-09.en.json", func(w *bytes.Buffer) error { _, err := english(t).Letters(t.Context(), w, d); return err })
}

func unmatched() purchase.Unmatched {
	return purchase.Unmatched{Merchant: "acme", Currency: "EUR", Day: schedules.NewDate(2026, 11, 30), Payments: []purchase.UnmatchedPayment{
		{PaymentID: "Z9999", Account: "DE02120300000000202051", BookedOn: schedules.NewDate(2026, 10, 20), Amount: 3333, DebtorName: "Ümit Öz", Reference: "RE10041", AgeDays: 41, Candidates: []string{"RE1004", "RE1001"}},
		{PaymentID: "00012", Account: "DE02120300000000202051", BookedOn: schedules.NewDate(2026, 11, 30), Amount: -1, DebtorName: "=HYPERLINK(\"http://x\")", Reference: "1E5; \"alt\"", AgeDays: 0},
	}}
}

func TestUnmatchedGolden(t *testing.T) {
	golden(t, "unmatched.de.csv", func(w *bytes.Buffer) error { return german(t).UnmatchedCSV(w, unmatched().Payments) })
	golden(t, "unmatched.en.csv", func(w *bytes.Buffer) error { return english(t).UnmatchedCSV(w, unmatched().Payments) })
	golden(t, "unmatched.json", func(w *bytes.Buffer) error { return german(t).UnmatchedJSON(w, unmatched()) })
}
