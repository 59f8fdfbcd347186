package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/kontor-exchange/kontor/processor/database"
)

// scraped are the metrics of a text, such as kontor_runs_total{merchant="acme"}.
func scraped(t *testing.T, text string) map[string]int64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int64{}
	for name, family := range families {
		for _, m := range family.Metric {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			all[name+"{"+strings.Join(labels, ",")+"}"] = valueOf(m)
		}
	}
	return all
}

func valueOf(m *dto.Metric) int64 {
	switch {
	case m.Counter != nil:
		return int64(m.Counter.GetValue())
	case m.Gauge != nil:
		return int64(m.Gauge.GetValue())
	}
	return 0
}

// A watched stage answers over HTTP.
type watchedStage struct {
	*stage
	url  string
	stop func() error
}

// watched lets an exchange answer metrics and health as kontor serve does.
func (g *stage) watched(now func() time.Time) watchedStage {
	g.t.Helper()
	g.x.pulse = &pulse{}
	g.x.config.HTTP = "127.0.0.1:0"
	ctx, cancel := context.WithCancel(g.t.Context())
	health, err := g.x.listenHTTP(ctx, nil, now, quiet())
	if err != nil {
		g.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- health.serve(ctx) }()
	w := watchedStage{g, "http://" + health.listener.Addr().String(), func() error { cancel(); return <-ended }}
	g.t.Cleanup(cancel)
	return w
}

