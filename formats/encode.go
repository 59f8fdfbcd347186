package formats

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An encoder writes lines in a dialect. After an error it writes no more.
type encoder struct {
	w       *bufio.Writer
	dialect *dialect
	lenient bool // a character that the charset lacks becomes a question mark
	text    []byte
	bytes   []byte
	err     error
}

func newEncoder(w io.Writer, d *dialect) *encoder {
	e := &encoder{w: bufio.NewWriterSize(w, 64<<10), dialect: d}
	e.put(d.charset.preamble())
	return e
}

func (e *encoder) put(b []byte) {
	if e.err == nil {
		_, e.err = e.w.Write(b)
	}
}

func (e *encoder) flush() error {
	if e.err == nil {
		e.err = e.w.Flush()
	}
	return e.err
}

// line writes cells and a line end, or nothing and an error.
func (e *encoder) line(cells []string) error {
	e.text = e.text[:0]
	for i, c := range cells {
		if i > 0 {
			e.text = append(e.text, e.dialect.delimiter)
		}
		if err := e.cell(c); err != nil {
			return err
		}
	}
	e.text = append(e.text, e.dialect.lineEnd()...)
	if e.dialect.charset.name == utf8Charset.name {
		e.put(e.text)
		return e.err
	}
	var err error
	e.bytes, err = e.dialect.charset.append(e.bytes[:0], string(e.text))
	if err != nil && !e.lenient {
		return fmt.Errorf("line %q: %w %s", shorten(string(e.text)), err, e.dialect.charset.name)
	}
	e.put(e.bytes)
	return e.err
}

func (e *encoder) cell(s string) error {
	d := e.dialect
	if !d.doubtful(s) {
		e.text = append(e.text, s...)
		return nil
	}
	if d.quote == 0 {
		return fmt.Errorf("cell %q: the profile has no quotes, so it can hold no %s", shorten(s), delimiterName(d.delimiter))
	}
	e.text = append(e.text, d.quote)
	for i := range len(s) {
		switch {
		case s[i] == d.quote && d.backslash, s[i] == '\\' && d.backslash:
			e.text = append(e.text, '\\')
		case s[i] == d.quote:
			e.text = append(e.text, d.quote)
		}
		e.text = append(e.text, s[i])
	}
	e.text = append(e.text, d.quote)
	return nil
}

// doubtful reports whether a cell could be misread without quotes.
func (d *dialect) doubtful(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return d.quote != 0
	}
	for i := range len(s) {
		if c := s[i]; c == d.delimiter || c == '\n' || c == '\r' || d.quote != 0 && c == d.quote {
			return true
		}
	}
	return false
}

// print writes a field of a record in the dialect; zero is empty unless the
// column is required.
func (d *dialect) print(c *column, field any) string {
	switch field := field.(type) {
	case *money.Amount:
		if *field == 0 && !c.always {
			return ""
		}
		return field.Format(d.decimal)
	case *schedules.Date:
		return d.formatDate(*field)
	case *purchase.Days:
		return field.String()
	case *bool:
		if *field {
			return yes
		}
		return no
	case *string:
		return *field
	}
	return ""
}

// oneLineText refuses what a line of a file cannot hold.
func oneLineText(s string) error {
	if strings.ContainsAny(s, "\r\n\x00") {
		return fmt.Errorf("%q: a cell holds neither line breaks nor NUL", shorten(s))
	}
	return nil
}
