package processor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Role is the side of the exchange that an engine works on.
type Role string

// The roles. Two engines, one of each side, do together what one does on both:
// the same batches, the same books, the same files at the ERP (package courier).
const (
	Both         Role = "both"
	MerchantSide Role = "merchant" // beside the ERP: intake, batches, what the ERP is told
	ProviderSide Role = "provider" // the embedded provider, its bank, letters and mails
)

// Jobs are those that a side does; guarantee, payout and dunning are the provider's.
func (r Role) Jobs() []schedules.Job {
	if r == MerchantSide {
		return []schedules.Job{schedules.Collect, schedules.Transmit, schedules.Deliver}
	}
	return schedules.Jobs()
}

// ErrWaiting says that a run waits for the other side, stays open and is to be
// gone on with in a moment.
var ErrWaiting = errors.New("waiting for the other side")

// Everyone are the bank, where there is one, and all merchants.
func (e *Engine) Everyone() []*Merchant {
	if e.Bank == nil {
		return e.Merchants
	}
	return slices.Concat([]*Merchant{e.Bank}, e.Merchants)
}

func (e *Engine) isBank(m *Merchant) bool { return m != nil && m == e.Bank }

// steps are what a run does, in this order.
func (j *job) steps() []func(context.Context, due) error {
	switch j.Role {
	case MerchantSide:
		return []func(context.Context, due) error{j.collect, j.send, j.tell}
	case ProviderSide:
		return []func(context.Context, due) error{j.gather, j.settleAfter, j.exchange, j.dun, j.answer}
	}
	return []func(context.Context, due) error{j.collect, j.settle, j.transmit, j.dun, j.deliver}
}

// previewSteps are the steps of a dry run. What the other side would say to it is
// not known: nothing is handed over.
func (j *job) previewSteps() []func(context.Context, due) error {
	switch j.Role {
	case MerchantSide:
		return []func(context.Context, due) error{j.collect, j.previewReports}
	case ProviderSide:
		return []func(context.Context, due) error{j.tryOwn, j.settle, j.transmit, j.dun, j.previewReports}
	}
	return []func(context.Context, due) error{j.collect, j.settle, j.transmit, j.dun, j.previewReports}
}

// tryOwn tries the bank's rows.
func (j *job) tryOwn(ctx context.Context, d due) error {
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil {
		return err
	}
	return j.mark(ctx, d.collect)
}

func (j *job) previewWrites() []func(context.Context) error {
	if j.Role == MerchantSide {
		return []func(context.Context) error{j.reports, j.acks}
	}
	return []func(context.Context) error{j.letters, j.reports, j.acks}
}

// await is an error that wraps [ErrWaiting] as long as the other side is to be
// waited for; nil means to go on without it.
func (j *job) await(ctx context.Context, what string) error {
	waits, err := j.Courier.Waits(ctx, j.m.ID())
	if err != nil {
		return err
	}
	if waits {
		return fmt.Errorf("%w: %s", ErrWaiting, what)
	}
	j.Log.Warn("the run goes on without the other side", "merchant", j.m.ID(), "run", j.run.Name, "missing", what)
	return nil
}

// across is where the other side takes our turns.
func (j *job) across() (target, folder string) {
	if j.Role == MerchantSide {
		return outbox.Provider, courier.In
	}
	return outbox.ERP, courier.Out
}

// numbers are that of the last batch, or answer, that was put, and of the last one
// of the other side that came.
func (j *job) numbers(ctx context.Context) (put, have int64, err error) {
	if j.Role == MerchantSide {
		if put, err = j.Batches.Last(ctx, j.m.ID()); err == nil {
			have, err = j.Courier.LastAnswer(ctx, j.m.ID())
		}
		return put, have, err
	}
	if put, err = j.Courier.LastSent(ctx, j.m.ID()); err == nil {
		have, _, err = j.Courier.LastBatch(ctx, j.m.ID())
	}
	return put, have, err
}

// complete gives the turn: a transmit slot is complete on this side.
func (j *job) complete(ctx context.Context, slot time.Time) (err error) {
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err != nil {
		return err
	}
	t := formats.Turn{Merchant: j.m.ID(), Through: slot, Next: j.m.Schedules[schedules.Transmit].Next(slot), Heard: l.Heard.Last}
	if t.Last, t.Have, err = j.numbers(ctx); err != nil {
		return err
	}
	target, folder := j.across()
	return j.giveTurn(ctx, t, target, folder)
}

// announce says that the slots between the last one that was done and this one were
// passed over, such as after an outage: the other side, which may wait in one of
// them, goes on.
func (j *job) announce(ctx context.Context, slot time.Time) error {
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err != nil || !l.Told.Next.Before(slot) {
		return err
	}
	through, err := j.transmitted(ctx)
	if err != nil {
		return err
	}
	if through.IsZero() {
		through = slot.Add(-time.Second) // before the first slot there is nothing to say
	}
	t := formats.Turn{Merchant: j.m.ID(), Through: through, Next: slot, Heard: l.Heard.Last}
	if t.Last, t.Have, err = j.numbers(ctx); err != nil {
		return err
	}
	target, folder := j.across()
	return j.giveTurn(ctx, t, target, folder)
}

// awaitTurn waits until the other side has completed a slot: it has said so, or
// that it does nothing before a later one, and all that it has put was taken. last
// is the number that was taken last.
func (j *job) awaitTurn(ctx context.Context, slot time.Time, last int64, who string) error {
	l, err := j.Courier.Link(ctx, j.m.ID())
	if err != nil {
		return err
	}
	heard := l.Heard
	switch {
	case heard.Through.Before(slot) && heard.Next.After(slot):
		return nil
	case heard.Through.Before(slot):
		return j.await(ctx, fmt.Sprintf("%s has not come to the slot at %s", who, slot.In(j.m.Zone).Format(time.RFC3339)))
	case last < heard.Last:
		return j.await(ctx, fmt.Sprintf("%s has put number %d, and %d has not come", who, heard.Last, last+1))
	}
	return nil
}

// transmitted is the last transmit slot that was done; zero when there is none.
func (j *job) transmitted(ctx context.Context) (at time.Time, err error) {
	err = j.DB.Read(ctx, func(tx *database.Tx) error {
		last, err := lastSlots(ctx, tx, j.m.ID())
		at = last[schedules.Transmit]
		return err
	})
	return at, err
}
