package formats_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

const (
	cancelHead = "cancel_no;order_no;cancelled_on;reason\n"
	cancelOne  = "ST1;A1;2026-10-01;zu spät\n"
	cancelTwo  = "ST2;A2;2026-10-01;\nST3;;2026-10-01;\n"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// zipped packs files, given as name, text, name, text ….
func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ageKeys are our keys, and what encrypts for them.
func ageKeys(t testing.TB) (*container.Keys, func(text string) string) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := &container.Keys{}
	if err := keys.AddAge([]byte(identity.String())); err != nil {
		t.Fatal(err)
	}
	r, err := container.ForAge(identity.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	return keys, func(text string) string {
		var b bytes.Buffer
		w, err := r.Seal(&b)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
}

// told is what came out of a file, in one line.
func told(feed purchase.Feed, data string, o formats.ReadOptions) string {
	p, _ := formats.Lookup("kontor")
	r := p.Read(feed, strings.NewReader(data), o)
	var parts []string
	for row := range r.Rows() {
		s := fmt.Sprintf("%d@%d+%d:%d", row.Row, row.Offset, row.Length, row.Line)
		if row.Record == nil {
			s += string(row.Errors[0].Code)
		}
		parts = append(parts, s)
	}
	if u := r.UnknownColumns(); len(u) > 0 {
		parts = append(parts, fmt.Sprint(u))
	}
	if e := r.Err(); e != nil {
		parts = append(parts, e.Error())
	}
	return strings.Join(parts, " ")
}

func TestPackedFiles(t *testing.T) {
	keys, sealed := ageKeys(t)
	one, two := cancelHead+cancelOne, cancelHead+cancelTwo
	const both = "1@39+26:2 2@105+18:4 3@124+16:5FIELD_REQUIRED"
	tests := []struct{ name, data, want string }{
		{"c.csv", one, "1@39+26:2"},
		{"c.csv.gz", gzipped(t, one), "1@39+26:2"},
		{"c.csv.gz.age", sealed(gzipped(t, one)), "1@39+26:2"},
		{"c.csv.age.gz", gzipped(t, sealed(one)), "1@39+26:2"},
		{"c.csv.gz", "", "c.csv.gz: the file is empty: wanted a header line"},
		{"c.csv.gz", gzipped(t, ""), "c.csv.gz: the file is empty: wanted a header line"},
		{"c.csv.gz", one, "c.csv.gz: the file cannot be opened: wanted a file as its ending says, gzip"},
		{"c.csv.gz", gzipped(t, one)[:40], "c.csv.gz:1: the file is incomplete: wanted an undamaged file of gzip, came unexpected EOF"},
		{"c.csv.gz", gzipped(t, one[:50]), "c.csv.gz:2: the file is incomplete: wanted a line end at the end of the file"},
		{"c.csv.age", one, "c.csv.age: the file cannot be opened: wanted a file as its ending says, age"},
		{"c.csv.pgp", sealed(one), "c.csv.pgp: the file cannot be opened: wanted a file as its ending says, OpenPGP"},
		{"c.csv.age", sealed(one)[:250], "c.csv.age: the file is incomplete: wanted an undamaged file of age, came"},
		{"c.csv.gz.gz.gz", gzipped(t, gzipped(t, gzipped(t, one))), "c.csv.gz.gz.gz: the file cannot be opened: wanted at most two containers in one another, such as .csv.gz.age"},
		{"c.csv.zip", zipped(t, "a.csv", one, "b/b.CSV", two), both},
		{"c.csv.zip", zipped(t, "read.me", "hello", "a.csv", one, "__MACOSX/a.csv", "x", "b.csv", two), both + " [read.me]"},
		{"c.csv.zip.age", sealed(zipped(t, "a.csv", one, "b.csv", two)), both},
		{"c.csv.zip", zipped(t, "a.csv.gz", gzipped(t, one), "b.csv", two), both},
		{"c.csv.zip.gz", gzipped(t, zipped(t, "a.csv.gz", gzipped(t, one))), "c.csv.zip.gz: the file cannot be opened: wanted at most two containers in one another, such as .csv.gz.age, came a.csv.gz"},
		{"c.csv.gz.zip", zipped(t, "a.csv.gz", gzipped(t, one)), "1@39+26:2"},
		{"c.csv.zip", zipped(t, "a.csv", one+"#TRAILER;1;0\n", "b.csv", two+"#TRAILER;2;0\n"), "1@39+26:2 2@118+18:5 3@137+16:6FIELD_REQUIRED"},
		{"c.csv.zip", zipped(t, "a.csv", one+"#TRAILER;1;0\n", "b.csv", two+"#TRAILER;3;0\n"), "1@39+26:2 2@118+18:5 3@137+16:6FIELD_REQUIRED c.csv.zip/b.csv:7: the trailer does not fit: wanted 2 rows, came 3"},
		{"c.csv.zip", zipped(t, "a.csv", one, "b.csv", "order_no;cancel_no;cancelled_on;reason\n"), "1@39+26:2 c.csv.zip/b.csv:3: the header cannot be read: wanted the same header line in all files of a ZIP"},
		{"c.csv.zip", zipped(t, "a.csv", one, "b.csv", ""), "1@39+26:2 c.csv.zip/b.csv: the file is empty: wanted a header line"},
		{"c.csv.zip", zipped(t, "a.csv", strings.TrimSpace(one), "b.csv", two), "c.csv.zip/a.csv:2: the file is incomplete: wanted a line end at the end of the file"},
		{"c.csv.zip", zipped(t, "a.xml", one), "[a.xml] c.csv.zip: the file is empty: wanted a ZIP with at least one CSV file"},
		{"c.csv.zip", zipped(t, "a.csv.zip", zipped(t, "a.csv", one)), "c.csv.zip: the file cannot be opened: wanted at most two containers in one another, such as .csv.gz.age, came a.csv.zip"},
		{"c.csv.zip", one, "c.csv.zip: the file cannot be opened: wanted a file as its ending says, ZIP"},
		{"c.csv.zip", zipped(t, "a.csv", one)[:60], "c.csv.zip: the file is incomplete: wanted a file that can be read to its end, came zip: not a valid zip file"},
		{"c.txt.zip", zipped(t, "a.txt", one, "b.csv", two), "1@39+26:2 [b.csv]"},
	}
	for _, tt := range tests {
		got := told(purchase.Cancellations, tt.data, formats.ReadOptions{File: tt.name, Keys: keys})
		if got != tt.want && (!strings.HasSuffix(tt.want, "came") || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s of %d bytes:\n got %s\nwant %s", tt.name, len(tt.data), got, tt.want)
		}
	}
	for name, bomb := range map[string]string{"c.csv.gz": gzipped(t, cancelHead+strings.Repeat("\n", 8<<20)), "c.csv.zip": zipped(t, "a.csv", cancelHead+strings.Repeat("\n", 8<<20))} {
		if got := told(purchase.Cancellations, bomb, formats.ReadOptions{File: name}); !strings.HasSuffix(got, "the file is too large: allowed a file that unpacks to at most 250 times its size") {
			t.Errorf("bomb %s: %s", name, got)
		}
	}
	if got := told(purchase.Cancellations, sealed(one), formats.ReadOptions{File: "c.csv.age"}); !strings.HasSuffix(got, "wanted a key in the configuration (erp.decrypt) for what is encrypted with age") {
		t.Errorf("without a key: %s", got)
	}
	other, _ := ageKeys(t)
	if got := told(purchase.Cancellations, sealed(one), formats.ReadOptions{File: "c.csv.age", Keys: other}); !strings.HasSuffix(got, "wanted a file encrypted for our key of age") {
		t.Errorf("with another key: %s", got)
	}
	if got := told(purchase.Cancellations, gzipped(t, one), formats.ReadOptions{File: "c.csv.gz", MaxSize: 60}); !strings.HasSuffix(got, "allowed a file of at most 60 bytes") {
		t.Errorf("over max_file: %s", got)
	}
}

// What is in containers is a file of the feed that the name without their
// endings says; a glob that has the ending itself still holds.
func TestFeedOfPacked(t *testing.T) {
	p, _ := formats.Lookup("kontor")
	own := p.WithFiles(map[purchase.Feed]string{purchase.Orders: "export_*.csv.gz"})
	tests := []struct {
		p    *formats.Profile
		name string
		want purchase.Feed
	}{
		{p, "orders_1.csv", purchase.Orders},
		{p, "orders_1.csv.gz", purchase.Orders},
		{p, "orders_1.csv.gz.age", purchase.Orders},
		{p, "invoices_1.csv.ZIP", purchase.Invoices},
		{p, "payments_1.zip", purchase.Payments},
		{p, "payments_1.xml.gz", purchase.Payments},
		{p, "orders_1.gz", 0},
		{p, "orders_1.csv.sig", 0},
		{own, "export_1.csv.gz", purchase.Orders},
		{own, "export_1.csv.gz.pgp", purchase.Orders},
		{own, "export_1.csv", 0},
	}
	for _, tt := range tests {
		if got, _ := tt.p.FeedOf(tt.name); got != tt.want {
			t.Errorf("FeedOf(%q) = %v; want %v", tt.name, got, tt.want)
		}
	}
}

// The content of a file has at the place of each row what the row was read from,
// in whatever order it is asked, and the rejected rows are those that came.
func TestContent(t *testing.T) {
	keys, sealed := ageKeys(t)
	one, two := cancelHead+cancelOne, cancelHead+cancelTwo
	for name, data := range map[string]string{
		"c.csv": one + cancelTwo, "c.csv.gz": gzipped(t, one+cancelTwo), "c.csv.gz.age": sealed(gzipped(t, one+cancelTwo)),
		"c.csv.zip": zipped(t, "a.csv", one, "b.csv", two), "c.csv.zip.age": sealed(zipped(t, "a.csv", one, "b.csv", two)),
	} {
		o := formats.ReadOptions{File: name, Keys: keys}
		content, err := formats.OpenContent(purchase.Cancellations, strings.NewReader(data), o)
		if err != nil {
			t.Fatal(name, err)
		}
		p, _ := formats.Lookup("kontor")
		rows, refused := []formats.Row{}, (*formats.FileError)(nil)
		r := p.Read(purchase.Cancellations, strings.NewReader(data), o)
		for row := range r.Rows() {
			rows = append(rows, row)
		}
		if refused = r.Err(); refused != nil || len(rows) != 3 {
			t.Fatal(name, rows, refused)
		}
		for _, i := range []int{2, 0, 1} {
			want := strings.Split(cancelOne+cancelTwo, "\n")[i]
			got := make([]byte, rows[i].Length)
			if _, err := content.ReadAt(got, rows[i].Offset); err != nil || string(got) != want {
				t.Errorf("%s: row %d is %q, %v; want %q", name, i+1, got, err, want)
			}
		}
		var b bytes.Buffer
		w, err := p.NewRejectedWriter(&b, content)
		if err != nil {
			t.Fatal(name, err)
		}
		err = w.Write(formats.Reject{Offset: rows[2].Offset, Length: rows[2].Length, Code: purchase.FieldRequired, Message: "m"})
		if err == nil {
			err = w.Flush()
		}
		w.Close()
		if want := strings.TrimSpace(cancelHead) + ";kontor_code;kontor_message\nST3;;2026-10-01;;FIELD_REQUIRED;m\n"; err != nil || b.String() != want {
			t.Errorf("%s: rejected rows %q, %v; want %q", name, b.String(), err, want)
		}
		starts, err := content.Starts()
		if err != nil || (len(starts) == 2) != strings.Contains(name, "zip") {
			t.Errorf("%s: tables begin at %v, %v", name, starts, err)
		}
	}
}

// A bank's statement comes packed too, as XML or as CSV.
func TestPackedStatements(t *testing.T) {
	_, sealed := ageKeys(t)
	csv := "payment_id;account;booked_on;amount;currency\nZ1;DE02120300000000202051;2026-10-12;55.00;EUR\n"
	for name, data := range map[string]string{"payments_1.csv.gz": gzipped(t, csv), "payments_1.zip": zipped(t, "a.csv", csv)} {
		if got := told(purchase.Payments, data, formats.ReadOptions{File: name}); got != "1@45+46:2" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := told(purchase.Payments, sealed(csv), formats.ReadOptions{File: "payments_1.csv.age"}); !strings.Contains(got, "wanted a key") {
		t.Error(got)
	}
}
