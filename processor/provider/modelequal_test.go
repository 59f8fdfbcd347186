package provider_test

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/provider"
)

var (
	histories = flag.Int("histories", 60, "how many random histories the model and the provider live")
	seed      = flag.Uint64("seed", 1, "of the first of the random histories")
	tries     = flag.Int("shorten", 300, "how many shorter histories are tried when one fails")
)

// Whatever happens, in whatever order, the provider's books are those of the
// model: account by account, payout line by payout line, claim by claim.
func TestModel(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { liveAll(t, database.SQLite, *histories) })
	t.Run("PostgreSQL", func(t *testing.T) { liveAll(t, database.PostgreSQL, min(*histories, 5)) })
}

func liveAll(t *testing.T, engine database.Engine, n int) {
	db := databasetest.Open(t, engine)
	own, err := provider.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), ledger.Migrations, own); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		live(t, db, *seed+uint64(i))
	}
}

// live compares one history, and shortens it when the two differ.
func live(t *testing.T, db *database.DB, seed uint64) {
	t.Helper()
	s := drawStory(rand.New(rand.NewPCG(seed, 0)), fmt.Sprint("m", seed))
	diff := difference(t, db, s)
	if diff == "" {
		return
	}
	runs := 0
	s.ops = shorten(s.ops, func(ops []op) bool {
		runs++
		shorter := story{s.terms, ops}
		shorter.merchant = fmt.Sprintf("m%d-%d", seed, runs)
		return runs <= *tries && difference(t, db, shorter) != ""
	})
	s.merchant += "-last"
	t.Fatalf("history of seed %d, shortened to\n%s\nunder %+v (-model +provider):\n%s", seed, s, s.terms, difference(t, db, s))
}

func difference(t *testing.T, db *database.DB, s story) string {
	t.Helper()
	want, got, err := run(t, db, s)
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(want, got)
}

// shorten leaves out steps, and then single records, while fails still holds.
func shorten(ops []op, fails func([]op) bool) []op {
	for size := len(ops) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(ops) && size < len(ops); {
			if shorter := slices.Delete(slices.Clone(ops), from, from+size); fails(shorter) {
				ops = shorter
			} else {
				from += size
			}
		}
	}
	for i := range ops {
		for j := 0; len(ops[i].records) > 1 && j < len(ops[i].records); {
			shorter := slices.Clone(ops)
			shorter[i].records = slices.Delete(slices.Clone(ops[i].records), j, j+1)
			if fails(shorter) {
				ops = shorter
			} else {
				j++
			}
		}
	}
	return ops
}

func (s story) String() string {
	var b strings.Builder
	for _, o := range s.ops {
		fmt.Fprintf(&b, "%s %s run %s back %d\n", o.day, o.do, o.run, o.back)
		for _, r := range o.records {
			fmt.Fprintf(&b, "    %+v\n", r)
		}
	}
	return b.String()
}

// The model is a second opinion only as long as it imports nothing of the
// program.
func TestModelStandsAlone(t *testing.T) {
	for _, name := range []string{"model", "modelbooks", "modelslots", "modeldays", "modelorders", "modelmoney", "modelpapers", "modeldunning"} {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Clean(name+"_test.go"), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, ".") {
				t.Errorf("%s_test.go imports %s; want the standard library alone", name, i.Path.Value)
			}
		}
	}
}
