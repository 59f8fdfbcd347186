package main

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestGaps(t *testing.T) {
	tests := []struct {
		name  string
		files string
		want  string // "" none
	}{
		{"none", "orders_7.csv orders_8.csv", ""},
		{"the first that is seen needs none before it", "orders_900.csv", ""},
		{"one is missing", "orders_7.csv orders_9.csv", "8"},
		{"it comes late", "orders_7.csv orders_9.csv orders_8.csv", ""},
		{"several, and a file twice", "orders_000001.csv orders_000004.csv orders_000004.csv orders_000009.csv orders_000006.csv", "2-3, 5, 7-8"},
		{"leading zeros and a date before it", "orders_20261001_0099.csv orders_20261002_0101.csv.gz", "100"},
		{"an old file again", "orders_50.csv orders_51.csv orders_49.csv orders_52.csv", ""},
		{"counted anew from 1", "orders_999.csv orders_1.csv orders_2.csv", ""},
		{"counted anew, with a gap", "orders_999999.csv orders_1.csv orders_3.csv", "2"},
		{"a leap is a new count", "orders_5.csv orders_5000.csv orders_5001.csv", ""},
		{"names without numbers", "orders.csv orders_a.csv", ""},
		{"other feeds are not looked at", "orders_7.csv invoices_9.csv orders_8.csv", ""},
		{"a number that is none", "orders_99999999999999999999.csv orders_1.csv", ""},
		{"many", "orders_1.csv orders_3.csv orders_5.csv orders_7.csv orders_9.csv orders_11.csv orders_13.csv", "2, 4, 6, 8, 10 and more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var came []intake.Arrival
			for i, name := range strings.Fields(tt.files) {
				feed := purchase.Orders
				if strings.HasPrefix(name, "invoices") {
					feed = purchase.Invoices
				}
				came = append(came, intake.Arrival{Name: name, Feed: feed, AsOf: time.Unix(int64(i), 0)})
			}
			a, found := gapAlarm("acme", purchase.Orders, came)
			want := "files of orders are numbered, and " + tt.want + " did not come, while later ones did; have them exported again"
			if found != (tt.want != "") || found && (a.Text != want || a.Code != alarmSequenceGap || a.Subject != "orders") {
				t.Errorf("gapAlarm = %+v, %t; want %q", a, found, tt.want)
			}
		})
	}
}

// A refused file is an alarm until a later one of its name was read.
func TestBadFiles(t *testing.T) {
	came := []intake.Arrival{
		{Number: 1, Name: "a.csv", Verdict: purchase.Rejected, Code: purchase.FileHeader},
		{Number: 2, Name: "b.csv", Verdict: purchase.Partial, Bad: 3},
		{Number: 3, Name: "c.csv", Verdict: purchase.Partial}, // rows that wait
		{Number: 4, Name: "a.csv", Verdict: purchase.Accepted},
		{Number: 5, Name: "b.csv", Verdict: purchase.Duplicate}, // says nothing new
		{Number: -6, Name: "d.csv", Verdict: purchase.Rejected, Code: purchase.FileEncoding},
	}
	var got []string
	for _, a := range badFiles("acme", came) {
		got = append(got, a.Label()+": "+a.Text)
	}
	want := []string{
		"FILE_REFUSED acme d.csv: the file was refused and nothing of it is booked: FILE_ENCODING; kontor files show b6 --merchant acme",
		"ROWS_REJECTED acme b.csv: 3 rows of the file not booked; kontor files show 2 --merchant acme",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("badFiles (-want +got):\n%s", diff)
	}
	many := make([]intake.Arrival, 100)
	for i := range many {
		many[i] = intake.Arrival{Name: strings.Repeat("x", i+1), Verdict: purchase.Rejected}
	}
	if n := len(badFiles("acme", many)); n != listed {
		t.Errorf("%d alarms; want %d", n, listed)
	}
}

// A source that fails is named, and silences no other; lines are one line, and
// what two sources say alike is said once.
func TestSources(t *testing.T) {
	say := func(alarms ...alarm) func(context.Context, *exchange, time.Time) ([]alarm, error) {
		return func(context.Context, *exchange, time.Time) ([]alarm, error) { return alarms, nil }
	}
	broken := errors.New("no route")
	all, err := (&exchange{}).alarmsOf(t.Context(), time.Time{}, []alarmSource{
		{"one", say(alarm{Code: "B", Text: "two\nlines"}, alarm{Code: "A", Merchant: "beta"})},
		{"two", func(context.Context, *exchange, time.Time) ([]alarm, error) { return nil, broken }},
		{"three", say(alarm{Code: "B", Text: "again"}, alarm{Code: "A"})},
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "alarms about two") {
		t.Errorf("alarms = %v; want the error of two", err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.Merchant+a.Code+a.Text)
	}
	if diff := cmp.Diff([]string{"A", "Btwo lines", "betaA"}, got); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
}

// codes are the alarms at a time, with what they are about.
func (g *stage) codes(at string) string {
	g.t.Helper()
	all, err := g.x.alarms(g.t.Context(), g.at(at))
	if err != nil {
		g.t.Fatal(err)
	}
	var codes []string
	for _, a := range all {
		codes = append(codes, a.Label())
	}
	return strings.Join(codes, "; ")
}

// What is expected is missed from its deadline on until it comes, on days on
// which it is expected, and not before the first run.
func TestExpected(t *testing.T) { onBoth(t, testExpected) }

func testExpected(t *testing.T, url string) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.erp = `url: "dir:./erp", expect: {orders: "Mon-Fri 07:00"}`
	s.bank = `url: "dir:./bank", expect: {payments: "bank-days 12:00"}`
	g := newStage(t, s, url)
	g.reconfigure("log:", "alerts: {behind: 0s, rejected_days: 0, disk_free: 0B}\nlog:")
	missing := func(at, want string) {
		t.Helper()
		if got := g.codes(at); got != want {
			t.Errorf("at %s: %q; want %q", at, got, want)
		}
	}
	first := filepath.Join(s.dir, "2026-10-01T12-00")
	const orders, payments = "FILE_MISSING acme orders", "FILE_MISSING _provider payments"
	g.run("2026-10-01T08:00")
	missing("2026-10-01T08:00", "") // a Thursday; the program has just begun
	missing("2026-10-01T11:59", "")
	missing("2026-10-01T12:00", payments)
	missing("2026-10-02T06:59", payments)
	missing("2026-10-02T07:00", payments+"; "+orders)
	g.write("payments_1.csv", readFile(t, filepath.Join(first, "payments_20261001.csv")))
	g.run("2026-10-02T08:00")
	missing("2026-10-02T08:00", orders)
	missing("2026-10-02T12:00", orders) // that of 8 o'clock is for noon
	g.write("orders_1.csv", readFile(t, filepath.Join(first, "orders_20261001.csv")))
	g.run("2026-10-02T15:00")
	missing("2026-10-02T15:00", "")
	missing("2026-10-05T06:59", "") // Saturday was a holiday
	missing("2026-10-05T07:00", orders)
	missing("2026-10-05T12:00", payments+"; "+orders)
}

