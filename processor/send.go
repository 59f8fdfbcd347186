package processor

import (
	"context"
	"errors"
	"strconv"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// This file is the side of the ERP: batches leave as files, answers come.

// fetch takes the answers that have come, and tries what has waited for them.
func (j *job) fetch(ctx context.Context) error {
	r, err := j.open(ctx, outbox.Provider)
	if err == nil {
		err = j.Courier.TakeAnswers(ctx, j.m.ID(), r)
	}
	j.fail("fetch answers", err)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.receive(ctx); err != nil {
		return err
	}
	return j.Intake.Try(ctx, j.run, j.m.Terms)
}

// send hands over batches until no accepted event waits, each after the receipt
// of the one before, and then gives the turn to the provider. Where the provider
// does not answer in time, the batch stays open and the next run asks again.
func (j *job) send(ctx context.Context, d due) error {
	if d.transmit == nil {
		return nil
	}
	for sent := int64(0); ; {
		j.step(j.m.ID(), "transmit")
		if err := j.fetch(ctx); err != nil {
			return err
		}
		b, found, err := j.Batches.Cut(ctx, batch.Cut{Merchant: j.m.ID(), Run: j.r.number, Created: d.transmit.At, Max: j.BatchMax}, j.Intake.Records(j.m.Terms.Currency))
		if err != nil {
			return err
		}
		if !found {
			if err := j.complete(ctx, d.transmit.At); err != nil {
				return err
			}
			return j.mark(ctx, d.transmit)
		}
		if b.Number == sent {
			if err := j.unanswered(ctx, b, d); err != nil {
				return err
			}
			return j.mark(ctx, d.transmit)
		}
		if err := j.hand(ctx, b); err != nil {
			return err
		}
		sent = b.Number
	}
}

// unanswered waits for a receipt, unless the provider has said that it does
// nothing in this slot.
func (j *job) unanswered(ctx context.Context, b purchase.Batch, d due) error {
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err != nil || l.Heard.Next.After(d.transmit.At) {
		return err
	}
	return j.await(ctx, "batch "+strconv.FormatInt(b.Number, 10)+" has no receipt")
}

// hand puts a batch into the merchant's home at the provider. Again it has no
// effect, except that a batch that did not arrive is put again.
func (j *job) hand(ctx context.Context, b purchase.Batch) error {
	f := outbox.File{
		Merchant: j.m.ID(), Target: outbox.Provider, Folder: courier.In, Name: formats.BatchName(j.m.ID(), b.Number), Run: j.r.number,
		Kind: outbox.Batch, Subject: strconv.FormatInt(b.Number, 10),
	}
	err := j.DB.Write(ctx, func(tx *database.Tx) error {
		return j.Outbox.Add(ctx, tx, f, spool.Stored{SHA256: b.SHA256, Size: b.Size})
	})
	if err != nil {
		return err
	}
	if err := j.handAgain(ctx, b, f); err != nil {
		return err
	}
	return j.put(ctx)
}

// handAgain puts a batch again that was lost on its way, or its receipt on the
// way back: the provider then says it again.
func (j *job) handAgain(ctx context.Context, b purchase.Batch, f outbox.File) error {
	entries, err := j.Outbox.List(ctx, f.Merchant, outbox.Filter{Target: f.Target, Name: f.Name})
	if err != nil || len(entries) != 1 || entries[0].Waits {
		return err
	}
	r, err := j.open(ctx, outbox.Provider)
	if err != nil {
		return nil // told by fetch
	}
	lost, err := j.Courier.Lost(ctx, b, entries[0].Delivered, r)
	j.fail("look for the batch", err)
	if !lost {
		return ctx.Err()
	}
	j.Log.Warn("a batch has no receipt and lies no longer at the provider; it is put again", "merchant", j.m.ID(), "batch", b.Number)
	return j.Outbox.Again(ctx, f.Merchant, f.Target, f.Folder, f.Name)
}

// giveTurn notes and puts a turn; one that could not be put is put as soon as
// the other side can be reached.
func (j *job) giveTurn(ctx context.Context, t formats.Turn, target, folder string) error {
	if err := j.Courier.Tell(ctx, j.m.ID(), t); err != nil {
		return err
	}
	r, err := j.open(ctx, target)
	if err == nil {
		err = j.Courier.PutTurn(ctx, j.m.ID(), r, folder)
	}
	j.fail("give the turn", err)
	return ctx.Err()
}

// showTurns sees to it that our last turns lie where the other side reads them,
// also when there is nothing to do: it may wait for them.
func (e *Engine) showTurns(ctx context.Context) {
	if e.Courier == nil {
		return
	}
	target, folder := outbox.Provider, courier.In
	if e.Role == ProviderSide {
		target, folder = outbox.ERP, courier.Out
	}
	for _, m := range e.Merchants {
		r, err := m.Open(ctx, target)
		if err == nil {
			err = errors.Join(e.Courier.PutTurn(ctx, m.ID(), r, folder), r.Close())
		}
		if err != nil && ctx.Err() == nil {
			e.Log.Warn("the turn cannot be shown", "merchant", m.ID(), "error", err)
		}
	}
}

// tell writes what the ERP is told, when the provider has told all of the slot.
func (j *job) tell(ctx context.Context, d due) error {
	if d.deliver == nil {
		return j.acknowledge(ctx)
	}
	j.telling = d.deliver.At
	if err := j.told(ctx); err != nil {
		return err
	}
	if err := j.Intake.Close(ctx, j.run); err != nil {
		return err
	}
	if err := j.write(ctx, j.reports, j.acks); err != nil {
		return err
	}
	if err := j.tidy(ctx); err != nil {
		return err
	}
	return j.mark(ctx, d.deliver)
}

// told waits until the provider has told all of the last transmit slot.
func (j *job) told(ctx context.Context) error {
	if err := j.fetch(ctx); err != nil {
		return err
	}
	slot, err := j.transmitted(ctx)
	if err != nil || slot.IsZero() {
		return err
	}
	have, err := j.Courier.LastAnswer(ctx, j.m.ID())
	if err != nil {
		return err
	}
	return j.awaitTurn(ctx, slot, have, "the provider")
}
