package processor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/schedules"
)

// This file is what the provider's side tells the merchant's: facts, which are
// rendered there.

// Readers of the provider's documents, as answers.
const (
	receiptReader = "receipts"
	answerReader  = "answers"
)

// receipts takes the receipts of own batches, and answers those of the merchant's
// batches and what was decided in own ones: what waits for it can go on in the
// same slot.
func (j *job) receipts(ctx context.Context) error {
	if err := j.receive(ctx); err != nil {
		return err
	}
	err := j.answers(ctx, receiptReader, func(d purchase.Document) (bool, error) {
		if d.Receipt == nil || !d.Receipt.Own {
			return d.Receipt != nil, nil
		}
		for part, err := range d.Receipt.Parts(ctx) {
			if err != nil || len(part.Decisions) > 0 {
				return err == nil, err
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	waiting, err := j.waiting(ctx)
	if err == nil && waiting {
		err = j.put(ctx)
	}
	if err != nil {
		return err
	}
	return j.clear(ctx)
}

// waiting reports whether an answer is to be put.
func (j *job) waiting(ctx context.Context) (bool, error) {
	all, err := j.Outbox.List(ctx, j.m.ID(), outbox.Filter{Waiting: true, Target: outbox.ERP, Limit: 1})
	return len(all) > 0, err
}

// answers writes what the provider has said since a reader was last here, and
// registers each answer together with its number and the new position.
func (j *job) answers(ctx context.Context, reader string, wanted func(purchase.Document) (bool, error)) error {
	position, err := j.position(ctx, reader)
	if err != nil {
		return err
	}
	slot, err := j.answered(ctx)
	if err != nil {
		return err
	}
	for d, err := range j.Provider.Documents(ctx, j.m.ID(), position) {
		if err != nil {
			return err
		}
		is, err := wanted(d)
		if err != nil {
			return err
		}
		also := func(*database.Tx) error { return nil }
		var files []made
		if is {
			if files, also, err = j.answerOf(ctx, d, slot); err != nil {
				return &unwritableError{d.Position, err}
			}
		}
		err = j.add(ctx, files, func(tx *database.Tx) error {
			if err := also(tx); err != nil {
				return err
			}
			return setPosition(ctx, tx, j.m.ID(), reader, d.Position)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// answered is the transmit slot that an answer belongs to: after the merchant's
// turn of a later one it should have it.
func (j *job) answered(ctx context.Context) (time.Time, error) {
	done, err := j.transmitted(ctx)
	if plan, planned := j.m.Schedules[schedules.Transmit]; planned {
		done = later(done, plan.Latest(j.r.at))
	}
	return done, err
}

// answerOf writes a document as the next answer.
func (j *job) answerOf(ctx context.Context, d purchase.Document, slot time.Time) ([]made, func(*database.Tx) error, error) {
	last, err := j.Courier.LastSent(ctx, j.m.ID())
	if err != nil {
		return nil, nil, err
	}
	if d.Payout != nil {
		p := *d.Payout
		who := j.parties(p)
		p.Parties, d.Payout = &who, &p
	}
	a := formats.Answer{Merchant: j.m.ID(), Number: last + 1, Document: d}
	f, err := j.make(outbox.ERP, courier.Out, a.Name(), outbox.Answer, strconv.FormatInt(a.Number, 10), func(w io.Writer) error {
		return formats.WriteAnswer(ctx, w, a)
	})
	return []made{f}, func(tx *database.Tx) error { return j.Courier.Sent(ctx, tx, a, f.stored, slot) }, err
}

// answer tells all there is to say: letters first, so that the answer on a
// dunning run can tell which were sent, then what stays at the provider, then
// answers, and last the turn.
func (j *job) answer(ctx context.Context, d due) error {
	if d.deliver == nil {
		return j.acknowledge(ctx)
	}
	j.telling = d.deliver.At
	if err := j.Provider.Advance(ctx, j.m.ID(), *d.deliver); err != nil {
		return err
	}
	if err := j.receipts(ctx); err != nil {
		return err
	}
	if err := j.Intake.Close(ctx, j.run); err != nil {
		return err
	}
	if err := j.write(ctx, j.letters, j.reports, j.documentsOut); err != nil {
		return err
	}
	if err := j.turnBack(ctx); err != nil {
		return err
	}
	if err := j.arrival(ctx); err != nil {
		return err
	}
	j.fail("tidy out/", j.Outbox.Expire(ctx, j.m.ID(), j.m.KeepDays, func(t string) (remote.Remote, error) { return j.open(ctx, t) }))
	return j.mark(ctx, d.deliver)
}

// arrival waits until the merchant's turn says that all answers have come. What
// lies no longer in out/ meanwhile is put again.
func (j *job) arrival(ctx context.Context) error {
	if err := j.putAgain(ctx); err != nil {
		return err
	}
	if err := j.come(ctx); err != nil {
		return err
	}
	slot, err := j.transmitted(ctx)
	if err != nil {
		return err
	}
	sent, err := j.Courier.LastSent(ctx, j.m.ID())
	if err != nil {
		return err
	}
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err != nil || l.Heard.Have >= sent || l.Heard.Next.After(slot) && l.Heard.Through.Before(slot) {
		return err
	}
	return j.await(ctx, fmt.Sprintf("the merchant has %d of %d answers", l.Heard.Have, sent))
}

// documentsOut answers what is no receipt.
func (j *job) documentsOut(ctx context.Context) error {
	return j.answers(ctx, answerReader, func(d purchase.Document) (bool, error) {
		return d.Receipt == nil && formats.KindOf(d) != "", nil
	})
}

// putAgain puts what could not be put before, and answers that did not arrive.
func (j *job) putAgain(ctx context.Context) error {
	r, err := j.open(ctx, outbox.ERP)
	if err != nil {
		j.fail("look for answers", err)
		return ctx.Err()
	}
	missing, err := j.Courier.Missing(ctx, j.m.ID(), r)
	j.fail("look for answers", err)
	for _, name := range missing {
		j.Log.Warn("an answer has not arrived and is put again", "merchant", j.m.ID(), "file", name)
		if err := j.Outbox.Again(ctx, j.m.ID(), outbox.ERP, courier.Out, name); err != nil {
			return err
		}
	}
	waiting, err := j.waiting(ctx)
	if err != nil || !waiting {
		return errors.Join(err, ctx.Err())
	}
	return j.put(ctx)
}

// turnBack says that the last transmit slot is told completely. An answer, or the
// turn, that could not be put is waited for.
func (j *job) turnBack(ctx context.Context) error {
	waiting, err := j.waiting(ctx)
	if err != nil {
		return err
	}
	if waiting {
		return j.await(ctx, "an answer could not be put")
	}
	slot, err := j.transmitted(ctx)
	if err != nil || slot.IsZero() {
		return err
	}
	if err := j.complete(ctx, slot); err != nil {
		return err
	}
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err == nil && !l.Put {
		err = j.await(ctx, "the turn could not be put")
	}
	return err
}