// Each thing that waits is an alarm from its threshold on, and none below it.
func TestThresholds(t *testing.T) { onBoth(t, testThresholds) }

func testThresholds(t *testing.T, url string) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), url)
	g.reconfigure("log:", "alerts: {rejected_days: 0, disk_free: 0B}\nlog:")
	g.drop("2026-10-01T12-00", nil)
	g.run("2026-10-01T12:00")
	at := func(at, want string) {
		t.Helper()
		if got := g.codes(at); got != want {
			t.Errorf("at %s: %q; want %q", at, got, want)
		}
	}
	at("2026-10-01T12:00", "")
	at("2026-10-01T12:34", "") // the slot of 12:05 is 29 minutes late
	at("2026-10-01T12:35", "SLOTS_BEHIND")
	g.sql("UPDATE processor_runs SET ended_at = 0 WHERE merchant_id = 'acme'")
	at("2026-10-01T12:59", "SLOTS_BEHIND")
	at("2026-10-01T13:00", "SLOTS_BEHIND _provider; RUN_OPEN acme")
	g.sql("UPDATE processor_runs SET ended_at = 1 WHERE merchant_id = 'acme'")
	g.run("2026-10-06T12:00")
	at("2026-10-06T12:00", "")

	g.sql("INSERT INTO provider_totals VALUES ('acme', 'OPEN', 1) ON CONFLICT DO NOTHING")
	at("2026-10-06T12:00", "STATEMENT_MISSING acme") // the last was of Thursday, Friday and Monday have none
	g.sql("DELETE FROM provider_totals")
	parked := strconv.Itoa(int(schedules.NewDate(2026, 10, 3)))
	g.sql("INSERT INTO intake_parked VALUES ('acme', 1, " + parked + ", " + parked + ", 1, 'UNKNOWN_ORDER', 'A', '')")
	at("2026-10-05T23:59", "")
	at("2026-10-06T12:00", "ROWS_PARKED acme")
	g.sql("DELETE FROM intake_parked")
	g.sql("UPDATE batches SET answered = 0, created = " + unix(g.at("2026-10-06T11:00")))
	at("2026-10-06T11:59", "")
	at("2026-10-06T12:00", "ANSWER_OVERDUE acme")
	g.sql("UPDATE batches SET answered = 1")
	g.sql("UPDATE outbox SET waits = 1, tries = 2, error = 'no route to host', added_at = " + unix(g.at("2026-10-06T11:00")) + " WHERE kind = 'ack'")
	at("2026-10-06T11:59", "")
	at("2026-10-06T12:00", "DELIVERY_FAILED _provider reports; DELIVERY_FAILED acme erp")
	g.sql("UPDATE outbox SET waits = 0")
	g.sql("UPDATE intake_files SET verdict = 'HELD' WHERE merchant_id = 'acme'")
	at("2026-10-06T12:00", "FILE_HELD acme orders_20261001.csv")
	g.x.config.Alerts.RejectedDays = numberOf(1)
	g.sql("UPDATE intake_shares SET rejected = 0, conflict = 0")
	g.sql("UPDATE intake_files SET verdict = 'PARTIAL', as_of = " + unix(g.at("2026-10-06T11:00")))
	at("2026-10-06T12:00", "") // what is parked may come right by itself
	g.sql("INSERT INTO intake_shares VALUES ('acme', -1, 1, 1, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING")
	g.sql("UPDATE intake_shares SET rejected = 2, conflict = 1")
	at("2026-10-06T12:00", "ROWS_REJECTED _provider payments_20261001.csv; ROWS_REJECTED acme orders_20261001.csv")
	at("2026-10-07T00:00", "SLOTS_BEHIND")
	g.sql("UPDATE intake_files SET verdict = 'ACCEPTED'")
	g.x.config.Alerts.DiskFree = sizeOf("4096TiB")
	at("2026-10-06T12:00", "DISK_FULL")
	g.x.config.Alerts.DiskFree, g.x.config.Alerts.Behind = sizeOf("0B"), durationOf("0s")
	at("2026-11-01T12:00", "")
	at("2026-11-02T12:00", "BASE_RATES_END") // 60 days before the end of the year
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
