package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// A Version says of which file another one takes the place. Both stay: what was
// told once is never taken back, it is superseded.
type Version struct {
	Number     int    // from 2
	Supersedes string // name of the file, in the same folder; "" where the report is new
	Operator   string // who wanted it; "" when a run wrote it
	Reason     string
}

// AddVersion is [Outbox.Add] for a file that supersedes another one.
func (o *Outbox) AddVersion(ctx context.Context, tx *database.Tx, f File, v Version, stored spool.Stored) error {
	if err := o.Add(ctx, tx, f, stored); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO outbox_versions (merchant, target, folder, name, version, supersedes, at, operator, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant, target, folder, name) DO NOTHING`,
		f.Merchant, f.Target, f.Folder, f.Name, v.Number, v.Supersedes, o.now().Unix(), v.Operator, v.Reason)
	if err != nil {
		return fmt.Errorf("outbox: %s: %w", f, err)
	}
	return nil
}

// Version returns what a file supersedes; Number 1 when it supersedes nothing.
func (o *Outbox) Version(ctx context.Context, f File) (v Version, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT version, supersedes, operator, reason FROM outbox_versions
			WHERE merchant = ? AND target = ? AND folder = ? AND name = ?`, f.Merchant, f.Target, f.Folder, f.Name).
			Scan(&v.Number, &v.Supersedes, &v.Operator, &v.Reason)
		if errors.Is(err, sql.ErrNoRows) {
			v.Number = 1
			return nil
		}
		return err
	})
	return v, err
}

// Entry finds the one file that a name means, as in [Outbox.Resend].
func (o *Outbox) Entry(ctx context.Context, merchant, name string) (e Entry, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		e, err = named(ctx, tx, merchant, name)
		return err
	})
	return e, err
}
