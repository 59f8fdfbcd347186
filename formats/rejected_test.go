package formats

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func rejectedRows(t *testing.T, p *Profile, feed purchase.Feed, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := p.NewRejectedWriter(&b, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range read(p, feed, data, ReadOptions{}).rows {
		if row.Record != nil {
			continue
		}
		reject := Reject{Offset: row.Offset, Length: row.Length, Code: row.Errors[0].Code, Message: Messages(German, row.Errors)}
		if err := w.Write(reject); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRejectedRows(t *testing.T) {
	data := "Stornonummer;Auftragsnummer;Stornodatum;Grund\r\n" +
		"ST1;A1;01.10.2026;gut\r\n" +
		"ST2;;31.02.2026;sch\xf6n; f\xfcr \"Anna\"\r\n" +
		"ST3;A3;2026-10-01;\"f\xfcr; Anna\"\r\n"
	want := "Stornonummer;Auftragsnummer;Stornodatum;Grund;kontor_code;kontor_message\r\n" +
		"ST2;;31.02.2026;sch\xf6n; f\xfcr \"Anna\";ROW_COLUMNS;Zeile nicht lesbar: erwartet: Anf\xfchrungszeichen nur um ganze Felder, innen verdoppelt oder maskiert\r\n" +
		"ST3;A3;2026-10-01;\"f\xfcr; Anna\";FIELD_FORMAT;\"Spalte Stornodatum: \"\"2026-10-01\"\", erwartet: ein Datum wie 01.10.2026\"\r\n"
	got := rejectedRows(t, profile(t, "actindo"), purchase.Cancellations, []byte(data))
	if string(got) != want {
		t.Errorf("rejected rows:\n%q\nwant\n%q", got, want)
	}
}

// Corrected in a text editor and dropped in again, the rows are good.
func TestCorrectedRowsAreRead(t *testing.T) {
	data := cancelHeader + "ST1;A1;2026-10-0x;ä;\nST2;A1;2026-10-0x;ä\nST3;A1;2026-10-01;\n"
	for name, p := range dialects(t) {
		if p.feeds[purchase.Cancellations].headings[0] != "cancel_no" || p.dialect.date.text != "YYYY-MM-DD" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(data, ";", string(rune(p.dialect.delimiter)))
			original, err := p.dialect.charset.append(p.dialect.charset.preamble(), text)
			if err != nil {
				t.Fatal(err)
			}
			rejected := rejectedRows(t, p, purchase.Cancellations, original)
			x, _ := p.dialect.charset.append(nil, "0x")
			one, _ := p.dialect.charset.append(nil, "01")
			v := read(p, purchase.Cancellations, bytes.ReplaceAll(rejected, x, one), ReadOptions{})
			// The first row has a cell too many: with our two columns it is
			// still not a row.
			if v.codes() != "1:ROW_COLUMNS" || len(v.rows) != 2 || len(v.unknown) > 0 {
				t.Errorf("%d rows, %s (%v), unknown %q of\n%s", len(v.rows), v.codes(), v.err, v.unknown, rejected)
			}
		})
	}
}

func TestRejectedRowsOfBigEndianFile(t *testing.T) {
	big, p := build(t, Config{Charset: "utf-16be"}), build(t, Config{Charset: "utf-16"})
	original, err := big.dialect.charset.append(big.dialect.charset.preamble(), cancelHeader+"ST1;A1;2026-10-0x;\r\n")
	if err != nil {
		t.Fatal(err)
	}
	v := read(p, purchase.Cancellations, rejectedRows(t, p, purchase.Cancellations, original), ReadOptions{})
	if v.codes() != "1:FIELD_FORMAT cancelled_on" || len(v.unknown) > 0 {
		t.Errorf("codes %s (%v), unknown %q", v.codes(), v.err, v.unknown)
	}
}

func TestRejectedWriterTellsOfShortOriginals(t *testing.T) {
	p := profile(t, "kontor")
	if _, err := p.NewRejectedWriter(&bytes.Buffer{}, strings.NewReader("")); err == nil {
		t.Error("an empty original has a header")
	}
	w, err := p.NewRejectedWriter(&bytes.Buffer{}, strings.NewReader(cancelHeader))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Reject{Offset: 10, Length: 1000}); err == nil {
		t.Error("a row beyond the end is copied")
	}
	if w.Flush() == nil {
		t.Error("Flush forgets the error")
	}
}
