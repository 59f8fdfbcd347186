package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// A twin writes one JSON object with its fields in the order of the calls, and
// the items of a list one a line. The first error ends it; close tells it.
type twin struct {
	w      *bufio.Writer
	buffer bytes.Buffer
	err    error
	fields int
	items  int
}

func newTwin(w io.Writer) *twin {
	t := &twin{w: bufio.NewWriter(w)}
	t.text("{")
	return t
}

func (t *twin) text(s string) {
	if t.err == nil {
		_, t.err = t.w.WriteString(s)
	}
}

// value writes v as JSON, with characters such as & as they are.
func (t *twin) value(v any) {
	if t.err != nil {
		return
	}
	t.buffer.Reset()
	e := json.NewEncoder(&t.buffer)
	e.SetEscapeHTML(false)
	if t.err = e.Encode(v); t.err == nil {
		_, t.err = t.w.Write(bytes.TrimSuffix(t.buffer.Bytes(), []byte("\n")))
	}
}

func (t *twin) name(name string) {
	if t.fields > 0 {
		t.text(",\n")
	}
	t.fields++
	t.value(name)
	t.text(":")
}

func (t *twin) field(name string, v any) {
	t.name(name)
	t.value(v)
}

func (t *twin) list(name string) {
	t.name(name)
	t.text("[")
	t.items = 0
}

func (t *twin) item(v any) {
	if t.items > 0 {
		t.text(",")
	}
	t.text("\n")
	t.items++
	t.value(v)
}

func (t *twin) endList() {
	if t.items > 0 {
		t.text("\n")
	}
	t.text("]")
}

func (t *twin) close() error {
	t.text("}\n")
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// twin begins the twin of a report of the merchant, made for a run or day.
func (r Renderer) twin(w io.Writer, name string, value any) *twin {
	t := newTwin(w)
	t.field("merchant", r.Merchant)
	t.field(name, value)
	t.field("currency", r.Currency)
	return t
}

// superseding says in a further version which one it is, and the name of the
// file whose place it takes.
func (t *twin) superseding(version int, name string) {
	if version > 1 {
		t.field("version", version)
		t.field("supersedes", Versioned(name, version-1))
	}
}
