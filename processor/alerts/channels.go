package alerts

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// failed notes that a channel could not be reached.
func (a *Alerts) failed(ctx context.Context, channel string, at time.Time, why error) error {
	return a.write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO alerts_channels (merchant_id, channel, since, tries, tried_at, error) VALUES (?, ?, ?, 1, ?, ?)
			ON CONFLICT (merchant_id, channel) DO UPDATE SET tries = alerts_channels.tries + 1, tried_at = excluded.tried_at, error = excluded.error`,
			purchase.Provider, channel, at.Unix(), at.Unix(), OneLine(why.Error()))
		return err
	})
}

// rests reports whether a channel failed so lately that it is left alone.
func (a *Alerts) rests(ctx context.Context, channel string, at time.Time) (rests bool, err error) {
	var tries, tried int64
	err = a.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT tries, tried_at FROM alerts_channels WHERE merchant_id = ? AND channel = ?", purchase.Provider, channel).Scan(&tries, &tried)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && at.Before(time.Unix(tried, 0).Add(pause(tries))), err
}

// An Unsent is a channel that could not be reached.
type Unsent struct {
	Channel string
	Since   time.Time
	Tries   int64
	Error   string
}

// Unsent returns the channels that could not be reached at their last try.
func (a *Alerts) Unsent(ctx context.Context) (all []Unsent, err error) {
	err = a.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT channel, since, tries, error FROM alerts_channels WHERE merchant_id = ? ORDER BY channel", purchase.Provider)
		all, err = database.Collect(rows, err, func(r *sql.Rows) (u Unsent, err error) {
			var since int64
			err = r.Scan(&u.Channel, &since, &u.Tries, &u.Error)
			u.Since = time.Unix(since, 0).UTC()
			return u, err
		})
		return err
	})
	return all, err
}

// forget drops what is known of channels that are no longer configured.
func (a *Alerts) forget(ctx context.Context, channels []Channel) error {
	names := []string{""}
	for _, c := range channels {
		names = append(names, c.Name())
	}
	var strangers int64
	err := a.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM alerts_told WHERE channel NOT IN ??) + (SELECT COUNT(*) FROM alerts_channels WHERE channel NOT IN ??)`,
			names, names).Scan(&strangers)
	})
	if err != nil || strangers == 0 {
		return err
	}
	return a.write(ctx, func(tx *database.Tx) error {
		for _, table := range []string{"alerts_told", "alerts_channels"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE channel NOT IN ??", names); err != nil {
				return err
			}
		}
		return nil
	})
}
