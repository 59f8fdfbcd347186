package provider

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// settings are changes of all that a merchant may change while its books go on.
var settings = []struct {
	name string
	edit func(*purchase.Terms)
}{
	{"who is paid", func(t *purchase.Terms) {
		t.SettlementAccount, t.Recipient, t.BIC, t.BankName = "DE75512108001245126199", "Andere GmbH", "SOLADEST600", "Andere Bank"
	}},
	{"zone", func(t *purchase.Terms) { t.Zone = "America/New_York" }},
	{"assume_return", func(t *purchase.Terms) { t.AssumeReturn = false }},
	{"intake", func(t *purchase.Terms) { t.InvoiceFromShipments, t.ParkDays = true, 3 }},
	{"term_days", func(t *purchase.Terms) { t.TermDays = 30 }},
	{"credit", func(t *purchase.Terms) {
		t.Credit = purchase.CreditTerms{
			Countries: []string{"AT"}, MinAge: 21, OrderMin: 5_000, OrderMax: 6_000, OpenSumMax: 7_000,
			AddressMismatch: "decline", AddressAllowUpTo: 1, OverdueLevel: 1, ValidDays: 1,
		}
	}},
	{"fees", func(t *purchase.Terms) { t.Fees = purchase.FeeTerms{Percent: 500, Fixed: 99, VAT: 700} }},
	{"guarantee", func(t *purchase.Terms) {
		t.Guarantee = purchase.GuaranteeTerms{Days: 10, Anchor: "due", AnnouncedHoldDays: 5}
	}},
	{"payout", func(t *purchase.Terms) { t.PayoutMin = 5_000 }},
	{"dunning", func(t *purchase.Terms) {
		t.Dunning = purchase.DunningTerms{
			After: []int{3, 4, 5, 6}, Fee: []money.Amount{100, 300, 400, 500}, Min: 9_000, StatementBankDays: 1,
			LetterDays: 9, B2BFlat: 100, B2CPoints: 1, B2BPoints: 2, Mail: true,
		}
	}},
	{"allocation", func(t *purchase.Terms) {
		t.Allocation = purchase.AllocationTerms{Within: []string{purchase.PayPrincipal, purchase.PayInterest, purchase.PayCharges}, Across: purchase.OldestFirst}
	}},
}

// No change of a setting values anew what is booked, nor does Verify, which runs
// before anything else does, find damage in it.
func TestSettingsChange(t *testing.T) {
	each(t, nil, func(w *world) {
		eventful(w)
		w.taken(w.sale("1006", "K6", 10_000)...)
		w.taken(w.received("R6", "RE1006", 4_000), w.credit("G6", purchase.Correction, "RE1006", 4_000, ""), w.payment("Z16", 10_000, "RE1006"))
		was := testTerms()
		w.at("2026-11-02 23:30") // another day in another zone
		before := w.booked()
		for _, s := range settings {
			w.retake(s.edit)
			w.verify()
			w.taken()
			w.advance(schedules.Deliver)
			if diff := cmp.Diff(before, w.booked()); diff != "" {
				w.Errorf("%s: changed what was booked (-before +after):\n%s", s.name, diff)
			}
		}
		for _, f := range unchanged(reflect.ValueOf(was), reflect.ValueOf(w.terms), "terms") {
			if f != "terms.Merchant" && f != "terms.Currency" { // an account has one, for ever
				w.Errorf("%s was not changed; add it to settings", f)
			}
		}
		w.taken(w.credit("G7", purchase.Goodwill, "RE1006", 1_000, ""), w.instruction("I9", purchase.DueChange, "RE1003", 0))
		w.wantClaim("RE1006", "K 50.00 D 0.00 P 100.00 E 50.00 outstanding 0.00 refund 50.00 charges 0.00")
		w.dun("2026-11-10")
		w.dun("2026-11-20")
		w.at("2026-12-07 06:00")
		w.advance(schedules.Guarantee)
		w.advance(schedules.Payout)
		w.retake(func(t *purchase.Terms) { *t = was })
		w.verify()
	})
}

// booked tells what stands in the books of all claims, and what they are worth.
func (w *world) booked() (all []string) {
	w.Helper()
	err := w.db.Read(w.ctx, func(tx *database.Tx) error {
		found, err := claims.find(w.ctx, tx, "merchant_id = ? ORDER BY invoice_no", w.terms.Merchant)
		for _, c := range found {
			all = append(all, fmt.Sprintf("%s: %+v, fees %s, flat %s, interest %s, due %s, guarantee %s, next level %s",
				c.InvoiceNo, c.values(), c.Fees, c.Flat, c.Interest, c.DueOn, c.GuaranteeOn, c.NextLevelOn))
		}
		return err
	})
	if err != nil {
		w.Fatalf("%v", err)
	}
	return append(all, w.balances())
}

// unchanged names the fields that two values have in common.
func unchanged(a, b reflect.Value, name string) (all []string) {
	if a.Kind() != reflect.Struct {
		if reflect.DeepEqual(a.Interface(), b.Interface()) {
			all = append(all, name)
		}
		return all
	}
	for i := range a.NumField() {
		all = append(all, unchanged(a.Field(i), b.Field(i), name+"."+a.Type().Field(i).Name)...)
	}
	return all
}
