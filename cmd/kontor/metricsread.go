package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/sftpd"
	"github.com/kontor-exchange/kontor/schedules"
)

// A snapshot is how things stand, as the database tells it.
type snapshot struct {
	ratesEnd  time.Time
	merchants []merchantSnapshot
}

// A merchantSnapshot is how a merchant stands, or the bank's side, which has
// files, but no batches and no books.
type merchantSnapshot struct {
	id          string
	zone        *time.Location
	standing    processor.Standing
	files, rows []intake.Total
	intake      intake.Watch
	outbox      []outbox.Watch
	batches     batch.Watch
	books       bool // are kept here
	provider    provider.Watch
	entries     int64
	balances    map[ledger.Class]money.Amount
}

func (m merchantSnapshot) isBank() bool { return m.id == purchase.Provider }

// snapshot reads how things stand, by queries that cost the same after years.
func (x *exchange) snapshot(ctx context.Context, now time.Time) (*snapshot, error) {
	s := &snapshot{}
	rates, err := x.rates(schedules.DateOf(now.In(x.config.ZoneOf(""))))
	if err != nil {
		return nil, err
	}
	s.ratesEnd = midnight(rates.KnownUntil+1, x.config.ZoneOf(""))
	for _, id := range x.watched() {
		m, err := x.merchantSnapshot(ctx, id, now)
		if err != nil {
			return nil, err
		}
		s.merchants = append(s.merchants, m)
	}
	return s, nil
}

func (x *exchange) merchantSnapshot(ctx context.Context, id string, now time.Time) (m merchantSnapshot, err error) {
	m.id, m.zone = id, x.config.ZoneOf(id)
	if m.standing, err = x.engine.Standing(ctx, id, now); err != nil {
		return m, err
	}
	if m.files, m.rows, err = x.intake.Totals(ctx, id); err != nil {
		return m, err
	}
	if m.intake, err = x.intake.Watch(ctx, id); err != nil {
		return m, err
	}
	if m.outbox, err = x.outbox.Watch(ctx, id); err != nil || m.isBank() {
		return m, err
	}
	if m.batches, err = x.batches.Watch(ctx, id); err != nil || x.engine.Role == processor.MerchantSide {
		return m, err
	}
	m.books = true
	if m.provider, err = x.provider.Watch(ctx, id); err != nil {
		return m, err
	}
	err = x.db.Read(ctx, func(tx *database.Tx) error {
		book, err := ledger.Open(ctx, tx, id)
		if err != nil {
			return err
		}
		m.entries, _ = book.Head()
		m.balances, err = ledger.Balances(ctx, tx, id)
		return err
	})
	return m, err
}

// An emitter turns values into metrics.
type emitter struct {
	c   *collector
	out chan<- prometheus.Metric
}

// emit tells a value. Whole numbers below 2^53, such as 90 billion euros in
// cents, are exact in the format of Prometheus.
func (e emitter) emit(name string, value int64, labels ...string) {
	e.out <- prometheus.MustNewConstMetric(e.c.descs[name], e.c.kinds[name], asFloat(value), labels...)
}

// asFloat is what the format of Prometheus wants of a whole number.
func asFloat(n int64) float64 { return float64(n) }

// time tells an instant, if there is one.
func (e emitter) time(name string, at time.Time, labels ...string) {
	if !at.IsZero() {
		e.emit(name, at.Unix(), labels...)
	}
}

func (e emitter) pulse(p *pulse) {
	e.time("kontor_loop_last_beat_timestamp_seconds", p.last())
	e.emit("kontor_loop_runs_total", p.runs.Load())
	e.emit("kontor_loop_failures_total", p.failures.Load())
	counts := map[[2]string]int64{}
	for _, a := range p.known() {
		counts[[2]string{a.Merchant, a.Code}]++
	}
	for labels, n := range counts {
		e.emit("kontor_alarms", n, labels[0], labels[1])
	}
}

