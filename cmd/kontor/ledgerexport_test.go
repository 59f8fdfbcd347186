package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
)

// The chain can be computed from an export alone, by whoever has SHA-256: this
// test does it with nothing of the program but the recipe of the help.
func TestLedgerExportProvesItself(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		whole := g.ledgerExport(ledgerRange{})
		entries, head, err := recompute(whole)
		if err != nil {
			t.Fatal(err)
		}
		if want := g.lastHead(); head != want || entries < 50 {
			t.Errorf("the export ends with %s after %d entries; the books end with %s", head, entries, want)
		}
		october := g.ledgerExport(ledgerRange{from: "2026-10-10", to: "2026-10-31"})
		if n, _, err := recompute(october); err != nil || n == 0 || n >= entries {
			t.Errorf("of October %d of %d entries are proved, %v", n, entries, err)
		}
		one := g.ledgerExport(ledgerRange{account: "receivable/RE1004"})
		if _, _, err := recompute(one); err != nil {
			t.Error(err)
		}
		if last := one[len(one)-2]; last[5] != "receivable/RE1004" || last[6] != "300.00" { // EXPLAIN.md
			t.Errorf("the closing balance of RE1004 is %v; want debit 300.00", last)
		}
		for name, change := range map[string]func([]string){
			"an amount":        func(r []string) { r[6], r[7] = r[7], r[6] },
			"an account":       func(r []string) { r[5] = "losses" },
			"a cause":          func(r []string) { r[9] += "1" },
			"a business date":  func(r []string) { r[4] = "2026-09-30" },
			"a time":           func(r []string) { r[3] = "2026-10-01T00:00:00Z" },
			"the hash before":  func(r []string) { r[10] = strings.Repeat("1", 64) },
			"a number":         func(r []string) { r[1] = "7000" },
			"a balance (head)": func(r []string) { r[6] += "1" },
		} {
			rows := clone(whole)
			at := 20
			if strings.HasPrefix(name, "a balance") {
				at = 1
			}
			change(rows[at])
			if _, _, err := recompute(rows); err == nil {
				t.Errorf("%s was altered in the export, and nobody sees it", name)
			}
		}
	})
}

// ledgerExport returns the rows of an export, the headings first.
func (g *stage) ledgerExport(r ledgerRange) [][]string {
	g.t.Helper()
	e, err := g.x.ledgerExporter(r, g.scenario.Merchant)
	if err != nil {
		g.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.run(g.t.Context(), &b, false); err != nil {
		g.t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		g.t.Fatal(err)
	}
	return rows
}

// lastHead is the head of the books.
func (g *stage) lastHead() (head string) {
	g.t.Helper()
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now, configFile: g.config}
	var b bytes.Buffer
	p.out, p.json = &b, true
	if err := p.ledgerEntries(g.t.Context(), ledger.Filter{}); err != nil {
		g.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	var last struct{ Hash string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		g.t.Fatal(err)
	}
	return last.Hash
}

func clone(rows [][]string) [][]string {
	all := make([][]string, len(rows))
	for i, r := range rows {
		all[i] = append([]string{}, r...)
	}
	return all
}

// recompute is an auditor's program: it checks each entry of an export against
// its hash, the order of the entries, and the balances.
func recompute(rows [][]string) (entries int, head string, err error) {
	balance := map[string]money.Amount{}
	var entry []string // canonical postings
	var last []string
	previous, previousID := "", "0"
	closeEntry := func() error {
		if last == nil {
			return nil
		}
		at, err := time.Parse(time.RFC3339, last[3])
		if err != nil {
			return err
		}
		cause, err := json.Marshal(last[9])
		if err != nil {
			return err
		}
		canonical := fmt.Sprintf(`{"id":%s,"booked_at":%d,"business_date":%q,"cause":%s,"postings":[%s]}`, last[1], at.Unix(), last[4], cause, strings.Join(entry, ","))
		before, err := hex.DecodeString(last[10])
		if err != nil {
			return err
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(append(before, canonical...))); got != last[11] {
			return fmt.Errorf("entry %s has the hash %s, the export says %s", last[1], got, last[11])
		}
		entries, entry, last = entries+1, nil, nil
		return nil
	}
	for _, r := range rows[1:] {
		amount, err := side(r)
		if err != nil {
			return entries, head, err
		}
		class, _, _ := strings.Cut(r[5], "/")
		if last != nil && (r[0] != "POSTING" || r[1] != last[1]) {
			previous, previousID = last[11], last[1]
			if err := closeEntry(); err != nil {
				return entries, head, err
			}
		}
		switch r[0] {
		case "OPENING":
			balance[r[5]] = amount
		case "POSTING":
			if follows(r[1], previousID) && previous != "" && r[10] != previous {
				return entries, head, fmt.Errorf("entry %s does not follow %s", r[1], previous)
			}
			if last != nil && strings.Join(last[8:], "|")+last[3]+last[4] != strings.Join(r[8:], "|")+r[3]+r[4] {
				return entries, head, fmt.Errorf("the rows of entry %s do not agree", r[1])
			}
			for _, account := range []string{class, r[5]} {
				if _, wanted := balance[account]; wanted {
					balance[account] += amount
					break
				}
			}
			text, err := json.Marshal(r[5])
			if err != nil {
				return entries, head, err
			}
			entry, last = append(entry, fmt.Sprintf(`{"account":%s,"amount":%d}`, text, amount)), r
		case "CLOSING":
			if balance[r[5]] != amount {
				return entries, head, fmt.Errorf("%s closes with %s, its postings lead to %s", r[5], amount, balance[r[5]])
			}
		case "HEAD":
			head = r[11]
		}
	}
	return entries, head, nil
}

func follows(id, before string) bool {
	var a, b int
	_, one := fmt.Sscan(id, &a)
	_, two := fmt.Sscan(before, &b)
	return one == nil && two == nil && a == b+1
}

// side is the amount of a row, debit positive.
func side(r []string) (money.Amount, error) {
	switch {
	case r[6] != "":
		return money.Parse(r[6])
	case r[7] != "":
		a, err := money.Parse(r[7])
		return -a, err
	}
	return 0, nil
}
