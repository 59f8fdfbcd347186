package formats

import (
	"bufio"
	"bytes"
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Bank statements: camt.053 and camt.054, as one XML document or a ZIP of
// several. They are known by their first bytes, not by their name, and come out
// of [Reader.Rows] as rows of the payments feed.
//
// A row is one transaction that is booked (status BOOK; pending and
// informational entries come again when they are). Its line is that of its
// element, its bytes are those of the element. Entries of the bank that cannot
// be taken are bad rows. What is not well-formed, or in another charset than it
// says, refuses the file; balances that do not fit the entries hold it.
//
// A returned payment is a debit with return information (RtrInf), or a reversal
// (RvslInd). It has the payment_id that the bank's references give; where that
// is not the id of the payment that it returns, intake finds this one by the
// end-to-end id, else by the transaction id of the banks, both of which SEPA
// repeats in a return. A mandate says nothing here: nobody is debited.

// A fileKind is what the first bytes of a payments file say.
type fileKind int

const (
	textFile fileKind = iota
	xmlFile
	zipFile
)

// kindOf looks at the first bytes of a file.
func kindOf(first []byte) fileKind {
	if bytes.HasPrefix(first, []byte("PK\x03\x04")) || bytes.HasPrefix(first, []byte("PK\x05\x06")) {
		return zipFile
	}
	first = bytes.TrimPrefix(first, []byte(markUTF8))
	if bytes.HasPrefix(bytes.TrimLeft(first, " \t\r\n"), []byte("<")) {
		return xmlFile
	}
	return textFile
}

// IsBankStatement reports whether a payments file is a bank statement in XML, or
// a ZIP of them.
func IsBankStatement(r io.ReaderAt) (bool, error) {
	first := make([]byte, sniffed)
	n, err := r.ReadAt(first, 0)
	if err == io.EOF {
		err = nil
	}
	return kindOf(first[:n]) != textFile, err
}

// sniffed is how many bytes tell the kind of a file.
const sniffed = 512

// kind is what the reader's file is; only payments come as anything but text,
// or as a ZIP without saying so by their name.
func (r *Reader) kind() fileKind {
	if r.zipped {
		return zipFile
	}
	if r.schema == nil || r.schema.feed != purchase.Payments {
		return textFile
	}
	return kindOf(r.lines.peek(sniffed))
}

// Accounts lists the accounts of which a bank statement speaks, also those
// without an entry, as it does upper case and without blanks. It is nil for a
// CSV: one without rows speaks of every account. Ask after Rows ended.
func (r *Reader) Accounts() []string { return r.accounts }

// statement yields the rows of a bank statement.
func (r *Reader) statement(yield func(Row) bool) {
	r.begun = true
	r.profile, r.feed = bankProfile()
	r.walk(newBankWalk(r.lines.r, r.options.MaxSize), r.options.File, 0, yield)
}

// walk yields the rows of one XML document; false ends the reading.
func (r *Reader) walk(w *bankWalk, file string, base int64, yield func(Row) bool) bool {
	r.member = file
	var page *bankStatement
	for {
		switch w.next() {
		case documentEnds:
			return true
		case documentFails:
			return r.fail(file, w.refused)
		case statementBegins:
			w.statement.follows(page)
			page = w.statement
			r.names(w.statement.account)
		case entryEnds:
			if w.statement.account == "" {
				return r.fail(file, w.statement.unnamed())
			}
			if !r.entry(w.statement, w.entry, base, yield) {
				return false
			}
		case statementEnds:
			if w.statement.account == "" {
				return r.fail(file, w.statement.unnamed())
			}
			if e := w.statement.check(); e != nil && !r.options.IgnoreTrailer {
				return r.fail(file, e)
			}
		}
	}
}

// unnamed refuses a statement of which nobody knows whose it is.
func (s *bankStatement) unnamed() *FileError {
	return &FileError{Line: s.line, Code: purchase.FileDialect, Want: wantAccount}
}

func (r *Reader) fail(file string, e *FileError) bool {
	e.File = file
	r.err = e
	return false
}

// names notes an account of which the file speaks.
func (r *Reader) names(account string) {
	if account == "" || r.named[account] {
		return
	}
	if r.named == nil {
		r.named = map[string]bool{}
	}
	r.named[account] = true
	r.accounts = append(r.accounts, account)
}

// entry yields the rows of one entry.
func (r *Reader) entry(s *bankStatement, e *bankEntry, base int64, yield func(Row) bool) bool {
	if e.status != "BOOK" {
		return true
	}
	whole := e.whole(s.currency)
	moved, known := whole.signed()
	s.sums.add(whole.amount.currency, moved, known)
	s.pages.add(whole.amount.currency, moved, known)
	for _, t := range e.split(whole) {
		if !yield(r.bankRow(s, t, base)) {
			return false
		}
	}
	return true
}

// checkStatement reads as far as the first statement.
func (r *Reader) checkStatement(kind fileKind) *FileError {
	if kind == zipFile {
		return nil
	}
	w := newBankWalk(bufio.NewReader(r.lines.r), r.options.MaxSize)
	if w.next() == documentFails {
		return w.refused
	}
	return nil
}
