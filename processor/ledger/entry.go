package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// An Entry is one event in the books of a merchant. The sum of its postings is
// zero. A mistake is corrected by a further entry.
type Entry struct {
	ID           int64          // from 1, without a gap; [Book.Append] gives it
	BookedAt     time.Time      // nominal time of the slot that booked it, in whole seconds
	BusinessDate schedules.Date // date of the document
	Cause        string         // sha256 and row of a file, or job and slot
	Postings     []Posting      // in the order of the event
	Hash         string         // h(ID) in hex; filled when read, ignored by [Book.Append]
}

// A Posting is the amount that an entry moves on one account, debit positive.
type Posting struct {
	Account Account
	Amount  money.Amount
}

// ErrEmpty is returned for an entry that moves nothing.
var ErrEmpty = errors.New("the entry moves nothing")

// check says why an entry cannot be booked.
func (e Entry) check() error {
	switch {
	case len(e.Postings) == 0:
		return ErrEmpty
	case e.Cause == "":
		return errors.New("the entry has no cause, want the row or the slot that it comes from")
	case e.BusinessDate.IsZero():
		return errors.New("the entry has no business date")
	case e.BookedAt.IsZero():
		return errors.New("the entry has no time of booking")
	}
	return e.balanced()
}

// balanced says whether the accounts are known and the postings sum to zero.
func (e Entry) balanced() error {
	var sum money.Amount
	classes := Classes()
	for _, p := range e.Postings {
		if !slices.Contains(classes, p.Account.Class) {
			return fmt.Errorf("account %s is unknown, want one of %v", p.Account, classes)
		}
		var err error
		if sum, err = sum.Add(p.Amount); err != nil {
			return fmt.Errorf("sum of postings: %w", err)
		}
	}
	if sum != 0 {
		return fmt.Errorf("the postings sum to %s, want 0.00", sum)
	}
	return nil
}

// AppendCanonical appends the entry in its one canonical form, whose hash is
// chained: JSON with the keys id, booked_at (unix seconds), business_date,
// cause, postings (account, amount in cents) in this order, UTF-8, no blanks,
// whole numbers. Strings are escaped only where JSON demands it, as in RFC 8785.
func (e Entry) AppendCanonical(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), e.ID, 10)
	b = strconv.AppendInt(append(b, `,"booked_at":`...), e.BookedAt.Unix(), 10)
	b = appendString(append(b, `,"business_date":`...), e.BusinessDate.String())
	b = appendString(append(b, `,"cause":`...), e.Cause)
	b = append(b, `,"postings":[`...)
	for i, p := range e.Postings {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"account":`...), p.Account.String())
		b = strconv.AppendInt(append(b, `,"amount":`...), int64(p.Amount), 10)
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// appendString appends a JSON string. encoding/json escapes more than it must,
// so another program would not find the same bytes.
func appendString(b []byte, s string) []byte {
	const hex, special, letters = "0123456789abcdef", "\"\\\b\f\n\r\t", "\"\\bfnrt"
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			b = append(b, c)
		} else if at := strings.IndexByte(special, c); at >= 0 {
			b = append(b, '\\', letters[at])
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// A hash is one link of the chain; that of no entry is all zero.
type hash [sha256.Size]byte

// next returns h(n) = SHA-256(h(n−1) ‖ canonical(n)).
func (h hash) next(e Entry) hash {
	return sha256.Sum256(e.AppendCanonical(h[:]))
}

func (h hash) String() string { return fmt.Sprintf("%x", h[:]) }
