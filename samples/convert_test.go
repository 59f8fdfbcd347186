package samples

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A reading is all that a reader says of a file.
type reading struct {
	Rows    []line
	File    purchase.Code
	Unknown int
}

func readAll(p *formats.Profile, feed purchase.Feed, name string, b []byte) reading {
	r := p.Read(feed, bytes.NewReader(b), formats.ReadOptions{File: name})
	var got reading
	for row := range r.Rows() {
		l := line{Name: name, Record: row.Record}
		for _, e := range row.Errors {
			l.Code += e.Code + " "
			l.Column += e.Column + " "
		}
		got.Rows = append(got.Rows, l)
	}
	if err := r.Err(); err != nil {
		got.File = err.Code
	}
	got.Unknown = len(r.UnknownColumns())
	return got
}

// convertBoth converts a file and reads it before and after.
func convertBoth(t *testing.T, feed purchase.Feed, name string, b []byte, from, to *formats.Profile) (before, after reading, converted []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := Convert(&out, bytes.NewReader(b), feed, from, to); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return readAll(from, feed, name, b), readAll(to, feed, name, out.Bytes()), out.Bytes()
}

// Every worked example reads the same in the other profile, row by row.
func TestConvertExamples(t *testing.T) { convertTree(t, "testdata/examples", "kontor", "actindo") }

// So does the real shop traffic, in the other direction.
func TestConvertRetail(t *testing.T) { convertTree(t, "testdata/retail", "actindo", "kontor") }

func convertTree(t *testing.T, root, from, to string) {
	files, rows := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".csv" {
			return err
		}
		feed, ok := profile(t, "kontor").FeedOf(filepath.Base(path))
		if !ok {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b = bytes.ReplaceAll(b, []byte("ı"), []byte("?")) // not in Windows-1252
		before, after, _ := convertBoth(t, feed, path, b, profile(t, from), profile(t, to))
		if to == "kontor" && feed != purchase.Credits && feed != purchase.Payments {
			after.Unknown-- // Belegart
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s reads differently (-%s +%s):\n%s", path, from, to, diff)
		}
		files++
		rows += len(before.Rows)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 300 || rows < 1000 {
		t.Errorf("%d files with %d rows below %s; want all of them", files, rows, root)
	}
}

func TestConvertFaults(t *testing.T) {
	const orders = "order_no;order_date;currency;gross_amount;customer_no;city\n"
	tests := []struct {
		name, from, want string
	}{
		{"good", orders + "A1;2026-10-02;EUR;1234.5;K1;Köln\n", "A1;02.10.2026;EUR;1234,5;K1;K\xf6ln\n"},
		{"decimal comma", orders + "A1;2026-10-02;EUR;1,50;K1;\n", "A1;02.10.2026;EUR;1.50;K1;\n"},
		{"grouping", orders + "A1;2026-10-02;EUR;1.234,50;K1;\n", "A1;02.10.2026;EUR;1,234.50;K1;\n"},
		{"foreign grouping", orders + "A1;2026-10-02;EUR;1,234.50;K1;\n", "A1;02.10.2026;EUR;1,234.50;K1;\n"},
		{"three decimals", orders + "A1;2026-10-02;EUR;1.234;K1;\n", "A1;02.10.2026;EUR;1,234;K1;\n"},
		{"no amount", orders + "A1;2026-10-02;EUR;abc;K1;\n", "A1;02.10.2026;EUR;abc;K1;\n"},
		{"negative", orders + "A1;2026-10-02;EUR;-5;K1;\n", "A1;02.10.2026;EUR;-5;K1;\n"},
		{"German date", orders + "A1;02.10.2026;EUR;5;K1;\n", "A1;2026-10-02;EUR;5;K1;\n"},
		{"no date", orders + "A1;2026-02-30;EUR;5;K1;\n", "A1;2026-02-30;EUR;5;K1;\n"},
		{"missing cells", orders + "A1;2026-10-02\n", "A1;02.10.2026\n"},
		{"too many cells", orders + "A1;2026-10-02;EUR;5;K1;;;\n", "A1;02.10.2026;EUR;5;K1;;;\n"},
		{"quoted", orders + "\"A1\";2026-10-02;EUR;\"5.00\";K1;\"a;b\"\"c\"\n", "\"A1\";02.10.2026;EUR;\"5,00\";K1;\"a;b\"\"c\"\n"},
		{"stray quote", orders + "A1;2026-10-02;EUR;5;K1;a\"b\n", "A1;02.10.2026;EUR;5;K1;a\"b\n"},
		{"open quote", orders + "A1;2026-10-02;EUR;5;K1;\"ab\n", "A1;02.10.2026;EUR;5;K1;\"ab\n"},
		{"bad character", orders + "A1;2026-10-02;EUR;5;K1;a\xffb\n", "A1;02.10.2026;EUR;5;K1;a\x81b\n"},
		{"cut off", orders + "A1;2026-10-02;EUR;5;K1;a", "A1;02.10.2026;EUR;5;K1;a"},
		{"trailer", orders + "A1;2026-10-02;EUR;5;K1;a\n#TRAILER;1;5.00\n", "A1;02.10.2026;EUR;5;K1;a\n#TRAILER;1;5,00\n"},
		{"wrong trailer", orders + "A1;2026-10-02;EUR;5;K1;a\n#TRAILER;2;5.00\n", "A1;02.10.2026;EUR;5;K1;a\n#TRAILER;2;5,00\n"},
		{"too long", orders + "A" + strings.Repeat("ä", 64) + ";2026-10-02;EUR;5;K1;a\n", "A" + strings.Repeat("\xe4", 64) + ";02.10.2026;EUR;5;K1;a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, out := convertBoth(t, purchase.Orders, "orders.csv", []byte(tt.from), profile(t, "kontor"), profile(t, "actindo"))
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("reads differently (-kontor +actindo):\n%s", diff)
			}
			if _, body, _ := bytes.Cut(out, []byte("\n")); string(body) != tt.want {
				t.Errorf("Convert(%q) = %q; want %q", tt.from, body, tt.want)
			}
		})
	}
}

