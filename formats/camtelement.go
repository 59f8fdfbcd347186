package formats

import (
	"encoding/xml"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// open begins an element.
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

// begins prepares for what an element of a statement will hold.
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
