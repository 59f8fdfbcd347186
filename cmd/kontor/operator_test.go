package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
	"github.com/kontor-exchange/kontor/schedules"
)

// How it stands with a guarantee, in words.
func TestGuaranteed(t *testing.T) {
	taken := []provider.LifeLine{{Type: purchase.LineReversal}}
	tests := []struct {
		claim provider.ExportClaim
		lines []provider.LifeLine
		want  string
	}{
		{provider.ExportClaim{Outstanding: 100}, nil, "not active yet: not shipped"},
		{provider.ExportClaim{Active: true, Outstanding: 100}, nil, "the guarantee comes on 2026-11-01"},
		{provider.ExportClaim{Active: true, G: true, Outstanding: 100}, nil, "guaranteed"},
		{provider.ExportClaim{Active: true, Outstanding: 100}, taken, "the guarantee was taken back"},
		{provider.ExportClaim{Active: true}, nil, "nothing is left to guarantee"},
	}
	for _, tt := range tests {
		v := claimView{Life: provider.Life{Claim: tt.claim, Lines: tt.lines, Guarantee: schedules.NewDate(2026, 11, 1)}}
		if got := v.guaranteed(); got != tt.want {
			t.Errorf("%+v, %v: %q; want %q", tt.claim, tt.lines, got, tt.want)
		}
	}
}

func TestParseLines(t *testing.T) {
	fits, err := parseLines("3, 9-12,20-")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[int64]bool{1: false, 3: true, 4: false, 9: true, 12: true, 13: false, 19: false, 20: true, 1 << 40: true} {
		if fits(line) != want {
			t.Errorf("line %d: %t; want %t", line, !want, want)
		}
	}
	for _, s := range []string{"0", "a", "3-1", "-3", "3,,4", "1-2-3", "99999999999999999999"} {
		if _, err := parseLines(s); err == nil || !strings.Contains(err.Error(), "want lines of the file such as 3,9-12") {
			t.Errorf("parseLines(%q) = %v; want a refusal", s, err)
		}
	}
}

// Another process at work is told with exit 6; a dry run does not need the data
// for itself.
func TestRerunBesideAnother(t *testing.T) {
	g := firstWeek(t, "sqlite") // it holds the data
	for _, c := range []struct {
		args []string
		want exit
		says string
	}{
		{[]string{"rerun", "file", "invoices_20261005.csv"}, exitHeld, "is in use by another process\nhint: "},
		{[]string{"rerun", "file", "invoices_20261005.csv", "--dry-run"}, exitRejected, "1 row is rejected\nhint: "},
		{[]string{"files", "show", "invoices_20261005.csv"}, exitDone, ""},
		{[]string{"rerun", "file", "invoices_20261005.csv", "--json"}, exitHeld, `"exit":6}`},
	} {
		var out, errs bytes.Buffer
		got := run(append([]string{"--config", g.config}, c.args...), nil, &out, &errs)
		if got != int(c.want) || !strings.Contains(errs.String(), c.says) {
			t.Errorf("kontor %s ended with %d: %swant %d and %q", strings.Join(c.args, " "), got, errs.String(), c.want, c.says)
		}
	}
}

// A request that fails leaves no run, unless it may have been registered.
func TestWithdraw(t *testing.T) {
	g := firstWeek(t, "sqlite")
	failed := errors.New("the disk is full")
	for _, c := range []struct{ fails, next error }{{failed, failed}, {database.ErrUnknownOutcome, processor.ErrOpen}} {
		w := work{merchant: "acme", what: "test", register: func(*exchange) func(context.Context, intake.Run, intake.Inbox) error {
			return func(context.Context, intake.Run, intake.Inbox) error { return c.fails }
		}}
		at, err := g.x.latest(t.Context(), &program{now: time.Now}, w.merchant)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []error{c.fails, c.next} {
			if err := g.x.engine.Rerun(t.Context(), w.request(g.x, asking{}, at)); !errors.Is(err, want) {
				t.Errorf("Rerun = %v; want %v", err, want)
			}
		}
	}
}

