package processor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// The audit: who has changed something by a command, or has looked by a dry run
// what would change. It is written before the command begins and when it has
// ended, never changed or removed; triggers of the database refuse that.

// Modes of a deed.
const (
	Doing    = ""        // it was done
	DryRun   = "DRY_RUN" // it was only looked at
	Applying = "APPLY"   // it was done if it was what a dry run had shown
)

// A Deed is one command of a person that changes something.
type Deed struct {
	Merchant  string    `json:"merchant"` // or [purchase.Provider] for all
	N         int64     `json:"n"`        // counts the deeds of a merchant, from 1
	At        time.Time `json:"at"`       // by the real clock
	Verb      string    `json:"verb"`     // such as "rerun rows"
	Arguments []string  `json:"arguments"`
	Operator  string    `json:"operator"`
	Reason    string    `json:"reason"`
	Mode      string    `json:"mode"`    // "", DRY_RUN or APPLY
	Plan      string    `json:"plan"`    // that a dry run made, or was to be applied
	Ended     time.Time `json:"ended"`   // zero: it was cut off, or is at work
	Exit      int       `json:"exit"`    // of the process; -1 while it has no end
	Outcome   string    `json:"outcome"` // what went wrong; "" when nothing did
	Lines     []string  `json:"-"`       // of the plan, as far as they are kept
}

// Begin writes a deed and returns its number.
func (e *Engine) Begin(ctx context.Context, d Deed) (n int64, err error) {
	arguments, err := json.Marshal(append([]string{}, d.Arguments...))
	if err != nil {
		return 0, err
	}
	err = e.DB.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "audit "+d.Merchant); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(n), 0) + 1 FROM processor_audit WHERE merchant_id = ?", d.Merchant).Scan(&n); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO processor_audit (merchant_id, n, at, verb, arguments, operator, reason, mode, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			d.Merchant, n, e.Now().Unix(), d.Verb, string(arguments), d.Operator, d.Reason, d.Mode, d.Plan)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("audit: %s: %w", d.Verb, err)
	}
	return n, nil
}

// keptLines and keptBytes are how much of a plan is kept, to say later what has
// changed.
const (
	keptLines = 5_000
	keptBytes = 1 << 20
)

// End writes how a deed has ended, also when it was interrupted.
func (e *Engine) End(ctx context.Context, d Deed) error {
	err := e.DB.Write(context.WithoutCancel(ctx), func(tx *database.Tx) error {
		_, err := tx.Exec(context.WithoutCancel(ctx), "INSERT INTO processor_audit_ends (merchant_id, n, at, exit, outcome, plan, lines) VALUES (?, ?, ?, ?, ?, ?, ?)",
			d.Merchant, d.N, e.Now().Unix(), d.Exit, storable(d.Outcome), d.Plan, storable(kept(d.Lines)))
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: %s: %w", d.Verb, err)
	}
	return nil
}

// storable is a text that both engines can store: an error may quote bytes of a
// server or of a file name that are no text.
func storable(s string) string {
	if len(s) > keptBytes {
		s = s[:keptBytes]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func kept(lines []string) string {
	text := strings.Join(lines[:min(len(lines), keptLines)], "\n")
	if len(text) > keptBytes {
		text = text[:strings.LastIndexByte(text[:keptBytes], '\n')+1]
	}
	return text
}

// Deeds returns what was done or looked at since a time, the first one first, of
// some merchants.
func (e *Engine) Deeds(ctx context.Context, merchants []string, since time.Time) (all []Deed, err error) {
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT a.merchant_id, a.n, a.at, a.verb, a.arguments, a.operator, a.reason, a.mode, a.plan,
				COALESCE(e.at, 0), COALESCE(e.exit, -1), COALESCE(e.outcome, ''), COALESCE(e.plan, '')
			FROM processor_audit a LEFT JOIN processor_audit_ends e ON e.merchant_id = a.merchant_id AND e.n = a.n
			WHERE a.merchant_id IN ?? AND a.at >= ? ORDER BY a.at, a.merchant_id, a.n`, merchants, since.Unix())
		all, err = database.Collect(rows, err, scanDeed)
		return err
	})
	return all, err
}

func scanDeed(r *sql.Rows) (d Deed, err error) {
	var at, ended int64
	var arguments, made string
	err = r.Scan(&d.Merchant, &d.N, &at, &d.Verb, &arguments, &d.Operator, &d.Reason, &d.Mode, &d.Plan, &ended, &d.Exit, &d.Outcome, &made)
	if err != nil {
		return d, err
	}
	d.At = time.Unix(at, 0).UTC()
	if ended != 0 {
		d.Ended = time.Unix(ended, 0).UTC()
	}
	if d.Plan == "" {
		d.Plan = made
	}
	return d, json.Unmarshal([]byte(arguments), &d.Arguments)
}

// Planned returns the lines of the last plan with a hash that a dry run has
// made for a merchant; false when there is none.
func (e *Engine) Planned(ctx context.Context, merchant, plan string) (lines []string, found bool, err error) {
	var text string
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT e.lines FROM processor_audit_ends e JOIN processor_audit a ON a.merchant_id = e.merchant_id AND a.n = e.n
			WHERE e.merchant_id = ? AND e.plan = ? AND a.mode = ? ORDER BY e.n DESC LIMIT 1`, merchant, plan, DryRun).Scan(&text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return strings.Split(text, "\n"), err == nil, err
}
