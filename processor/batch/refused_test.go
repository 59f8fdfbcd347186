package batch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What an operator decided and the provider refused is told, until somebody has
// decided again.
func TestRefusedCommands(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newShop(t, db)
		decide := func(no, subject string) {
			must(t, db.Write(t.Context(), func(tx *database.Tx) error {
				return Command(t.Context(), tx, "acme", purchase.Command{CommandNo: no, Kind: purchase.WriteOff, Day: day, Subject: subject, Operator: "ada", Reason: "gone"})
			}))
		}
		want := func(since schedules.Date, want ...string) {
			t.Helper()
			all, err := s.b.RefusedCommands(t.Context(), "acme", since)
			must(t, err)
			var got []string
			for _, c := range all {
				got = append(got, c.CommandNo+" "+string(c.Code))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("refused commands (-want +got):\n%s", diff)
			}
		}
		decide("C1", "RE1")
		decide("C2", "RE2")
		decide("C3", "RE3")
		b, _ := s.cut(100)
		_, err := s.answer(b, purchase.Result{Feed: "operator", Record: 1, Number: "C1", Result: purchase.Refused, Code: purchase.Closed},
			purchase.Result{Feed: "operator", Record: 2, Number: "C2", Result: purchase.Taken},
			purchase.Result{Feed: "operator", Record: 3, Number: "C3", Result: purchase.Refused, Code: purchase.UnknownInvoice})
		must(t, err)
		want(day, "C1 CLOSED", "C3 UNKNOWN_INVOICE")
		want(day + 1)
		decide("C4", "RE3")
		want(day, "C1 CLOSED")
	})
}
