package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/samples"
)

// Everything is delivered a second time: nothing is booked, and the
// acknowledgements say that it is known already.

func TestRedelivery(t *testing.T) {
	for _, c := range []struct{ name, dir, profile, other, until string }{
		{"october", examples + "/october", "kontor", "actindo", ""},
		{"seed11", examples + "/seed11", "kontor", "actindo", ""},
		{"retail", retail, "actindo", "kontor", "2010-12-05"},
	} {
		if testing.Short() && c.name != "october" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := readScenario(t, filepath.FromSlash(c.dir), c.profile)
			if s.until = c.until; testing.Short() {
				s.until = "2026-10-05"
			}
			onBoth(t, func(t *testing.T, url string) { redeliver(t, newStage(t, s, url), c.other) })
		})
	}
}

func redeliver(t *testing.T, g *stage, other string) {
	delivered := g.playAndKeep(t)
	before := g.books(t)
	first := counted(g.files(t))
	read, late := g.readRows(t, delivered)
	first.Rejected -= late
	posted := map[string]parcel{}
	again := func(way string, parcels []parcel) []intake.ExportFile {
		t.Helper()
		known := len(g.files(t))
		g.post(t, parcels)
		for _, p := range parcels {
			posted[p.name] = p
		}
		if diff := gocmp.Diff(before, g.books(t)); diff != "" {
			t.Fatalf("%s: the books have changed (-before +after):\n%s", way, diff)
		}
		return g.files(t)[known:]
	}
	whole := func(way string, files []intake.ExportFile) {
		t.Helper()
		for _, f := range files {
			if f.Verdict != purchase.Duplicate && f.Code == nil && f.Rows > 0 {
				t.Errorf("%s: %s is %s; want DUPLICATE", way, f.Name, f.Verdict)
			}
		}
	}
	rows := func(way string, files []intake.ExportFile) {
		t.Helper()
		got := counted(files)
		for _, f := range files {
			if f.Verdict == purchase.Duplicate { // a file of one row, as it came before
				_, known := rowsOfText(posted[f.Name].text)
				got.Duplicate += int64(len(known))
			}
		}
		held := first.Booked + first.Duplicate + first.Parked
		if got.Booked != 0 || got.Duplicate < held || got.Duplicate+got.Conflict < held+first.Conflict || sum(got) != sum(first) {
			t.Errorf("%s: %+v; want nothing booked, and what was %+v as duplicates and conflicts", way, got, first)
		}
	}
	whole("the same files", again("the same files", delivered))
	whole("other names", again("other names", renamedParcels(delivered)))
	rows("one row a file", again("one row a file", singles(read)))
	rows("one file a feed", again("one file a feed", merged(read)))
	from, to := profileOf(t, g.scenario.profile), profileOf(t, other)
	g.become(other)
	rows("the other profile", again("the other profile", converted(t, read, from, to)))
	rows("the other profile, one file a feed", again("the other profile, one file a feed", merged(converted(t, read, from, to))))
	g.verify(t)
}

// A parcel is a file that was, or is to be, delivered.
type parcel struct {
	step, name string
	text       []byte
}

func (p parcel) feed() string {
	feed, _, _ := strings.Cut(p.name, "_")
	return feed
}

// playAndKeep plays the scenario and returns what it has delivered.
func (g *stage) playAndKeep(t *testing.T) (all []parcel) {
	t.Helper()
	for _, step := range g.scenario.steps(t) {
		g.drop(step, func(name string, text []byte) (string, []byte) {
			all = append(all, parcel{step, name, text})
			return name, text
		})
		g.run(step)
	}
	g.finish(t)
	return all
}

// readRows returns the files whose rows were read, without those rows that were
// rejected because what they belong to came too late: such a row holds no key,
// so it may well be booked the second time. late is how many these are.
func (g *stage) readRows(t *testing.T, delivered []parcel) (read []parcel, late int64) {
	t.Helper()
	files := map[string]intake.ExportFile{}
	for _, f := range g.files(t) {
		files[f.Step+"/"+f.Name] = f
	}
	for _, p := range delivered {
		f := files[p.step+"/"+p.name]
		if f.ExportRows == nil {
			continue
		}
		var lines []int64
		for _, r := range f.NotBooked {
			if r.Status == purchase.Rejected && (r.Code == purchase.UnknownOrder || r.Code == purchase.UnknownInvoice) {
				lines = append(lines, r.Row)
			}
		}
		if len(lines) > 0 {
			p.text = without(p.text, lines)
		}
		read, late = append(read, p), late+int64(len(lines))
	}
	return read, late
}

// without leaves out rows, counted from 1, and the trailer.
func without(text []byte, rows []int64) []byte {
	header, all := rowsOfText(text)
	kept := [][]byte{header}
	for i, r := range all {
		if !slices.Contains(rows, int64(i)+1) {
			kept = append(kept, r)
		}
	}
	return slices.Concat(kept...)
}

