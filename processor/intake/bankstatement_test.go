package intake

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats/camttest"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// paid is an entry of a bank statement.
func paid(id string, cents money.Amount, traces ...string) purchase.Payment {
	return purchase.Payment{
		PaymentID: id, Account: account, BookedOn: schedules.NewDate(2026, 10, 2), Amount: cents, Currency: "EUR",
		Reference: "A1", EndToEndID: strings.Join(traces, ""),
	}
}

// ours is an entry of the provider's own money.
func ours(id, purpose string, cents money.Amount, trace string) purchase.Payment {
	p := paid(id, cents, trace)
	p.Purpose = purpose
	return p
}

// camt writes a statement.
func camt(t *testing.T, o camttest.Options, entries ...purchase.Payment) string {
	t.Helper()
	var b strings.Builder
	must(t, camttest.Write(&b, entries, o))
	return b.String()
}

// sent lists the records that would go into a batch.
func (w *world) sent() (all []string) {
	w.t.Helper()
	refs, err := w.queued(w.t.Context())
	must(w.t, err)
	records, err := w.in.Records("EUR")(w.t.Context(), "acme", refs)
	must(w.t, err)
	for _, r := range records {
		p, _ := r.Record.(purchase.Payment)
		all = append(all, strings.TrimSpace(p.PaymentID+" "+p.Amount.String()+" "+p.Purpose))
	}
	return all
}

// A return in a statement finds its payment: by the bank's reference, by the
// end-to-end id, before its payment comes or after. What is no debtor's money
// returns nothing.
func TestReturnsInStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.silent = true
		w.drop("payments_1.xml", camt(t, camttest.Options{ID: "1"},
			paid("Q1", -500, "E-later"), // comes before its payment
			paid("Z1", 1000), paid("Z2", 2000, "E2"), paid("Z3", 3000, "E-twice"), paid("Z4", 3000, "E-twice"), paid("Z5", 700, "E5"),
			paid("Z1", -1000),            // by the reference
			paid("Q2", -2000, "E2"),      // by the end-to-end id
			paid("Q3", -3000, "E-twice"), // two that it may mean
			paid("Q5", -701, "E5"),       // more than came
			paid("Q6", -600, "E-nobody"),
			ours("OUT", purchase.PurposePayout, -5000, "P-acme-2026W40"),
			ours("FEE", purchase.PurposeOther, -490, ""),
		))
		w.step("2026-10-02T12-00")
		w.drop("payments_2.xml", camt(t, camttest.Options{ID: "2"}, paid("Z6", 500, "E-later")))
		w.step("2026-10-03T12-00")
		want := []string{
			"FEE -4.90 OTHER", "OUT -50.00 PAYOUT", "Z1 -10.00", "Z1 10.00", "Z2 -20.00", "Z2 20.00", "Z3 30.00", "Z4 30.00", "Z5 7.00", "Z6 -5.00", "Z6 5.00",
		}
		got := w.sent()
		if diff := cmp.Diff(want, sortedCopy(got)); diff != "" {
			t.Errorf("records of the next batch (-want +got):\n%s", diff)
		}
		w.verify("2026-10-03T12-00")
		w.step("2026-10-20T12-00")
		f := w.files()[0]
		if f.Final.Booked != 10 || f.Final.Rejected != 3 {
			t.Errorf("%s after park_days, want 10 booked and 3 rejected: Q3, Q5 and Q6", describe(f))
		}
		w.verify("2026-10-20T12-00")
	})
}

