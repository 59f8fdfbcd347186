package formats

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Exports as the shop systems make them; people and shops are invented.
func TestShopsGolden(t *testing.T) {
	tests := []struct {
		name string
		feed purchase.Feed
	}{
		{"shopify", purchase.Orders},
		{"shopware", purchase.Orders},
		{"plentymarkets", purchase.Orders},
		{"jtl-ameise", purchase.Orders},
		{"jtl-ameise", purchase.Invoices},
	}
	for _, tt := range tests {
		t.Run(tt.name+"/"+tt.feed.String(), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.name, tt.feed.String()+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			v := read(profile(t, tt.name), tt.feed, data, ReadOptions{File: tt.feed.String() + ".csv"})
			golden(t, filepath.Join(tt.name, tt.feed.String()+".golden"), v.print(t, data))
		})
	}
}

func TestShippedProfilesAreThere(t *testing.T) {
	for _, name := range Shipped() {
		if p := profile(t, name); p.Name != name {
			t.Errorf("profile %s calls itself %s", name, p.Name)
		}
	}
	if n := len(shipped()); n != len(Shipped()) || !slices.Contains(Shipped(), "kontor") {
		t.Errorf("%d profiles, %d names", n, len(Shipped()))
	}
}

// An order of which a note has a line break is rejected with all its lines, and
// taken once the break is gone.
func TestNoteWithLineBreak(t *testing.T) {
	p := profile(t, "shopify")
	data, err := os.ReadFile("testdata/shopify/orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := p.NewRejectedWriter(&out, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range read(p, purchase.Orders, data, ReadOptions{}).rows {
		if len(row.Errors) > 0 && row.Errors[0].Code == purchase.RowColumns {
			if err := w.Write(Reject{Offset: row.Offset, Length: row.Length, Code: row.Errors[0].Code, Message: "line break"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	corrected := bytes.ReplaceAll(out.Bytes(), []byte("klingeln,\n"), []byte("klingeln, "))
	v := read(p, purchase.Orders, corrected, ReadOptions{})
	if v.codes() != "" || len(v.rows) != 1 || v.rows[0].Record.Number() != "#1003" || v.rows[0].Last != 4 || len(v.unknown) > 0 {
		t.Errorf("%d rows, %s, unknown %q", len(v.rows), v.codes(), v.unknown)
	}
}
