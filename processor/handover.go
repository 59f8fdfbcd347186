package processor

import (
	"context"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/courier"
)

// A HandOver is how the hand-over to the other side stands, for a merchant. On
// the merchant's side batches are sent and answers taken, at the provider answers
// are sent and batches taken.
type HandOver struct {
	Through time.Time       `json:"through,omitzero"` // transmit slot that the other side has completed
	Next    time.Time       `json:"next,omitzero"`    // its next one
	Heard   time.Time       `json:"heard,omitzero"`   // when it said so, by the real clock
	Sent    int64           `json:"sent"`             // number of the last batch, or answer, that was sent
	Arrived int64           `json:"arrived"`          // up to which the other side has said that it has them
	Taken   int64           `json:"taken"`            // number of the last one of the other side that was taken
	Waiting time.Time       `json:"waiting,omitzero"` // since when a run waits for the other side, by the real clock
	Alarms  []courier.Alarm `json:"alarms"`
}

// HandOver tells how the hand-over of a merchant stands at a time; false when
// one engine is both sides.
func (e *Engine) HandOver(ctx context.Context, merchant string, at time.Time) (h HandOver, apart bool, err error) {
	if e.Courier == nil {
		return h, false, nil
	}
	l, err := e.Courier.Link(ctx, merchant)
	if err != nil {
		return h, true, err
	}
	h = HandOver{Through: l.Heard.Through, Next: l.Heard.Next, Heard: l.At, Arrived: l.Heard.Have, Waiting: l.Since}
	if e.Role == MerchantSide {
		h.Sent, err = e.Batches.Last(ctx, merchant)
		if err == nil {
			h.Taken, err = e.Courier.LastAnswer(ctx, merchant)
		}
	} else {
		h.Sent, err = e.Courier.LastSent(ctx, merchant)
		if err == nil {
			h.Taken, _, err = e.Courier.LastBatch(ctx, merchant)
		}
	}
	if err != nil {
		return h, true, err
	}
	h.Alarms, err = e.alarms(ctx, merchant, l, at)
	return h, true, err
}

// HandOverAlarms are the alarms of all merchants; none where one engine is both
// sides.
func (e *Engine) HandOverAlarms(ctx context.Context, at time.Time) (all []courier.Alarm, err error) {
	for _, m := range e.Merchants {
		h, apart, err := e.HandOver(ctx, m.ID(), at)
		if err != nil || !apart {
			return all, err
		}
		all = append(all, h.Alarms...)
	}
	return all, nil
}

func (e *Engine) alarms(ctx context.Context, merchant string, l courier.Link, at time.Time) ([]courier.Alarm, error) {
	all, err := e.Courier.Alarms(ctx, merchant, at)
	if err != nil || e.Role != MerchantSide {
		return append([]courier.Alarm{}, all...), err
	}
	b, found, err := e.openBatch(ctx, merchant)
	if err == nil && found && e.Courier.Overdue(b.Created, at) && !l.Heard.Next.After(at) {
		all = append(all, courier.Alarm{
			Merchant: merchant, Kind: courier.AlarmOverdue, Number: b.Number, Since: b.Created,
			Text: fmt.Sprintf("batch %d has no receipt from the provider", b.Number),
		})
	}
	return append([]courier.Alarm{}, all...), err
}

// openBatch is the batch that waits for its receipt: there is at most one, the
// last.
func (e *Engine) openBatch(ctx context.Context, merchant string) (b batch.Entry, found bool, err error) {
	taken, err := e.Batches.Taken(ctx, merchant)
	if err != nil {
		return b, false, err
	}
	some, err := e.Batches.List(ctx, merchant, taken, 1)
	if err != nil || len(some) == 0 || some[0].Answered {
		return b, false, err
	}
	return some[0], true, nil
}