func sortedCopy(all []string) []string {
	set := map[string]bool{}
	for _, s := range all {
		set[s] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// A transaction is booked once, in whatever files it comes.
func TestOverlappingStatements(t *testing.T) {
	w := sqlite(t)
	w.silent = true
	z1, z2, z3 := paid("Z1", 100), paid("Z2", 200), paid("Z3", 300)
	w.drop("payments_1.xml", camt(t, camttest.Options{ID: "N", Message: "054"}, z1))
	w.drop("payments_2.xml", camt(t, camttest.Options{ID: "1"}, z1, z2))
	w.drop("payments_3.xml", camt(t, camttest.Options{ID: "2", Version: "02"}, z1, z2, z3, z3))
	w.drop("payments_4.csv", csv(paymentsHeader, "Z3;"+account+";2026-10-02;3.00;EUR;A1"))
	w.step("2026-10-02T12-00")
	w.want(
		"payments_1.xml ACCEPTED 1=1+0+0+0+0",
		"payments_2.xml ACCEPTED 2=1+1+0+0+0 1:DUPLICATE/DUPLICATE@10-02",
		"payments_3.xml ACCEPTED 4=1+3+0+0+0 1:DUPLICATE/DUPLICATE@10-02 2:DUPLICATE/DUPLICATE@10-02 4:DUPLICATE/DUPLICATE@10-02",
		"payments_4.csv ACCEPTED 1=0+1+0+0+0 1:DUPLICATE/DUPLICATE@10-02",
	)
	w.verify("2026-10-02T12-00")
}

// A statement counts for the accounts that it names, and for nobody else.
func TestStatementsOfAccounts(t *testing.T) {
	const other, foreign = "DE75512108001245126199", "DE02500105170137075030"
	tests := []struct {
		name, file, content string
		want                []string
		everyone            bool
	}{
		{"mine, without entries", "payments_1.xml", camt(t, camttest.Options{Account: account}), []string{"acme"}, false},
		{"another's, without entries", "payments_1.xml", camt(t, camttest.Options{Account: other}), []string{"beta"}, false},
		{"nobody's, without entries", "payments_1.xml", camt(t, camttest.Options{Account: foreign}), nil, false},
		{"mine, with entries", "payments_1.xml", camt(t, camttest.Options{}, paid("Z1", 100)), []string{"acme"}, false},
		{"a notification", "payments_1.xml", camt(t, camttest.Options{Account: account, Message: "054"}), []string{"acme"}, false},
		{"balances that do not fit", "payments_1.xml", strings.Replace(camt(t, camttest.Options{Account: account}), "0.00", "1.00", 1), nil, false},
		{"a CSV without rows", "payments_1.csv", csv(paymentsHeader), nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := sqlite(t)
			w.boxes[0].Accounts[other] = "beta"
			w.drop(tt.file, tt.content)
			w.step("2026-10-02T12-00")
			merchants, everyone, err := w.in.Statements(t.Context(), w.at(purchase.Provider, "2026-10-02T12-00"))
			must(t, err)
			if diff := cmp.Diff(tt.want, merchants); diff != "" || everyone != tt.everyone {
				t.Errorf("everyone %v, %s", everyone, diff)
			}
			shown := 0
			if tt.everyone || len(tt.want) > 0 && tt.want[0] == "acme" || strings.Contains(tt.name, "do not fit") {
				shown = 1
			}
			if n := len(w.files()); n != shown {
				t.Errorf("the export of acme shows %d files, want %d", n, shown)
			}
			w.verify("2026-10-02T12-00")
		})
	}
}

// Entries of an account that is nobody's are told, and held balances can be
// released.
func TestForeignEntries(t *testing.T) {
	w := sqlite(t)
	stranger := paid("Z2", 200)
	stranger.Account = "DE02500105170137075030"
	w.drop("payments_1.xml", camt(t, camttest.Options{}, paid("Z1", 100), stranger))
	w.drop("payments_2.xml", strings.Replace(camt(t, camttest.Options{}, paid("Z3", 100)), "0.00", "0.01", 1))
	var told []string
	for _, a := range w.step("2026-10-02T12-00") {
		told = append(told, a.Name+" "+string(a.Verdict)+" "+string(a.Code))
		for l, err := range a.Lines(t.Context()) {
			must(t, err)
			told = append(told, string(l.Code))
		}
	}
	if diff := cmp.Diff([]string{"payments_1.xml PARTIAL ", "UNKNOWN_ACCOUNT", "payments_2.xml HELD FILE_TRAILER"}, told); diff != "" {
		t.Error(diff)
	}
	w.run++
	must(t, w.in.Release(t.Context(), w.at(purchase.Provider, "2026-10-03T12-00"), -2, "ada: the bank is right"))
	w.run--
	wantNames(t, w.step("2026-10-03T12-00"), "payments_2.xml ACCEPTED")
	w.verify("2026-10-03T12-00")
}

// Verify reads a statement again and sees a row that is not stored as it was.
func TestVerifyStatement(t *testing.T) {
	w := sqlite(t)
	w.drop("payments_1.xml", camt(t, camttest.Options{}, paid("Z1", 100), paid("Z2", 200)))
	w.step("2026-10-02T12-00")
	w.verify("2026-10-02T12-00")
	must(t, w.db.Write(t.Context(), func(tx *database.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE intake_rows SET start = start + 1 WHERE number = 'Z2'")
		return err
	}))
	broken, err := w.in.Verify(t.Context(), purchase.Provider, w.terms, w.at(purchase.Provider, "2026-10-02T12-00").Day)
	must(t, err)
	if len(broken) != 1 || !strings.Contains(broken[0], "row 2 ") {
		t.Errorf("Verify = %q, want one sentence about row 2", broken)
	}
}
