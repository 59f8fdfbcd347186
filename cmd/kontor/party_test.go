package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A party is one side of a hand-over: an exchange with its own configuration
// and data.
type party struct {
	t      testing.TB
	config string
	x      *exchange
	step   func(step string) // of its engine; may be nil
}

// newParty writes the configuration of a side and opens it.
func newParty(t testing.TB, file, text string) *party {
	t.Helper()
	p := &party{t: t, config: file}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.open()
	t.Cleanup(p.close)
	return p
}

func (p *party) open() {
	p.t.Helper()
	c, err := Load(p.config)
	if err != nil {
		p.t.Fatal(err)
	}
	program := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: p.config}
	if p.x, err = program.openExclusive(context.Background(), c, program.logger(c)); err != nil {
		p.t.Fatal(err)
	}
	p.x.engine.Step = func(_, step string) {
		if p.step != nil {
			p.step(step)
		}
	}
}

// close lets another process work with the data.
func (p *party) close() {
	p.t.Helper()
	if p.x == nil {
		return
	}
	if err := p.x.close(); err != nil {
		p.t.Error(err)
	}
	p.x = nil
}

// parties are the merchant's side and the provider's, with the home between
// them. The folders of ERP, bank and letters are those of a stage.
type parties struct {
	*stage
	merchant, provider *party
}

// A home is where the two sides meet: keys of the merchant in the configuration
// of the provider, and of the provider in that of the merchant.
type home struct {
	erp  string                // keys under merchants.….erp
	more string                // of the provider's configuration
	url  func(*parties) string // keys under provider of the merchant's; the provider is open
}

