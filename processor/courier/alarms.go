package courier

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Kinds of alarms.
const (
	AlarmSilent  = "SILENT"  // the other side gives no sign of life
	AlarmGap     = "GAP"     // a batch or answer has not come, later ones have
	AlarmRefused = "REFUSED" // the provider does not take a batch
	AlarmReused  = "REUSED"  // an answer came with a number that had other bytes
	AlarmDamaged = "DAMAGED" // an answer cannot be read
	AlarmOverdue = "OVERDUE" // a batch has no receipt (told by package processor)
)

// An Alarm is something about the hand-over that does not mend itself by waiting
// a little. Until it is mended it is told by every look.
type Alarm struct {
	Merchant string        `json:"merchant"`
	Kind     string        `json:"kind"`
	Number   int64         `json:"number,omitempty"` // of the batch or answer
	Since    time.Time     `json:"since"`
	Code     purchase.Code `json:"code,omitempty"` // of a refusal
	Text     string        `json:"text"`
}

// raise keeps an alarm; one that is there keeps its time.
func (c *Courier) raise(ctx context.Context, a Alarm) error {
	now := c.now()
	return c.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO courier_alarms (merchant_id, kind, number, since, code, text) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (merchant_id, kind, number) DO UPDATE SET code = excluded.code, text = excluded.text`,
			a.Merchant, a.Kind, a.Number, now.Unix(), a.Code, a.Text)
		return err
	})
}

// mend ends alarms of some kinds about a number.
func mend(ctx context.Context, tx *database.Tx, merchant string, number int64, kinds ...string) error {
	if len(kinds) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "DELETE FROM courier_alarms WHERE merchant_id = ? AND number = ? AND kind IN ??", merchant, number, kinds)
	return err
}

// noteGap raises or ends the alarm about a number that has not come.
func (c *Courier) noteGap(ctx context.Context, merchant string, number int64, gap bool) error {
	alarms, err := c.raised(ctx, merchant)
	if err != nil {
		return err
	}
	same := func(a Alarm) bool { return a.Kind == AlarmGap && a.Number == number }
	other := func(a Alarm) bool { return a.Kind == AlarmGap && !(gap && a.Number == number) }
	if slices.ContainsFunc(alarms, other) {
		err := c.db.Write(ctx, func(tx *database.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM courier_alarms WHERE merchant_id = ? AND kind = ?", merchant, AlarmGap)
			return err
		})
		if err != nil {
			return err
		}
	}
	if !gap || slices.ContainsFunc(alarms, same) {
		return nil
	}
	return c.raise(ctx, Alarm{
		Merchant: merchant, Kind: AlarmGap, Number: number,
		Text: fmt.Sprintf("number %d has not come, though later ones have; nothing after it is taken before it", number),
	})
}

// raised are the alarms that are kept.
func (c *Courier) raised(ctx context.Context, merchant string) (all []Alarm, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT kind, number, since, code, text FROM courier_alarms WHERE merchant_id = ? ORDER BY since, kind, number", merchant)
		all, err = database.Collect(rows, err, func(r *sql.Rows) (a Alarm, err error) {
			a.Merchant = merchant
			var since int64
			err = r.Scan(&a.Kind, &a.Number, &since, &a.Code, &a.Text)
			a.Since = instant(since)
			return a, err
		})
		return err
	})
	return all, err
}

// Alarms returns what is wrong with the hand-over of a merchant at a time.
func (c *Courier) Alarms(ctx context.Context, merchant string, at time.Time) ([]Alarm, error) {
	all, err := c.raised(ctx, merchant)
	if err != nil {
		return nil, err
	}
	l, err := c.Link(ctx, merchant)
	if err != nil {
		return nil, err
	}
	if a, silent := c.silent(l, at); silent {
		a.Merchant = merchant
		all = append(all, a)
	}
	return all, nil
}

// silent reports whether a turn is overdue: the slot that the last one promised
// has passed, or there never was one and a run has waited for it.
func (c *Courier) silent(l Link, at time.Time) (Alarm, bool) {
	const text = "no sign of life from the other side"
	switch {
	case !l.Heard.Next.IsZero() && c.Overdue(l.Heard.Next, at):
		return Alarm{Kind: AlarmSilent, Since: l.Heard.Next, Text: fmt.Sprintf("%s since %s", text, l.At.Format(time.RFC3339))}, true
	case l.Heard.Through.IsZero() && !l.Since.IsZero() && c.now().Sub(l.Since) >= c.wait:
		return Alarm{Kind: AlarmSilent, Since: l.Since, Text: text + " yet"}, true
	}
	return Alarm{}, false
}

// Overdue reports whether something that was to come at a time is late.
func (c *Courier) Overdue(due, at time.Time) bool { return at.Sub(due) > c.wait }