// A dry run that a server does not take as one ends loudly, and all that it has
// read is in the real archive.
func TestDryRunOnServerThatRemoves(t *testing.T) {
	g := firstWeek(t, "sqlite")
	c, dir := quirktest.Start(t, quirktest.Quirks{VanishOnRead: true})
	text := "order_no;order_date;currency;gross_amount;customer_no\nZ1;2026-10-06;EUR;49.90;K1\n"
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "in"), 0o755), os.WriteFile(filepath.Join(dir, "in", "orders_z.csv"), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 7, 10, 5, 0, 0, time.UTC)
	err := quietProgram().dry(t.Context(), g.x, func(y *exchange) error {
		for _, m := range y.engine.Merchants {
			m.Open = opener(map[string]remote.Config{outbox.ERP: c})
		}
		_, err := y.engine.PreviewRun(t.Context(), at, []schedules.Job{schedules.Collect})
		return err
	})
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	f := new(fault)
	if !errors.As(err, &f) || !strings.Contains(err.Error(), "take orders_z.csv: ") || !strings.Contains(err.Error(), sum) || !strings.Contains(f.hint, g.x.config.Spool()) {
		t.Fatalf("the dry run = %v; want orders_z.csv, %s, and where it is", err, sum)
	}
	if kept, err := os.ReadFile(filepath.Join(g.x.config.Spool(), sum[:2], sum)); err != nil || string(kept) != text {
		t.Errorf("the archive has %q, %v; want the file", kept, err)
	}
}

func TestEffects(t *testing.T) {
	before := balances{"a": {ledger.Bank: 100, ledger.Suspense: -100}, "b": {ledger.Bank: 5}}
	after := balances{"a": {ledger.Bank: 100, ledger.Suspense: 0, ledger.Payable: -100}, "b": {ledger.Bank: 5}}
	want := []effect{{"a", ledger.Payable, 0, -100, -100}, {"a", ledger.Suspense, -100, 100, 0}}
	if diff := cmp.Diff(want, effects(before, after, []string{"a", "b"})); diff != "" {
		t.Error(diff)
	}
}

// What makes no line and no entry stands in the story all the same: a hold, an
// announced return, a notice that was held.
func TestStoryOfWhatBooksNothing(t *testing.T) {
	l := provider.Life{
		Papers: []provider.LifePaper{
			{Feed: "instructions", Number: "IN1", Kind: purchase.Hold, Day: 739900, Source: "instructions_1.csv:1"},
			{Feed: "returns", Number: "RT1", Kind: purchase.ReturnReceived, Day: 739901, Amount: 500, Source: "returns_1.csv:1"},
		},
		Lines:   []provider.LifeLine{{Type: purchase.LineReturn, BookedOn: 739901, DocumentNo: "RT1", Amount: -500, Source: "returns_1.csv:1", Entry: 7}},
		Notices: []purchase.Notice{{ID: "D-a-R-2", RunDate: 739902, Level: 2, Status: purchase.NoticeHeld, Hold: "HOLD"}},
		Entries: []provider.LifeEntry{
			{ID: 7, BookedAt: time.Unix(1_792_000_000, 0), Postings: []provider.LifePosting{{Account: "receivable/R", Amount: -500}}},
			{ID: 9, BookedAt: time.Unix(1_793_000_000, 0), Cause: strings.Repeat("a", 64) + ":4", Postings: []provider.LifePosting{{Account: "charges/R", Amount: -55}}},
		},
	}
	type told struct {
		What, Source    string
		Debtor, Charges money.Amount
	}
	got := map[told]bool{}
	for _, h := range story(l, provider.OrderInfo{}, "", time.UTC) {
		x := told{What: h.What, Source: h.Source}
		if h.Debtor != nil {
			x.Debtor = *h.Debtor
		}
		if h.Charges != nil {
			x.Charges = *h.Charges
		}
		got[x] = true
	}
	want := map[told]bool{
		{What: "instruction HOLD IN1", Source: "instructions_1.csv:1"}: true,
		{What: "return RT1", Source: "returns_1.csv:1", Debtor: -500}:  true,
		{What: "dunning level 2 HELD: HOLD", Source: "D-a-R-2"}:        true,
		{What: "charges changed", Source: "aaaaaaaa…:4", Charges: -55}: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
