package formats_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// FuzzPacked: whatever a container holds, or says that it holds, the file is
// refused with a code or each row has a verdict; and what the content of the file
// has at the place of a row reads as that row again. A text that is packed has the
// rows that it has as it is.
func FuzzPacked(f *testing.F) {
	one, two := cancelHead+cancelOne, cancelHead+cancelTwo
	f.Add([]byte(gzipped(f, one)), uint8(0))
	f.Add([]byte(zipped(f, "a.csv", one, "b.csv", two)), uint8(1))
	f.Add([]byte(zipped(f, "a.csv.gz", gzipped(f, one), "b.csv", two)), uint8(1))
	f.Add([]byte(gzipped(f, zipped(f, "a.csv", one))), uint8(2))
	f.Add([]byte(zipped(f, "a.csv.gz", gzipped(f, one))), uint8(3))
	f.Add([]byte(one+cancelTwo+"#TRAILER;3;0\n"), uint8(4))
	f.Add([]byte(one+cancelTwo+"#TRAILER;3;0\n"), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		names := []string{"c.csv.gz", "c.csv.zip", "c.csv.zip.gz", "c.csv.gz.zip"}
		switch n := int(which) % 6; n {
		case 4:
			samePacked(t, data, gzipped(t, string(data)), "c.csv.gz")
		case 5:
			samePacked(t, data, zipped(t, "c.csv", string(data)), "c.csv.zip")
		default:
			placed(t, data, names[n])
		}
	})
}

func rowsIn(data []byte, name string) (rows []formats.Row, refused *formats.FileError) {
	p, _ := formats.Lookup("kontor")
	r := p.Read(purchase.Cancellations, bytes.NewReader(data), formats.ReadOptions{File: name})
	for row := range r.Rows() {
		rows = append(rows, row)
	}
	return rows, r.Err()
}

// placed reads each row again from the content of its file.
func placed(t *testing.T, data []byte, name string) {
	rows, refused := rowsIn(data, name)
	if refused != nil {
		if refused.Code == "" || refused.Want == "" {
			t.Errorf("refused without a reason: %#v", refused)
		}
		return
	}
	content, err := formats.OpenContent(purchase.Cancellations, bytes.NewReader(data), formats.ReadOptions{File: name})
	if err != nil {
		t.Fatalf("%d rows were read, and now %v", len(rows), err)
	}
	header, _, _ := strings.Cut(readTo(t, content, 0, 1<<16), "\n")
	for _, row := range rows {
		text := readTo(t, content, row.Offset, row.Length)
		again, _ := rowsIn([]byte(header+"\n"+text+"\n"), "c.csv")
		if len(again) != 1 || again[0].Record != row.Record || len(again[0].Errors) != len(row.Errors) {
			t.Fatalf("%q at %d of %q is read as %+v, was %+v", text, row.Offset, name, again, row)
		}
	}
}

func readTo(t *testing.T, content *formats.Content, from, length int64) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(content, from, length))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// samePacked compares a text with itself in a container.
func samePacked(t *testing.T, text []byte, packed, name string) {
	want, refused := rowsIn(text, "c.csv")
	got, refusedPacked := rowsIn([]byte(packed), name)
	if (refused == nil) != (refusedPacked == nil) || refused != nil && (refused.Code != refusedPacked.Code || refused.Line != refusedPacked.Line) {
		t.Fatalf("refused %v; packed %v", refused, refusedPacked)
	}
	if refused != nil {
		return
	}
	if len(want) != len(got) {
		t.Fatalf("%d rows, packed %d", len(want), len(got))
	}
	for i := range want {
		if want[i].Record != got[i].Record || want[i].Offset != got[i].Offset || want[i].Line != got[i].Line {
			t.Fatalf("row %+v, packed %+v", want[i], got[i])
		}
	}
}
