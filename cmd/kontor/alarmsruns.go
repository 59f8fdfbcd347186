package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/schedules"
)

// runAlarms are about runs that have not ended, and slots that were not done. When
// everybody is behind, it is one alarm: the program does not run.
func runAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	behind := 0
	var oldest time.Time
	all, err := x.each(x.watched(), func(id string, _ schedules.Date, zone *time.Location) ([]alarm, error) {
		s, err := x.engine.Standing(ctx, id, at)
		if err != nil {
			return nil, err
		}
		if limit := x.config.Alerts.Run.value; limit > 0 && !s.Open.IsZero() && at.Sub(s.Open) >= limit {
			return []alarm{{
				Code: alarmRunOpen, Merchant: id, Since: s.Open,
				Text: fmt.Sprintf("the run at %s has not ended: it is going on, or was cut off, and kontor run finishes it or says why not", timeText(s.Open, zone)),
			}}, nil
		}
		a, late := lateSlots(id, s.Missed, x.config.Alerts.Behind.value, at, zone)
		if !late {
			return nil, nil
		}
		if behind++; oldest.IsZero() || a.Since.Before(oldest) {
			oldest = a.Since
		}
		return []alarm{a}, nil
	}, at)
	if behind > 1 && behind == len(x.watched()) {
		all = slices.DeleteFunc(all, func(a alarm) bool { return a.Code == alarmSlotsBehind })
		all = append(all, alarm{
			Code: alarmSlotsBehind, Since: oldest,
			Text: fmt.Sprintf("nothing was done since %s; is kontor serve running?", timeText(oldest, x.config.ZoneOf(""))),
		})
	}
	return all, err
}

func lateSlots(id string, missed map[schedules.Job]time.Time, limit time.Duration, at time.Time, zone *time.Location) (a alarm, late bool) {
	var jobs []string
	for _, job := range schedules.Jobs() {
		due, is := missed[job]
		if !is || limit == 0 || at.Sub(due) < limit {
			continue
		}
		jobs = append(jobs, fmt.Sprintf("%s of %s", job, timeText(due, zone)))
		if a.Since.IsZero() || due.Before(a.Since) {
			a.Since = due
		}
	}
	a.Code, a.Merchant = alarmSlotsBehind, id
	a.Text = strings.Join(jobs, ", ") + " was due and is not done; the log of kontor serve tells why"
	return a, len(jobs) > 0
}

// answerAlarms are about batches without receipt; where the provider is on
// another machine the hand-over knows by when it may be expected.
func answerAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	limit := x.config.Alerts.Answer.value
	if limit == 0 || x.engine.Courier != nil {
		return nil, nil
	}
	return x.each(x.config.MerchantIDs(), func(id string, _ schedules.Date, _ *time.Location) ([]alarm, error) {
		w, err := x.batches.Watch(ctx, id)
		if err != nil || w.Unanswered == 0 || at.Sub(w.Oldest) < limit {
			return nil, err
		}
		return []alarm{{
			Code: alarmAnswerOverdue, Merchant: id, Since: w.Oldest,
			Text: fmt.Sprintf("%s no receipt, the first is B%06d; the log of the last run tells why", count(w.Unanswered, "batch has", "batches have"), w.First),
		}}, nil
	}, at)
}

// handOverAlarms are about the other side, where it is on another machine.
func handOverAlarms(ctx context.Context, x *exchange, at time.Time) (all []alarm, err error) {
	told, err := x.engine.HandOverAlarms(ctx, at)
	for _, t := range told {
		a := alarm{
			Code: alarmHandOver + t.Kind, Merchant: t.Merchant, Since: t.Since,
			Text: codeText(t) + t.Text + "; " + alarmHint(t),
		}
		if t.Kind == courier.AlarmOverdue {
			a.Code = alarmAnswerOverdue
		}
		if t.Number != 0 {
			a.Subject = strconv.FormatInt(t.Number, 10)
		}
		all = append(all, a)
	}
	return all, err
}

func deliveryAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	limit := x.config.Alerts.Delivery.value
	if limit == 0 {
		return nil, nil
	}
	return x.each(x.watched(), func(id string, _ schedules.Date, _ *time.Location) ([]alarm, error) {
		waiting, err := x.outbox.Watch(ctx, id)
		var all []alarm
		for _, w := range waiting {
			if w.Failed == 0 || at.Sub(w.Since) < limit {
				continue
			}
			all = append(all, alarm{
				Code: alarmDeliveryFailed, Merchant: id, Subject: w.Target, Since: w.Since,
				Text: fmt.Sprintf("%s not delivered to %s: %s", count(w.Failed, "file was", "files were"), w.Target, clip(w.Error, 300)),
			})
		}
		return all, err
	}, at)
}

// diskFree is how many bytes are free for us on the disk of a folder.
func diskFree(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("disk of %s: %w", folder, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}

func diskAlarms(_ context.Context, x *exchange, _ time.Time) ([]alarm, error) {
	wanted := int64(x.config.Alerts.DiskFree.value)
	free, err := diskFree(x.config.DataDir)
	if err != nil || free >= wanted {
		return nil, err
	}
	return []alarm{{
		Code: alarmDiskFull,
		Text: fmt.Sprintf("%d MiB are free on the disk of %s; want %d (alerts.disk_free)", free>>20, x.config.DataDir, wanted>>20),
	}}, nil
}

// channelAlarms are about those who should be told of alarms and cannot be.
func channelAlarms(ctx context.Context, x *exchange, _ time.Time) ([]alarm, error) {
	unsent, err := x.alerts.Unsent(ctx)
	configured := map[string]bool{}
	for _, c := range x.channels(time.Now) {
		configured[c.Name()] = true
	}
	var all []alarm
	for _, u := range unsent {
		if !configured[u.Channel] {
			continue
		}
		all = append(all, alarm{
			Code: alarmUnsent, Subject: u.Channel, Since: u.Since,
			Text: fmt.Sprintf("alarms were not sent by %s in %s: %s", u.Channel, count(u.Tries, "try", "tries"), u.Error),
		})
	}
	return all, err
}
