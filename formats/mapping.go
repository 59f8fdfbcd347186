package formats

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/gocarina/gocsv"
)

// A mapping puts the cells of a row into the string-only struct of a feed by
// gocsv, one Unmarshaller per file.
//
// gocsv insists on a csv.Reader of its own, so each row is handed to it as one
// line in a fixed dialect that cannot be misread: unit separator between
// cells, every doubtful cell quoted, no line break inside. The headings it
// sees are canonical, complete and without doubles, checked before.
type mapping struct {
	line *oneLine
	raw  *gocsv.Unmarshaller
}

const unitSeparator = 0x1F

// newMapping prepares the mapping of a file whose columns, in the file's order,
// are the canonical names.
func newMapping(s *schema, names []string) (*mapping, error) {
	line := &oneLine{}
	line.set(names)
	r := csv.NewReader(line)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = unitSeparator, true, len(names)
	um, err := gocsv.NewUnmarshaller(r, s.raw)
	if err != nil {
		return nil, fmt.Errorf("mapping of %s: %w", s.feed, err)
	}
	if len(um.MismatchedHeaders) > 0 {
		return nil, fmt.Errorf("mapping of %s: no field for column %s", s.feed, strings.Join(um.MismatchedHeaders, ", "))
	}
	return &mapping{line: line, raw: um}, nil
}

// cells maps one row and puts it into dst in the order of the feed's columns;
// a column that the file does not have is empty.
func (m *mapping) cells(row, dst []string) error {
	m.line.set(row)
	raw, err := m.raw.Read()
	if err != nil {
		return err
	}
	v := reflect.ValueOf(raw).Elem()
	for i := range dst {
		dst[i] = v.Field(i).String()
	}
	return nil
}

// oneLine is the input of gocsv's csv.Reader: one line at a time, never more,
// so that what is read ahead cannot mix rows.
type oneLine struct {
	buf  []byte
	rest []byte
}

func (l *oneLine) set(cells []string) {
	l.buf = l.buf[:0]
	for i, c := range cells {
		if i > 0 {
			l.buf = append(l.buf, unitSeparator)
		}
		start := len(l.buf)
		l.buf = append(l.buf, c...)
		// The first cell is always quoted: the parser skips empty lines.
		if i == 0 || misread(l.buf[start:]) {
			l.buf = append(l.buf[:start], '"')
			l.buf = append(l.buf, strings.ReplaceAll(c, `"`, `""`)...)
			l.buf = append(l.buf, '"')
		}
	}
	l.buf = append(l.buf, '\n')
	l.rest = l.buf
}

// misread reports whether a cell needs quotes on its way to gocsv.
func misread(cell []byte) bool {
	for _, c := range cell {
		if c == '"' || c == '\r' || c == unitSeparator {
			return true
		}
	}
	return false
}

// Read returns the rest of the line; io.EOF means that the parser asks for
// more than one row, which it does not.
func (l *oneLine) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
