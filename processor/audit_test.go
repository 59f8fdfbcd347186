package processor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// What was done stays written: deeds are told in order, with their ends and
// plans, and the database refuses to change or remove one.
func TestAudit(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		set, err := Migrations()
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 10, 2, 10, 0, 0, 0, time.UTC)
		e := &Engine{DB: db, Now: func() time.Time { return now }}
		dry := Deed{Merchant: "acme", Verb: "rerun rows", Arguments: []string{"12", "--status=rejected"}, Operator: "ada", Reason: "it came", Mode: DryRun}
		if dry.N, err = e.Begin(t.Context(), dry); err != nil || dry.N != 1 {
			t.Fatalf("Begin = %d, %v", dry.N, err)
		}
		dry.Exit, dry.Outcome, dry.Plan, dry.Lines = 4, "1 row is rejected, says M\xfcller\x00", "0123456789abcdef", []string{"line 3", "acme payable +1.00"}
		if err := e.End(t.Context(), dry); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Begin(t.Context(), Deed{Merchant: "acme", Verb: "resend", Operator: "bob", Plan: "feed", Mode: Applying}); err != nil {
			t.Fatal(err)
		}
		dry.At, dry.Ended, dry.Lines, dry.Outcome = now, now, nil, "1 row is rejected, says M\uFFFDller\uFFFD"
		want := []Deed{dry, {Merchant: "acme", N: 2, At: now, Verb: "resend", Arguments: []string{}, Operator: "bob", Mode: Applying, Plan: "feed", Exit: -1}}
		got, err := e.Deeds(t.Context(), []string{"acme", "other"}, now)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Deeds: %v\n%s", err, diff)
		}
		if later, err := e.Deeds(t.Context(), []string{"acme"}, now.Add(time.Second)); err != nil || len(later) > 0 {
			t.Errorf("Deeds since later = %v, %v", later, err)
		}
		lines, found, err := e.Planned(t.Context(), "acme", dry.Plan)
		if err != nil || !found || !slices.Equal(lines, []string{"line 3", "acme payable +1.00"}) {
			t.Errorf("Planned = %q, %t, %v", lines, found, err)
		}
		if _, found, err := e.Planned(t.Context(), "acme", "feed"); err != nil || found {
			t.Errorf("Planned of what no dry run made = %t, %v", found, err)
		}
		for _, query := range []string{
			"UPDATE processor_audit SET operator = 'eve'", "DELETE FROM processor_audit",
			"UPDATE processor_audit_ends SET exit = 0", "DELETE FROM processor_audit_ends",
		} {
			err := db.Write(t.Context(), func(tx *database.Tx) error {
				_, err := tx.Exec(t.Context(), query)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "what was done stays written") {
				t.Errorf("%s: %v; want that it is refused", query, err)
			}
		}
	})
}
