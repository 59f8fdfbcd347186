package courier

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// A batch that lies in in/.
type lying struct {
	number int64
	name   string
}

// TakeBatches takes what a merchant has put into in/ of its home: its turn, and
// batches in the order of their numbers. currency is that of its account. It
// returns the numbers of batches that came again, the same as before: the
// merchant misses their receipts. What fails outside stops nothing that was taken.
func (c *Courier) TakeBatches(ctx context.Context, merchant, currency string, r remote.Remote) (again []int64, _ error) {
	files, err := r.List(ctx, In)
	if err != nil {
		return nil, err
	}
	taken, err := c.taken(ctx, merchant, kindBatch)
	if err != nil {
		return nil, err
	}
	var errs []error
	gap := false
	for _, l := range batchesIn(merchant, files) {
		if gap = l.number > taken+1; gap {
			break
		}
		repeated, err := c.takeBatch(ctx, merchant, currency, r, l)
		errs = append(errs, step("take", l.name, err))
		if repeated {
			again = append(again, l.number)
		}
		if taken, err = c.taken(ctx, merchant, kindBatch); err != nil {
			return again, err
		}
	}
	errs = append(errs, c.hear(ctx, merchant, r, In, files), c.noteGap(ctx, merchant, taken+1, gap), c.PutTurn(ctx, merchant, r, Out))
	return again, errors.Join(errs...)
}

// batchesIn are the batches of a merchant among files, by number.
func batchesIn(merchant string, files []remote.File) (all []lying) {
	for _, f := range files {
		if whose, n, is := formats.ParseBatchName(f.Name); is && whose == merchant {
			all = append(all, lying{n, f.Name})
		}
	}
	slices.SortFunc(all, func(a, b lying) int { return cmp.Compare(a.number, b.number) })
	return all
}

// takeBatch takes one batch, or refuses it. What was refused leaves in/ at once,
// so that a mended one may take its place; its bytes stay in the spool.
func (c *Courier) takeBatch(ctx context.Context, merchant, currency string, r remote.Remote, l lying) (again bool, err error) {
	known, state, err := c.batch(ctx, merchant, l.number)
	if err != nil || known != "" && state != cleared {
		return false, err // it lies there until its receipt does
	}
	stored, err := c.store(ctx, r, In, l.name)
	if err != nil {
		return false, err
	}
	if known == stored.SHA256 {
		return true, r.Remove(ctx, In, l.name)
	}
	why := error(refusal{purchase.ConflictRow, fmt.Sprintf("a batch with this number and sha256 %s was taken before; another one needs the next number", known)})
	var created time.Time
	if known == "" {
		created, why = c.check(merchant, currency, l.number, stored)
	}
	var refused refusal
	switch {
	case why == nil:
		return false, c.take(ctx, merchant, kindBatch, file{l.number, l.name, stored.SHA256, stored.Size, created}, AlarmRefused)
	case !errors.As(why, &refused):
		return false, why
	}
	if err := c.refuse(ctx, merchant, r, l.number, stored, refused); err != nil {
		return false, err
	}
	return false, r.Remove(ctx, In, l.name)
}

// States of batches that came.
const (
	waits      int64 = iota // for the provider
	handedOver              // it has the batch
	cleared                 // its receipt lies in out/, and it left in/
)

// batch returns hash and state of a batch that came before; "" when it did not.
func (c *Courier) batch(ctx context.Context, merchant string, number int64) (sum string, state int64, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT sha256, done FROM courier_files WHERE merchant_id = ? AND kind = ? AND number = ?", merchant, kindBatch, number).Scan(&sum, &state)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return sum, state, err
}

// A refusal says why a batch is not taken.
type refusal struct {
	code purchase.Code
	text string
}

func (r refusal) Error() string { return string(r.code) + ": " + r.text }

