package batch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

// An entry is a batch as its table has it. Without a hash it is only planned:
// its records are chosen, its bytes may be lost.
type entry struct {
	number  int64
	created int64
	sha256  string
	size    int64
}

// Cut returns the batch that waits for its receipt, or else makes the next one
// of what waits in the queue; false when nothing waits. The records are chosen
// in one transaction, the zip is written and synced, and only then the batch
// exists, with the hash of its bytes. Cut off in between, the next call goes
// on with the same records and the same created time.
func (b *Batches) Cut(ctx context.Context, c Cut, lookup Lookup) (purchase.Batch, bool, error) {
	e, found, err := b.plan(ctx, c)
	if err != nil || !found {
		return purchase.Batch{}, false, err
	}
	if e.sha256 == "" {
		stored, err := b.write(ctx, c.Merchant, e, lookup)
		if err != nil {
			return purchase.Batch{}, false, fmt.Errorf("batch: %s: %w", formats.BatchName(c.Merchant, e.number), err)
		}
		if err := b.commit(ctx, c.Merchant, e.number, stored); err != nil {
			return purchase.Batch{}, false, err
		}
		e.sha256, e.size = stored.SHA256, stored.Size
	}
	return b.batch(c.Merchant, e), true, nil
}

func (b *Batches) batch(merchant string, e entry) purchase.Batch {
	return purchase.Batch{
		Merchant: merchant, Number: e.number, SHA256: e.sha256, Size: e.size,
		Created: time.Unix(e.created, 0).UTC(),
		Open:    func() (purchase.ReadAtCloser, error) { return b.spool.Open(e.sha256) },
	}
}

// plan finds the open batch or chooses the records of the next one.
func (b *Batches) plan(ctx context.Context, c Cut) (e entry, found bool, err error) {
	err = b.db.Write(ctx, func(tx *database.Tx) error {
		if err := lock(ctx, tx, c.Merchant); err != nil {
			return err
		}
		e, found, err = open(ctx, tx, c.Merchant)
		if err != nil || found {
			return err
		}
		e, found, err = choose(ctx, tx, c)
		return err
	})
	return e, found, err
}

// open finds the batch without a receipt; there is at most one.
func open(ctx context.Context, tx *database.Tx, merchant string) (e entry, found bool, err error) {
	err = tx.QueryRow(ctx, "SELECT number, created, sha256, size FROM batches WHERE merchant_id = ? AND answered = 0", merchant).
		Scan(&e.number, &e.created, &e.sha256, &e.size)
	if errors.Is(err, sql.ErrNoRows) {
		return entry{}, false, nil
	}
	return e, err == nil, err
}

// first is the order in which records leave the queue: business order.
const first = `SELECT feed, date, returned, number, row_id FROM batch_ready WHERE merchant_id = ?
	ORDER BY feed, date, returned, number, row_id LIMIT ?`

func choose(ctx context.Context, tx *database.Tx, c Cut) (entry, bool, error) {
	e := entry{created: c.Created.Unix()}
	err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) + 1 FROM batches WHERE merchant_id = ?", c.Merchant).Scan(&e.number)
	if err != nil {
		return e, false, err
	}
	records, err := tx.Exec(ctx, `INSERT INTO batch_records (merchant_id, batch, feed, position, row_id)
		SELECT ?, ?, feed, ROW_NUMBER() OVER (PARTITION BY feed ORDER BY date, returned, number, row_id), row_id
		FROM (`+first+`) AS ready`, c.Merchant, e.number, c.Merchant, c.Max)
	if err != nil || records == 0 {
		return e, false, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM batch_ready WHERE merchant_id = ? AND (feed, date, returned, number, row_id) IN (`+first+`)`,
		c.Merchant, c.Merchant, c.Max)
	if err != nil {
		return e, false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO batches (merchant_id, number, created, run, records, sha256, size, taken, refused, answered)
		VALUES (?, ?, ?, ?, ?, '', 0, 0, 0, 0)`, c.Merchant, e.number, e.created, c.Run, records)
	return e, true, err
}

func (b *Batches) commit(ctx context.Context, merchant string, number int64, s spool.Stored) error {
	return b.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE batches SET sha256 = ?, size = ? WHERE merchant_id = ? AND number = ? AND sha256 = ''",
			s.SHA256, s.Size, merchant, number)
		return err
	})
}

// write puts the zip of a planned batch into the spool.
func (b *Batches) write(ctx context.Context, merchant string, e entry, lookup Lookup) (spool.Stored, error) {
	w, err := b.spool.Create()
	if err != nil {
		return spool.Stored{}, err
	}
	z := formats.NewBatchZip(w, formats.Manifest{Merchant: merchant, Number: e.number, Created: time.Unix(e.created, 0)})
	for last := (at{}); ; {
		records, next, err := b.page(ctx, merchant, e.number, last, lookup)
		for _, r := range records {
			err = errors.Join(err, z.Write(r.Record, r.Source))
		}
		if err != nil {
			return spool.Stored{}, errors.Join(err, w.Abort())
		}
		if next == last {
			break
		}
		last = next
	}
	if err := z.Close(); err != nil {
		return spool.Stored{}, errors.Join(err, w.Abort())
	}
	return w.Commit()
}

// at is a place in a batch.
type at struct{ feed, position int64 }

// page returns the records after a place, and the place of the last of them.
func (b *Batches) page(ctx context.Context, merchant string, number int64, last at, lookup Lookup) ([]formats.BatchRecord, at, error) {
	var refs []purchase.RowRef
	err := b.db.Read(ctx, func(tx *database.Tx) (err error) {
		rows, err := tx.Query(ctx, `SELECT feed, position, row_id FROM batch_records
			WHERE merchant_id = ? AND batch = ? AND (feed, position) > (?, ?) ORDER BY feed, position LIMIT ?`,
			merchant, number, last.feed, last.position, page)
		refs, err = database.Collect(rows, err, func(r *sql.Rows) (ref purchase.RowRef, err error) {
			err = r.Scan(&last.feed, &last.position, &ref.Row)
			ref.Feed = purchase.Feed(last.feed)
			return ref, err
		})
		return err
	})
	if err != nil || len(refs) == 0 {
		return nil, last, err
	}
	n := slices.IndexFunc(refs, func(r purchase.RowRef) bool { return r.Feed == purchase.Commands })
	if n < 0 {
		n = len(refs)
	}
	records, err := lookup(ctx, merchant, refs[:n])
	if err == nil && len(records) != n {
		err = fmt.Errorf("%d records came of %d that were accepted", len(records), n)
	}
	if err != nil {
		return nil, last, err
	}
	commands, err := b.commands(ctx, merchant, refs[n:])
	return append(records, commands...), last, err
}

// commands returns what operators decided, in the order of refs.
func (b *Batches) commands(ctx context.Context, merchant string, refs []purchase.RowRef) ([]formats.BatchRecord, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(refs))
	for i, r := range refs {
		ids[i] = r.Row
	}
	var commands []formats.BatchRecord
	err := b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT command_no, kind, day, subject, argument, operator, reason
			FROM batch_commands WHERE merchant_id = ? AND id IN ?? ORDER BY day, command_no`, merchant, ids)
		commands, err = database.Collect(rows, err, scanCommand)
		return err
	})
	return commands, err
}

func scanCommand(r *sql.Rows) (formats.BatchRecord, error) {
	var c purchase.Command
	var day int64
	err := r.Scan(&c.CommandNo, &c.Kind, &day, &c.Subject, &c.Argument, &c.Operator, &c.Reason)
	c.Day = schedules.Date(day)
	return formats.BatchRecord{Record: c}, err
}
