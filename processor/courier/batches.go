package courier

import (
	"bytes"
	"cmp"
	"context"
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

// TakeBatches takes what a merchant has put into in/ of its home: its turns, and
// batches in the order of their numbers. currency is that of its account. It
// returns the numbers of batches that came again, the same as before: the
// merchant misses their receipts. What fails outside stops nothing that was taken.
func (c *Courier) TakeBatches(ctx context.Context, merchant, currency string, r remote.Remote) (again []int64, _ error) {
	files, err := r.List(ctx, In)
	if err != nil {
		return nil, err
	}
	errs := []error{c.turns(ctx, merchant, r, In, files)}
	taken, err := c.taken(ctx, merchant, kindBatch)
	if err != nil {
		return nil, err
	}
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
	return again, errors.Join(append(errs, c.noteGap(ctx, merchant, taken+1, gap))...)
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

// takeBatch takes one batch, or refuses it. Either way it leaves in/: what was
// refused stays in the spool, and a mended one may take its place.
func (c *Courier) takeBatch(ctx context.Context, merchant, currency string, r remote.Remote, l lying) (again bool, err error) {
	stored, err := c.store(ctx, r, In, l.name)
	if err != nil {
		return false, err
	}
	known, err := c.known(ctx, merchant, kindBatch, l.number)
	if err != nil {
		return false, err
	}
	switch {
	case known == stored.SHA256:
		again = true
	case known != "":
		err = c.refuse(ctx, merchant, r, l.number, stored, refusal{
			purchase.ConflictRow,
			fmt.Sprintf("a batch with this number and sha256 %s was taken before; another one needs the next number", known),
		})
	default:
		created, why := c.check(merchant, currency, l.number, stored)
		if refused := (refusal{}); errors.As(why, &refused) {
			err = c.refuse(ctx, merchant, r, l.number, stored, refused)
		} else if err = why; err == nil {
			err = c.take(ctx, merchant, kindBatch, file{l.number, l.name, stored.SHA256, stored.Size, created}, AlarmRefused)
		}
	}
	if err != nil {
		return again, err
	}
	return again, r.Remove(ctx, In, l.name)
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
	return c.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE courier_files SET done = 1 WHERE merchant_id = ? AND kind = ? AND number = ?", b.Merchant, kindBatch, b.Number)
		return err
	})
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

// Lost reports whether a batch that was put has not arrived: the provider knows of
// it, or was at work after that, and does not have it, and it does not lie in in/.
func (c *Courier) Lost(ctx context.Context, b purchase.Batch, r remote.Remote) (bool, error) {
	l, err := c.Link(ctx, b.Merchant)
	if err != nil || l.Heard.Have >= b.Number || l.Heard.Heard < b.Number && l.Heard.Through.Before(b.Created) {
		return false, err
	}
	there, err := lies(ctx, r, In, formats.BatchName(b.Merchant, b.Number))
	return err == nil && !there, err
}
