// Package batch groups what was accepted into numbered batches for the
// provider (domain § 5), and closes them by receipts.
//
// Accepted records wait in a queue in business order. [Batches.Cut] takes the
// first of them, writes the zip into the spool and only then gives it its
// number; until the receipt has come ([Batches.Answered]) the same bytes are
// returned again. Every record keeps the way back to the row that it came from.
//
// The content of records is intake's: Cut asks for it page by page.
package batch

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for [database.DB.Migrate].
func Migrations() fs.FS { return migrations }

var (
	// ErrUnknown says that a receipt is for a batch that was not cut.
	ErrUnknown = errors.New("no such batch")
	// ErrOtherBytes says that a receipt is for other bytes than ours.
	ErrOtherBytes = errors.New("the receipt is for other bytes than those of the batch")
)

// page is how many records are held in memory at once.
const page = 2000

// Batches are the batches of all merchants. Of one merchant, one goroutine
// cuts at a time; the caller sees to that.
type Batches struct {
	db    *database.DB
	spool *spool.Spool
}

// New returns the batches in a database; their bytes are in the spool.
func New(db *database.DB, s *spool.Spool) *Batches { return &Batches{db: db, spool: s} }

// A Lookup returns the content of accepted records, in the order of refs.
type Lookup func(ctx context.Context, merchant string, refs []purchase.RowRef) ([]formats.BatchRecord, error)

// Queue puts accepted records where [Batches.Cut] takes them, in the
// transaction that books them. Again has no effect.
func (b *Batches) Queue(ctx context.Context, tx *database.Tx, merchant string, ready []purchase.Ready) error {
	rows := make([][]any, len(ready))
	for i, r := range ready {
		rows[i] = []any{merchant, int64(r.Feed), r.Returned, int64(r.Date), r.Number, r.Row}
	}
	return tx.Load(ctx, "batch_ready", []string{"merchant_id", "feed", "returned", "date", "number", "row_id"},
		rows, "ON CONFLICT (merchant_id, feed, date, returned, number, row_id) DO NOTHING")
}

// Command registers what an operator decided; it travels in the next batch. A
// command with the same number again has no effect.
func Command(ctx context.Context, tx *database.Tx, merchant string, c purchase.Command) error {
	if err := lock(ctx, tx, merchant); err != nil {
		return err
	}
	var id int64
	if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(id), 0) + 1 FROM batch_commands WHERE merchant_id = ?", merchant).Scan(&id); err != nil {
		return fmt.Errorf("batch: command %s: %w", c.CommandNo, err)
	}
	added, err := tx.Exec(ctx, `INSERT INTO batch_commands (merchant_id, id, command_no, kind, day, subject, argument, operator, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, command_no) DO NOTHING`,
		merchant, id, c.CommandNo, c.Kind, int64(c.Day), c.Subject, c.Argument, c.Operator, c.Reason)
	if err != nil || added == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO batch_ready (merchant_id, feed, date, returned, number, row_id) VALUES (?, ?, ?, 0, ?, ?)`,
		merchant, int64(purchase.Commands), int64(c.Day), c.CommandNo, id)
	return err
}

// lock keeps an operator's command and the cutting of a batch apart.
func lock(ctx context.Context, tx *database.Tx, merchant string) error {
	return tx.Lock(ctx, "batch "+merchant)
}

// Waiting counts the records that wait for a batch.
func (b *Batches) Waiting(ctx context.Context, merchant string) (n int64, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM batch_ready WHERE merchant_id = ?", merchant).Scan(&n)
	})
	return n, err
}

// A Cut says for whom and when a batch is made.
type Cut struct {
	Merchant string
	Run      int64
	Created  time.Time // nominal time of the transmit slot
	Max      int       // records
}