func (e emitter) sftp(s sftpd.Stats) {
	e.emit("kontor_sftp_sessions", int64(s.Sessions))
	e.emit("kontor_sftp_logins_total", s.Logins)
	e.emit("kontor_sftp_refused_logins_total", s.Refused)
	e.emit("kontor_sftp_shut_connections_total", s.Shut)
}

func (e emitter) merchant(m merchantSnapshot) {
	e.runs(m.id, m.standing)
	verdicts := map[purchase.Verdict]int64{purchase.Accepted: 0, purchase.Partial: 0, purchase.Rejected: 0, purchase.Duplicate: 0, purchase.Held: 0}
	for _, t := range m.files {
		verdicts[t.Verdict] = t.Count
	}
	for v, n := range verdicts {
		e.emit("kontor_files_total", n, m.id, string(v))
	}
	for _, t := range m.rows {
		e.emit("kontor_rows_total", t.Count, m.id, string(t.Verdict), string(t.Code))
	}
	e.emit("kontor_files_held", int64(len(m.intake.Held)), m.id)
	e.emit("kontor_files_ignored", int64(len(m.intake.Ignored)), m.id)
	for _, w := range m.outbox {
		e.emit("kontor_outbox_waiting_files", w.Waiting, m.id, w.Target)
		e.emit("kontor_outbox_failed_files", w.Failed, m.id, w.Target)
		e.emit("kontor_outbox_failed_tries", w.Tries, m.id, w.Target)
		e.time("kontor_outbox_failed_oldest_timestamp_seconds", w.Since, m.id, w.Target)
	}
	if m.isBank() {
		return
	}
	e.emit("kontor_rows_parked", m.intake.Parked, m.id)
	e.time("kontor_rows_parked_oldest_timestamp_seconds", midnight(m.intake.Since, m.zone), m.id)
	e.batches(m.id, m.batches)
	if m.books {
		e.books(m)
	}
}

func (e emitter) runs(id string, s processor.Standing) {
	e.emit("kontor_runs_total", s.Runs, id)
	e.time("kontor_run_last_timestamp_seconds", s.Last, id)
	e.time("kontor_run_last_success_timestamp_seconds", s.Done, id)
	open := int64(0)
	if !s.Open.IsZero() {
		open = 1
	}
	e.emit("kontor_run_open", open, id)
	for _, job := range jobsOf(s.Slots) {
		e.time("kontor_slot_last_timestamp_seconds", s.Slots[job], id, string(job))
	}
	for _, job := range jobsOf(s.Behind) {
		e.emit("kontor_slots_behind", int64(s.Behind[job]), id, string(job))
	}
}

func (e emitter) batches(id string, w batch.Watch) {
	e.emit("kontor_records_waiting", w.Records, id)
	e.emit("kontor_batches_total", w.Batches, id)
	e.emit("kontor_batches_unanswered", w.Unanswered, id)
	e.time("kontor_batches_unanswered_oldest_timestamp_seconds", w.Oldest, id)
}

func (e emitter) books(m merchantSnapshot) {
	w := m.provider
	e.emit("kontor_suspense_payments", w.SuspenseCount, m.id)
	e.emit("kontor_suspense_cents", int64(w.Suspense), m.id)
	e.time("kontor_suspense_oldest_timestamp_seconds", midnight(w.SuspenseSince, m.zone), m.id)
	for state, n := range w.Claims {
		e.emit("kontor_claims", n, m.id, state)
	}
	e.emit("kontor_ledger_entries_total", m.entries, m.id)
	for class, amount := range m.balances {
		e.emit("kontor_ledger_balance_cents", int64(amount), m.id, string(class))
	}
	e.emit("kontor_payouts_total", w.Payouts, m.id)
	e.emit("kontor_payouts_cents_total", int64(w.Paid), m.id)
	if w.Payouts > 0 {
		e.emit("kontor_payout_last_cents", int64(w.LastPayout), m.id)
	}
	e.time("kontor_payout_last_timestamp_seconds", midnight(w.LastPayoutOn, m.zone), m.id)
	e.time("kontor_statement_last_timestamp_seconds", midnight(w.Statement, m.zone), m.id)
}
