package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A forecast is what happens when the clock runs on and no file comes: the
// worked example is played to a day in its middle, foretold to a later one, and
// then really run there. What would break it: a slot that is left out or booked
// at another time, a letter that does not count as sent, a forecast that writes.
func TestForecastIsWhatHappens(t *testing.T) {
	tests := []struct {
		name   string
		silent bool
	}{{"the bank says every day that nobody paid", false}, {"the bank says nothing more", true}}
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-20"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, url string) {
				g := newStage(t, s, url)
				g.play(t, nil)
				from, until := g.at("2026-10-19T12:00"), g.at("2026-11-30T23:59")
				p := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: g.config}
				before := g.remains()
				told, err := p.foretell(t.Context(), g.x, s.Merchant, processor.Forecast{At: from, Until: until, Silent: tt.silent}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(before, g.remains()); diff != "" {
					t.Errorf("the forecast wrote something (-before +after):\n%s", diff)
				}
				happened, err := g.x.watch(t.Context(), s.Merchant, func() error { return g.days(from, until, tt.silent) })
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(asJSON(t, happened), asJSON(t, told.future)); diff != "" {
					t.Errorf("what was foretold differs (-happened +foretold):\n%s", diff)
				}
				if diff := gocmp.Diff(happened.books, told.books); diff != "" {
					t.Errorf("balances differ (-happened +foretold):\n%s", diff)
				}
				wantWorstCase(t, told, tt.silent)
			})
		})
	}
}

// wantWorstCase compares with what follows from EXPLAIN.md by hand: after
// 19 October the guarantees are those of the example without its later payments,
// returns and disputes: RE1004 300, RE1011 0 (paid by then), RE1002 200,
// RE1012 90, RE1013 90, RE1014 0, RE1001, RE1003 and RE1005 were paid.
func wantWorstCase(t *testing.T, v forecastView, silent bool) {
	t.Helper()
	got := map[string]money.Amount{}
	for _, c := range v.Guaranteed {
		got[c.Date.String()+" "+c.InvoiceNo] = c.Amount
	}
	want := map[string]money.Amount{
		"2026-11-01 RE1004": 30000, "2026-11-01 RE1012": 9000, "2026-11-01 RE1013": 7000, "2026-11-04 RE1002": 20000,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("guaranteed (-want +got):\n%s", diff)
	}
	if len(v.Payouts) != 6 || v.Payouts[0].ID != "P-acme-2026W43" {
		t.Errorf("%d payouts; want 6, of the Mondays from 26 October to 30 November", len(v.Payouts))
	}
	if (v.Totals.Notices > 10) == silent {
		t.Errorf("%d notices, silent bank %v", v.Totals.Notices, silent)
	}
}

// A file that arrives changes the forecast by what it would change.
func TestForecastWhatIf(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-20"
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		dir := t.TempDir()
		drops := map[string]string{}
		for name, text := range map[string]string{
			"returns_x.csv":  "return_no;invoice_no;returned_on;gross_amount\nRX1;RE1012;2026-10-19;90.00\nRX2;RE1013;2026-10-19;1000.00\n",
			"payments_x.csv": "payment_id;account;booked_on;amount;currency;reference\nZX1;DE02120300000000202051;2026-10-19;200.00;EUR;RE1002\n",
		} {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			target, known := g.x.config.inboxOf(s.Merchant, name)
			if !known {
				t.Fatalf("%s has no inbox", name)
			}
			drops[file] = target
		}
		p := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: g.config}
		f := processor.Forecast{At: g.at("2026-10-19T12:00"), Until: g.at("2026-11-30T23:59")}
		before := g.remains()
		v, err := p.foretell(t.Context(), g.x, s.Merchant, f, drops)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(before, g.remains()); diff != "" {
			t.Errorf("the forecast wrote something (-before +after):\n%s", diff)
		}
		// The return saves the guarantee of RE1012; RE1002 is paid by its debtor and
		// not by the guarantee, so that sum stays. The second return is too much.
		if got, want := v.WhatIf.Difference.Paid, money.Amount(-9000); got != want {
			t.Errorf("the files change what is paid by %s; want %s", got, want)
		}
		if got, want := v.WhatIf.Difference.Guaranteed, money.Amount(-29000); got != want {
			t.Errorf("the files change what is guaranteed by %s; want %s", got, want)
		}
		var verdicts []string
		for _, f := range v.WhatIf.Files {
			verdicts = append(verdicts, fmt.Sprintf("%s %s %d/%d", f.Name, f.Verdict, f.Now.Booked, f.Rows))
		}
		if diff := gocmp.Diff([]string{"payments_x.csv ACCEPTED 1/1", "returns_x.csv PARTIAL 1/2"}, verdicts); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	})
}

func (g *stage) at(s string) time.Time {
	g.t.Helper()
	at, err := schedules.ParseInstant(s, g.x.config.ZoneOf(""))
	if err != nil {
		g.t.Fatal(err)
	}
	return at
}

// days runs the clock from noon to noon, as a daemon would pass there; the bank
// drops an empty statement on its days, or nothing.
func (g *stage) days(from, until time.Time, silent bool) error {
	for day := schedules.DateOf(from); ; day++ {
		at := day.In(from.Location(), 12, 5)
		if at.After(until) {
			return nil
		}
		if !silent && schedules.IsBankDay(day) {
			g.write("payments_"+day.Format("20060102")+"_none.csv", []byte("payment_id;account;booked_on;amount;currency;reference\n"))
		}
		if err := g.x.engine.Run(context.Background(), at, nil); err != nil {
			return err
		}
	}
}

// remains is everything that lasts: the rows of all tables, and all files of the
// exchange, its ERP and its bank but SQLite's log and locks.
func (g *stage) remains() map[string]string {
	g.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(g.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-wal") || strings.HasSuffix(path, "-shm") {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	for table, rows := range g.everyTable() {
		all["table "+table] = rows
	}
	return all
}

func (g *stage) everyTable() map[string]string {
	g.t.Helper()
	all := map[string]string{}
	err := g.x.db.Read(g.t.Context(), func(tx *database.Tx) error {
		list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
		if tx.Engine() == database.PostgreSQL {
			list = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
		}
		rows, err := tx.Query(g.t.Context(), list)
		names, err := database.Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
		if err != nil {
			return err
		}
		for _, name := range names {
			rows, err := tx.Query(g.t.Context(), "SELECT * FROM "+name)
			if err != nil {
				return err
			}
			if all[name], err = content(rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return all
}

// content counts the rows of a table and hashes them, in any order.
func content(rows *sql.Rows) (string, error) {
	columns, err := rows.Columns()
	all, err := database.Collect(rows, err, func(r *sql.Rows) (string, error) {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		err := r.Scan(values...)
		var b strings.Builder
		for _, v := range values {
			fmt.Fprintf(&b, "%v|", *v.(*any))
		}
		return b.String(), err
	})
	slices.Sort(all)
	return fmt.Sprintf("%d rows, %x", len(all), sha256.Sum256([]byte(strings.Join(all, "\n")))), err
}

func asJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, bytes.NewReader(text))
}
