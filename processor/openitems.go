package processor

import (
	"context"
	"io"
	"time"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// openItems writes what debtors owe at a payout, and what the guarantee pays in
// the coming weeks.
func (j *job) openItems(ctx context.Context, p purchase.Payout) ([]made, error) {
	if p.OpenItems == nil {
		return nil, nil
	}
	r, o, on := j.m.Renderer, *p.OpenItems, j.paidOn(p.Cutoff)
	items, err := j.pair(outbox.ERP, payoutFolder, outbox.OpenItems, p.ID,
		func(ending string) string { return report.OpenItemsName(o, ending) },
		func(w io.Writer) error { return r.OpenItemsCSV(ctx, w, o) },
		func(w io.Writer) error { return r.OpenItemsJSON(ctx, w, o) })
	if err != nil {
		return nil, err
	}
	forecast, err := j.pair(outbox.ERP, payoutFolder, outbox.Guarantee, p.ID,
		func(ending string) string { return report.GuaranteesName(o, ending) },
		func(w io.Writer) error { return r.GuaranteesCSV(ctx, w, o, on) },
		func(w io.Writer) error { return r.GuaranteesJSON(ctx, w, o, on) })
	return append(items, forecast...), err
}

// paidOn tells when a guarantee of a day is paid out, by the schedules as they
// are now: in the first payout slot on or after the first guarantee slot of the
// day that is later than what was settled already.
func (j *job) paidOn(settled time.Time) report.PaidOn {
	known := map[schedules.Date]schedules.Date{}
	return func(day schedules.Date) schedules.Date {
		paid, asked := known[day]
		if !asked {
			paid = j.payoutAfter(day, settled)
			known[day] = paid
		}
		return paid
	}
}

func (j *job) payoutAfter(day schedules.Date, settled time.Time) schedules.Date {
	after := day.In(j.m.Zone, 0, 0).Add(-time.Second)
	if after.Before(settled) {
		after = settled
	}
	at := j.m.Schedules[schedules.Guarantee].Next(after)
	if at.IsZero() {
		return 0
	}
	if at = j.m.Schedules[schedules.Payout].Next(at.Add(-time.Second)); at.IsZero() {
		return 0
	}
	return schedules.NextBankDay(schedules.DateOf(at.In(j.m.Zone)))
}
