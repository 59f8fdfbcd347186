package processor

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// What goes to a merchant's ERP is encrypted where the configuration says for
// whom. Two times the same text make two different files, so a file is encrypted
// once: processor_sealed remembers of what text a name was made, and a run that
// goes on, or kontor rebuild, takes the bytes of the first time.

// An unsealedError says that nothing can be encrypted for the ERP, such as when
// its key has expired. It stops no money: what was to be written waits until
// there is another key.
type unsealedError struct{ err error }

func (e *unsealedError) Error() string { return "encrypt for the ERP: " + e.err.Error() }

func (e *unsealedError) Unwrap() error { return e.err }

func isUnsealed(err error) bool {
	var unsealed *unsealedError
	return errors.As(err, &unsealed)
}

// sealed writes a file, encrypted if it is for an ERP that wants it so; then
// plain is the SHA-256 of the text, and ending what its name has at its end.
func (j *job) sealed(target string, w io.Writer, write func(io.Writer) error) (plain, ending string, err error) {
	if target != outbox.ERP || j.m.Recipients == nil {
		return "", "", write(w)
	}
	closed, err := j.m.Recipients.Seal(w)
	if err != nil {
		return "", "", &unsealedError{err}
	}
	sum := sha256.New()
	if err := write(io.MultiWriter(sum, closed)); err != nil {
		return "", "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), j.m.Recipients.Ending(), closed.Close()
}

// keepSealed remembers of what text a file was made; where it was made before of
// the same text, it becomes that one.
func keepSealed(ctx context.Context, tx *database.Tx, f *made) error {
	if f.plain == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO processor_sealed (merchant_id, target, folder, name, plain, sha256, size) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, target, folder, name) DO NOTHING`,
		f.file.Merchant, f.file.Target, f.file.Folder, f.file.Name, f.plain, f.stored.SHA256, f.stored.Size)
	if err != nil {
		return err
	}
	f.stored, err = sealedBefore(ctx, tx, *f)
	return err
}

// sealedBefore returns the bytes that a file had when it was made of the same
// text, else those that it has now.
func sealedBefore(ctx context.Context, tx *database.Tx, f made) (spool.Stored, error) {
	s := f.stored
	err := tx.QueryRow(ctx, "SELECT sha256, size FROM processor_sealed WHERE merchant_id = ? AND target = ? AND folder = ? AND name = ? AND plain = ?",
		f.file.Merchant, f.file.Target, f.file.Folder, f.file.Name, f.plain).Scan(&s.SHA256, &s.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return f.stored, nil
	}
	return s, err
}

// textOf is the SHA-256 of the text of a file that is registered: what it was
// encrypted of, else that of the file itself.
func (j *job) textOf(ctx context.Context, e outbox.Entry) (sum string, err error) {
	err = j.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT plain FROM processor_sealed WHERE merchant_id = ? AND target = ? AND folder = ? AND name = ?",
			e.Merchant, e.Target, e.Folder, e.Name).Scan(&sum)
		if errors.Is(err, sql.ErrNoRows) {
			sum = e.SHA256
			return nil
		}
		return err
	})
	return sum, err
}
