package formats

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// dialects are profiles as merchants might configure them.
func dialects(t testing.TB) map[string]*Profile {
	return map[string]*Profile{
		"kontor":    profile(t, "kontor"),
		"actindo":   profile(t, "actindo"),
		"tab":       build(t, Config{Delimiter: "tab", Date: "YYYY/MM/DD", Time: "hh:mm"}),
		"comma":     build(t, Config{Delimiter: ",", Decimal: ",", Grouping: "'", LineEnd: "crlf"}),
		"cp850":     build(t, Config{Base: "actindo", Charset: "cp850", Grouping: "none"}),
		"latin9":    build(t, Config{Charset: "iso-8859-15", Quote: "'", Delimiter: "|"}),
		"utf16le":   build(t, Config{Charset: "utf-16le", Date: "D.M.YYYY"}),
		"utf16be":   build(t, Config{Base: "actindo", Charset: "utf-16be"}),
		"utf16":     build(t, Config{Charset: "utf-16", Delimiter: "tab"}),
		"backslash": build(t, Config{Escape: `\`, Grouping: " ", Decimal: ","}),
		"renamed": build(t, Config{Base: "actindo", Feeds: map[string]FeedConfig{
			"orders": {
				Columns:  map[string]string{"order_no": "Bestell-Nr"},
				Values:   map[string]map[string]string{"customer_type": {"P": "B2C", "G": "B2B"}},
				Document: DocumentConfig{Column: "Art", Codes: []string{"order", "Order"}},
			},
		}}),
	}
}

// plainText holds what every dialect above can write, quotes and delimiters
// included.
var plainText = rapid.StringMatching(`[a-zA-Z0-9äöüÄÖÜß.,;:|'"\\/+=@#& -]{0,20}`)

// cellValue draws a value that the column accepts, in its stored form.
func cellValue(t *rapid.T, c *column, field any) {
	empty := !c.always && rapid.Bool().Draw(t, c.name+" empty")
	switch field := field.(type) {
	case *money.Amount:
		*field = money.Amount(rapid.Int64Range(1, int64(maxAmount)).Draw(t, c.name))
		if c.minus && rapid.Bool().Draw(t, "minus") {
			*field = -*field
		}
	case *schedules.Date:
		*field = schedules.Date(rapid.Int32Range(int32(schedules.NewDate(1900, 1, 1)), int32(schedules.NewDate(2199, 12, 31))).Draw(t, c.name))
	case *purchase.Days:
		*field = purchase.Days{N: rapid.IntRange(0, maxDays).Draw(t, c.name), Given: true}
	case *bool:
		*field = rapid.Bool().Draw(t, c.name)
	case *string:
		*field = textValue(t, c)
	}
	if empty && c.dflt == "" {
		clearField(field)
	}
}

func textValue(t *rapid.T, c *column) string {
	switch c.kind {
	case currencyCell:
		return rapid.StringMatching(`[A-Z]{3}`).Draw(t, c.name)
	case countryCell:
		return rapid.StringMatching(`[A-Z]{2}`).Draw(t, c.name)
	case accountCell:
		return rapid.StringMatching(`[A-Z]{2}[0-9]{20}`).Draw(t, c.name)
	case choiceCell:
		return rapid.SampledFrom(c.choices).Draw(t, c.name)
	case documentCell:
		return rapid.StringMatching(`[A-Z][A-Za-z0-9;"/ -]{0,20}[0-9]`).Draw(t, c.name)
	case debtorCell:
		return rapid.StringMatching(`[1-9][0-9]{4,8}`).Draw(t, c.name)
	case numberCell:
		return rapid.StringMatching(`[A-Z0-9+=]{1,20}`).Draw(t, c.name)
	}
	return strings.TrimSpace(plainText.Draw(t, c.name))
}

func drawRecord(t *rapid.T, s *schema) purchase.Record {
	target := newTarget(s)
	for i := range s.columns {
		cellValue(t, &s.columns[i], target.fields[i])
	}
	switch r := target.record.Addr().Interface().(type) {
	case *purchase.Invoice:
		r.DueDate = max(r.DueDate, r.InvoiceDate)
	case *purchase.Shipment:
		r.DueDate = max(r.DueDate, r.InvoiceDate)
	case *purchase.Return:
		r.Gross = max(r.Gross, 1)
		if r.InvoiceNo == "" && r.OrderNo == "" {
			r.OrderNo = "A1"
		}
	case *purchase.Instruction:
		r.Amount = max(r.Amount, 1)
	}
	return target.value()
}

// ofFile drops what stands in batches only.
func ofFile(r purchase.Record) purchase.Record {
	p, ok := r.(purchase.Payment)
	if !ok {
		return r
	}
	p.Purpose, p.EndToEndID = "", ""
	return p
}

// What a profile writes it reads back as it was, in every dialect.
func TestWrittenIsReadBack(t *testing.T) {
	for name, p := range dialects(t) {
		for _, feed := range purchase.Feeds() {
			t.Run(name+"/"+feed.String(), func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) purchase.Record {
						return ofFile(drawRecord(t, schemaOf(feed)))
					}), 0, 3).Draw(t, "records")
					writtenIsReadBack(t, p, feed, records)
				})
			})
		}
	}
}

