package samples

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// The exports are one small shop, all its documents of a feed in one file.
func TestExports(t *testing.T) {
	o := Options{Orders: 12, Days: 1, Seed: 6, Shares: Typical()}
	o.Shares.Messy, o.Shares.Returned, o.Shares.Cancelled, o.Shares.Late, o.Shares.Instruction = 0, 300, 100, 300, 800
	g, err := newGenerator(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kontor", "actindo"} {
		p := profile(t, name)
		for feed, records := range documents(g) {
			if len(records) == 0 {
				t.Errorf("no %s", feed)
			}
			file := path.Join("exports", name, feed.String()+"_"+g.date(0).Format("20060102")+".csv")
			golden(t, file, written(t, p, feed, records))
			checkExport(t, p, feed, file, len(records))
		}
	}
}

// documents returns all documents of all orders by feed.
func documents(g *generator) map[purchase.Feed][]purchase.Record {
	records := map[purchase.Feed][]purchase.Record{}
	for _, feed := range purchase.Feeds() {
		records[feed] = nil
	}
	h := &history{g: g}
	for order := range g.Orders {
		h.tell(order, 0, always)
		for i := range h.events {
			e := &h.events[i]
			records[e.feed] = append(records[e.feed], h.record(e))
		}
	}
	for _, r := range records {
		slices.SortStableFunc(r, func(a, b purchase.Record) int { return int(a.Date() - b.Date()) })
	}
	return records
}

func written(t *testing.T, p *formats.Profile, feed purchase.Feed, records []purchase.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w := p.NewWriter(&b, feed)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkExport reads what is embedded (with -update, what is on disk).
func checkExport(t *testing.T, p *formats.Profile, feed purchase.Feed, file string, want int) {
	t.Helper()
	var files fs.FS = Files
	if *update {
		files = os.DirFS(".")
	}
	f, err := files.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, ok := p.FeedOf(path.Base(file)); !ok || got != feed {
		t.Errorf("%s is feed %s; want %s", file, got, feed)
	}
	r, rows := p.Read(feed, f, formats.ReadOptions{File: file}), 0
	for row := range r.Rows() {
		rows++
		for _, e := range row.Errors {
			t.Error(e)
		}
	}
	if err := r.Err(); err != nil || rows != want {
		t.Errorf("%s: %d rows, %v; want %d", file, rows, err, want)
	}
}

// The configuration to start from has the keys that the command knows; that it
// is accepted is tested there.
func TestConfiguration(t *testing.T) {
	b, err := Files.ReadFile("kontor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := yaml.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := "alerts batch_max data_dir database http http_public language log max_file merchants provider role schedules server simulation zone"
	keys := slices.Sorted(maps.Keys(got))
	if diff := cmp.Diff(want, strings.Join(keys, " ")); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}
