package formats

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// FuzzRead: whatever comes, each row is a record or has errors, and what was
// read is written and read back as the same.
func FuzzRead(f *testing.F) {
	names := []string{"kontor", "actindo", "tab", "utf16", "backslash"}
	for i, name := range []string{"kontor", "actindo"} {
		for _, feed := range purchase.Feeds() {
			data, err := os.ReadFile(filepath.Join("testdata", name, feed.String()+".csv"))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, uint8(feed), uint8(i))
		}
	}
	all := dialects(f)
	f.Fuzz(func(t *testing.T, data []byte, n, which uint8) {
		feed := purchase.Feeds()[int(n)%8]
		p := all[names[int(which)%len(names)]]
		if feed == purchase.Payments && kindOf(data) != textFile {
			return // see FuzzBankStatement
		}
		v := read(p, feed, data, ReadOptions{})
		sound(t, p.Name, data, v)
		for _, row := range v.rows {
			if row.Record == nil {
				continue
			}
			var b bytes.Buffer
			w := p.NewWriter(&b, feed, p.feeds[feed].columns(schemaOf(feed), true)...)
			if err := w.Write(row.Record); err != nil {
				t.Fatalf("%v: %v", row.Record, err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			again := read(p, feed, b.Bytes(), ReadOptions{})
			if len(again.rows) != 1 || again.rows[0].Record != row.Record {
				t.Fatalf("%#v\nis read back as\n%+v, %v", row.Record, again.rows, again.err)
			}
		}
	})
}

// FuzzSplit: what splits is put together and split again to the same.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{`a;b`, `"a;b";""`, `"a""b"`, `"a\"b\\"`, `;`, `"`, `a"b`} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, line string, backslash bool) {
		d := canonical()
		d.backslash = backslash
		cells, fault := d.split(line, nil)
		if fault != whole || strings.ContainsAny(line, "\r\n") {
			return
		}
		cells = slices.Clone(cells)
		var b bytes.Buffer
		e := newEncoder(&b, &d)
		if err := e.line(cells); err != nil {
			t.Fatal(err)
		}
		if err := e.flush(); err != nil {
			t.Fatal(err)
		}
		again, fault := d.split(strings.TrimSuffix(b.String(), "\n"), nil)
		if fault != whole || !slices.Equal(cells, again) {
			t.Errorf("%q → %q → %q → %q, %d", line, cells, b.String(), again, fault)
		}
	})
}

// FuzzAmount: what parses prints back to the same amount.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1.234,56", "1234.56", "-0,01", "1e3", "99999999999.99", "1.234", ",5"} {
		f.Add(s)
	}
	kontor, actindo := profile(f, "kontor"), profile(f, "actindo")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []*Profile{kontor, actindo} {
			a, fault := p.dialect.parseAmount(s)
			if fault != fine {
				continue
			}
			again, fault := p.dialect.parseAmount(a.Format(p.dialect.decimal))
			if fault != fine || a != again || a.Abs() > maxAmount {
				t.Errorf("%s: %q is %v, printed and read again %v", p.Name, s, a, again)
			}
		}
	})
}

// FuzzDate: what parses prints back to the same cell, in layouts of fixed
// width.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-10-02", "02.10.2026", "2024-02-29", "0026-01-01", "31.02.2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range []dialect{canonical(), {date: germanDates()}} {
			day, fault := d.parseDate(s)
			if fault == fine && d.formatDate(day) != s {
				t.Errorf("%q is %v, printed %q", s, day, d.formatDate(day))
			}
		}
	})
}

// FuzzConfig: a config that is accepted writes files that it reads.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("base: actindo\ndelimiter: ','\ncharset: utf-8\nfeeds: {cancellations: {columns: {order_no: Nr}, trailer: required}}\n"))
	f.Add([]byte("delimiter: tab\nquote: none\ndecimal: ','\ngrouping: .\ndate: D/M/YYYY\ntime: hh:mm\n"))
	f.Add([]byte("feeds: {cancellations: {fixed: {reason: x}, values: {reason: {a: b}}, document: {column: A, codes: [ST]}}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Config
		if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
			return
		}
		p, err := c.Build("fuzz", Lookup)
		if err != nil {
			return
		}
		want := purchase.Cancellation{CancelNo: "ST1", OrderNo: "A1", CancelledOn: exampleDate}
		var b bytes.Buffer
		w := p.NewWriter(&b, purchase.Cancellations)
		if err := w.Write(want); err != nil {
			return // a heading or code that the charset or the quotes do not allow
		}
		if w.Trailer() != nil || w.Flush() != nil {
			t.Fatal("written row without trailer")
		}
		v := read(p, purchase.Cancellations, b.Bytes(), ReadOptions{})
		if len(v.rows) == 1 && v.rows[0].Record != nil {
			got := v.rows[0].Record.(purchase.Cancellation)
			got.Reason = "" // may be fixed
			if got != want || v.err != nil {
				t.Errorf("%+v, %v; want %+v of\n%s", got, v.err, want, b.Bytes())
			}
			return
		}
		t.Errorf("config\n%s\nwrites\n%q\nand reads %s (%v)", text, b.Bytes(), v.codes(), v.err)
	})
}

// FuzzReadBatch: what is read is written and read back as the same.
func FuzzReadBatch(f *testing.F) {
	head := strings.Join(append(cancellations.names(), sourceColumns...), ";") + "\n"
	f.Add([]byte(head+"ST1;A1;2026-10-01;\"a;\"\"b\";aa;f.csv;1\n"), uint8(purchase.Cancellations))
	f.Add([]byte(head+"\n"), uint8(purchase.Cancellations))
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		feed := purchase.Feed(n%9) + 1
		for r, err := range ReadBatch(bytes.NewReader(data), feed) {
			if err != nil {
				return
			}
			var b bytes.Buffer
			w := NewBatchWriter(&b, feed)
			if err := w.Write(r.Record, r.Source); err != nil {
				continue // control characters
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			for again, err := range ReadBatch(bytes.NewReader(b.Bytes()), feed) {
				if err != nil || again != r {
					t.Fatalf("%+v is read back as %+v, %v", r, again, err)
				}
			}
		}
	})
}
