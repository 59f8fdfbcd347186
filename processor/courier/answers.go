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
// its turn, refusals of batches, and answers in the order of their numbers. It says
// in our turn what was taken, and removes that. What fails outside stops nothing
// that was taken.
func (c *Courier) TakeAnswers(ctx context.Context, merchant string, r remote.Remote) error {
	files, err := r.List(ctx, Out)
	if err != nil {
		return err
	}
	taken, err := c.taken(ctx, merchant, kindAnswer)
	if err != nil {
		return err
	}
	found, errs := c.answersIn(ctx, merchant, r, files, taken)
	gap := false
	for _, a := range found {
		if a.number <= taken {
			continue
		}
		if gap = a.number > taken+1; gap {
			break
		}
		err := c.takeAnswer(ctx, merchant, r, a)
		errs = append(errs, step("take", a.name, err))
		if err != nil {
			break
		}
		taken = a.number
	}
	errs = append(errs, c.hear(ctx, merchant, r, Out, files), c.noteGap(ctx, merchant, taken+1, gap))
	errs = append(errs, c.acknowledge(ctx, merchant, taken, r, found))
	return errors.Join(errs...)
}

// acknowledge says in our turn up to which number answers were taken, and then
// removes them. Before the first turn they stay.
func (c *Courier) acknowledge(ctx context.Context, merchant string, taken int64, r remote.Remote, found []arrived) error {
	err := c.update(ctx, merchant, func(l *Link) bool {
		if l.Told.Through.IsZero() || l.Told.Have >= taken {
			return false
		}
		l.Told.Have, l.Put = taken, false
		return true
	})
	if err == nil {
		err = c.PutTurn(ctx, merchant, r, In)
	}
	if err != nil {
		return err
	}
	l, err := c.Link(ctx, merchant)
	errs := []error{err}
	for _, a := range found {
		if acknowledged(l, a.number) && a.number <= taken {
			errs = append(errs, r.Remove(ctx, Out, a.name))
		}
	}
	return errors.Join(errs...)
}

// An answer that lies in out/; the bytes of receipts are in the spool already,
// since their number stands inside.
type arrived struct {
	number int64
	name   string
	stored *spool.Stored
}

// answersIn are the answers to a merchant among files, by number; of those that
// were taken before, what is known of them.
func (c *Courier) answersIn(ctx context.Context, merchant string, r remote.Remote, files []remote.File, taken int64) (all []arrived, errs []error) {
	for _, f := range files {
		whose, number, kind, is := formats.ParseAnswerName(f.Name)
		if !is || whose != merchant {
			continue
		}
		if kind == formats.AnswerRefused {
			errs = append(errs, step("take", f.Name, c.refused(ctx, merchant, r, f.Name)))
			continue
		}
		a, err := c.arrived(ctx, merchant, r, f, number, kind)
		if err == nil && a.number <= taken {
			err = c.sameAsBefore(ctx, merchant, f, a)
		}
		if err == nil {
			all = append(all, a)
		}
		errs = append(errs, step("take", f.Name, err))
	}
	slices.SortFunc(all, func(a, b arrived) int { return cmp.Compare(a.number, b.number) })
	return all, errs
}

// arrived finds the number of an answer: in its name, in what is known, or, of a
// receipt that is new, inside.
func (c *Courier) arrived(ctx context.Context, merchant string, r remote.Remote, f remote.File, number int64, kind string) (arrived, error) {
	if kind != formats.AnswerReceipt {
		return arrived{number: number, name: f.Name}, nil
	}
	known, err := c.named(ctx, merchant, f.Name)
	if err != nil || known != 0 {
		return arrived{number: known, name: f.Name}, err
	}
	return c.receipt(ctx, merchant, r, f.Name)
}

// named returns the number of an answer that was taken under a name; 0 when none
// was.
func (c *Courier) named(ctx context.Context, merchant, name string) (number int64, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM courier_files WHERE merchant_id = ? AND kind = ? AND name = ?",
			merchant, kindAnswer, name).Scan(&number)
	})
	return number, err
}

// sameAsBefore raises an alarm when an answer that was taken before comes with
// another name or size; its bytes are not fetched again.
func (c *Courier) sameAsBefore(ctx context.Context, merchant string, f remote.File, a arrived) error {
	var name string
	var size int64
	err := c.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT name, size FROM courier_files WHERE merchant_id = ? AND kind = ? AND number = ?", merchant, kindAnswer, a.number).Scan(&name, &size)
	})
	if err != nil || name == f.Name && size == f.Size {
		return err
	}
	err = fmt.Errorf("answer %d was taken before as %s of %d bytes, now it is %s of %d", a.number, name, size, f.Name, f.Size)
	return errors.Join(err, c.raise(ctx, Alarm{Merchant: merchant, Kind: AlarmReused, Number: a.number, Text: err.Error()}))
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
	a, err := c.read(merchant, l.name, *l.stored)
	if err != nil {
		return errors.Join(err, c.damaged(ctx, merchant, l.number, err))
	}
	err = c.take(ctx, merchant, kindAnswer, file{l.number, l.name, l.stored.SHA256, l.stored.Size, a.Document.At}, AlarmDamaged)
	if err != nil || a.Kind != formats.AnswerReceipt {
		return err
	}
	return c.db.Write(ctx, func(tx *database.Tx) error {
		return errors.Join(mend(ctx, tx, merchant, a.Document.Receipt.Number, AlarmRefused), mend(ctx, tx, merchant, 0, AlarmDamaged))
	})
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

// Missing returns the names of answers that were put, of which the merchant has
// not said that it has them, and that do not lie in out/.
func (c *Courier) Missing(ctx context.Context, merchant string, r remote.Remote) (names []string, err error) {
	l, err := c.Link(ctx, merchant)
	if err != nil {
		return nil, err
	}
	var sent []file
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? AND number > ? ORDER BY number`, merchant, kindSent, l.Heard.Have)
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