// What makes a whole file doubtful does so in the other profile.
func TestConvertFiles(t *testing.T) {
	const row = "C1;A1;2026-10-02;\n"
	tests := []struct{ name, from string }{
		{"no bytes", ""},
		{"header only", "cancel_no;order_no;cancelled_on;reason\n"},
		{"byte order mark", "\ufeffcancel_no;order_no;cancelled_on;reason\n" + row},
		{"missing column", "cancel_no;cancelled_on;reason\nC1;2026-10-02;\n"},
		{"doubled column", "cancel_no;order_no;cancelled_on;order_no\n" + row},
		{"unknown column", "cancel_no;order_no;cancelled_on;colour\n" + row},
		{"column of the other profile", "cancel_no;order_no;cancelled_on;Grund\n" + row},
		{"no delimiter", "cancel_no,order_no,cancelled_on,reason\nC1,A1,2026-10-02,\n"},
		{"UTF-16", "c\x00a\x00;\x00\n\x00"},
		{"carriage returns", "cancel_no;order_no;cancelled_on;reason\rC1;A1;2026-10-02;\r"},
		{"CRLF", "cancel_no;order_no;cancelled_on;reason\r\nC1;A1;2026-10-02;\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, out := convertBoth(t, purchase.Cancellations, "cancellations.csv", []byte(tt.from), profile(t, "kontor"), profile(t, "actindo"))
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%q became %q and reads differently (-kontor +actindo):\n%s", tt.from, out, diff)
			}
		})
	}
}

// What Windows-1252 does not have becomes something that compares alike.
func TestConvertForeign(t *testing.T) {
	_, after, out := convertBoth(t, purchase.Cancellations, "cancellations.csv",
		[]byte("cancel_no;order_no;cancelled_on;reason\nC1;A1;2026-10-02;Yıldız Şahin →\n"), profile(t, "kontor"), profile(t, "actindo"))
	if want := "Y?ld?z Sahin ?"; after.Rows[0].Record.(purchase.Cancellation).Reason != want {
		t.Errorf("%q reads as %+v; want %q", out, after.Rows[0].Record, want)
	}
}

// FuzzConvert puts any text into a file: each row has the same codes in the
// other profile, and the file too.
func FuzzConvert(f *testing.F) {
	for _, row := range []string{
		"R1;RECEIVED;RE1;;2026-10-02;EUR;1.50;a", "R1;Eingang;RE1;;02.10.2026;;1,50;\"a;b\"", "R1;;;A1;2026-1-2;EUR;1.234,5;\x00",
		"=1;ANNOUNCED;RE1;A1;;eur;0;\"", "#TRAILER;0;1,00", "R1;RECEIVED;RE1;;2026-10-02;EUR;-.5;ä\xff\n#TRAILER;1;0.00",
		"R1;\xd8", "\xff\xe8\x00",
	} {
		f.Add(row + "\n")
		f.Add(row)
	}
	kontor, _ := formats.Lookup("kontor")
	actindo, _ := formats.Lookup("actindo")
	f.Fuzz(func(t *testing.T, rows string) {
		if r, n := utf8.DecodeLastRuneInString(rows); r == utf8.RuneError && n == 1 {
			rows += "\n" // only UTF-8 can be cut within a letter
		}
		from := []byte("return_no;kind;invoice_no;order_no;returned_on;currency;gross_amount;reason\n" + strings.ReplaceAll(rows, "\ufffd", ""))
		before, after, out := convertBoth(t, purchase.Returns, "returns.csv", from, kontor, actindo)
		for _, rows := range [][]line{before.Rows, after.Rows} {
			for i := range rows {
				rows[i].Record = nil // another charset has other letters
			}
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%q became %q (-kontor +actindo):\n%s", from, out, diff)
		}
	})
}