func writtenIsReadBack(t *rapid.T, p *Profile, feed purchase.Feed, records []purchase.Record) {
	var b bytes.Buffer
	w := p.NewWriter(&b, feed, p.feeds[feed].columns(schemaOf(feed), true)...)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Trailer(); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	v := read(p, feed, b.Bytes(), ReadOptions{})
	if v.codes() != "" || len(v.rows) != len(records) || len(v.unknown) > 0 {
		t.Fatalf("%d rows, %s (%v), unknown %q of\n%s", len(v.rows), v.codes(), v.err, v.unknown, b.Bytes())
	}
	for i, row := range v.rows {
		if row.Record != records[i] {
			t.Fatalf("row %d: %s\nfile:\n%s", i+1, cmp.Diff(records[i], row.Record), b.Bytes())
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	p := profile(t, "actindo")
	if err := p.NewWriter(&b, purchase.Orders, "order_nr").Flush(); err == nil || !strings.Contains(err.Error(), "order_nr") {
		t.Errorf("unknown column: %v", err)
	}
	w := p.NewWriter(&b, purchase.Cancellations)
	if err := w.Write(purchase.Order{OrderNo: "A1"}); err == nil {
		t.Error("an order in a file of cancellations is accepted")
	}
	if err := w.Write(purchase.Cancellation{CancelNo: "ST1", Reason: "Łódź"}); err == nil || !strings.Contains(err.Error(), "windows-1252") {
		t.Errorf("character that the charset lacks: %v", err)
	}
	if err := w.Write(purchase.Cancellation{CancelNo: "ST1", Reason: "a\nb"}); err == nil {
		t.Error("a line break in a cell is accepted")
	}
	if err := w.Write(&purchase.Cancellation{CancelNo: "ST2", OrderNo: "A2", CancelledOn: exampleDate}); err != nil {
		t.Errorf("after refused rows: %v", err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "Belegart;Stornonummer;Auftragsnummer;Stornodatum;Grund\r\nST;ST2;A2;01.10.2026;\r\n"
	if b.String() != want {
		t.Errorf("written:\n%q; want\n%q", b.String(), want)
	}
	if err := build(t, Config{Quote: none}).NewWriter(&b, purchase.Cancellations).Write(purchase.Cancellation{CancelNo: "a;b"}); err == nil {
		t.Error("a delimiter in a cell without quotes is accepted")
	}
}

func TestWriterOfChosenColumns(t *testing.T) {
	var b bytes.Buffer
	w := profile(t, "actindo").NewWriter(&b, purchase.Orders, "customer_type", DocumentColumn, "gross_amount", "order_no")
	if err := w.Write(purchase.Order{OrderNo: "A1", Gross: 123456, CustomerType: purchase.B2B}); err != nil {
		t.Fatal(err)
	}
	if err := w.Trailer(); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "Kundentyp;Belegart;Bruttobetrag;Auftragsnummer\r\nFirma;AB;1234,56;A1\r\n#TRAILER;1;1234,56\r\n"; b.String() != want {
		t.Errorf("written %q; want %q", b.String(), want)
	}
}

func drawSource(t *rapid.T) purchase.Source {
	return purchase.Source{
		SHA256: rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "sha"),
		Name:   rapid.StringMatching(`[a-zäöü";_ .]{0,20}`).Draw(t, "name"),
		Row:    rapid.Int64().Draw(t, "row"),
	}
}

// ReadBatch is the inverse of BatchWriter; and what it finds by hand, the
// reader of foreign files finds by gocsv's mapping.
func TestBatchesAreReadBack(t *testing.T) {
	for feed := purchase.Orders; feed <= purchase.Commands; feed++ {
		t.Run(feed.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) BatchRecord {
					return BatchRecord{Record: drawRecord(t, schemaOf(feed)), Source: drawSource(t)}
				}), 0, 3).Draw(t, "records")
				batchIsReadBack(t, feed, records)
			})
		})
	}
}

