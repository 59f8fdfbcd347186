package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/schedules"
)

const merchantConfig = `data_dir: ./data-merchant
database: %s
simulation: true
log: {level: error, format: json}
role: merchant
provider: {url: "dir:./home", wait: 1000h}
merchants:
  %s:
    name: ACME Handels GmbH
    currency: EUR
    profile: %s
    erp: {url: "dir:./erp", settle: 0s}
%s`

const providerConfig = `data_dir: ./data-provider
database: %s
simulation: true
log: {level: error, format: json}
role: provider
provider:
  wait: 1000h
  name: Muster Rechnungskauf GmbH
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  bank: {url: "dir:./bank", profile: %s, settle: 0s}
  letters: {url: "dir:./letters"}
merchants:
  %s:
    name: ACME Handels GmbH
    currency: EUR
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    erp: {url: "dir:./home", settle: 0s}
%s`

// sides are two exchanges, one beside the ERP and one at the provider, with the
// merchant's home between them.
type sides struct {
	*stage             // of the ERP's side
	provider *exchange // the other one
	// before may cut a run of a side short, between is called after each.
	before  func(ctx context.Context, x *exchange) context.Context
	between func()
}

// newSides sets up two fresh exchanges for a scenario.
func newSides(t *testing.T, s scenario, merchantURL, providerURL string) *sides {
	t.Helper()
	g := &stage{t: t, dir: t.TempDir(), scenario: s, after: func() {}}
	for _, folder := range []string{"bank/in", "erp/in", "letters", "home/in", "home/out"} {
		if err := os.MkdirAll(filepath.Join(g.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	g.deliver = g.write
	p := &sides{stage: g, before: func(ctx context.Context, _ *exchange) context.Context { return ctx }, between: func() {}}
	g.x = p.open("merchant", fmt.Sprintf(merchantConfig, merchantURL, s.Merchant, s.profile, s.overrides(t)))
	p.provider = p.open("provider", fmt.Sprintf(providerConfig, providerURL, s.profile, s.Merchant, s.overrides(t)))
	return p
}

func (p *sides) open(name, text string) *exchange {
	p.t.Helper()
	file := filepath.Join(p.dir, name+".yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		p.t.Fatal(err)
	}
	program := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: file}
	x, err := program.openExclusive(context.Background(), c, program.logger(c))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := x.close(); err != nil {
			p.t.Error(err)
		}
	})
	return x
}

// run lets both sides work at a time, one after the other, until neither waits.
func (p *sides) run(at string) {
	p.t.Helper()
	t, err := schedules.ParseInstant(at, p.x.config.ZoneOf(""))
	if err != nil {
		p.t.Fatal(err)
	}
	const most = 300
	var last [2]error
	for range most {
		waits := false
		for i, x := range []*exchange{p.x, p.provider} {
			ctx := p.before(context.Background(), x)
			err := x.engine.Run(ctx, t, nil)
			wait := errors.Is(err, processor.ErrWaiting) || ctx.Err() != nil
			if err != nil && !wait && !errors.Is(err, processor.ErrNothingDue) {
				p.t.Fatalf("run of the %s at %v: %v", x.config.Role, t, err)
			}
			waits, last[i] = waits || wait, err
			p.between()
		}
		if !waits {
			return
		}
	}
	p.t.Fatalf("the sides wait for each other at %v, the merchant's: %v, the provider's: %v", t, last[0], last[1])
}

// play drops and runs every step, and the last run of the scenario.
func (p *sides) play() {
	p.t.Helper()
	steps := p.scenario.steps(p.t)
	for _, step := range steps {
		p.drop(step, nil)
		p.run(step)
	}
	if p.scenario.until == "" && p.scenario.AsOf > steps[len(steps)-1] {
		p.run(p.scenario.AsOf)
	}
}

// written are the files below a folder, by name.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameFiles fails unless two folders hold the same files with the same bytes.
func sameFiles(t *testing.T, want, got string) {
	t.Helper()
	w, g := written(t, want), written(t, got)
	if len(w) == 0 {
		t.Fatalf("%s is empty", want)
	}
	told := 0
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range w {
			if !yield(n) {
				return
			}
		}
		for n := range g {
			if _, both := w[n]; !both && !yield(n) {
				return
			}
		}
	}) {
		before, wanted := w[name]
		after, came := g[name]
		if before == after && wanted == came {
			continue
		}
		if told++; told > 6 {
			t.Fatal("and so on")
		}
		switch {
		case !wanted:
			t.Errorf("%s is too much", name)
		case !came:
			t.Errorf("%s is missing", name)
		case strings.HasSuffix(name, ".xlsx") || strings.HasSuffix(name, ".pdf"):
			t.Errorf("%s differs", name)
		default:
			lines := strings.Split(gocmp.Diff(before, after), "\n")
			t.Errorf("%s differs (-want +got):\n%s", name, strings.Join(lines[:min(len(lines), 30)], "\n"))
		}
	}
}

// TestSides plays an example through two exchanges: what comes to the ERP, to
// the bank and to the debtors is the same as of one alone, and so are the books.
func TestSides(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	onBoth(t, func(t *testing.T, url string) {
		one := newStage(t, s, url)
		one.play(t, nil)
		two := newSides(t, s, another(t, url), another(t, url))
		two.play()
		for _, folder := range []string{"erp", "bank", "letters"} {
			sameFiles(t, filepath.Join(one.dir, folder), filepath.Join(two.dir, folder))
		}
	})
}

// TestSidesFaults loses files on their way and cuts runs short, over and over:
// what comes to the ERP stays the same.
func TestSidesFaults(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-14"
	one := newStage(t, s, "sqlite")
	one.play(t, nil)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			two := newSides(t, s, "sqlite", "sqlite")
			random := rand.New(rand.NewPCG(seed, seed))
			two.before = func(ctx context.Context, x *exchange) context.Context {
				left := -1
				if random.IntN(3) == 0 {
					left = random.IntN(12)
				}
				ctx, cancel := context.WithCancel(ctx)
				x.engine.Step = func(string, string) {
					if left--; left == 0 {
						cancel()
					}
				}
				return ctx
			}
			lost := 0
			two.between = func() {
				if random.IntN(3) == 0 && two.lose(random) {
					lost++
				}
			}
			two.play()
			if lost == 0 {
				t.Error("no file was lost")
			}
			for _, folder := range []string{"erp", "bank"} {
				sameFiles(t, filepath.Join(one.dir, folder), filepath.Join(two.dir, folder))
			}
		})
	}
}

// lose removes one file from the merchant's home.
func (p *sides) lose(random *rand.Rand) bool {
	var all []string
	for _, folder := range []string{"in", "out"} {
		files, err := os.ReadDir(filepath.Join(p.dir, "home", folder))
		if err != nil {
			p.t.Fatal(err)
		}
		for _, f := range files {
			all = append(all, filepath.Join(p.dir, "home", folder, f.Name()))
		}
	}
	if len(all) == 0 {
		return false
	}
	if err := os.Remove(all[random.IntN(len(all))]); err != nil {
		p.t.Fatal(err)
	}
	return true
}
