package intake

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What of a document cannot be read has no number in the books. A person who
// asks for it is answered from the bytes in the archive.

const (
	namingRows  = 2000     // unreadable rows that are searched, the newest
	namingFiles = 50       // refused files that are searched, the newest
	namingBytes = 64 << 20 // of a refused file
)

// RowsNaming returns the newest rows that could not be read and in whose bytes
// a text stands as a whole word, newest first.
func (in *Intake) RowsNaming(ctx context.Context, merchant, text string, limit int) ([]RowWay, error) {
	ids, err := in.rowsNaming(ctx, merchant, []byte(text), limit)
	if err != nil {
		return nil, at("search", text, err)
	}
	ways, err := in.RowWays(ctx, merchant, ids)
	for i := range ways {
		ways[i].Number = text
	}
	return ways, err
}

// A NamingFile is a refused file with the first line in which a text stands.
type NamingFile struct {
	FileInfo
	Line int64
}

// FilesNaming returns the newest files that were refused or are held and in which
// a text stands as a whole word, newest first.
func (in *Intake) FilesNaming(ctx context.Context, owner, text string) (found []NamingFile, err error) {
	infos, err := in.refusedFiles(ctx, owner)
	if err != nil {
		return nil, at("search", text, err)
	}
	for _, info := range infos {
		line, err := in.lineNaming(info.SHA256, text)
		if err != nil {
			return nil, at("search", info.Name, err)
		}
		if line > 0 {
			found = append(found, NamingFile{info, line})
		}
	}
	return found, nil
}

// lineNaming finds the first line of an archived file with a text; 0 is none. A
// file that the archive does not give back names nothing.
func (in *Intake) lineNaming(sha256, text string) (line int64, err error) {
	f, err := in.spool.Open(sha256)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s := bufio.NewScanner(io.LimitReader(f, namingBytes))
	s.Buffer(nil, 1<<20)
	for n := int64(1); s.Scan(); n++ {
		if hasWord(s.Bytes(), []byte(text)) {
			return n, nil
		}
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) { // no CSV
		return 0, nil
	}
	return 0, s.Err()
}

// hasWord reports whether a word stands in a text with no letter or digit beside it.
func hasWord(text, word []byte) bool {
	for rest := text; len(word) > 0; {
		i := bytes.Index(rest, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end])) {
			return true
		}
		rest = rest[i+1:]
	}
	return false
}

func wordByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

// refusedFiles are the newest files that were refused as a whole, or wait for a
// person.
func (in *Intake) refusedFiles(ctx context.Context, owner string) (infos []FileInfo, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		infos, err = fileInfos(ctx, tx, "merchant_id = ? AND verdict IN (?, ?) ORDER BY ABS(number) DESC LIMIT ?",
			owner, string(purchase.Rejected), string(purchase.Held), namingFiles)
		return err
	})
	return infos, err
}

// A rowSpan is where a row stands in the bytes of its file.
type rowSpan struct {
	span
	sha256 string
}

// rowsNaming returns those of the newest unreadable rows in whose bytes a word
// stands, at most limit.
func (in *Intake) rowsNaming(ctx context.Context, merchant string, word []byte, limit int) (ids []int64, err error) {
	spans, err := in.unreadable(ctx, merchant)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(spans) && len(ids) < limit; {
		end := i + 1
		for end < len(spans) && spans[end].sha256 == spans[i].sha256 {
			end++
		}
		found, err := in.spansNaming(spans[i].sha256, spans[i:end], word)
		if err != nil {
			return nil, err
		}
		ids, i = append(ids, found...), end
	}
	return ids[:min(len(ids), limit)], nil
}

// unreadable are the newest rows that could not be read, newest first.
func (in *Intake) unreadable(ctx context.Context, merchant string) (spans []rowSpan, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT r.id, r.start, r.length, f.sha256 FROM intake_rows r
			JOIN intake_files f ON f.merchant_id = CASE WHEN r.id < 0 THEN ? ELSE r.merchant_id END AND f.number = r.id >> 32
			WHERE r.merchant_id = ? AND r.code <> '' ORDER BY ABS(r.id) DESC LIMIT ?`, purchase.Provider, merchant, namingRows)
		spans, err = database.Collect(rows, err, func(r *sql.Rows) (s rowSpan, err error) {
			return s, r.Scan(&s.id, &s.start, &s.length, &s.sha256)
		})
		return err
	})
	return spans, err
}

// spansNaming returns the rows of one file in whose bytes a word stands; a file
// that the archive does not give back names nothing.
func (in *Intake) spansNaming(sha256 string, spans []rowSpan, word []byte) (ids []int64, err error) {
	f, err := in.spool.Open(sha256)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, s := range spans {
		row := make([]byte, s.length)
		if _, err := f.ReadAt(row, s.start); err != nil && err != io.EOF {
			return nil, err
		}
		if hasWord(row, word) {
			ids = append(ids, s.id)
		}
	}
	return ids, nil
}
