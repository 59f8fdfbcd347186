package courier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// TakeAnswers takes what the provider has put into out/ of the merchant's home:
// turns, refusals of batches, and answers in the order of their numbers. What
// fails outside stops nothing that was taken.
func (c *Courier) TakeAnswers(ctx context.Context, merchant string, r remote.Remote) error {
	files, err := r.List(ctx, Out)
	if err != nil {
		return err
	}
	taken, err := c.taken(ctx, merchant, kindAnswer)
	if err != nil {
		return err
	}
	found, errs := c.answersIn(ctx, merchant, r, files)
	gap := false
	for _, a := range found {
		if gap = a.number > taken+1; gap {
			break
		}
		err := c.takeAnswer(ctx, merchant, r, a)
		errs = append(errs, step("take", a.name, err))
		if err != nil {
			break
		}
		taken = max(taken, a.number)
	}
	errs = append(errs, c.turns(ctx, merchant, r, Out, files), c.noteGap(ctx, merchant, taken+1, gap))
	return errors.Join(errs...)
}

// An answer that lies in out/; the bytes of receipts are in the spool already,
// since their number stands inside.
type arrived struct {
	number int64
	name   string
	stored *spool.Stored
}

// answersIn are the answers to a merchant among files, by number.
func (c *Courier) answersIn(ctx context.Context, merchant string, r remote.Remote, files []remote.File) (all []arrived, errs []error) {
	for _, f := range files {
		whose, number, kind, is := formats.ParseAnswerName(f.Name)
		switch {
		case !is || whose != merchant:
		case kind == formats.AnswerRefused:
			errs = append(errs, step("take", f.Name, c.refused(ctx, merchant, r, f.Name)))
		case kind != formats.AnswerReceipt:
			all = append(all, arrived{number: number, name: f.Name})
		default:
			a, err := c.receipt(ctx, merchant, r, f.Name)
			if err == nil {
				all = append(all, a)
			}
			errs = append(errs, step("take", f.Name, err))
		}
	}
	slices.SortFunc(all, func(a, b arrived) int { return cmp.Compare(a.number, b.number) })
	return all, errs
}

func (c *Courier) receipt(ctx context.Context, merchant string, r remote.Remote, name string) (arrived, error) {
	stored, err := c.store(ctx, r, Out, name)
	if err != nil {
		return arrived{}, err
	}
	a, err := c.read(merchant, name, stored)
	if err != nil {
		return arrived{}, errors.Join(err, c.damaged(ctx, merchant, 0, err))
	}
	return arrived{a.Number, name, &stored}, nil
}

// read reads an answer, and checks that it is what its name says.
func (c *Courier) read(merchant, name string, stored spool.Stored) (formats.Answer, error) {
	a, err := formats.ReadAnswer(c.stored(stored.SHA256))
	if err == nil && (a.Merchant != merchant || a.Name() != name) {
		err = fmt.Errorf("%w: inside it is %s", formats.ErrAnswer, a.Name())
	}
	return a, err
}

// takeAnswer takes one answer whose predecessors are there.
func (c *Courier) takeAnswer(ctx context.Context, merchant string, r remote.Remote, l arrived) error {
	if l.stored == nil {
		stored, err := c.store(ctx, r, Out, l.name)
		if err != nil {
			return err
		}
		l.stored = &stored
	}
	known, err := c.known(ctx, merchant, kindAnswer, l.number)
	if err != nil {
		return err
	}
	switch {
	case known == l.stored.SHA256:
		return r.Remove(ctx, Out, l.name)
	case known != "":
		err := fmt.Errorf("%s has other bytes than answer %d that was taken before (sha256 %s, now %s)", l.name, l.number, known, l.stored.SHA256)
		return errors.Join(err, c.raise(ctx, Alarm{Merchant: merchant, Kind: AlarmReused, Number: l.number, Text: err.Error()}))
	}
	a, err := c.read(merchant, l.name, *l.stored)
	if err != nil {
		return errors.Join(err, c.damaged(ctx, merchant, l.number, err))
	}
	err = c.take(ctx, merchant, kindAnswer, file{l.number, l.name, l.stored.SHA256, l.stored.Size, a.Document.At}, AlarmDamaged)
	if err == nil && a.Kind == formats.AnswerReceipt {
		err = c.db.Write(ctx, func(tx *database.Tx) error {
			return errors.Join(mend(ctx, tx, merchant, a.Document.Receipt.Number, AlarmRefused), mend(ctx, tx, merchant, 0, AlarmDamaged))
		})
	}
	if err != nil {
		return err
	}
	return r.Remove(ctx, Out, l.name)
}