// get asks for a page.
func (w watchedStage) get(path string) (code int, text string) {
	w.t.Helper()
	answer, err := http.Get(w.url + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// one reads one number from the database.
func (g *stage) one(query string, args ...any) (n int64) {
	g.t.Helper()
	err := g.x.db.Read(context.Background(), func(tx *database.Tx) error {
		return tx.QueryRow(context.Background(), query, args...).Scan(&n)
	})
	if err != nil {
		g.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// grouped reads numbers by one or two texts.
func (g *stage) grouped(query string, label func(a, b string) string) map[string]int64 {
	g.t.Helper()
	all := map[string]int64{}
	err := g.x.db.Read(context.Background(), func(tx *database.Tx) error {
		rows, err := tx.Query(context.Background(), query)
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var a, b string
			var n int64
			err = r.Scan(&a, &b, &n)
			all[label(a, b)] = n
			return struct{}{}, err
		})
		return err
	})
	if err != nil {
		g.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// What is scraped after october is what the tables hold, counted the slow way.
func TestMetricsOctober(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := readScenario(t, filepath.Join(examples, "october"), "kontor")
		if url != "sqlite" {
			s.until = "2026-10-14" // enough to see that the engine counts alike
		}
		g := newStage(t, s, url)
		g.play(t, nil)
		g.compareMetrics(t)
		g.countAnew(t)
		g.compareMetrics(t)
	})
}

// countAnew counts as the migrations do for an exchange that is older than they.
func (g *stage) countAnew(t *testing.T) {
	for table, file := range map[string]string{"intake_totals": "intake/migrations/00230_totals.sql", "provider_totals": "provider/migrations/00595_totals.sql"} {
		g.sql("DELETE FROM " + table)
		for statement := range strings.SplitSeq(string(readFile(t, "../../processor/"+file)), ";\n") {
			if strings.HasPrefix(statement, "INSERT") {
				g.sql(statement)
			}
		}
	}
}

func (g *stage) compareMetrics(t *testing.T) {
	last := time.Unix(g.one("SELECT MAX(as_of) FROM processor_runs"), 0)
	w := g.watched(func() time.Time { return last })
	code, text := w.get("/metrics")
	if code != http.StatusOK {
		t.Fatalf("/metrics answers %d: %s", code, text)
	}
	got := scraped(t, text)
	want := map[string]int64{`kontor_scrape_success{}`: 1}
	of := func(name, query string) {
		want[name+`{merchant="acme"}`] = g.one(query + " WHERE merchant_id = 'acme'")
	}
	of("kontor_runs_total", "SELECT COUNT(*) FROM processor_runs")
	of("kontor_run_last_timestamp_seconds", "SELECT MAX(as_of) FROM processor_runs")
	of("kontor_rows_parked", "SELECT COUNT(*) FROM intake_parked")
	of("kontor_batches_total", "SELECT COUNT(*) FROM batches")
	of("kontor_records_waiting", "SELECT COUNT(*) FROM batch_ready")
	of("kontor_payouts_total", "SELECT COUNT(*) FROM provider_payouts")
	of("kontor_payouts_cents_total", "SELECT CAST(SUM(amount) AS BIGINT) FROM provider_payouts")
	of("kontor_suspense_cents", "SELECT CAST(COALESCE(SUM(waiting), 0) AS BIGINT) FROM provider_payments")
	want[`kontor_ledger_entries_total{merchant="acme"}`] = g.one("SELECT COUNT(*) FROM ledger_entry WHERE merchant = 'acme'")
	want[`kontor_batches_unanswered{merchant="acme"}`] = 0
	add := func(query string, label func(a, b string) string) {
		all := g.grouped(query, label)
		if len(all) == 0 {
			t.Errorf("%s finds nothing", query)
		}
		for name, n := range all {
			want[name] = n
		}
	}
	add("SELECT status, code, COUNT(*) FROM intake_verdicts WHERE merchant_id = 'acme' GROUP BY status, code", func(status, code string) string {
		return fmt.Sprintf(`kontor_rows_total{code=%q,merchant="acme",verdict=%q}`, code, status)
	})
	add("SELECT merchant_id, verdict, COUNT(*) FROM intake_files GROUP BY merchant_id, verdict", func(merchant, verdict string) string {
		return fmt.Sprintf(`kontor_files_total{merchant=%q,verdict=%q}`, merchant, verdict)
	})
	add("SELECT class, '', CAST(SUM(amount) AS BIGINT) FROM ledger_posting WHERE merchant = 'acme' GROUP BY class", func(class, _ string) string {
		return fmt.Sprintf(`kontor_ledger_balance_cents{account=%q,merchant="acme"}`, class)
	})
	for name, n := range want {
		if v, is := got[name]; !is || v != n {
			t.Errorf("%s = %d (told: %t); want %d", name, v, is, n)
		}
	}
	g.compareClaims(t, got)
	g.onlyKnown(t, got)
}

var stateForm = regexp.MustCompile(`"state":"([A-Z_]+)"`)

// compareClaims counts the claims by what was said of each last.
func (g *stage) compareClaims(t *testing.T, got map[string]int64) {
	t.Helper()
	want := map[string]int64{}
	total := int64(0)
	for said := range g.grouped("SELECT invoice_no, reported, 1 FROM provider_claims WHERE merchant_id = 'acme' AND reported <> ''", func(no, said string) string { return no + said }) {
		want[stateForm.FindStringSubmatch(said)[1]]++
		total++
	}
	for state := range want {
		if n := got[fmt.Sprintf(`kontor_claims{merchant="acme",state=%q}`, state)]; n != want[state] {
			t.Errorf("%d claims are %s; want %d", n, state, want[state])
		}
		total -= want[state]
	}
	if len(want) < 2 || total != 0 {
		t.Errorf("october has the states %v; want several", want)
	}
}

// onlyKnown wants each metric of ours to be in the list, and no label to hold
// what is not the same few words every day.
func (g *stage) onlyKnown(t *testing.T, got map[string]int64) {
	t.Helper()
	known := map[string]bool{}
	for _, m := range metrics() {
		known[m.name] = true
	}
	label := regexp.MustCompile(`="([A-Z_]*|acme|_provider|collect|transmit|deliver|guarantee|dunning|payout|erp|bank|letters|reports|mail|collection|[a-z_]{3,12})"`)
	for name := range got {
		metric, labels, _ := strings.Cut(name, "{")
		if strings.HasPrefix(metric, "go_") || strings.HasPrefix(metric, "process_") || metric == "kontor_build_info" {
			continue
		}
		if !known[metric] {
			t.Errorf("%s is not in the list of metrics", name)
		}
		if rest := label.ReplaceAllString(labels, ""); strings.Contains(rest, `"`) {
			t.Errorf("%s: a label holds something of its own", name)
		}
	}
}

// Names and units are those that Prometheus recommends.
func TestMetricsLint(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.run("2026-10-01T12:00")
	g.x.pulse = &pulse{}
	g.x.pulse.ran(false, []alarm{{Code: alarmDiskFull}})
	w := &watcher{x: g.x, now: time.Now, log: quiet()}
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(newCollector(t.Context(), w))
	problems, err := testutil.GatherAndLint(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// A database that does not answer is told, and what does not need it is there.
func TestMetricsWithoutDatabase(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.x.pulse = &pulse{}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(newCollector(ended, &watcher{x: g.x, now: time.Now, log: quiet()}))
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
		if f.GetName() == "kontor_scrape_success" && f.Metric[0].Gauge.GetValue() != 0 {
			t.Error("the scrape succeeded")
		}
	}
	want := []string{"kontor_build_info", "kontor_disk_free_bytes", "kontor_loop_failures_total", "kontor_loop_runs_total", "kontor_scrape_success"}
	if !slices.Equal(names, want) {
		t.Errorf("told are %v; want %v", names, want)
	}
}

// A scrape reads beside a transaction that writes, and a second one within
// seconds asks the database nothing.
func TestScrapeIsInNobodysWay(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.run("2026-10-01T12:00")
	w := g.watched(time.Now)
	err := g.x.db.Write(t.Context(), func(tx *database.Tx) error {
		if _, err := tx.Exec(t.Context(), "UPDATE processor_runs SET jobs = jobs"); err != nil {
			return err
		}
		if _, text := w.get("/metrics"); scraped(t, text)["kontor_scrape_success{}"] != 1 {
			t.Errorf("beside a transaction: %s", text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := g.x.db.Statements()
	w.get("/metrics")
	if asked := g.x.db.Statements() - before; asked != 0 {
		t.Errorf("a second scrape sent %d statements; want none", asked)
	}
}

// The table of metrics in the README is that of the program.
func TestReadmeMetrics(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| metric | what it tells |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	for _, m := range metrics() {
		name := m.name
		if len(m.labels) > 0 {
			name += "{" + strings.Join(m.labels, ",") + "}"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s |", name, m.help))
	}
	if got := strings.TrimSpace(table); got != strings.Join(want, "\n") {
		t.Errorf("the README's table of metrics is not\n%s", strings.Join(want, "\n"))
	}
}

// Each alarm has its line in the README.
func TestReadmeAlarms(t *testing.T) {
	source, readme := string(readFile(t, "alarms.go")), string(readFile(t, "../../README.md"))
	codes := regexp.MustCompile(`\talarm\w+ += "([A-Z_]+)"`).FindAllStringSubmatch(source, -1)
	if len(codes) < 15 {
		t.Fatalf("%d alarms are found in alarms.go; want more", len(codes))
	}
	for _, code := range codes {
		if !strings.Contains(readme, "`"+code[1]) {
			t.Errorf("the README does not tell what to do about %s", code[1])
		}
	}
}
