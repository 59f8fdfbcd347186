package processor

import (
	"context"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// This file is the side of the provider: batches come as files. What is the
// provider's own, payments and what its operator decided, it cuts into batches of
// its own, which are applied together with the merchant's of the same slot, as if
// it were one.

// gather looks into the merchant's home, and tries the bank's rows.
func (j *job) gather(ctx context.Context, d due) error {
	j.step(j.m.ID(), "collect")
	if err := j.come(ctx); err != nil {
		return err
	}
	j.step(j.m.ID(), "try")
	return j.tryOwn(ctx, d)
}

// come takes the batches and turns that have come; that the home may be out of
// reach stops nothing.
func (j *job) come(ctx context.Context) error {
	r, err := j.open(ctx, outbox.ERP)
	if err != nil {
		j.fail("take batches", err)
		return ctx.Err()
	}
	again, err := j.Courier.TakeBatches(ctx, j.m.ID(), j.m.Terms.Currency, r)
	j.fail("take batches", err)
	for _, n := range again {
		name, sent, err := j.Courier.ReceiptName(ctx, j.m.ID(), n)
		if err != nil {
			return err
		}
		if sent {
			if err := j.Outbox.Again(ctx, j.m.ID(), outbox.ERP, courier.Out, name); err != nil {
				return err
			}
		}
	}
	return j.putAgain(ctx)
}

// clear removes batches from in/ whose receipts lie in out/.
func (j *job) clear(ctx context.Context) error {
	numbers, err := j.Courier.Uncleared(ctx, j.m.ID())
	if err != nil || len(numbers) == 0 {
		return err
	}
	r, err := j.open(ctx, outbox.ERP)
	if err != nil {
		return nil // told by come
	}
	for _, n := range numbers {
		name := formats.AnswerName(j.m.ID(), n, formats.AnswerReceipt)
		entries, err := j.Outbox.List(ctx, j.m.ID(), outbox.Filter{Target: outbox.ERP, Name: name})
		if err != nil {
			return err
		}
		if len(entries) == 1 && !entries[0].Waits {
			j.fail("clear in/", j.Courier.Clear(ctx, j.m.ID(), n, r))
		}
	}
	return ctx.Err()
}

// settleAfter does every guarantee and payout slot since the last run, each after
// the batches that the merchant made before it.
func (j *job) settleAfter(ctx context.Context, d due) error {
	for _, s := range d.settle {
		if err := j.takeBefore(ctx, s.At); err != nil {
			return err
		}
		if err := j.settle(ctx, due{settle: []schedules.Slot{s}}); err != nil {
			return err
		}
	}
	return nil
}

// takeBefore takes what the merchant has transmitted in slots before a time. A
// slot of which one batch came may have further ones, until the merchant's turn.
func (j *job) takeBefore(ctx context.Context, before time.Time) error {
	for {
		b, found, err := j.Courier.NextBatch(ctx, j.m.ID())
		if err != nil {
			return err
		}
		if found && !b.Created.Before(before) {
			return nil
		}
		if found {
			if err := j.take(ctx, b, nil); err != nil {
				return err
			}
			if err := j.come(ctx); err != nil {
				return err
			}
			continue
		}
		number, created, err := j.Courier.LastBatch(ctx, j.m.ID())
		if err != nil || number == 0 || !created.Before(before) {
			return err
		}
		return j.awaitTurn(ctx, created, number, "the merchant")
	}
}

// take has the provider apply a batch, with one of its own when both are booked
// at the same time, and answers.
func (j *job) take(ctx context.Context, b purchase.Batch, own *purchase.Batch) error {
	done, err := j.transmitted(ctx)
	if err != nil {
		return err
	}
	b.Created = later(b.Created, done) // a late one is booked in the last slot
	all := []purchase.Batch{b}
	if own != nil && own.Created.Equal(b.Created) {
		all = append(all, *own)
	}
	if err := j.Provider.Submit(ctx, all...); err != nil {
		return err
	}
	if err := j.Courier.HandedOver(ctx, b); err != nil {
		return err
	}
	return j.receipts(ctx)
}

// exchange does a transmit slot: it takes the merchant's batches, with the own
// ones of the slot, until the merchant says that it has no more.
func (j *job) exchange(ctx context.Context, d due) error {
	if d.transmit == nil {
		return nil
	}
	slot := d.transmit.At
	if err := j.announce(ctx, slot); err != nil {
		return err
	}
	for {
		j.step(j.m.ID(), "transmit")
		if err := j.come(ctx); err != nil {
			return err
		}
		own, err := j.own(ctx, slot)
		if err != nil {
			return err
		}
		b, found, err := j.Courier.NextBatch(ctx, j.m.ID())
		if err != nil {
			return err
		}
		if found && !b.Created.After(slot) {
			if err := j.take(ctx, b, own); err != nil {
				return err
			}
			continue
		}
		if !found {
			if err := j.awaitMerchant(ctx, slot); err != nil {
				return err
			}
		} // one of a later slot says that this one is complete
		if own == nil {
			return j.mark(ctx, d.transmit)
		}
		if err := j.Provider.Submit(ctx, *own); err != nil {
			return err
		}
	}
}

func (j *job) awaitMerchant(ctx context.Context, slot time.Time) error {
	number, _, err := j.Courier.LastBatch(ctx, j.m.ID())
	if err != nil {
		return err
	}
	return j.awaitTurn(ctx, slot, number, "the merchant")
}

// own takes the receipts of the provider's own batches, and returns the next one;
// nil when nothing waits.
func (j *job) own(ctx context.Context, slot time.Time) (*purchase.Batch, error) {
	if err := j.receipts(ctx); err != nil {
		return nil, err
	}
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil {
		return nil, err
	}
	b, found, err := j.Batches.Cut(ctx, batch.Cut{Merchant: j.m.ID(), Run: j.r.number, Created: slot, Max: j.BatchMax}, j.Intake.Records(j.m.Terms.Currency))
	if err != nil || !found {
		return nil, err
	}
	b.Own = true
	return &b, nil
}