// damaged raises an alarm about an answer that cannot be read; other errors pass.
func (c *Courier) damaged(ctx context.Context, merchant string, number int64, err error) error {
	if !errors.Is(err, formats.ErrAnswer) {
		return nil
	}
	return c.raise(ctx, Alarm{Merchant: merchant, Kind: AlarmDamaged, Number: number, Text: err.Error()})
}

// refused takes the word of the provider that a batch is not taken.
func (c *Courier) refused(ctx context.Context, merchant string, r remote.Remote, name string) error {
	f, err := r.Open(ctx, Out, name)
	if err != nil {
		return err
	}
	note, err := formats.ReadRefused(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := c.raise(ctx, Alarm{Merchant: merchant, Kind: AlarmRefused, Number: note.Number, Code: note.Code, Text: note.Text}); err != nil {
		return err
	}
	return r.Remove(ctx, Out, name)
}

// HasAnswer reports whether the answers up to a number were taken.
func (c *Courier) HasAnswer(ctx context.Context, merchant string, number int64) (bool, error) {
	n, err := c.taken(ctx, merchant, kindAnswer)
	return n >= number, err
}

// LastAnswer returns the number of the last answer that was taken.
func (c *Courier) LastAnswer(ctx context.Context, merchant string) (int64, error) {
	return c.taken(ctx, merchant, kindAnswer)
}

// LastSent returns the number of the last answer of ours.
func (c *Courier) LastSent(ctx context.Context, merchant string) (int64, error) {
	return c.taken(ctx, merchant, kindSent)
}

// Sent registers an answer of ours, in the transaction that makes it leave. at is
// the slot of the run.
func (c *Courier) Sent(ctx context.Context, tx *database.Tx, a formats.Answer, stored spool.Stored, at time.Time) error {
	n, err := last(ctx, tx, a.Merchant, kindSent)
	if err == nil && n != a.Number-1 {
		err = fmt.Errorf("answer %d follows answer %d", a.Number, n)
	}
	if err != nil {
		return err
	}
	return insert(ctx, tx, a.Merchant, kindSent, file{a.Number, a.Name(), stored.SHA256, stored.Size, at})
}

// Missing returns the names of answers that were put and have not arrived: the
// merchant knows of them, or was at work in a later slot, and does not have them,
// and they do not lie in out/.
func (c *Courier) Missing(ctx context.Context, merchant string, r remote.Remote) (names []string, err error) {
	l, err := c.Link(ctx, merchant)
	if err != nil {
		return nil, err
	}
	var sent []file
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? AND number > ? AND (number <= ? OR at < ?) ORDER BY number`,
			merchant, kindSent, l.Heard.Have, l.Heard.Heard, unix(l.Heard.Through))
		sent, err = database.Collect(rows, err, scanFile)
		return err
	})
	if err != nil || len(sent) == 0 {
		return nil, err
	}
	files, err := r.List(ctx, Out)
	if err != nil {
		return nil, err
	}
	for _, s := range sent {
		if !slices.ContainsFunc(files, func(f remote.File) bool { return f.Name == s.name }) {
			names = append(names, s.name)
		}
	}
	return names, nil
}

// ReceiptName is the name under which the receipt of a batch was sent; false when
// it was not yet.
func (c *Courier) ReceiptName(ctx context.Context, merchant string, batch int64) (name string, sent bool, err error) {
	name = formats.AnswerName(merchant, batch, formats.AnswerReceipt)
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		var n int64
		err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM courier_files WHERE merchant_id = ? AND kind = ? AND name = ?", merchant, kindSent, name).Scan(&n)
		sent = n > 0
		return err
	})
	return name, sent, err
}