// newParties sets up two fresh exchanges for a scenario.
func newParties(t *testing.T, s scenario, merchantURL, providerURL string, h home) *parties {
	t.Helper()
	g := &stage{t: t, dir: cmp.Or(s.at, t.TempDir()), scenario: s, after: func() {}}
	g.deliver = g.write
	for _, folder := range []string{"bank/in", "erp/in", "letters"} {
		if err := os.MkdirAll(filepath.Join(g.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := &parties{stage: g}
	bank := strings.Replace(fmt.Sprintf(providerConfig, providerURL, s.profile, s.Merchant, s.overrides(t)), `url: "dir:./home"`, h.erp, 1)
	p.provider = newParty(t, filepath.Join(g.dir, "provider.yaml"), bank+h.more+s.more)
	shop := strings.Replace(fmt.Sprintf(merchantConfig, merchantURL, s.Merchant, s.profile, s.overrides(t)), `url: "dir:./home"`, h.url(p), 1)
	p.merchant = newParty(t, filepath.Join(g.dir, "merchant.yaml"), shop+s.more)
	return p
}

// runAt lets both sides work at a time, one after the other, until neither
// waits for the other.
func (p *parties) runAt(at time.Time) {
	p.t.Helper()
	const most = 50
	for range most {
		waits := false
		for _, side := range []*party{p.merchant, p.provider} {
			waits = p.turn(side, at) || waits
		}
		if !waits {
			return
		}
	}
	p.t.Fatalf("the parties wait for each other at %v", at)
}

// turn lets a side work at a time; true when it waits for the other.
func (p *parties) turn(side *party, at time.Time) bool {
	p.t.Helper()
	err := side.x.engine.Run(context.Background(), at, nil)
	if errors.Is(err, processor.ErrWaiting) {
		return true
	}
	if err != nil && !errors.Is(err, processor.ErrNothingDue) {
		p.t.Fatalf("run of the %s at %v: %v", side.x.config.Role, at, err)
	}
	return false
}

// play drops and runs every step, and the last run of the scenario.
func (p *parties) play() {
	p.t.Helper()
	steps := p.scenario.steps(p.t)
	for _, step := range steps {
		p.drop(step, nil)
		p.runAt(p.instant(step))
	}
	if p.scenario.until == "" && p.scenario.AsOf > steps[len(steps)-1] {
		p.runAt(p.instant(p.scenario.AsOf))
	}
}

func (p *parties) instant(at string) time.Time {
	p.t.Helper()
	t, err := schedules.ParseInstant(at, p.merchant.x.config.ZoneOf(""))
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

// export is that of one exchange: the files of both sides, and the books.
func (p *parties) export() any {
	p.t.Helper()
	shop, books := p.of(p.merchant).(map[string]any), p.of(p.provider).(map[string]any)
	all := append(shop["files"].([]any), books["files"].([]any)...)
	order := slices.Concat(feedNames(), []string{""})
	slices.SortStableFunc(all, func(a, b any) int {
		x, y := a.(map[string]any), b.(map[string]any)
		feed := func(f map[string]any) int {
			return slices.IndexFunc(order, func(name string) bool { return strings.HasPrefix(f["name"].(string), name) })
		}
		return cmp.Or(strings.Compare(x["step"].(string), y["step"].(string)), cmp.Compare(feed(x), feed(y)))
	})
	books["files"] = all
	delete(books, "batches")
	return books
}

func feedNames() (all []string) {
	for _, f := range purchase.Feeds() {
		all = append(all, f.String())
	}
	return all
}

func (p *parties) of(side *party) any {
	p.t.Helper()
	return (&stage{t: p.t, scenario: p.scenario, x: side.x}).export()
}

// verify fails when the books of a side are broken, a row has not exactly one
// verdict, or a batch was lost or taken twice.
func (p *parties) verify() {
	p.t.Helper()
	for _, side := range []*party{p.merchant, p.provider} {
		ids := []string{p.scenario.Merchant}
		if side == p.provider {
			ids = append(ids, purchase.Provider)
		}
		for _, id := range ids {
			broken, err := side.x.verify(context.Background(), id)
			if err != nil {
				p.t.Fatal(err)
			}
			for _, b := range broken {
				p.t.Errorf("verify of the %s: %s: %s", side.x.config.Role, id, b)
			}
		}
		(&stage{t: p.t, scenario: p.scenario, x: side.x}).eachRowOnce(p.t)
	}
	made, taken := p.batches(p.merchant, "SELECT number, sha256 FROM batches WHERE merchant_id = ?"), p.batches(p.provider, "SELECT number, sha256 FROM provider_batches WHERE own = 0 AND merchant_id = ?")
	if diff := gocmp.Diff(made, taken); diff != "" {
		p.t.Errorf("batches (-made +taken):\n%s", diff)
	}
	for n := range int64(len(made)) {
		if made[n+1] == "" {
			p.t.Errorf("batch %d is missing; there are %d", n+1, len(made))
		}
	}
}

// batches are the hashes of batches, by number.
func (p *parties) batches(side *party, query string) map[int64]string {
	p.t.Helper()
	all := map[int64]string{}
	err := side.x.db.Read(context.Background(), func(tx *database.Tx) error {
		rows, err := tx.Query(context.Background(), query, p.scenario.Merchant)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n int64
			var sum string
			if err := rows.Scan(&n, &sum); err != nil {
				return err
			}
			all[n] += sum
		}
		return rows.Err()
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// sameAs fails when what the ERP, the bank and the debtors get is not what one
// exchange alone gives them.
func (p *parties) sameAs(twin *stage) {
	p.t.Helper()
	for _, folder := range []string{"erp", "bank", "letters"} {
		want, got := tree(p.t, filepath.Join(twin.dir, folder)), tree(p.t, filepath.Join(p.dir, folder))
		var wrong []string
		for _, name := range slices.Sorted(maps.Keys(want)) {
			text, there := got[name]
			switch {
			case !there:
				wrong = append(wrong, name+" is missing")
			case text != want[name]:
				wrong = append(wrong, name+" differs (-one exchange +two):\n"+gocmp.Diff(strings.Split(want[name], "\n"), strings.Split(text, "\n")))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if _, wanted := want[name]; !wanted {
				wrong = append(wrong, name+" is too much")
			}
		}
		if len(wrong) > 0 {
			p.t.Fatalf("%s: %d files are not those of one exchange:\n%s", folder, len(wrong), strings.Join(wrong[:min(len(wrong), 5)], "\n"))
		}
	}
}
