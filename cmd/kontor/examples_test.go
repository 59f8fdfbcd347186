package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// The worked examples (samples/testdata): each step's files are dropped, the
// engine runs at the step's time, and the export must equal expected.json.

const examples = "../../samples/testdata/examples"

// A scenario is a worked example.
type scenario struct {
	dir      string
	Merchant string         `json:"merchant"`
	Settings map[string]any `json:"settings"`
	AsOf     string         `json:"as_of"`
	profile  string
	until    string // steps from here on are left out
	erp      string // the keys of the ERP's folder, and of the bank's; default dir:
	bank     string
	more     string // of the configuration
	at       string // the folder of the exchange; default a new one
}

func readScenario(t *testing.T, dir, profile string) scenario {
	t.Helper()
	s := scenario{dir: dir, profile: profile}
	text, err := os.ReadFile(filepath.Join(dir, "scenario.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return s
}

// steps are the folders of the runs, in order.
func (s scenario) steps(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, e := range entries {
		if e.IsDir() && (s.until == "" || e.Name() < s.until) {
			steps = append(steps, e.Name())
		}
	}
	return steps
}

// configKeys says where a setting of a scenario stands in the configuration.
var configKeys = map[string]string{
	"fee_bp": "fees.percent", "fee_fixed": "fees.fixed", "vat_bp": "fees.vat",
	"order_min": "credit.order_min", "order_max": "credit.order_max", "open_sum_max": "credit.open_sum_max",
	"address_mismatch": "credit.address_mismatch", "address_allow_upto": "credit.address_allow_upto",
	"min_payout": "payout.min", "term_days": "term_days", "park_days": "park_days",
	"invoice_from_shipments": "invoice_from_shipments", "assume_return": "assume_return",
	"guarantee_days": "guarantee.days", "guarantee_anchor": "guarantee.anchor",
	"dun_after": "dunning.after", "dun_fee": "dunning.fee", "dun_min": "dunning.min",
	"letter_days": "dunning.letter_days", "b2b_flat": "dunning.b2b_flat",
}

// cents are the settings that are amounts or basis points.
var cents = []string{
	"fee_bp", "fee_fixed", "vat_bp", "order_min", "order_max", "open_sum_max", "address_allow_upto", "min_payout",
	"dun_fee", "dun_min", "b2b_flat",
}

// overrides are the settings as lines of YAML under the merchant.
func (s scenario) overrides(t *testing.T) string {
	t.Helper()
	blocks := map[string][]string{}
	for name, value := range s.Settings {
		key, known := configKeys[name]
		if !known {
			t.Fatalf("%s: unknown setting %q", s.dir, name)
		}
		block, leaf, nested := strings.Cut(key, ".")
		if !nested {
			block, leaf = "", key
		}
		blocks[block] = append(blocks[block], leaf+": "+yamlValue(t, name, value))
	}
	var b strings.Builder
	for block, lines := range blocks {
		slices.Sort(lines)
		if block == "" {
			fmt.Fprintf(&b, "    %s\n", strings.Join(lines, "\n    "))
		} else {
			fmt.Fprintf(&b, "    %s: {%s}\n", block, strings.Join(lines, ", "))
		}
	}
	return b.String()
}

func yamlValue(t *testing.T, name string, v any) string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, yamlValue(t, name, x))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case json.Number:
		if !slices.Contains(cents, name) {
			return v.String()
		}
		n, err := v.Int64()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return money.Amount(n).String()
	}
	return fmt.Sprint(v)
}

// A stage is an exchange in a temporary folder, with the folders of an ERP and
// a bank beside it.
type stage struct {
	t        *testing.T
	dir      string
	config   string
	database string // URL
	scenario scenario
	x        *exchange
	deliver  func(name string, text []byte) // into the ERP's or the bank's folder
	after    func()                         // at the end of a history
}

const stageConfig = `data_dir: ./data
database: %s
simulation: true
log: {level: error, format: json}
role: both
provider:
  name: Muster Rechnungskauf GmbH
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  bank: {%s, profile: %s, settle: 0s}
  letters: {url: "dir:./letters"}
merchants:
  %s:
    name: ACME Handels GmbH
    currency: EUR
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    profile: %s
    erp: {%s, settle: 0s}
%s%s`

