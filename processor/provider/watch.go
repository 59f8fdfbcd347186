package provider

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Watch is how the books of a merchant stand, counted cheaply.
type Watch struct {
	Suspense      money.Amount   // in all; of at most 100,000 payments
	SuspenseCount int64          // payments
	SuspenseSince schedules.Date // the day of the oldest; zero when there is none
	Claims        map[string]int64
	Payouts       int64
	Paid          money.Amount   // by all payouts together
	LastPayout    money.Amount   // what the latest paid
	LastPayoutOn  schedules.Date // its payout date; zero when there is none
	Statement     schedules.Date // the last day on which the bank has spoken; zero when it never has
}

// ClaimStates are the states that a claim can be in, in the order of its life.
func ClaimStates() []string {
	return []string{"OPEN", "PARTIALLY_PAID", "PAID", "OVERPAID", "GUARANTEED", "IN_DUNNING", "COLLECTION", "CREDITED"}
}

// Watch tells how the books of a merchant stand. Claims are counted by the
// state that the merchant was told last, which the next deliver slot corrects.
func (p *Provider) Watch(ctx context.Context, merchant string) (w Watch, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		for _, part := range []func(context.Context, *database.Tx, string) error{w.suspense, w.claims, w.payouts} {
			if err := part(ctx, tx, merchant); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(day), '') FROM provider_statements WHERE merchant_id = ?", merchant).Scan(&w.Statement)
	})
	if err != nil {
		return w, fmt.Errorf("provider: how the books of %s stand: %w", merchant, err)
	}
	return w, nil
}

func (w *Watch) suspense(ctx context.Context, tx *database.Tx, merchant string) error {
	const most = 100_000
	return tx.QueryRow(ctx, `SELECT COUNT(*), CAST(COALESCE(SUM(waiting), 0) AS BIGINT), COALESCE(MIN(booked_on), '') FROM
		(SELECT waiting, booked_on FROM provider_payments WHERE merchant_id = ? AND waiting > 0 ORDER BY booked_on, payment_id LIMIT ?) s`,
		merchant, most).Scan(&w.SuspenseCount, &w.Suspense, &w.SuspenseSince)
}

func (w *Watch) claims(ctx context.Context, tx *database.Tx, merchant string) error {
	w.Claims = map[string]int64{}
	for _, state := range ClaimStates() {
		w.Claims[state] = 0
	}
	rows, err := tx.Query(ctx, "SELECT state, claims FROM provider_totals WHERE merchant_id = ?", merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var state string
		var n int64
		err = r.Scan(&state, &n)
		w.Claims[state] = n
		return struct{}{}, err
	})
	return err
}

// payouts are one a week.
func (w *Watch) payouts(ctx context.Context, tx *database.Tx, merchant string) error {
	err := tx.QueryRow(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM provider_payouts WHERE merchant_id = ?", merchant).
		Scan(&w.Payouts, &w.Paid)
	if err != nil || w.Payouts == 0 {
		return err
	}
	return tx.QueryRow(ctx, "SELECT amount, payout_date FROM provider_payouts WHERE merchant_id = ? ORDER BY seq DESC LIMIT 1", merchant).
		Scan(&w.LastPayout, &w.LastPayoutOn)
}

// A stateCount counts how many claims came into a state, less those that left it.
type stateCount map[string]int64

// moved counts a claim that was said to be in one state, and is in another now.
func (n stateCount) moved(reported, state string) error {
	if reported != "" {
		before := purchase.ClaimState{}
		if err := json.Unmarshal([]byte(reported), &before); err != nil {
			return err
		}
		n[before.State]--
	}
	n[state]++
	return nil
}

func (n stateCount) save(ctx context.Context, tx *database.Tx, merchant string) error {
	var rows [][]any
	for _, state := range slices.Sorted(maps.Keys(n)) {
		if n[state] != 0 {
			rows = append(rows, []any{merchant, state, n[state]})
		}
	}
	return tx.Load(ctx, "provider_totals", []string{"merchant_id", "state", "claims"}, rows,
		"ON CONFLICT (merchant_id, state) DO UPDATE SET claims = provider_totals.claims + excluded.claims")
}
