package formats_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func sampleBatch(t testing.TB) []byte {
	t.Helper()
	day := schedules.NewDate(2026, 10, 2)
	records := []formats.BatchRecord{
		{Record: purchase.Order{OrderNo: "A1", OrderDate: day, Currency: "EUR", Gross: 1050, CustomerNo: "K1", CustomerType: purchase.B2C, LastName: `Mü"ller; & Co`}},
		{Record: purchase.Order{OrderNo: "A2", OrderDate: day, Currency: "EUR", Gross: 50, CustomerNo: "K1", CustomerType: purchase.B2C}},
		{Record: purchase.Cancellation{CancelNo: "S1", OrderNo: "A2", CancelledOn: day}},
		{Record: purchase.Command{CommandNo: "C1", Kind: purchase.Decide, Day: day, Subject: "A1", Argument: "ACCEPTED", Operator: "ada", Reason: "x"}},
	}
	var b bytes.Buffer
	z := formats.NewBatchZip(&b, formats.Manifest{Merchant: "acme", Number: 42, Created: time.Date(2026, 10, 2, 12, 0, 0, 0, time.FixedZone("", 7200))})
	for i, r := range records {
		source := purchase.Source{SHA256: strings.Repeat("ab", 32), Name: "f.csv", Row: int64(i + 1)}
		if r.Record.Feed() == purchase.Commands {
			source = purchase.Source{}
		}
		if err := z.Write(r.Record, source); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Write(records[0].Record, purchase.Source{}); err == nil {
		t.Error("an order after a command was written")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBatchZip(t *testing.T) {
	raw := sampleBatch(t)
	if !bytes.Equal(raw, sampleBatch(t)) {
		t.Error("the same records gave other bytes")
	}
	b, err := formats.OpenBatch(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range b.Manifest.Files {
		got = append(got, strings.Join([]string{f.Name, f.SumGross.String()}, " "))
	}
	if diff := cmp.Diff([]string{"orders.csv 11.00", "cancellations.csv 0.00", "operator.csv 0.00"}, got); diff != "" {
		t.Error(diff)
	}
	if err := b.Verify(); err != nil || b.Manifest.Number != 42 || formats.BatchName("acme", 42) != "B000042_acme.zip" {
		t.Errorf("batch %d: %v", b.Manifest.Number, err)
	}
}

// repack copies a batch and changes the content of its files.
func repack(t *testing.T, raw []byte, change func(name, content string) string, add ...string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name, content string) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.File {
		c, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		if text := change(f.Name, string(content)); text != "" {
			put(f.Name, text)
		}
	}
	for _, name := range add {
		put(name, "x\n")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBatchTampered(t *testing.T) {
	raw := sampleBatch(t)
	in := func(file, old, text string) func(string, string) string {
		return func(name, content string) string {
			if name == file {
				return strings.Replace(content, old, text, 1)
			}
			return content
		}
	}
	without := func(file string) func(string, string) string {
		return func(name, content string) string {
			if name == file {
				return ""
			}
			return content
		}
	}
	same := func(_, content string) string { return content }
	tests := []struct {
		name string
		raw  []byte
	}{
		{"no zip", []byte("order_no;x\n")},
		{"cut", raw[:len(raw)-5]},
		{"no manifest", repack(t, raw, without("manifest.json"))},
		{"a file is missing", repack(t, raw, without("orders.csv"))},
		{"a file too many", repack(t, raw, same, "invoices.csv")},
		{"an unknown file", repack(t, raw, same, "../x.csv")},
		{"a file twice", repack(t, raw, same, "orders.csv")},
		{"another format", repack(t, raw, in("manifest.json", `"format": 1`, `"format": 2`))},
		{"another sum", repack(t, raw, in("manifest.json", `"sum_gross": 1100`, `"sum_gross": 1101`))},
		{"another count", repack(t, raw, in("manifest.json", `"records": 2`, `"records": 3`))},
		{"another amount", repack(t, raw, in("orders.csv", "10.50", "10.51"))},
		{"another name", repack(t, raw, in("orders.csv", "ller", "llers"))},
		{"a blank line more", repack(t, raw, in("operator.csv", "\n", "\n\n"))},
	}
	for _, tt := range tests {
		b, err := formats.OpenBatch(bytes.NewReader(tt.raw), int64(len(tt.raw)))
		if err == nil {
			err = b.Verify()
		}
		if !errors.Is(err, formats.ErrBatch) {
			t.Errorf("%s: %v, want ErrBatch", tt.name, err)
		}
	}
}

// What opens and verifies has as many records as its manifest says.
func FuzzOpenBatch(f *testing.F) {
	f.Add(sampleBatch(f))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := formats.OpenBatch(bytes.NewReader(raw), int64(len(raw)))
		if err != nil || b.Verify() != nil {
			return
		}
		for i, feed := range b.Feeds() {
			var n int64
			for range b.Records(feed) {
				n++
			}
			if want := b.Manifest.Files[i].Records; n != want {
				t.Errorf("%d records of %s, the manifest says %d", n, feed, want)
			}
		}
	})
}