// newStage sets up a fresh exchange for a scenario.
func newStage(t *testing.T, s scenario, databaseURL string) *stage {
	t.Helper()
	g := &stage{t: t, dir: s.at, scenario: s, after: func() {}}
	if s.at == "" {
		g.dir = t.TempDir()
	}
	for _, folder := range []string{"bank/in", "erp/in", "letters"} {
		if err := os.MkdirAll(filepath.Join(g.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	g.config, g.database = filepath.Join(g.dir, "kontor.yaml"), databaseURL
	g.deliver = g.write
	g.configure(s.profile)
	g.open()
	t.Cleanup(func() {
		if err := g.x.close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// configure writes the configuration; all drops are in that profile.
func (g *stage) configure(profile string) {
	g.t.Helper()
	s := g.scenario
	erp, bank := cmp.Or(s.erp, `url: "dir:./erp"`), cmp.Or(s.bank, `url: "dir:./bank"`)
	text := fmt.Sprintf(stageConfig, g.database, bank, profile, s.Merchant, profile, erp, s.overrides(g.t), s.more)
	if err := os.WriteFile(g.config, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

func (g *stage) open() {
	g.t.Helper()
	c, err := Load(g.config)
	if err != nil {
		g.t.Fatal(err)
	}
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: g.config}
	if g.x, err = p.openExclusive(context.Background(), c, p.logger(c)); err != nil {
		g.t.Fatal(err)
	}
}

// inbox is where a file of that name is dropped.
func (g *stage) inbox(name string) string {
	if strings.HasPrefix(name, "payments") {
		return filepath.Join(g.dir, "bank", "in", name)
	}
	return filepath.Join(g.dir, "erp", "in", name)
}

// drop copies the files of a step to where they are looked for.
func (g *stage) drop(step string, change func(name string, text []byte) (string, []byte)) {
	g.t.Helper()
	files, err := os.ReadDir(filepath.Join(g.scenario.dir, step))
	if err != nil {
		g.t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(g.scenario.dir, step, f.Name()))
		if err != nil {
			g.t.Fatal(err)
		}
		name := f.Name()
		if change != nil {
			name, text = change(name, text)
		}
		g.deliver(name, text)
	}
}

// write is how files come into a local folder.
func (g *stage) write(name string, text []byte) {
	g.t.Helper()
	if err := os.WriteFile(g.inbox(name), text, 0o644); err != nil {
		g.t.Fatal(err)
	}
}

func (g *stage) run(at string) {
	g.t.Helper()
	t, err := schedules.ParseInstant(at, g.x.config.ZoneOf(""))
	if err != nil {
		g.t.Fatal(err)
	}
	g.runAt(t)
}

func (g *stage) runAt(t time.Time) {
	g.t.Helper()
	if err := g.x.engine.Run(context.Background(), t, nil); err != nil {
		g.t.Fatalf("run at %v: %v", t, err)
	}
}

// play drops and runs every step, and the last run of the scenario.
func (g *stage) play(t *testing.T, change func(name string, text []byte) (string, []byte)) {
	t.Helper()
	for _, step := range g.scenario.steps(t) {
		g.drop(step, change)
		g.run(step)
	}
	g.finish(t)
}

// finish is the last run of the scenario, if it is later than the last step.
func (g *stage) finish(t *testing.T) {
	t.Helper()
	steps := g.scenario.steps(t)
	if g.scenario.until == "" && g.scenario.AsOf > steps[len(steps)-1] {
		g.run(g.scenario.AsOf)
	}
	g.after()
}

// export returns the export as generic JSON.
func (g *stage) export() any {
	g.t.Helper()
	e, err := g.x.export(context.Background(), g.scenario.Merchant)
	if err != nil {
		g.t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		g.t.Fatal(err)
	}
	return decodeJSON(g.t, bytes.NewReader(text))
}

func decodeJSON(t testing.TB, r io.Reader) any {
	t.Helper()
	d := json.NewDecoder(r)
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// expected reads expected.json, or its compressed form.
func (s scenario) expected(t *testing.T) any {
	t.Helper()
	f, err := os.Open(filepath.Join(s.dir, "expected.json"))
	if errors.Is(err, os.ErrNotExist) {
		if f, err = os.Open(filepath.Join(s.dir, "expected.json.gz")); err == nil {
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			return decodeJSON(t, z)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return decodeJSON(t, f)
}

// onlyWhat keeps of got what want has a key for: more keys are welcome.
func onlyWhat(want, got any) any {
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return got
		}
		kept := map[string]any{}
		for k, v := range g {
			if w, asked := want[k]; asked {
				kept[k] = onlyWhat(w, v)
			}
		}
		return kept
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return got
		}
		kept := make([]any, len(g))
		for i := range g {
			kept[i] = onlyWhat(want[i], g[i])
		}
		return kept
	}
	return got
}

// compare fails with the first differences of each section.
func compare(t *testing.T, want, got any) {
	t.Helper()
	w, g := want.(map[string]any), got.(map[string]any)
	for _, section := range slices.Sorted(func(yield func(string) bool) {
		for k := range w {
			if !yield(k) {
				return
			}
		}
	}) {
		if diff := gocmp.Diff(w[section], onlyWhat(w[section], g[section])); diff != "" {
			lines := strings.Split(diff, "\n")
			t.Errorf("%s differs (-want +got):\n%s", section, strings.Join(lines[:min(len(lines), 60)], "\n"))
		}
	}
}

// compareWhole compares with what is expected after the whole history, if it was
// played to its end.
func compareWhole(t *testing.T, s scenario, g *stage) {
	t.Helper()
	if s.until == "" {
		compare(t, s.expected(t), g.export())
	}
}

// onBoth runs a test on SQLite and PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, url string)) {
	for _, engine := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) {
			url := "sqlite"
			if engine == database.PostgreSQL {
				url = databasetest.URL(t, engine)
			}
			f(t, url)
		})
	}
}

// another is the address of a fresh database of the same engine.
func another(t *testing.T, url string) string {
	t.Helper()
	if url == "sqlite" {
		return url
	}
	return databasetest.URL(t, database.PostgreSQL)
}

func TestExamples(t *testing.T) {
	for _, name := range []string{"october", "seed7", "seed11", "seed23"} {
		if testing.Short() && name != "october" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := readScenario(t, filepath.Join(examples, name), "kontor")
			onBoth(t, func(t *testing.T, url string) {
				g := newStage(t, s, url)
				g.play(t, nil)
				compare(t, s.expected(t), g.export())
			})
		})
	}
}
