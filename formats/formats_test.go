package formats

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

var update = flag.Bool("update", false, "rewrite golden files; read the diff before")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func profile(t testing.TB, name string) *Profile {
	t.Helper()
	p, ok := Lookup(name)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return p
}

// A verdict is what reading a file said, as far as tests compare it.
type verdict struct {
	rows    []Row
	err     *FileError
	unknown []string
}

func read(p *Profile, feed purchase.Feed, data []byte, o ReadOptions) verdict {
	if o.File == "" {
		o.File = "f.csv"
	}
	r := p.Read(feed, bytes.NewReader(data), o)
	var v verdict
	for row := range r.Rows() {
		v.rows = append(v.rows, row)
	}
	v.err, v.unknown = r.Err(), r.UnknownColumns()
	return v
}

// codes lists "row:CODE column" of bad rows and the file's code.
func (v verdict) codes() string {
	var parts []string
	for _, row := range v.rows {
		for _, e := range row.Errors {
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d:%s %s", row.Row, e.Code, e.Column)))
		}
	}
	if v.err != nil {
		parts = append(parts, string(v.err.Code))
	}
	return strings.Join(parts, ", ")
}

func TestGoldenFiles(t *testing.T) {
	for _, name := range []string{"kontor", "actindo"} {
		for _, feed := range purchase.Feeds() {
			t.Run(name+"/"+feed.String(), func(t *testing.T) {
				p := profile(t, name)
				data, err := os.ReadFile(filepath.Join("testdata", name, feed.String()+".csv"))
				if err != nil {
					t.Fatal(err)
				}
				v := read(p, feed, data, ReadOptions{File: feed.String() + ".csv"})
				golden(t, filepath.Join(name, feed.String()+".golden"), v.print(t, data))
			})
		}
	}
}

func (v verdict) print(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	for _, row := range v.rows {
		span := data[row.Offset : row.Offset+row.Length]
		if row.Last == row.Line && bytes.ContainsAny(span, "\r\n") || row.Offset > 0 && data[row.Offset-1] != '\n' {
			t.Errorf("row %d: span %q is not a line", row.Row, span)
		}
		lines := fmt.Sprintf("line %d", row.Line)
		if row.Last > row.Line {
			lines = fmt.Sprintf("lines %d-%d", row.Line, row.Last)
		}
		fmt.Fprintf(&b, "row %d, %s, bytes %d+%d", row.Row, lines, row.Offset, row.Length)
		if row.Account != "" {
			fmt.Fprintf(&b, ", account %s", row.Account)
		}
		if row.Record != nil {
			text, err := json.Marshal(row.Record)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "\n  %s\n", text)
			continue
		}
		for _, e := range row.Errors {
			fmt.Fprintf(&b, "\n  %s %v\n  %s", e.Code, e, e.Message(German))
		}
		b.WriteByte('\n')
	}
	if v.err != nil {
		fmt.Fprintf(&b, "%s %v\n%s\n", v.err.Code, v.err, v.err.Message(German))
	}
	fmt.Fprintf(&b, "unknown columns: %q\n", v.unknown)
	return b.Bytes()
}
