package formats

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Columns that we add to rejected rows; ignored when they come back.
const (
	codeColumn    = "kontor_code"
	messageColumn = "kontor_message"
)

// A header says where the columns of a feed are in one file.
type header struct {
	headings []string // as in the file, trimmed
	columns  []int    // of the schema, by position among the mapped cells
	cells    []int    // position in the line, likewise
	document int      // position of the document code, -1 for none
	account  int      // position of payments' account, -1 for none
	group    int      // position of the cell that is equal in all lines of a row, -1: each line is a row
	derived  []derivedCell
	unknown  []string
}

// names are the canonical names of the mapped cells, in the file's order.
func (h *header) names(s *schema) []string {
	names := make([]string, len(h.columns))
	for i, c := range h.columns {
		names[i] = s.columns[c].name
	}
	return names
}

// readHeader finds the columns of a feed among headings in any order. It wants
// every required column, and none of the known ones twice.
func (f *feedFormat) readHeader(s *schema, cells []string) (*header, *FileError) {
	h := &header{document: -1, account: -1, group: -1}
	at := map[int]bool{}
	for i, cell := range cells {
		heading := strings.TrimSpace(cell)
		h.headings = append(h.headings, heading)
		c := f.columnOf(heading)
		switch {
		case c >= 0 && at[c]:
			return nil, &FileError{Code: purchase.FileHeader, Column: heading, Want: wantOnce}
		case c >= 0:
			at[c] = true
			h.columns, h.cells = append(h.columns, c), append(h.cells, i)
			if s.columns[c].name == "account" {
				h.account = i
			}
			if s.columns[c].name == f.group {
				h.group = i
			}
		case heading != "" && heading == f.document:
			if h.document >= 0 {
				return nil, &FileError{Code: purchase.FileHeader, Column: heading, Want: wantOnce}
			}
			h.document = i
		case heading != codeColumn && heading != messageColumn && !f.derivesFrom(heading) && !f.ignores(heading):
			h.unknown = append(h.unknown, unknownHeading(heading, i))
		}
	}
	if twice := f.derive(h, at); twice != "" {
		return nil, &FileError{Code: purchase.FileHeader, Column: twice, Want: wantOnce}
	}
	if missing := f.missing(s, at); missing != "" {
		return nil, &FileError{Code: purchase.FileHeader, Column: missing, Want: wantColumn}
	}
	return h, nil
}

// ignores reports whether a heading that is no column is known to be none.
func (f *feedFormat) ignores(heading string) bool {
	return slices.ContainsFunc(f.ignored, func(pattern string) bool {
		begin, any := strings.CutSuffix(pattern, "*")
		return heading == pattern || any && strings.HasPrefix(heading, begin)
	})
}

// unknownHeading names a column without heading by its position.
func unknownHeading(heading string, i int) string {
	if heading == "" {
		return "#" + strconv.Itoa(i+1)
	}
	return heading
}

// columnOf returns the column of a heading, -1 for none.
func (f *feedFormat) columnOf(heading string) int {
	if heading == "" {
		return -1
	}
	for i, h := range f.headings {
		if h == heading {
			return i
		}
	}
	return -1
}

// missing returns the heading of the first required column that is neither in
// the file nor fixed by the profile.
func (f *feedFormat) missing(s *schema, at map[int]bool) string {
	for i, c := range s.columns {
		if c.always && !at[i] && f.fixed[i] == "" {
			return f.source(i)
		}
	}
	if s.header == nil {
		return ""
	}
	name := s.header(func(name string) bool {
		i := s.index(name)
		return at[i] || f.fixed[i] != ""
	})
	if name == "" {
		return ""
	}
	return f.source(s.index(name))
}
