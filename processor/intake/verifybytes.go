package intake

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A span is where a row stands in its file.
type span struct{ id, start, length int64 }

// verifyBytes checks the archived bytes of every file that was read: rows do
// not overlap, and what stands between them is line ends and blanks, after the
// last one perhaps a trailer. A bank statement is read again instead. So no row
// was skipped.
func (in *Intake) verifyBytes(ctx context.Context, v *verifier) error {
	for last := int64(0); ; {
		var some []file
		err := in.db.Read(ctx, func(tx *database.Tx) (err error) {
			some, err = files(ctx, tx, `merchant_id = ? AND state = 'READ' AND row_count > 0 AND ABS(number) > ? ORDER BY ABS(number) LIMIT 500`, v.merchant, last)
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		for _, f := range some {
			if err := in.verifyFile(ctx, v, f); err != nil {
				return err
			}
		}
		last = abs(some[len(some)-1].number)
	}
}

func (in *Intake) verifyFile(ctx context.Context, v *verifier, f file) error {
	content, err := in.spool.Open(f.sha256)
	if errors.Is(err, os.ErrNotExist) {
		v.failf("file %d (%s): %v", f.number, f.name, err)
		return nil
	}
	if err != nil {
		return err
	}
	reason, err := in.inside(ctx, f, content)
	if closed(err) {
		reason, err = fmt.Sprintf("it cannot be opened any more; old keys must stay in the files of decrypt: %v", err), nil
	}
	if reason != "" {
		v.failf("file %d (%s): %s", f.number, f.name, reason)
	}
	return errors.Join(err, content.Close())
}

// inside looks at what a file holds.
func (in *Intake) inside(ctx context.Context, f file, archived *os.File) (reason string, err error) {
	content, err := formats.OpenContent(f.feed, archived, in.options(f))
	if err != nil {
		return "", err
	}
	check := in.gaps
	if f.feed == purchase.Payments {
		ours, err := formats.IsBankStatement(content)
		if err != nil {
			return "", err
		}
		if ours {
			check = in.entries
		}
	}
	return check(ctx, f, content)
}

// entries reads a bank statement again: the same rows at the same places. What
// stands between them is for the reader of statements to know.
func (in *Intake) entries(ctx context.Context, f file, content *formats.Content) (reason string, err error) {
	p, _ := formats.Lookup("kontor") // a statement looks the same in every profile
	size, err := content.Size()
	if err != nil {
		return "", err
	}
	r := p.Read(f.feed, io.NewSectionReader(content, 0, size), formats.ReadOptions{IgnoreTrailer: true})
	var spans []span
	last := rowID(f.number, 0)
	for row := range r.Rows() {
		if len(spans) == 0 {
			if spans, err = in.spans(ctx, f, last); err != nil {
				return "", err
			}
		}
		want := span{rowID(f.number, row.Row), row.Offset, row.Length}
		if len(spans) == 0 || spans[0] != want {
			return fmt.Sprintf("row %d at byte %d is not stored as it stands there", row.Row, row.Offset), nil
		}
		last, spans = want.id, spans[1:]
	}
	if e := r.Err(); e != nil {
		return e.Error(), nil
	}
	if len(spans) == 0 {
		spans, err = in.spans(ctx, f, last)
	}
	if len(spans) > 0 {
		reason = fmt.Sprintf("row %d is stored, but not in the file", rowOf(spans[0].id))
	}
	return reason, err
}

// gaps looks at what stands between the rows of a file.
func (in *Intake) gaps(ctx context.Context, f file, content *formats.Content) (reason string, err error) {
	starts, err := content.Starts()
	if err != nil {
		return "", err
	}
	g := gaps{content: content, end: -1, starts: starts}
	last := rowID(f.number, 0)
	for {
		spans, err := in.spans(ctx, f, last)
		if err != nil || len(spans) == 0 {
			if err == nil && g.end >= 0 {
				reason, err = g.rest()
			}
			return reason, err
		}
		for _, s := range spans {
			if reason, err := g.before(s); err != nil || reason != "" {
				return reason, err
			}
			g.end, last = s.start+s.length, s.id
		}
	}
}

// Gaps go through what stands between rows.
type gaps struct {
	content *formats.Content
	end     int64   // of the last row; -1: a header comes first, and may be anything
	starts  []int64 // of the tables of a ZIP, each with a header
}

// header is where the next table begins, if it does before a place.
func (g *gaps) header(before int64) (start int64, found bool) {
	for len(g.starts) > 0 && g.starts[0] <= before {
		if g.starts[0] >= g.end && !found {
			start, found = g.starts[0], true
		}
		g.starts = g.starts[1:]
	}
	return start, found
}

func (g *gaps) before(s span) (reason string, err error) {
	next := s.start
	switch start, found := g.header(next); {
	case s.start < g.end:
		return fmt.Sprintf("row %d begins inside the row before it", rowOf(s.id)), nil
	case g.end < 0:
		return "", nil
	case found:
		next = start
	}
	if ok, err := between(g.content, g.end, next); err != nil || !ok {
		return fmt.Sprintf("bytes %d to %d before row %d belong to no row", g.end, next, rowOf(s.id)), err
	}
	return "", nil
}

func (g *gaps) rest() (string, error) {
	size, err := g.content.Size()
	if err != nil {
		return "", err
	}
	if start, found := g.header(size); found {
		size = start
	}
	return trailing(g.content, g.end, size)
}

func (in *Intake) spans(ctx context.Context, f file, last int64) (spans []span, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		merchants, err := sharers(ctx, tx, f)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id, start, length FROM intake_rows
			WHERE merchant_id IN ?? AND id > ? AND id < ? ORDER BY id LIMIT ?`, merchants, last, rowID(f.number+1, 0), chunk)
		spans, err = database.Collect(rows, err, func(r *sql.Rows) (s span, err error) {
			return s, r.Scan(&s.id, &s.start, &s.length)
		})
		return err
	})
	return spans, err
}

// blanks are what may stand between rows, in any charset.
const blanks = "\r\n \t\x00"

// blank reports whether only line ends and blanks stand in a stretch.
func blank(r io.ReaderAt, from, to int64) (bool, error) {
	b := make([]byte, min(to-from, 4096))
	for ; from < to; from += int64(len(b)) {
		b = b[:min(to-from, int64(len(b)))]
		if _, err := r.ReadAt(b, from); err != nil {
			return false, err
		}
		if len(bytes.Trim(b, blanks)) > 0 {
			return false, nil
		}
	}
	return true, nil
}

// maxTrailer is more than any trailer has.
const maxTrailer = 1024

// trailing says what is wrong with what stands after the last row: there may be
// a trailer, and the Ctrl-Z with which some systems end a text.
func trailing(r io.ReaderAt, from, size int64) (string, error) {
	b := make([]byte, min(size-from, maxTrailer))
	if _, err := r.ReadAt(b, from); err != nil && err != io.EOF {
		return "", err
	}
	if b = bytes.TrimSuffix(bytes.Trim(b, blanks), []byte{0x1a}); isTrailers(b) {
		return "", nil
	}
	return fmt.Sprintf("%d bytes after the last row belong to no row", len(b)), nil
}

// between reports whether nothing stands between two rows that should be one: a
// file that was released may have a trailer there.
func between(r io.ReaderAt, from, to int64) (bool, error) {
	if to-from > maxTrailer {
		return blank(r, from, to)
	}
	b := make([]byte, to-from)
	if _, err := r.ReadAt(b, from); err != nil {
		return false, err
	}
	return isTrailers(b), nil
}

// isTrailers reports whether all lines are trailers or blank, in any charset.
func isTrailers(b []byte) bool {
	for line := range bytes.Lines(bytes.ReplaceAll(b, []byte{0}, nil)) {
		line = bytes.Trim(line, blanks)
		if len(line) > 0 && !bytes.HasPrefix(bytes.TrimPrefix(line, []byte(`"`)), []byte("#TRAILER")) {
			return false
		}
	}
	return true
}
