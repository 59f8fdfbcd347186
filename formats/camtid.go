package formats

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// A payment's id must be the same whenever the bank speaks of it again: in a
// notification and in the statement of the day, in two statements that overlap,
// in a file that was sent twice. In this order:
//
//  1. the bank's reference of the transaction (AcctSvcrRef), if no other
//     transaction of the entry has the same;
//  2. the bank's reference of the entry, in a batch with the transaction's
//     place: 4711/2;
//  3. the reference of the entry (NtryRef), likewise. A number of up to six
//     digits is none: it only counts the entries of one statement;
//  4. a hash of account, dates, amount, other side, text and ids, with a number
//     when a statement has several that are equal in all of this.
//
// Its limits: by 4, equal transactions of one day that stand in different files
// count as the same one, and a bank that words a transaction differently in
// notification and statement makes two of it; a bank that gives one reference
// to several entries makes a CONFLICT, which is listed and not booked.
func (s *bankStatement) paymentID(t bankTransaction) string {
	e, place := t.entry, ""
	if t.of > 1 {
		place = "/" + strconv.Itoa(t.n+1)
	}
	switch {
	case reference(t.detail.servicer) && !e.shared(t.n):
		return t.detail.servicer
	case reference(e.servicer):
		return e.servicer + place
	case reference(e.reference) && !(len(e.reference) <= maxCounter && numeric(e.reference)):
		return e.reference + place
	}
	return s.hashed(t)
}

// maxCounter is the length up to which digits only count.
const maxCounter = 6

// maxReference leaves room for the place in a batch.
const maxReference = maxNumber - 8

// reference reports whether a bank's text is one: not empty, no word for
// nothing, and good as a document number.
func reference(s string) bool {
	switch strings.ToUpper(s) {
	case "", trailerMark, "NOTPROVIDED", "NONREF", "NONE", "NOTAVAILABLE":
		return false
	}
	return strings.Trim(s, "0-. ") != "" && !strings.ContainsRune("=+-@", rune(s[0])) && len(s) <= maxReference
}

// shared reports whether another transaction of the entry has the n-th one's
// reference.
func (e *bankEntry) shared(n int) bool {
	if e.references == nil {
		e.references = make(map[string]int, len(e.details))
		for i := range e.details {
			e.references[e.details[i].servicer]++
		}
	}
	return e.references[e.details[n].servicer] > 1
}

// hashed is an id made of the transaction itself. Of entries without reference
// one number each is kept until the statement ends.
func (s *bankStatement) hashed(t bankTransaction) string {
	party := t.party()
	sum := sha256.Sum256([]byte(strings.Join([]string{
		s.account, dayOf(t.entry.booked), dayOf(t.entry.valued), t.sign, plainAmount(t.amount.value), t.amount.currency,
		party.called(), account(party.account), t.detail.remittance(t.entry), t.detail.endToEnd, t.detail.transaction,
	}, "\x1f")))
	id := "camt-" + hex.EncodeToString(sum[:12])
	if s.twins == nil {
		s.twins = map[string]int{}
	}
	s.twins[id]++
	if n := s.twins[id]; n > 1 {
		return id + "/" + strconv.Itoa(n)
	}
	return id
}

// trace is what a return repeats of its original: the end-to-end id, or,
// because few payers give one, the id of the transaction between the banks.
func (d *bankDetail) trace() string {
	switch {
	case reference(d.endToEnd):
		return d.endToEnd
	case reference(d.transaction):
		return d.transaction
	}
	return ""
}
