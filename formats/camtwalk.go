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

func (w *bankWalk) open(t xml.StartElement, begin span) bankEvent {
	w.leaf, w.text, w.money = true, w.text[:0], ""
	w.names = append(w.names, t.Name.Local)
	switch {
	case len(w.names) > maxDepth:
		w.refuse(begin, purchase.FileDialect, wantFlat, "")
	case len(w.names) == 1 && w.closed:
		w.refuse(begin, purchase.FileDialect, wantOneDocument, t.Name.Local)
	case w.inside == 0:
		w.outside(begin)
	default:
		w.path = append(append(w.path, '/'), t.Name.Local...)
		for _, a := range t.Attr {
			if a.Name.Local == "Ccy" {
				w.money = a.Value
			}
		}
		return w.begins(begin)
	}
	return nothing
}

// outside looks for a statement.
func (w *bankWalk) outside(begin span) {
	if len(w.names) < 2 {
		return
	}
	parent, name := w.names[len(w.names)-2], w.names[len(w.names)-1]
	if parent == "BkToCstmrStmt" && name == "Stmt" || parent == "BkToCstmrDbtCdtNtfctn" && name == "Ntfctn" {
		w.found, w.inside, w.path = true, len(w.names), w.path[:0]
		w.statement = &bankStatement{span: begin, page: w.page, lastPage: w.lastPage}
	}
}

// begins prepares for what an element of a statement will hold. The account is
// known when the first element after it begins.
func (w *bankWalk) begins(begin span) bankEvent {
	switch string(w.path) {
	case "/Bal":
		w.statement.balances = append(w.statement.balances, bankBalance{})
		if len(w.statement.balances) > maxBalances {
			w.refuse(begin, purchase.FileTooLarge, wantBalances, "")
		}
	case "/Ntry":
		w.entry = &bankEntry{span: begin}
	case "/Ntry/NtryDtls/TxDtls":
		w.entry.details = append(w.entry.details, bankDetail{span: begin})
	case "/Ntry/NtryDtls/TxDtls/RtrInf":
		w.detail().returned = true
	}
	if w.entry != nil && begin.offset-w.entry.offset > maxEntry {
		w.refuse(begin, purchase.FileTooLarge, wantEntry, "")
	}
	return nothing
}

func (w *bankWalk) detail() *bankDetail { return &w.entry.details[len(w.entry.details)-1] }

// close ends the last element that was opened.
func (w *bankWalk) close() bankEvent {
	name := w.names[len(w.names)-1]
	depth := len(w.names)
	w.names = w.names[:depth-1]
	leaf := w.leaf
	w.leaf, w.closed = false, depth == 1
	switch {
	case w.inside == 0:
		w.header(name, leaf)
		return nothing
	case depth == w.inside:
		w.inside = 0
		return statementEnds
	}
	if leaf {
		w.set(string(w.path), plainLine(w.text))
	}
	event := w.ends()
	w.path = w.path[:len(w.path)-len(name)-1]
	return event
}

// header takes the page of the whole message, before .001.03 the only one.
func (w *bankWalk) header(name string, leaf bool) {
	if n := len(w.names); !leaf || n == 0 || w.names[n-1] != "MsgPgntn" {
		return
	}
	switch name {
	case "PgNb":
		w.page = plainLine(w.text)
	case "LastPgInd":
		w.lastPage = plainLine(w.text)
	}
}

// ends says whether something whole has ended.
func (w *bankWalk) ends() bankEvent {
	switch string(w.path) {
	case "/Acct":
		return statementBegins
	case "/Ntry":
		w.entry.length = w.here().offset - w.entry.offset
		return entryEnds
	case "/Ntry/NtryDtls/TxDtls":
		d := w.detail()
		d.length = w.here().offset - d.offset
	}
	return nothing
}

const (
	entryPath  = "/Ntry/"
	detailPath = "/Ntry/NtryDtls/TxDtls/"
)

// set takes the text of an element.
func (w *bankWalk) set(path, text string) {
	text = cut(text, maxField)
	switch {
	case len(path) > len(detailPath) && path[:len(detailPath)] == detailPath:
		w.detail().set(path[len(detailPath):], text, w.money)
	case len(path) > len(entryPath) && path[:len(entryPath)] == entryPath:
		w.entry.set(path[len(entryPath):], text, w.money)
	default:
		w.statement.set(path, text, w.money)
	}
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
