package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func tortureFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir("testdata/torture", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

// sound checks what holds for any input: a row is a record or has errors,
// rows are numbered, lines rise, spans lie in the file and do not overlap.
func sound(t *testing.T, what string, data []byte, v verdict) {
	t.Helper()
	end, line := int64(0), int64(1)
	for i, row := range v.rows {
		if (row.Record == nil) == (len(row.Errors) == 0) {
			t.Fatalf("%s: row %d: record %v with errors %v", what, row.Row, row.Record, row.Errors)
		}
		if row.Row != int64(i)+1 || row.Line <= line || row.Offset < end || row.Offset+row.Length > int64(len(data)) {
			t.Fatalf("%s: row %d, line %d, bytes %d+%d after line %d, byte %d", what, row.Row, row.Line, row.Offset, row.Length, line, end)
		}
		end, line = row.Offset+row.Length, row.Line
		for _, e := range row.Errors {
			if e.Code == "" || e.Want == "" || strings.Contains(e.Error()+e.Message(German), "{") && !strings.Contains(e.Value, "{") {
				t.Fatalf("%s: incomplete error %#v: %v", what, e, e)
			}
		}
	}
}

// Other people's torture through every feed and dialect: as files of their
// own, and as rows below a good header.
func TestTortureFiles(t *testing.T) {
	counts := map[purchase.Code]int{}
	files := tortureFiles(t)
	for _, p := range dialects(t) {
		for _, feed := range purchase.Feeds() {
			var header bytes.Buffer
			if err := p.NewWriter(&header, feed).Flush(); err != nil {
				t.Fatal(err)
			}
			for name, data := range files {
				v := read(p, feed, data, ReadOptions{})
				sound(t, name, data, v)
				if v.err == nil {
					t.Errorf("%s is a file of %s in %s", name, feed, p.Name)
					continue
				}
				counts[v.err.Code]++
				below := append(bytes.Clone(header.Bytes()), data...)
				v = read(p, feed, below, ReadOptions{})
				sound(t, name, below, v)
				for _, row := range v.rows {
					if row.Record != nil {
						t.Errorf("%s: row %d became %v", name, row.Row, row.Record)
					}
					counts[row.Errors[0].Code]++
				}
			}
		}
	}
	t.Logf("verdicts: %v", counts)
}

// Where a record is one line, the splitter finds what the conformance files
// say; a line break in a field and a quote inside an unquoted one it refuses.
func TestSpectrum(t *testing.T) {
	comma := build(t, Config{Delimiter: ","})
	paths, err := filepath.Glob("testdata/torture/csv-spectrum/*.csv")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := os.ReadFile(strings.TrimSuffix(path, ".csv") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		want := []map[string]string{}
		broken := strings.Contains(path, "newlines") || strings.Contains(path, "coordinates")
		if err := json.Unmarshal(expected, &want); err != nil && !broken {
			t.Fatal(err)
		}
		got := []map[string]string{}
		var names []string
		refused := false
		for line := range strings.Lines(string(text)) {
			cells, fault := comma.dialect.split(strings.TrimRight(line, "\r\n"), nil)
			refused = refused || fault != whole
			if names == nil {
				names = cells
				continue
			}
			row := map[string]string{}
			for i, c := range cells {
				row[names[i]] = c
			}
			got = append(got, row)
		}
		if broken != refused {
			t.Errorf("%s: refused is %t; want %t", path, refused, broken)
		} else if diff := cmp.Diff(want, got); diff != "" && !broken {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func naughty(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("testdata/torture/blns/blns.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	if s.Err() != nil || len(all) < 200 {
		t.Fatal(len(all), s.Err())
	}
	return all
}

// A naughty string in a text column comes out as it came in, or its row is
// rejected for a reason that names the column. It never reaches an accountant
// as a formula, and is unharmed after removing one leading apostrophe.
func TestNaughtyStrings(t *testing.T) {
	p := profile(t, "kontor")
	for _, text := range naughty(t) {
		var b bytes.Buffer
		w := p.NewWriter(&b, purchase.Orders)
		if err := w.Write(purchase.Order{OrderNo: "A1", OrderDate: exampleDate, Currency: "EUR", Gross: 100, CustomerNo: "K1", City: text}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		v := read(p, purchase.Orders, b.Bytes(), ReadOptions{})
		sound(t, text, b.Bytes(), v)
		if len(v.rows) != 1 {
			t.Fatalf("%q: %d rows, %v", text, len(v.rows), v.err)
		}
		row := v.rows[0]
		if row.Record == nil {
			if row.Errors[0].Column != "city" {
				t.Errorf("%q: %v", text, row.Errors)
			}
			continue
		}
		got := row.Record.(purchase.Order).City
		if got != strings.TrimSpace(text) {
			t.Errorf("came in as %q, is %q", text, got)
		}
		inSheet(t, got)
	}
}

func inSheet(t *testing.T, text string) {
	t.Helper()
	var b bytes.Buffer
	table := ExcelDE.NewTable(&b, []Column{{Name: "a"}, {Name: "b"}})
	if err := table.Row(text, ""); err != nil {
		t.Fatal(err)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	d := canonical()
	_, line, _ := strings.Cut(b.String(), "\n")
	cells, fault := d.split(strings.TrimSuffix(line, "\r\n"), nil)
	if fault != whole || len(cells) != 2 {
		t.Fatalf("%q makes the line %q", text, line)
	}
	if cells[0] != "" && strings.IndexByte("=+-@\t\r", cells[0][0]) >= 0 {
		t.Errorf("%q reaches the sheet as %q", text, cells[0])
	}
	if cells[0] != text && strings.TrimPrefix(cells[0], "'") != text {
		t.Errorf("%q is harmed: %q", text, cells[0])
	}
}