// check reads a batch to its end. A batch is the merchant's word on its own
// documents: payments and commands it cannot carry.
func (c *Courier) check(merchant, currency string, number int64, stored spool.Stored) (created time.Time, err error) {
	f, err := c.spool.Open(stored.SHA256)
	if err != nil {
		return created, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := formats.OpenBatch(f, stored.Size)
	if err != nil {
		return created, unreadable(err)
	}
	if b.Manifest.Merchant != merchant || b.Manifest.Number != number {
		return created, refusal{purchase.FileNotYours, fmt.Sprintf("its manifest is that of batch %d of %s", b.Manifest.Number, b.Manifest.Merchant)}
	}
	for _, feed := range b.Feeds() {
		if feed == purchase.Payments || feed == purchase.Commands {
			return created, refusal{purchase.FileNotYours, fmt.Sprintf("it carries %s, which are no business of a merchant", feed)}
		}
		for record, err := range b.Records(feed) {
			if err != nil {
				return created, unreadable(err)
			}
			if got := currencyOf(record.Record); got != "" && got != currency {
				return created, refusal{purchase.WrongCurrency, fmt.Sprintf("%s %s is in %s; the account is kept in %s", feed, record.Record.Number(), got, currency)}
			}
		}
	}
	return b.Manifest.Created, nil
}

// unreadable is a refusal of what is no batch, and any other error as it is.
func unreadable(err error) error {
	if errors.Is(err, formats.ErrBatch) {
		return refusal{purchase.FileTruncated, err.Error()}
	}
	return err
}

// currencyOf is the currency that a record must have; "" where any will do: an
// order in another one is declined, not refused.
func currencyOf(r purchase.Record) string {
	switch r := r.(type) {
	case purchase.Invoice:
		return r.Currency
	case purchase.Shipment:
		return r.Currency
	case purchase.Return:
		return r.Currency
	case purchase.Credit:
		return r.Currency
	}
	return ""
}

// refuse tells the merchant, and here, that a batch is not taken.
func (c *Courier) refuse(ctx context.Context, merchant string, r remote.Remote, number int64, stored spool.Stored, why refusal) error {
	if err := c.raise(ctx, Alarm{Merchant: merchant, Kind: AlarmRefused, Number: number, Code: why.code, Text: why.text}); err != nil {
		return err
	}
	var b bytes.Buffer
	note := formats.Refused{Merchant: merchant, Number: number, SHA256: stored.SHA256, Code: why.code, Text: why.text}
	if err := formats.WriteRefused(&b, note); err != nil {
		return err
	}
	return replace(ctx, r, Out, formats.AnswerName(merchant, number, formats.AnswerRefused), b.Bytes())
}

// NextBatch returns the first batch that was taken and not handed to the
// provider yet; false when there is none.
func (c *Courier) NextBatch(ctx context.Context, merchant string) (b purchase.Batch, found bool, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? AND done = 0 ORDER BY number LIMIT 1`, merchant, kindBatch)
		all, err := database.Collect(rows, err, scanFile)
		if err != nil || len(all) == 0 {
			return err
		}
		f := all[0]
		found = true
		b = purchase.Batch{
			Merchant: merchant, Number: f.number, SHA256: f.sha256, Size: f.size, Created: f.at,
			Open: func() (purchase.ReadAtCloser, error) { return c.spool.Open(f.sha256) },
		}
		return nil
	})
	return b, found, err
}

// HandedOver notes that the provider has a batch.
func (c *Courier) HandedOver(ctx context.Context, b purchase.Batch) error {
	return c.setState(ctx, b.Merchant, b.Number, handedOver)
}

func (c *Courier) setState(ctx context.Context, merchant string, number, state int64) error {
	return c.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE courier_files SET done = ? WHERE merchant_id = ? AND kind = ? AND number = ? AND done < ?",
			state, merchant, kindBatch, number, state)
		return err
	})
}

// Uncleared returns the batches that the provider has and that lie in in/ still.
func (c *Courier) Uncleared(ctx context.Context, merchant string) (numbers []int64, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT number FROM courier_files WHERE merchant_id = ? AND kind = ? AND done = ? ORDER BY number", merchant, kindBatch, handedOver)
		numbers, err = database.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
		return err
	})
	return numbers, err
}

// Clear removes a batch whose receipt lies in out/ from in/.
func (c *Courier) Clear(ctx context.Context, merchant string, number int64, r remote.Remote) error {
	if err := r.Remove(ctx, In, formats.BatchName(merchant, number)); err != nil {
		return err
	}
	return c.setState(ctx, merchant, number, cleared)
}

// LastBatch returns number and created time of the last batch that was taken;
// number 0 when there is none.
func (c *Courier) LastBatch(ctx context.Context, merchant string) (number int64, created time.Time, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? ORDER BY number DESC LIMIT 1`, merchant, kindBatch)
		all, err := database.Collect(rows, err, scanFile)
		if err == nil && len(all) == 1 {
			number, created = all[0].number, all[0].at
		}
		return err
	})
	return number, created, err
}

// Lost reports whether a batch that was put, and has no receipt, lies no longer
// where the provider takes it. One that was refused is put again from time to
// time only; put is when it was put last.
func (c *Courier) Lost(ctx context.Context, b purchase.Batch, put time.Time, r remote.Remote) (bool, error) {
	alarms, err := c.raised(ctx, b.Merchant)
	if err != nil {
		return false, err
	}
	refused := func(a Alarm) bool { return a.Kind == AlarmRefused && a.Number == b.Number }
	if slices.ContainsFunc(alarms, refused) && !c.Overdue(put, c.now()) {
		return false, nil
	}
	files, err := r.List(ctx, In)
	if err != nil {
		return false, err
	}
	name := formats.BatchName(b.Merchant, b.Number)
	return !slices.ContainsFunc(files, func(f remote.File) bool { return f.Name == name }), nil
}
