package intake

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// An example is a folder of drops with what must come out.
type example struct {
	dir      string
	Settings struct {
		InvoiceFromShipments bool  `json:"invoice_from_shipments"`
		AssumeReturn         *bool `json:"assume_return"`
		ParkDays             *int  `json:"park_days"`
	} `json:"settings"`
	AsOf     string `json:"as_of"`
	expected struct {
		Files     []ExportFile `json:"files"`
		Decisions []struct {
			OrderNo  string        `json:"order_no"`
			Decision string        `json:"decision"`
			Code     purchase.Code `json:"code"`
		} `json:"decisions"`
	}
}

func readExample(t *testing.T, dir string) *example {
	t.Helper()
	e := &example{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, "scenario.json"))
	must(t, err)
	must(t, json.Unmarshal(text, e))
	must(t, json.Unmarshal(expectedJSON(t, dir), &e.expected))
	return e
}

func expectedJSON(t *testing.T, dir string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err == nil {
		return text
	}
	f, err := os.Open(filepath.Join(dir, "expected.json.gz"))
	must(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(t, err)
	text, err = io.ReadAll(z)
	must(t, err)
	return text
}

// provider decides as the example says in the end; before that an order with
// missing data is told so.
func (e *example) provider() func(purchase.Order) purchase.Decision {
	decisions := map[string]purchase.Decision{}
	for _, d := range e.expected.Decisions {
		decisions[d.OrderNo] = purchase.Decision{Decision: d.Decision, Code: d.Code}
	}
	return func(o purchase.Order) purchase.Decision {
		if dataMissing(o) {
			return purchase.Decision{Decision: purchase.DecisionDeclined, Code: purchase.DataMissing}
		}
		d := decisions[o.OrderNo]
		if d.Decision == purchase.DecisionAccepted {
			d.Approved = o.Gross
		}
		return d
	}
}

func dataMissing(o purchase.Order) bool {
	for _, s := range []string{o.FirstName, o.LastName} {
		if purchase.Letters(s) < 2 || strings.HasSuffix(s, ".") {
			return true
		}
	}
	missing := o.Phone == "" || o.Street == "" || o.Postcode == "" || o.City == "" || o.Country == ""
	if o.CustomerType == purchase.B2B {
		return missing || o.Company == ""
	}
	return missing || o.BirthDate.IsZero()
}

// steps lists the runs: the folders, and one at the end.
func (e *example) steps(t *testing.T) (steps []string) {
	t.Helper()
	entries, err := os.ReadDir(e.dir)
	must(t, err)
	for _, entry := range entries {
		if entry.IsDir() {
			steps = append(steps, entry.Name())
		}
	}
	if last := steps[len(steps)-1]; last < e.AsOf {
		steps = append(steps, e.AsOf)
	}
	return steps
}

func (e *example) drop(w *world, step string) {
	w.t.Helper()
	entries, err := os.ReadDir(filepath.Join(e.dir, step))
	if os.IsNotExist(err) {
		return
	}
	must(w.t, err)
	for _, entry := range entries {
		if entry.Name() == ".keep" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(e.dir, step, entry.Name()))
		must(w.t, err)
		w.drop(entry.Name(), string(text))
	}
}

func (e *example) play(w *world) {
	w.t.Helper()
	w.decide = e.provider()
	w.terms.InvoiceFromShipments = e.Settings.InvoiceFromShipments
	if s := e.Settings.AssumeReturn; s != nil {
		w.terms.AssumeReturn = *s
	}
	if s := e.Settings.ParkDays; s != nil {
		w.terms.ParkDays = *s
	}
	for _, step := range e.steps(w.t) {
		e.drop(w, step)
		w.step(step)
	}
	w.verify(e.AsOf)
}

const examples = "../../samples/testdata/"

// The worked example on both engines, the random histories on one: the books
// are compared on both where the whole program is tested.
func TestExamples(t *testing.T) {
	play := func(t *testing.T, name string, db *database.DB) {
		e := readExample(t, examples+"examples/"+name)
		w := newWorld(t, db, "kontor")
		e.play(w)
		compare(t, w.files(), e.expected.Files)
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) { play(t, "october", db) })
	for _, name := range []string{"seed7", "seed11", "seed23"} {
		t.Run(name, func(t *testing.T) { play(t, name, databasetest.Open(t, database.SQLite)) })
	}
}

// compare names the files that differ.
func compare(t *testing.T, got, want []ExportFile) {
	t.Helper()
	key := func(f ExportFile) string { return f.Step + " " + f.Name }
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || key(got[i]) != key(want[i]) {
			t.Fatalf("file %d of %d differs from file of %d:\n%s", i, len(got), len(want),
				cmp.Diff(slices.Collect(keys(want, key)), slices.Collect(keys(got, key))))
		}
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key(want[i]), diff)
		}
	}
}

func keys(files []ExportFile, key func(ExportFile) string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, f := range files {
			if !yield(key(f)) {
				return
			}
		}
	}
}

func TestRetail(t *testing.T) {
	e := readExample(t, examples+"retail")
	w := newWorld(t, databasetest.Open(t, database.SQLite), "actindo")
	e.play(w)
	compare(t, w.files(), e.expected.Files)
}
