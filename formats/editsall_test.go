package formats_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

var everyEdit = flag.Bool("edits", false, "try every one-byte edit of the samples, not one in a hundred")

// sampleShare: of so many edits the ordinary test tries one.
const sampleShare = 100

// An edit changes one byte.
type edit struct {
	kind string
	at   int
	b    byte
}

func (e edit) String() string { return fmt.Sprintf("%s at byte %d, %#02x", e.kind, e.at, e.b) }

func (e edit) apply(data []byte) []byte {
	switch e.kind {
	case "cut":
		return data[:e.at]
	case "removal":
		return slices.Concat(data[:e.at], data[e.at+1:])
	case "replacement":
		return slices.Concat(data[:e.at], []byte{e.b}, data[e.at+1:])
	}
	return slices.Concat(data[:e.at], []byte{e.b}, data[e.at:])
}

// edits yields every one-byte edit of a file.
func edits(data []byte) func(yield func(edit) bool) {
	return func(yield func(edit) bool) {
		for at := range len(data) + 1 {
			if at < len(data) && (!yield(edit{"cut", at, 0}) || !yield(edit{"removal", at, data[at]})) {
				return
			}
			for b := range 256 {
				if at < len(data) && byte(b) != data[at] && !yield(edit{"replacement", at, byte(b)}) || !yield(edit{"insertion", at, byte(b)}) {
					return
				}
			}
		}
	}
}

// A tally counts edits, and what became of files and of the rows that an edit
// touched.
type tally struct {
	mu    sync.Mutex
	tried map[string]int
	codes map[string]int
}

func (c *tally) add(tried, codes map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, n := range tried {
		c.tried[k] += n
	}
	for k, n := range codes {
		c.codes[k] += n
	}
}

func (c *tally) table() string {
	var b strings.Builder
	for _, part := range []map[string]int{c.tried, c.codes} {
		total := 0
		for _, k := range slices.Sorted(maps.Keys(part)) {
			fmt.Fprintf(&b, "%9d  %s\n", part[k], k)
			total += part[k]
		}
		fmt.Fprintf(&b, "%9d\n", total)
	}
	return b.String()
}

// Whatever one byte of a file is cut off, removed, put in or changed: the file is
// refused with a code, or each line of it has a verdict; the lines that were not
// touched are what they were; and what is taken of the others is what their text
// says, by an oracle that shares no code with the reader.
func TestEveryEdit(t *testing.T) {
	all := &tally{tried: map[string]int{}, codes: map[string]int{}}
	t.Run("samples", func(t *testing.T) {
		for _, profile := range []string{"kontor", "actindo"} {
			for _, feed := range purchase.Feeds() {
				t.Run(profile+"/"+feed.String(), func(t *testing.T) {
					t.Parallel()
					tryEdits(t, all, profile, feed)
				})
			}
		}
	})
	t.Logf("edits tried, and what became of the files and of the lines that were touched:\n%s", all.table())
}

func tryEdits(t *testing.T, all *tally, profile string, feed purchase.Feed) {
	p, _ := formats.Lookup(profile)
	data, err := os.ReadFile(filepath.Join("testdata", "edits", profile, feed.String()+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	o := newOracle(t, profile, feed)
	whole, refused := ask(p, feed, data)
	if refused != nil || len(whole) != 3 {
		t.Fatalf("the sample has %d rows, %v", len(whole), refused)
	}
	records := map[string]purchase.Record{}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for _, row := range whole {
		if row.Record == nil {
			t.Fatalf("the sample is bad: %v", row.Errors)
		}
		records[string(lines[row.Line-1])] = row.Record
	}
	share := rand.New(rand.NewPCG(uint64(feed), uint64(len(data))))
	tried, codes, faults := map[string]int{}, map[string]int{}, 0
	for e := range edits(data) {
		if !*everyEdit && share.IntN(sampleShare) > 0 {
			continue
		}
		tried[e.kind]++
		if fault := judge(p, feed, o, e.apply(data), lines[0], records, codes); fault != "" {
			t.Errorf("%v: %s", e, fault)
			if faults++; faults > 20 {
				t.FailNow()
			}
		}
	}
	all.add(tried, codes)
}

// judge reads an edited file, counts its verdicts, and says what is wrong with
// them; "" when nothing is.
func judge(p *formats.Profile, feed purchase.Feed, o oracle, data, header []byte, records map[string]purchase.Record, codes map[string]int) string {
	rows, refused := ask(p, feed, data)
	if refused != nil {
		codes["file "+string(refused.Code)]++
		return ""
	}
	said := o.read(data)
	if said.bad {
		return fmt.Sprintf("taken with %d rows, though it is no whole text", len(rows))
	}
	if len(rows) != len(said.lines) {
		return fmt.Sprintf("%d rows of %d lines", len(rows), len(said.lines))
	}
	sum := "gross_amount"
	if feed == purchase.Payments {
		sum = "amount"
	}
	if trailer := o.proves(said, rows, sum); trailer != "" {
		return "taken with the trailer " + trailer
	}
	codes["file read"]++
	lines := bytes.SplitAfter(data, []byte("\n"))
	untouched := bytes.Equal(lines[0], header)
	for _, row := range rows {
		named, there := said.lines[row.Line]
		before, same := records[string(lines[row.Line-1])]
		same = same && untouched
		switch {
		case !there:
			return fmt.Sprintf("row %d is on line %d, where there is none", row.Row, row.Line)
		case same && row.Record != before:
			return fmt.Sprintf("line %d was not touched: %+v, %v; want %+v", row.Line, row.Record, row.Errors, before)
		case same:
			continue
		case row.Record == nil:
			codes["line "+string(row.Errors[0].Code)]++
			continue
		case named == nil:
			return fmt.Sprintf("line %d is taken, though it is not as the header says: %+v", row.Line, row.Record)
		}
		if what := o.differs(feed, row.Record, named); what != "" {
			return fmt.Sprintf("line %d says %s, taken is %+v", row.Line, what, row.Record)
		}
		codes["line taken as its text says"]++
	}
	return ""
}
