package main

import (
	"cmp"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// sumAcks counts files and rows by their latest verdicts, and checks that every
// file that went in was acknowledged.
func (d *demo) sumAcks(_ context.Context, s *demoSummary) error {
	erp, err := readAcks(filepath.Join(d.path(demoDownload), "ack"))
	if err != nil {
		return err
	}
	bank, err := readAcks(filepath.Join(d.path("data"), "reports", "ack"))
	if err != nil {
		return err
	}
	c := ackCount{files: map[demoDrop]ackRecord{}, rows: map[ackRow]ackRecord{}}
	for _, a := range slices.Concat(erp, bank) {
		c.add(a)
	}
	for _, drop := range slices.Concat(d.story.erp, d.story.bank) {
		if _, known := c.files[drop]; !known {
			s.wrong("%s was not acknowledged", drop.name)
		}
	}
	s.Verdicts, s.Rejected = map[purchase.Verdict]int{}, []refusal{}
	for _, f := range c.files {
		s.Verdicts[f.Status]++
		if f.Status == purchase.Rejected || f.Status == purchase.Held {
			s.Rejected = append(s.Rejected, refusal{f.Name, string(f.Code) + ": " + f.Message})
		}
	}
	slices.SortFunc(s.Rejected, func(a, b refusal) int { return cmp.Compare(a.Name, b.Name) })
	s.Feeds, s.Codes = c.feeds(), c.codes()
	return nil
}

// An ackCount is what the acknowledgements say, the later ones over the
// earlier ones.
type ackCount struct {
	files map[demoDrop]ackRecord
	rows  map[ackRow]ackRecord
}

type ackRow struct {
	file demoDrop
	row  int64
}

func (c ackCount) add(a ackFile) {
	file := demoDrop{a.file().Name, a.file().SHA256}
	first, known := c.files[file]
	c.files[file] = a.file()
	if known && a.file().Supplementary {
		latest := a.file()
		latest.Status = first.Status // the verdict of the file is that of the run that read it
		c.files[file] = latest
	}
	for _, r := range a.Records[1:] {
		if r.Record == "ROW" {
			c.rows[ackRow{file, r.Row}] = r
		}
	}
}

func (c ackCount) feeds() []feedCount {
	sums := map[string]feedCount{}
	for _, f := range c.files {
		n := sums[f.Feed]
		sums[f.Feed] = feedCount{
			f.Feed, n.Files + 1, n.Rows + f.Rows, n.Booked + f.Booked, n.Duplicate + f.Duplicate,
			n.Conflict + f.Conflict, n.Parked + f.Parked, n.Rejected + f.Rejected,
		}
	}
	var all []feedCount
	for _, feed := range purchase.Feeds() {
		if n, found := sums[feed.String()]; found {
			all = append(all, n)
		}
	}
	return all
}

// codes counts the rows that are not booked, with the files that were not read.
func (c ackCount) codes() []codeCount {
	sums := map[codeCount]int64{}
	for _, r := range c.rows {
		if r.Status != purchase.Booked {
			sums[codeCount{Status: string(r.Status), Code: string(r.Code)}]++
		}
	}
	return sortedCounts(sums)
}

func sortedCounts(sums map[codeCount]int64) []codeCount {
	all := []codeCount{}
	for c, n := range sums {
		all = append(all, codeCount{c.Status, c.Code, n})
	}
	slices.SortFunc(all, func(a, b codeCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// sumDunning counts each notice once: a notice that is held is reported every
// day until it is sent or superfluous.
func (d *demo) sumDunning(_ context.Context, s *demoSummary) error {
	files, err := readTwins[dunningFile](filepath.Join(d.path(demoDownload), "dunning"))
	if err != nil {
		return err
	}
	levels := map[int]levelCount{}
	held := map[string]string{}
	reached := map[string]int{}
	for _, f := range files {
		for _, n := range f.Notices {
			if n.Status == "HELD" {
				held[n.ID] = n.Hold
				continue
			}
			l := levels[n.Level]
			levels[n.Level] = levelCount{n.Level, n.Name, l.Notices + 1, l.Outstanding + n.Outstanding, l.Charges + n.Fee + n.Flat + n.Interest}
			reached[n.Invoice] = max(reached[n.Invoice], n.Level)
		}
	}
	for _, level := range slices.Sorted(maps.Keys(levels)) {
		s.Dunning = append(s.Dunning, levels[level])
	}
	sums := map[codeCount]int64{}
	for _, reason := range held {
		sums[codeCount{Status: "HELD", Code: reason}]++
	}
	s.Held = sortedCounts(sums)
	s.Example, err = d.example(reached)
	return err
}

// example is a claim with much to tell: guaranteed, and dunned furthest; the
// one with the lowest number.
func (d *demo) example(reached map[string]int) (best string, err error) {
	twins, err := readPayouts(filepath.Join(d.path(demoDownload), "payouts"))
	highest := money.Amount(-1)
	for _, t := range twins {
		for _, line := range t.Lines {
			told := money.Amount(reached[line.Invoice]) * 2
			if line.Type == purchase.LineGuarantee {
				told++
			}
			if line.Invoice != "" && (told > highest || told == highest && line.Invoice < best) {
				best, highest = line.Invoice, told
			}
		}
	}
	return best, err
}

// readFetched reads a file that was sent to folder out/… and fetched.
func readFetched(dir, folder, name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(dir, filepath.Base(filepath.FromSlash(folder)), name))
}

func countFiles(dir string) (n int, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	return n, err
}