func batchIsReadBack(t *rapid.T, feed purchase.Feed, records []BatchRecord) {
	var b bytes.Buffer
	w := NewBatchWriter(&b, feed)
	for _, r := range records {
		if err := w.Write(r.Record, r.Source); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []BatchRecord
	for r, err := range ReadBatch(bytes.NewReader(b.Bytes()), feed) {
		if err != nil {
			t.Fatalf("%v of\n%s", err, b.Bytes())
		}
		got = append(got, r)
	}
	if !slices.Equal(got, records) {
		t.Fatalf("differs: %s", cmp.Diff(records, got))
	}
	if feed == purchase.Commands {
		return
	}
	p, _ := Lookup("kontor")
	for i, row := range read(p, feed, b.Bytes(), ReadOptions{}).rows {
		if want := ofFile(records[i].Record); row.Record != want {
			t.Fatalf("by gocsv: %s", cmp.Diff(want, row.Record))
		}
	}
}

// A batch that was made before the last columns were known is taken as it is.
func TestBatchesOfOlderVersions(t *testing.T) {
	columns := invoices.names()
	old := strings.Join(append(columns[:len(columns)-1], sourceColumns...), ";") + "\nRE1;A1;2026-10-01;EUR;10.00;;;;Y;x;y;1\n"
	n := 0
	for r, err := range ReadBatch(strings.NewReader(old), purchase.Invoices) {
		i, _ := r.Record.(purchase.Invoice)
		if err != nil || !i.DefaultNotice || i.DebtorAccount != "" || r.Source != (purchase.Source{SHA256: "x", Name: "y", Row: 1}) {
			t.Errorf("read %+v, %v", r, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d records; want 1", n)
	}
	older := strings.Join(append(columns[:len(columns)-2], sourceColumns...), ";") + "\n"
	for _, err := range ReadBatch(strings.NewReader(older), purchase.Invoices) {
		if err == nil {
			t.Error("a header without default_notice is taken")
		}
	}
}

func TestBrokenBatches(t *testing.T) {
	head := strings.Join(append(cancellations.names(), sourceColumns...), ";") + "\n"
	for name, data := range map[string]string{
		"empty":               "",
		"other header":        "cancel_no;order_no\n",
		"short row":           head + "ST1;A1\n",
		"bad date":            head + "ST1;A1;01.10.2026;;x;y;1\n",
		"bad row number":      head + "ST1;A1;2026-10-01;;x;y;one\n",
		"cut":                 head + "ST1;A1;2026-10-01;;x;y;1",
		"open quote":          head + "\"ST1;A1;2026-10-01;;x;y;1\n",
		"not utf-8":           head + "ST\xff;A1;2026-10-01;;x;y;1\n",
		"header of a foreign": "cancel_no;order_no;cancelled_on;reason;source_sha256;source_row;source_name\n",
	} {
		n := 0
		for _, err := range ReadBatch(strings.NewReader(data), purchase.Cancellations) {
			if err == nil {
				t.Errorf("%s: a record without error", name)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%s: %d errors; want 1", name, n)
		}
	}
	var b bytes.Buffer
	if err := NewBatchWriter(&b, purchase.Commands).Write(purchase.Command{Reason: "a\nb"}, purchase.Source{}); err == nil {
		t.Error("a line break goes into a batch")
	}
	if err := NewBatchWriter(&b, 0).Flush(); err == nil {
		t.Error("a batch of no feed is written")
	}
}

// Profiles are shared: readers of many goroutines do not disturb each other.
func TestReadersSideBySide(t *testing.T) {
	p := profile(t, "actindo")
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			var b bytes.Buffer
			w := p.NewWriter(&b, purchase.Cancellations)
			for i := range 50 {
				if err := w.Write(purchase.Cancellation{CancelNo: fmt.Sprintf("ST%d-%d", g, i), OrderNo: "A1", CancelledOn: exampleDate}); err != nil {
					t.Error(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Error(err)
			}
			for i, row := range read(p, purchase.Cancellations, b.Bytes(), ReadOptions{}).rows {
				if want := fmt.Sprintf("ST%d-%d", g, i); row.Record == nil || row.Record.Number() != want {
					t.Errorf("row %d: %v; want %s", i, row.Record, want)
				}
			}
		})
	}
	wg.Wait()
}
