package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/kontor-exchange/kontor/schedules"
)

// A metric is what /metrics says of one thing. The README has a line for each,
// and a test compares both.
type metric struct {
	name   string
	kind   prometheus.ValueType
	labels []string
	help   string
}

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// metrics are all that are ours; those of the process and of Go stand beside
// them. A merchant is its id, or _provider for the bank's side. Money is in cents
// of the merchant's currency. What waits is counted up to 100,000. An instant is
// there only when there is such a thing.
func metrics() []metric {
	merchant := []string{"merchant"}
	return []metric{
		{"kontor_build_info", gauge, []string{"version", "commit", "go"}, "1, with the build of this program."},
		{"kontor_scrape_success", gauge, nil, "1 when the database answered in time, else 0, and what is read from it is missing."},
		{"kontor_loop_last_beat_timestamp_seconds", gauge, nil, "When the loop of kontor serve gave its last sign of life."},
		{"kontor_loop_runs_total", counter, nil, "Turns of the loop since the start."},
		{"kontor_loop_failures_total", counter, nil, "Turns of the loop with an error."},
		{"kontor_runs_total", counter, merchant, "Runs that were begun, ever."},
		{"kontor_run_last_timestamp_seconds", gauge, merchant, "Time of the last run."},
		{"kontor_run_last_success_timestamp_seconds", gauge, merchant, "Time of the last run that ended."},
		{"kontor_run_open", gauge, merchant, "1 while a run has not ended."},
		{"kontor_slot_last_timestamp_seconds", gauge, []string{"merchant", "job"}, "Nominal time of the last slot that was done or skipped."},
		{"kontor_slots_behind", gauge, []string{"merchant", "job"}, "Slots that are due and not done; at most 500 are counted."},
		{"kontor_files_total", counter, []string{"merchant", "verdict"}, "Verdicts on files, ever."},
		{"kontor_rows_total", counter, []string{"merchant", "verdict", "code"}, "Verdicts on rows, ever; a row that was parked and is booked counts for both."},
		{"kontor_files_held", gauge, merchant, "Files that wait for a person; at most 20 are counted."},
		{"kontor_files_ignored", gauge, merchant, "Files in in/ that no feed takes; at most 20 are counted."},
		{"kontor_rows_parked", gauge, merchant, "Rows that wait for their order or invoice."},
		{"kontor_rows_parked_oldest_timestamp_seconds", gauge, merchant, "Since when the oldest of them waits."},
		{"kontor_records_waiting", gauge, merchant, "Accepted records that wait for a batch."},
		{"kontor_batches_total", counter, merchant, "Batches that were made, ever."},
		{"kontor_batches_unanswered", gauge, merchant, "Batches without receipt."},
		{"kontor_batches_unanswered_oldest_timestamp_seconds", gauge, merchant, "Since when the oldest of them waits."},
		{"kontor_suspense_payments", gauge, merchant, "Payments that nobody has assigned."},
		{"kontor_suspense_cents", gauge, merchant, "Their amount."},
		{"kontor_suspense_oldest_timestamp_seconds", gauge, merchant, "The day of the oldest of them."},
		{"kontor_outbox_waiting_files", gauge, []string{"merchant", "target"}, "Files that are to be delivered."},
		{"kontor_outbox_failed_files", gauge, []string{"merchant", "target"}, "Of these, after a failed try."},
		{"kontor_outbox_failed_tries", gauge, []string{"merchant", "target"}, "Failed tries of all that wait."},
		{"kontor_outbox_failed_oldest_timestamp_seconds", gauge, []string{"merchant", "target"}, "Since when the oldest of the failed waits."},
		{"kontor_claims", gauge, []string{"merchant", "state"}, "Claims by the state that the merchant was told last."},
		{"kontor_ledger_entries_total", counter, merchant, "Entries in the books."},
		{"kontor_ledger_balance_cents", gauge, []string{"merchant", "account"}, "Balance of a class of accounts, debit positive."},
		{"kontor_payouts_total", counter, merchant, "Payouts, ever."},
		{"kontor_payouts_cents_total", counter, merchant, "What they paid together."},
		{"kontor_payout_last_cents", gauge, merchant, "What the last one paid."},
		{"kontor_payout_last_timestamp_seconds", gauge, merchant, "Its payout date."},
		{"kontor_statement_last_timestamp_seconds", gauge, merchant, "The last day on which the bank has spoken."},
		{"kontor_base_rates_end_timestamp_seconds", gauge, nil, "The end of the last day for which interest can be computed."},
		{"kontor_disk_free_bytes", gauge, nil, "Free on the disk of data_dir."},
		{"kontor_alarms", gauge, []string{"merchant", "code"}, "Alarms after the last run, by code; merchant is empty for those of the whole exchange."},
		{"kontor_sftp_sessions", gauge, nil, "Connections that are logged in at the built-in server."},
		{"kontor_sftp_logins_total", counter, nil, "Logins since the start."},
		{"kontor_sftp_refused_logins_total", counter, nil, "Connections that tried a key and were not let in."},
		{"kontor_sftp_shut_connections_total", counter, nil, "Connections that were too many, or came from a banned address."},
	}
}

