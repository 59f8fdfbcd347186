package formats

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Caps of one document.
const (
	maxDepth    = 64       // of elements; a statement has about 15
	maxEntry    = 64 << 20 // bytes of one entry with all its transactions
	maxBalances = 1000     // of a statement
)

// What a walk comes to.
type bankEvent int

const (
	nothing bankEvent = iota
	statementBegins
	entryEnds
	statementEnds
	documentEnds
	documentFails
)

// A bankWalk goes through one XML document, entry by entry. Elements are known
// by their local names, so every version of camt.053 and camt.054 that keeps
// the names is read.
type bankWalk struct {
	source *xmlSource
	d      *xml.Decoder
	names  []string // of the open elements
	path   []byte   // inside a statement: /Ntry/Amt
	inside int      // depth of the open statement, 0 for none
	found  bool     // a statement
	closed bool     // the root has ended
	leaf   bool     // no element came since the last one began
	text   []byte
	money  string // currency of the last element

	page, lastPage string // of the message
	statement      *bankStatement
	entry          *bankEntry
	refused        *FileError
}

func newBankWalk(r *bufio.Reader, limit int64) *bankWalk {
	w := &bankWalk{source: newXMLSource(r, limit)}
	w.d = xml.NewDecoder(w.source)
	w.d.CharsetReader = w.source.charset
	return w
}

// next goes on to the next event.
func (w *bankWalk) next() bankEvent {
	for {
		begin := w.here()
		token, err := w.d.Token()
		if err != nil {
			return w.end(err)
		}
		w.source.token = 0
		event := w.take(token, begin)
		if w.refused != nil {
			return documentFails
		}
		if event != nothing {
			return event
		}
	}
}

// here is where the decoder stands.
func (w *bankWalk) here() span {
	offset, line := w.source.place(w.d.InputOffset())
	return span{line: line, offset: offset}
}

func (w *bankWalk) take(token xml.Token, begin span) bankEvent {
	switch t := token.(type) {
	case xml.StartElement:
		return w.open(t, begin)
	case xml.EndElement:
		return w.close()
	case xml.CharData:
		if w.leaf && len(w.text) <= maxField {
			w.text = append(w.text, t...)
		} else if len(w.names) == 0 && plainLine(t) != "" {
			w.refuse(begin, purchase.FileDialect, wantStatement, shorten(plainLine(t)))
		}
	case xml.Directive:
		w.refuse(begin, purchase.FileDialect, wantNoDoctype, "")
	}
	return nothing
}

func (w *bankWalk) refuse(at span, code purchase.Code, want, value string) {
	w.refused = &FileError{Line: at.line, Code: code, Want: want, Value: value}
}

// end is the end of the document, good or bad.
func (w *bankWalk) end(err error) bankEvent {
	at := span{line: w.source.on}
	var syntax *xml.SyntaxError
	switch fault := w.source.fault(); {
	case fault != nil:
		w.refused = fault
	case err == io.EOF && w.closed && w.found:
		return documentEnds
	case err == io.EOF && w.closed:
		w.refuse(at, purchase.FileDialect, wantStatement, "")
	case err == io.EOF, w.source.err == io.EOF:
		w.refuse(at, purchase.FileTruncated, wantWholeXML, "")
	case errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8":
		w.refuse(at, purchase.FileEncoding, wantCharsets, "")
	case errors.As(err, &syntax):
		w.refuse(at, purchase.FileDialect, wantXML, syntax.Msg)
	default:
		w.refuse(at, purchase.FileDialect, wantXML, err.Error())
	}
	return documentFails
}
