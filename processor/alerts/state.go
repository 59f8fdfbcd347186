package alerts

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A told is an alarm that a channel knows of, or is to be told of.
type told struct {
	Alarm
	at    time.Time // zero: it was not told yet
	times int64
}

// key says which alarm it is.
func (a Alarm) key() [3]string { return [3]string{a.Merchant, a.Code, a.Subject} }

// news notes what a channel is to be told, and returns it: what is new, what
// lasts, and what is over.
func (a *Alerts) news(ctx context.Context, channel string, at time.Time, all []Alarm, known bool) (events []Event, err error) {
	err = a.write(ctx, func(tx *database.Tx) error {
		before, err := load(ctx, tx, channel)
		if err != nil {
			return err
		}
		var fresh []Alarm
		events, fresh = compare(before, all, at, a.repeat, known)
		if err := note(ctx, tx, channel, fresh); err != nil {
			return err
		}
		return dropUntold(ctx, tx, channel, before, all, known)
	})
	return events, err
}

// compare works out what a channel is to be told: fresh are the alarms that it
// has never heard of, nor waits to be told.
func compare(before map[[3]string]told, all []Alarm, at time.Time, repeat time.Duration, known bool) (events []Event, fresh []Alarm) {
	now := map[[3]string]bool{}
	for _, alarm := range all {
		now[alarm.key()] = true
		b, heard := before[alarm.key()]
		if !heard {
			if alarm.Since.IsZero() {
				alarm.Since = at
			}
			fresh = append(fresh, alarm)
		} else {
			alarm.Since = b.Since
		}
		switch {
		case b.at.IsZero():
			events = append(events, eventOf(Firing, b.times, alarm))
		case repeat > 0 && !at.Before(b.at.Add(repeat)):
			events = append(events, eventOf(Again, b.times, alarm))
		}
	}
	for key, b := range before {
		if known && !now[key] && !b.at.IsZero() {
			events = append(events, eventOf(Resolved, b.times, b.Alarm))
		}
	}
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Merchant, b.Merchant), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return events, fresh
}

func load(ctx context.Context, tx *database.Tx, channel string) (map[[3]string]told, error) {
	all := map[[3]string]told{}
	rows, err := tx.Query(ctx, "SELECT merchant_id, code, subject, since, text, told_at, times FROM alerts_told WHERE channel = ?", channel)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var t told
		var since, at int64
		err = r.Scan(&t.Merchant, &t.Code, &t.Subject, &since, &t.Text, &at, &t.times)
		t.Since = time.Unix(since, 0).UTC()
		if at != 0 {
			t.at = time.Unix(at, 0).UTC()
		}
		all[t.key()] = t
		return struct{}{}, err
	})
	return all, err
}

func note(ctx context.Context, tx *database.Tx, channel string, fresh []Alarm) error {
	rows := make([][]any, len(fresh))
	for i, a := range fresh {
		rows[i] = []any{a.Merchant, a.Code, a.Subject, channel, a.Since.Unix(), a.Text, int64(0), int64(0)}
	}
	return tx.Load(ctx, "alerts_told", []string{"merchant_id", "code", "subject", "channel", "since", "text", "told_at", "times"}, rows,
		"ON CONFLICT (merchant_id, code, subject, channel) DO NOTHING")
}

// dropUntold forgets alarms that were over before the channel heard of them.
func dropUntold(ctx context.Context, tx *database.Tx, channel string, before map[[3]string]told, all []Alarm, known bool) error {
	if !known {
		return nil
	}
	for _, a := range all {
		delete(before, a.key())
	}
	for _, b := range before {
		if b.at.IsZero() {
			if err := drop(ctx, tx, channel, b.Alarm); err != nil {
				return err
			}
		}
	}
	return nil
}

func drop(ctx context.Context, tx *database.Tx, channel string, a Alarm) error {
	_, err := tx.Exec(ctx, "DELETE FROM alerts_told WHERE merchant_id = ? AND code = ? AND subject = ? AND channel = ?", a.Merchant, a.Code, a.Subject, channel)
	return err
}

// told notes that a channel has got events.
func (a *Alerts) told(ctx context.Context, channel string, at time.Time, events []Event) error {
	return a.write(ctx, func(tx *database.Tx) error {
		for _, e := range events {
			if e.Kind == Resolved {
				if err := drop(ctx, tx, channel, e.Alarm); err != nil {
					return err
				}
				continue
			}
			_, err := tx.Exec(ctx, `UPDATE alerts_told SET told_at = ?, text = ?, times = times + 1
				WHERE merchant_id = ? AND code = ? AND subject = ? AND channel = ?`, at.Unix(), e.Text, e.Merchant, e.Code, e.Subject, channel)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "DELETE FROM alerts_channels WHERE merchant_id = ? AND channel = ?", purchase.Provider, channel)
		return err
	})
}

func (a *Alerts) write(ctx context.Context, f func(*database.Tx) error) error {
	err := a.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "alerts"); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	return nil
}

// OneLine makes a text of one line of it, of at most 500 characters.
func OneLine(s string) string {
	const most = 500
	runes := []rune(strings.Join(strings.Fields(s), " "))
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = ' '
		}
	}
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}