// registry is what /metrics answers from: nothing registers itself.
func (w *watcher) registry(ctx context.Context) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newCollector(ctx, w))
	return r
}

// A collector reads the database when it is scraped, but not more often than
// every few seconds, in a snapshot that only reads, and not longer than a few
// seconds: a scrape is in nobody's way.
type collector struct {
	ctx    context.Context // of the server
	w      *watcher
	descs  map[string]*prometheus.Desc
	kinds  map[string]prometheus.ValueType
	mutex  sync.Mutex
	taken  time.Time // by the real clock
	latest *snapshot // nil: the database did not answer
}

const (
	// fresh is how long what was read is told again.
	fresh = 5 * time.Second
	// scrapePatience is how long the database may take.
	scrapePatience = 5 * time.Second
)

func newCollector(ctx context.Context, w *watcher) *collector {
	c := &collector{ctx: ctx, w: w, descs: map[string]*prometheus.Desc{}, kinds: map[string]prometheus.ValueType{}}
	for _, m := range metrics() {
		c.descs[m.name] = prometheus.NewDesc(m.name, m.help, m.labels, nil)
		c.kinds[m.name] = m.kind
	}
	return c
}

// Describe names all metrics.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, m := range metrics() {
		out <- c.descs[m.name]
	}
}

// Collect tells how things stand.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	e := emitter{c, out}
	b := thisBuild()
	e.emit("kontor_build_info", 1, b.Version, b.Commit, b.Go)
	e.pulse(c.w.x.pulse)
	if c.w.sftp != nil {
		e.sftp(c.w.sftp.Stats())
	}
	if free, err := diskFree(c.w.x.config.DataDir); err == nil {
		e.emit("kontor_disk_free_bytes", free)
	}
	s := c.snapshot()
	if s == nil {
		e.emit("kontor_scrape_success", 0)
		return
	}
	e.emit("kontor_scrape_success", 1)
	e.time("kontor_base_rates_end_timestamp_seconds", s.ratesEnd)
	for _, m := range s.merchants {
		e.merchant(m)
	}
}

// snapshot reads the database unless that was done a moment ago. Who comes while
// it is read waits for it.
func (c *collector) snapshot() *snapshot {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.taken.IsZero() && time.Since(c.taken) < fresh {
		return c.latest
	}
	ctx, cancel := context.WithTimeout(c.ctx, scrapePatience)
	defer cancel()
	s, err := c.w.x.snapshot(ctx, c.w.now())
	if c.latest = s; err != nil {
		c.latest = nil
		if c.ctx.Err() == nil {
			c.w.log.Error("metrics cannot be read", "error", err)
		}
	}
	c.taken = time.Now()
	return c.latest
}

// jobsOf are the jobs of a standing, in their order.
func jobsOf[V any](m map[schedules.Job]V) []schedules.Job {
	return slices.DeleteFunc(schedules.Jobs(), func(j schedules.Job) bool { _, has := m[j]; return !has })
}