// post delivers parcels and runs: those of one name in one run after the other.
func (g *stage) post(t *testing.T, parcels []parcel) {
	t.Helper()
	for len(parcels) > 0 {
		var later []parcel
		names := map[string]bool{}
		for _, p := range parcels {
			if names[p.name] {
				later = append(later, p)
				continue
			}
			names[p.name] = true
			g.deliver(p.name, p.text)
		}
		last, err := g.x.engine.LastRun(context.Background(), g.scenario.Merchant)
		if err != nil {
			t.Fatal(err)
		}
		g.runAt(last.Add(5 * time.Minute))
		parcels = later
	}
}

// become makes another profile that of the merchant and the bank.
func (g *stage) become(profile string) {
	g.leave()
	g.configure(profile)
	g.open()
}

// files are all files that were looked at, oldest run first.
func (g *stage) files(t *testing.T) (all []intake.ExportFile) {
	t.Helper()
	for f, err := range g.x.intake.ExportFiles(context.Background(), g.scenario.Merchant, g.x.config.ZoneOf(g.scenario.Merchant)) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// counted sums up the rows of files as they are now.
func counted(files []intake.ExportFile) (all intake.Counts) {
	for _, f := range files {
		if f.ExportRows != nil {
			all.Booked += f.Final.Booked
			all.Duplicate += f.Final.Duplicate
			all.Conflict += f.Final.Conflict
			all.Rejected += f.Final.Rejected
			all.Parked += f.Final.Parked
		}
	}
	return all
}

// books is all that money depends on.
type books struct {
	Head   string // number and hash of the last entry
	Export provider.Export
}

func (g *stage) books(t *testing.T) (b books) {
	t.Helper()
	var err error
	if b.Export, err = g.x.provider.Export(context.Background(), g.scenario.Merchant); err != nil {
		t.Fatal(err)
	}
	err = g.x.db.Read(context.Background(), func(tx *database.Tx) error {
		var n int64
		var hash string
		err := tx.QueryRow(context.Background(), "SELECT id, hash FROM ledger_head WHERE merchant = ?", g.scenario.Merchant).Scan(&n, &hash)
		b.Head = fmt.Sprint(n, " ", hash)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func renamedParcels(parcels []parcel) []parcel {
	var all []parcel
	for i, p := range parcels {
		all = append(all, parcel{p.step, fmt.Sprintf("%s_again%04d.csv", p.feed(), i), p.text})
	}
	return all
}

// rowsOfText cuts a file into its header and its rows, without a trailer.
func rowsOfText(text []byte) (header []byte, rows [][]byte) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	for _, l := range lines[1:] {
		if len(bytes.TrimSpace(l)) > 0 && !bytes.HasPrefix(l, []byte("#TRAILER")) {
			rows = append(rows, l)
		}
	}
	return lines[0], rows
}

// singles makes a file of each row.
func singles(parcels []parcel) []parcel {
	var all []parcel
	for _, p := range parcels {
		header, rows := rowsOfText(p.text)
		for _, r := range rows {
			all = append(all, parcel{p.step, fmt.Sprintf("%s_single%05d.csv", p.feed(), len(all)), slices.Concat(header, r)})
		}
	}
	return all
}

// merged makes one file of all files of a feed that have the same header.
func merged(parcels []parcel) []parcel {
	var all []parcel
	index := map[string]int{}
	for _, p := range parcels {
		header, rows := rowsOfText(p.text)
		key := p.feed() + string(header)
		i, known := index[key]
		if !known {
			i = len(all)
			index[key] = i
			all = append(all, parcel{p.step, fmt.Sprintf("%s_merged%04d.csv", p.feed(), i), header})
		}
		all[i].text = slices.Concat(all[i].text, slices.Concat(rows...))
	}
	return all
}

func converted(t *testing.T, parcels []parcel, from, to *formats.Profile) []parcel {
	t.Helper()
	var all []parcel
	for i, p := range parcels {
		name := fmt.Sprintf("%s_converted%04d.csv", p.feed(), i)
		all = append(all, parcel{p.step, name, convert(t, p.name, p.text, from, to)})
	}
	return all
}

// convert rewrites a file in another profile.
func convert(t *testing.T, name string, text []byte, from, to *formats.Profile) []byte {
	t.Helper()
	feed, known := from.FeedOf(name)
	if !known {
		t.Fatalf("%s is of no feed", name)
	}
	var b bytes.Buffer
	if err := samples.Convert(&b, bytes.NewReader(text), feed, from, to); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.Bytes()
}

func profileOf(t *testing.T, name string) *formats.Profile {
	t.Helper()
	p, known := formats.Lookup(name)
	if !known {
		t.Fatalf("profile %s is unknown", name)
	}
	return p
}
