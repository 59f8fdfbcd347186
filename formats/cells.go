package formats

import (
	"reflect"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Caps of cells.
const (
	maxNumber = 64 // characters
	maxText   = 255
	maxDays   = 999
)

// Canonical values of a yes-no cell.
const (
	yes = "Y"
	no  = "N"
)

// A target is one record that cells are read into, again and again; its fields
// are addressed once per file.
type target struct {
	record reflect.Value
	fields []any // pointers
}

func newTarget(s *schema) *target {
	t := &target{record: reflect.New(s.record).Elem()}
	for i := range s.columns {
		t.fields = append(t.fields, t.record.Field(i).Addr().Interface())
	}
	return t
}

// value returns a copy of the record as it is now.
func (t *target) value() purchase.Record { return t.record.Interface().(purchase.Record) }

// A cellFault is what is wrong with one cell; the zero value is nothing.
type cellFault struct {
	code   purchase.Code
	want   string
	unread bool // an amount of which the value is not known
}

// prepare trims a cell and puts its fixed, mapped or default value in.
func (f *feedFormat) prepare(c *column, i int, cell string) string {
	cell = strings.TrimSpace(cell)
	if f.fixed[i] != "" {
		return f.fixed[i]
	}
	if v, ok := f.values[i][cell]; ok {
		cell = v
	}
	if cell == "" {
		return c.dflt
	}
	return cell
}

// read parses one prepared cell into its field. A faulty cell leaves the zero
// value.
func (p *Profile) read(f *feedFormat, c *column, i int, cells []string, field any) cellFault {
	cell := cells[i]
	if cell == "" {
		clearField(field)
		if c.need != nil && c.need(cells) {
			return cellFault{code: purchase.FieldRequired, want: wantValue}
		}
		return cellFault{}
	}
	switch field := field.(type) {
	case *money.Amount:
		return p.dialect.readAmount(c, cells, cell, field)
	case *schedules.Date:
		return p.dialect.readDate(cell, field)
	case *purchase.Days:
		return readDays(cell, field)
	case *bool:
		*field = cell == yes
		if cell != yes && cell != no {
			return cellFault{code: purchase.FieldFormat, want: f.oneOf(i, []string{yes, no})}
		}
	case *string:
		text, fault := f.readText(i, c, cell)
		*field = text
		return fault
	}
	return cellFault{}
}

func clearField(field any) {
	switch field := field.(type) {
	case *money.Amount:
		*field = 0
	case *schedules.Date:
		*field = 0
	case *purchase.Days:
		*field = purchase.Days{}
	case *bool:
		*field = false
	case *string:
		*field = ""
	}
}

// oneOf lists the values of a choice in the words of the profile.
func (f *feedFormat) oneOf(i int, canonical []string) string {
	words := make([]string, len(canonical))
	for j, c := range canonical {
		words[j] = f.word(i, c)
	}
	return wantOneOf + strings.Join(words, ", ")
}

// word returns what stands for a canonical value in the files of the profile;
// of several words the first by alphabet.
func (f *feedFormat) word(i int, canonical string) string {
	found := ""
	for w, c := range f.values[i] {
		if c == canonical && (found == "" || w < found) {
			found = w
		}
	}
	if found == "" {
		return canonical
	}
	return found
}
