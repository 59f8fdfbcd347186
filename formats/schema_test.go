package formats

import (
	"encoding/csv"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func tags(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("csv"))
	}
	return names
}

// The table, the record and the string-only struct of a feed have the same
// columns in the same order: everything else relies on positions.
func TestSchemasAreTheVocabulary(t *testing.T) {
	for feed := purchase.Orders; feed <= purchase.Commands; feed++ {
		s := schemaOf(feed)
		if diff := cmp.Diff(tags(s.record), s.names()); diff != "" {
			t.Errorf("%s: columns differ from the record (-record +table):\n%s", feed, diff)
		}
		if s.raw == nil {
			continue
		}
		raw := reflect.TypeOf(s.raw).Elem()
		if diff := cmp.Diff(s.names(), tags(raw)); diff != "" {
			t.Errorf("%s: string-only struct differs (-table +raw):\n%s", feed, diff)
		}
		for i := range raw.NumField() {
			if raw.Field(i).Type.Kind() != reflect.String {
				t.Errorf("%s: raw field %s is no string", feed, raw.Field(i).Name)
			}
		}
		if s.sum != "" && s.index(s.sum) < 0 {
			t.Errorf("%s: no column %s to sum", feed, s.sum)
		}
	}
}

func TestKindsSuitTheFields(t *testing.T) {
	for feed := purchase.Orders; feed <= purchase.Commands; feed++ {
		s := schemaOf(feed)
		for i, c := range s.columns {
			want := reflect.TypeFor[string]()
			switch c.kind {
			case dateCell:
				want = reflect.TypeFor[schedules.Date]()
			case amountCell:
				want = reflect.TypeFor[money.Amount]()
			case daysCell:
				want = reflect.TypeFor[purchase.Days]()
			case yesNoCell:
				want = reflect.TypeFor[bool]()
			}
			if got := s.record.Field(i).Type; got != want {
				t.Errorf("%s.%s is %v in the record, its cell makes %v", feed, c.name, got, want)
			}
		}
	}
	if returns.columns[returnKind].name != "kind" || returns.columns[returnOrder].name != "order_no" || instructions.columns[1].name != "kind" {
		t.Error("rules between columns look at the wrong ones")
	}
}

func TestActindoHasThePublishedHeadings(t *testing.T) {
	f, err := os.Open("testdata/actindo/headings.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	p, seen := profile(t, "actindo"), 0
	for _, line := range lines[1:] {
		feed, ok := purchase.ParseFeed(line[0])
		if !ok {
			t.Fatalf("feed %s", line[0])
		}
		got := p.feeds[feed].document
		if line[1] != DocumentColumn {
			got = p.feeds[feed].headings[schemaOf(feed).index(line[1])]
			seen++
		}
		if got != line[2] {
			t.Errorf("%s.%s has heading %q; want %q", feed, line[1], got, line[2])
		}
	}
	all := 0
	for _, feed := range purchase.Feeds() {
		for _, c := range schemaOf(feed).columns {
			if !c.inside {
				all++
			}
		}
	}
	if seen != all {
		t.Errorf("%d headings published, the feeds have %d columns", seen, all)
	}
}

func TestFeedOf(t *testing.T) {
	p := profile(t, "kontor")
	tests := []struct {
		file string
		want purchase.Feed
	}{
		{"orders_20261001.csv", purchase.Orders},
		{"payments_again_bad.csv", purchase.Payments},
		{"instructions_1.csv", purchase.Instructions},
		{"operator_1.csv", 0},
		{"orders.csv", 0},
		{"Orders_1.csv", 0},
		{"orders_1.csv.part", 0},
		{"in/orders_1.csv", 0},
	}
	for _, tt := range tests {
		if got, ok := p.FeedOf(tt.file); got != tt.want || ok != (tt.want != 0) {
			t.Errorf("FeedOf(%q) = %v, %t; want %v", tt.file, got, ok, tt.want)
		}
	}
	own := p.WithFiles(map[purchase.Feed]string{purchase.Orders: "export_*.{csv,txt}"})
	for file, want := range map[string]bool{"export_1.csv": true, "export_1.txt": true, "orders_1.csv": false, "invoices_1.csv": true} {
		if _, ok := own.FeedOf(file); ok != want {
			t.Errorf("own globs: FeedOf(%q) is %t; want %t", file, ok, want)
		}
	}
	if _, ok := p.FeedOf("orders_1.csv"); !ok {
		t.Error("WithFiles changed the profile that it was called on")
	}
}

func TestUnknownFeedIsRefused(t *testing.T) {
	for _, feed := range []purchase.Feed{0, purchase.Commands, 99} {
		v := read(profile(t, "kontor"), feed, []byte("a;b\n1;2\n"), ReadOptions{})
		if v.err == nil || v.err.Code != purchase.FileNotYours || len(v.rows) > 0 {
			t.Errorf("feed %d: %v, %d rows; want FILE_NOT_YOURS", feed, v.err, len(v.rows))
		}
	}
	if !slices.Contains(purchase.Feeds(), purchase.Payments) {
		t.Error("payments are a feed of files")
	}
}
