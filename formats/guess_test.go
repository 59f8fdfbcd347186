package formats

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// print is all of a guess, for golden files.
func (g Guess) print() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s in %s, %d rows, %d good, shipped %q\n", g.Feed, g.Files, g.Rows, g.Good, g.Shipped)
	for _, f := range g.Findings {
		fmt.Fprintf(&b, "%s %q, %d %%: %s\n", f.Key, f.Value, f.Sure, f.Why)
	}
	for _, c := range g.Columns {
		fmt.Fprintf(&b, "  %s = %q %s, %d %%: %s\n", c.Name, c.Heading, c.Take, c.Sure, c.Why)
	}
	f := g.Config.Feeds[g.Feed.String()]
	fmt.Fprintf(&b, "fixed %v, values %v, document %v\nmissing %q\nunmapped %q\n", f.Fixed, f.Values, g.Document, g.Missing, g.Unmapped)
	for _, h := range g.Hints {
		fmt.Fprintf(&b, "hint: %s\n", h)
	}
	return b.Bytes()
}

func TestGuessGolden(t *testing.T) {
	for _, name := range []string{
		"actindo/orders", "actindo/invoices", "actindo/returns", "actindo/payments", "jtl-ameise/orders", "jtl-ameise/invoices", "plentymarkets/orders", "shopify/orders", "shopware/orders",
		"foreign/woocommerce", "foreign/lexoffice",
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			g, err := GuessProfile(data, GuessOptions{File: "export_2026-10-01.csv"})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("guess", strings.ReplaceAll(name, "/", "_")+".golden"), g.print())
		})
	}
}

