package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// listed is how many files of one kind are alarms of their own.
const listed = 20

// fileAlarms are about files that came and rows that are not booked.
func fileAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	return x.each(x.watched(), func(id string, today schedules.Date, zone *time.Location) ([]alarm, error) {
		w, err := x.intake.Watch(ctx, id)
		if err != nil {
			return nil, err
		}
		all := heldAlarms(id, w)
		if days := x.config.Alerts.ParkedDays.value; days > 0 && w.Parked > 0 && int(today-w.Since) >= days {
			all = append(all, alarm{
				Code: alarmRowsParked, Merchant: id, Since: midnight(w.Since, zone),
				Text: fmt.Sprintf("%s parked until order or invoice comes, the oldest since %s; kontor files --merchant %s", count(w.Parked, "row is", "rows are"), w.Since, id),
			})
		}
		days := x.config.Alerts.RejectedDays.value
		if days == 0 {
			return all, nil
		}
		came, err := x.intake.Arrivals(ctx, id, midnight(today-schedules.Date(days)+1, zone))
		return append(all, badFiles(id, came)...), err
	}, at)
}

// heldAlarms are about files that wait for a person, or lie where nobody takes
// them.
func heldAlarms(id string, w intake.Watch) (all []alarm) {
	for _, f := range w.Held {
		all = append(all, alarm{
			Code: alarmFileHeld, Merchant: id, Subject: f.Name, Since: f.AsOf,
			Text: fmt.Sprintf("the file is HELD and nothing of it is booked: %s; kontor files show %s%s", f.Code, fileID(f.Number), showFlag(id)),
		})
	}
	if len(w.Ignored) > 0 {
		all = append(all, alarm{
			Code: alarmFileIgnored, Merchant: id,
			Text: fmt.Sprintf("%s in in/ and no feed takes it, the first is %q; rename it, or name it under profiles", count(len(w.Ignored), "file lies", "files lie"), w.Ignored[0]),
		})
	}
	return all
}

// badFiles are about the newest files that were refused, and about those with
// rows that a person should look at.
func badFiles(id string, came []intake.Arrival) (all []alarm) {
	anew := map[string]bool{} // a later file of that name was read
	for i := len(came) - 1; i >= 0 && len(all) < listed; i-- {
		f := came[i]
		if anew[f.Name] {
			continue
		}
		anew[f.Name] = f.Verdict != purchase.Duplicate
		a := alarm{Merchant: id, Subject: f.Name, Since: f.AsOf}
		switch {
		case f.Verdict == purchase.Rejected:
			a.Code = alarmFileRefused
			a.Text = fmt.Sprintf("the file was refused and nothing of it is booked: %s; kontor files show %s%s", f.Code, fileID(f.Number), showFlag(id))
		case f.Bad > 0:
			a.Code = alarmRowsRejected
			a.Text = fmt.Sprintf("%s of the file not booked; kontor files show %s%s", count(f.Bad, "row", "rows"), fileID(f.Number), showFlag(id))
		default:
			continue
		}
		all = append(all, a)
	}
	return all
}

// showFlag names the merchant to a command about a file; a file of the bank is
// told by its number.
func showFlag(id string) string {
	if id == purchase.Provider {
		return ""
	}
	return " --merchant " + id
}

// early is how long before its deadline a file may come.
const early = 12 * time.Hour

// sequenceDays is for how long a gap in the numbers of files is told.
const sequenceDays = 14

// expectedAlarms are about files that did not come: by their deadline, or of a
// sequence of numbers.
func expectedAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	return x.each(x.watched(), func(id string, today schedules.Date, zone *time.Location) ([]alarm, error) {
		drop := x.drop(id)
		late, err := x.lateFiles(ctx, id, drop, at, zone)
		if len(drop.Numbered) == 0 {
			return late, err
		}
		came, wrong := x.intake.Arrivals(ctx, id, midnight(today-sequenceDays, zone))
		for _, name := range drop.Numbered {
			feed, _ := purchase.ParseFeed(name)
			if a, found := gapAlarm(id, feed, came); found {
				late = append(late, a)
			}
		}
		return late, errors.Join(err, wrong)
	}, at)
}

// drop is where the files of a merchant or of the bank come from.
func (x *exchange) drop(id string) Drop {
	if id == purchase.Provider {
		return x.config.Provider.Bank
	}
	return x.config.Merchants[id].ERP
}

// lateFiles are the feeds of which no file came in the 12 hours before their
// last deadline, nor since. What was due before the first run is not expected.
func (x *exchange) lateFiles(ctx context.Context, id string, drop Drop, at time.Time, zone *time.Location) (all []alarm, err error) {
	if len(drop.Expect) == 0 {
		return nil, nil
	}
	first, err := x.engine.FirstRun(ctx, id)
	if err != nil || first.IsZero() {
		return nil, err
	}
	for _, name := range sortedKeys(drop.Expect) {
		deadline, err := schedules.ParseDeadline(drop.Expect[name])
		if err != nil {
			return nil, err
		}
		due := deadline.Latest(at, zone)
		if due.IsZero() || due.Before(first) {
			continue
		}
		came, err := x.intake.Arrivals(ctx, id, due.Add(-early))
		if err != nil {
			return nil, err
		}
		feed, _ := purchase.ParseFeed(name)
		if !anyOf(came, feed, at) {
			all = append(all, alarm{
				Code: alarmFileMissing, Merchant: id, Subject: name, Since: due,
				Text: fmt.Sprintf("no file of %s came by %s (%s); look at its export, and what lies in in/", name, timeText(due, zone), deadline),
			})
		}
	}
	return all, nil
}

// anyOf reports whether a file of a feed came until a time, whatever became of it.
func anyOf(came []intake.Arrival, feed purchase.Feed, at time.Time) bool {
	for _, a := range came {
		if a.Feed == feed && !a.AsOf.After(at) {
			return true
		}
	}
	return false
}