// setting is what was found for a key.
func (g Guess) setting(key string) string {
	for _, f := range g.Findings {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

func TestGuessedDialect(t *testing.T) {
	const german = "Bestellnummer;Bestelldatum;Bruttobetrag;Kundennummer;Nachname;Ort\nB1;01.10.2026;1.234,50;K1;Müller;Köln\nB2;02.10.2026;5,00;K2;Weiß;Düren\n"
	encoded := func(m *charmap.Charmap, s string) string {
		out, err := m.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	tests := []struct {
		name, data string
		want       map[string]string
	}{
		{"utf-8", german, map[string]string{"charset": "utf-8", "delimiter": ";", "decimal": ",", "grouping": ".", "date": "DD.MM.YYYY", "line_end": "lf", "time": "", "quote": "", "escape": ""}},
		{"utf-8 with mark", markUTF8 + german, map[string]string{"charset": "utf-8"}},
		{"windows-1252", encoded(charmap.Windows1252, german), map[string]string{"charset": "windows-1252"}},
		{"cp850", encoded(charmap.CodePage850, german), map[string]string{"charset": "cp850"}},
		{"utf-16 with mark", markLE + string(wide(binary.LittleEndian, german)), map[string]string{"charset": "utf-16", "delimiter": ";"}},
		{"utf-16be with mark", markBE + string(wide(binary.BigEndian, german)), map[string]string{"charset": "utf-16", "delimiter": ";"}},
		{"utf-16le without mark", string(wide(binary.LittleEndian, german)), map[string]string{"charset": "utf-16le"}},
		{"tab and crlf", strings.NewReplacer(";", "\t", "\n", "\r\n").Replace(german), map[string]string{"delimiter": "tab", "line_end": "crlf"}},
		{"comma with quotes", "Order no,Order date,Total\n\"1\",2026-10-01,\"1,234.50\"\n\"2\",2026-10-01,\"5.00\"\n", map[string]string{"delimiter": ",", "decimal": ".", "grouping": ",", "date": "YYYY-MM-DD", "quote": ""}},
		{"single quotes", "'Order no';'Order date';'Total'\n'1;a';2026-10-01;5.00\n'2';2026-10-01;5.00\n", map[string]string{"quote": "'", "delimiter": ";"}},
		{"backslash", "order_no;order_date;gross_amount;city\n1;2026-10-01;5.00;\"the \\\"old\\\" town\"\n2;2026-10-01;5.00;\"x\\\";y\"\n", map[string]string{"escape": `\`}},
		{"no quotes", "order_no;order_date;gross_amount;city\n1;2026-10-01;5.00;19\" rack\n2;2026-10-01;5.00;\"\n", map[string]string{"quote": none}},
		{"american dates", "order_no;order_date;gross_amount\n1;10/13/2026 9:05;5\n2;1/2/2026 12:30;5\n", map[string]string{"date": "M/D/YYYY", "time": "h:mm", "decimal": "."}},
		{"dates that could be both", "order_no;order_date;gross_amount\n1;10/12/2026;5\n", map[string]string{"date": "DD/MM/YYYY"}},
		{"swiss amounts", "order_no;order_date;gross_amount\n1;2026-10-01;1'234.50\n", map[string]string{"grouping": "'", "decimal": "."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := GuessProfile([]byte(tt.data), GuessOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range tt.want {
				if got := g.setting(key); got != want {
					t.Errorf("%s = %q; want %q", key, got, want)
				}
			}
			if g.Feed != purchase.Orders {
				t.Errorf("feed %s", g.Feed)
			}
		})
	}
}

func TestGuessHints(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"years of two digits", "order_no;order_date;gross_amount\n1;01.10.26;5\n", "four digits for the year"},
		{"two layouts", "order_no;order_date;gross_amount\n1;10/12/2026;5\n", ""},
		{"cr only", "order_no;order_date;gross_amount\r1;2026-10-01;5\r", "CR only"},
		{"no last line end", "order_no;order_date;gross_amount\n1;2026-10-01;5", "taken for cut off"},
		{"header only", "order_no;order_date;gross_amount\n", "no rows to look at"},
		{"two lines of one order that differ", "order_no;order_date;gross_amount\n1;2026-10-01;5\n1;2026-10-01;6\n", "other values of gross_amount"},
		{"currency", "order_no;order_date;gross_amount\n1;2026-10-01;5\n", "EUR is proposed"},
		{"unknown words", "order_no;order_date;gross_amount;customer_type\n1;2026-10-01;5;Stammkunde\n", "customer_type holds Stammkunde"},
		{"way of payment", "order_no;order_date;gross_amount;Zahlungsart\n1;2026-10-01;5;Rechnung\n", `"Zahlungsart" holds Rechnung`},
	}
	for _, tt := range tests {
		g, err := GuessProfile([]byte(tt.data), GuessOptions{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if !strings.Contains(strings.Join(g.Hints, "\n"), tt.want) {
			t.Errorf("%s: hints %q; want %q", tt.name, g.Hints, tt.want)
		}
	}
}

func TestNothingToGuess(t *testing.T) {
	for data, want := range map[string]string{
		"": "no lines", "\n\n": "no lines", "one cell\nand another\n": "no delimiter", "PK\x03\x04\x00\xff\x00\x01": "no text", "%PDF\x80\x00": "no text",
	} {
		if _, err := GuessProfile([]byte(data), GuessOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %s", data, err, want)
		}
	}
}

// What the shipped profiles write is recognised: feed, every column, and a
// proposal that reads every row.
func TestGuessOfOwnFiles(t *testing.T) {
	for _, name := range []string{"kontor", "actindo"} {
		for _, feed := range purchase.Feeds() {
			data, err := os.ReadFile(filepath.Join("testdata", name, feed.String()+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			g, err := GuessProfile(data, GuessOptions{File: feed.String() + "_1.csv"})
			if err != nil {
				t.Errorf("%s/%s: %v", name, feed, err)
				continue
			}
			if g.Feed != feed || len(g.Missing) > 0 || g.Shipped != name {
				t.Errorf("%s/%s: feed %s, missing %q, shipped %q", name, feed, g.Feed, g.Missing, g.Shipped)
			}
		}
	}
}

func TestPatternOfFileNames(t *testing.T) {
	for file, want := range map[string]string{
		"orders_export_1.csv": "orders_export_*.csv", "orders_export.csv": "orders_export*.csv", "Export 2026-10-01.csv": "orders_*.csv",
		"bestellungen-2026-10-01_1200.txt": "bestellungen-*.txt", "": "orders_*.csv", "a[b].csv": "orders_*.csv",
	} {
		if got := pattern(file, purchase.Orders); got != want {
			t.Errorf("pattern(%q) = %q; want %q", file, got, want)
		}
	}
}

// Whatever the bytes, a guess ends, says the same twice, never points at what is
// not there, and what it proposes can be built.
func FuzzGuess(f *testing.F) {
	for _, name := range []string{"shopify/orders", "jtl-ameise/orders", "actindo/payments", "foreign/woocommerce"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".csv"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 3000)])
	}
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("Name,Datum\r'1',\"x\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = data[:min(len(data), 8<<10)]
		g, err := GuessProfile(data, GuessOptions{})
		if err != nil {
			return
		}
		again, _ := GuessProfile(slices.Clone(data), GuessOptions{})
		if diff := cmp.Diff(g, again); diff != "" {
			t.Errorf("the second guess differs: %s", diff)
		}
		if _, err := g.Config.Build("guess", Lookup); err != nil {
			t.Errorf("cannot be built: %v", err)
		}
		for _, finding := range g.Findings {
			if finding.Sure < 0 || finding.Sure > 100 {
				t.Errorf("%s: %d %%", finding.Key, finding.Sure)
			}
		}
		for _, c := range g.Columns {
			if c.Heading == "" || c.Sure < 0 || c.Sure > 100 {
				t.Errorf("column %+v", c)
			}
		}
		if g.Good > g.Rows {
			t.Errorf("%d of %d rows are good", g.Good, g.Rows)
		}
	})
}
