package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Apply takes the receipt of a batch, in the transaction in which the caller
// takes it: orders get their decisions, and rows whose records were refused
// become REJECTED. Rows that waited for a decision are tried by the next
// [Intake.Try]. The same receipt again has no effect.
func (in *Intake) Apply(ctx context.Context, tx *database.Tx, run Run, terms purchase.Terms, receipt purchase.Receipt, refusals []purchase.Refusal) error {
	err := in.apply(ctx, tx, run, terms, receipt, refusals)
	return at("apply", fmt.Sprintf("receipt %d", receipt.Number), err)
}

func (in *Intake) apply(ctx context.Context, tx *database.Tx, run Run, terms purchase.Terms, receipt purchase.Receipt, refusals []purchase.Refusal) error {
	first, err := tx.Exec(ctx, "INSERT INTO intake_receipts (merchant_id, number) VALUES (?, ?) ON CONFLICT (merchant_id, number) DO NOTHING",
		run.Merchant, receipt.Number)
	if err != nil || first == 0 {
		return err
	}
	if err := refuseRows(ctx, tx, run, terms, refusals); err != nil {
		return err
	}
	for part, err := range receipt.Parts(ctx) {
		if err != nil {
			return err
		}
		for some := range slices.Chunk(part.Decisions, chunk) {
			if err := decide(ctx, tx, run, terms, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide gives orders their decisions and wakes what waits for them.
func decide(ctx context.Context, tx *database.Tx, run Run, terms purchase.Terms, decisions []purchase.Decision) error {
	numbers := make([]string, len(decisions))
	for i, d := range decisions {
		numbers[i] = d.OrderNo
	}
	b := newBooks(terms, run.Day)
	if err := b.loadOrders(ctx, tx, run.Merchant, numbers); err != nil {
		return err
	}
	if b.outstanding() {
		if err := moveClocks(ctx, tx, run, numbers); err != nil {
			return err
		}
	}
	for _, d := range decisions {
		if o := b.orders[d.OrderNo]; o != nil {
			o.decision, o.code, o.approved, o.validUntil = d.Decision, d.Code, d.Approved, d.ValidUntil
			b.ordersChanged[d.OrderNo] = true
			b.appeared = append(b.appeared, awaitOrder(d.OrderNo))
		}
	}
	return b.save(ctx, tx, run, nil)
}

// outstanding reports whether an order has waited for its receipt over night,
// so that the clocks of its rows have stood.
func (b *books) outstanding() bool {
	for _, o := range b.orders {
		if o.decision == "" && o.asked < b.day {
			return true
		}
	}
	return false
}

// moveClocks adds the days on which the clock of a parked row stood: from the
// day on which its order was asked for, or it was parked, to this one.
func moveClocks(ctx context.Context, tx *database.Tx, run Run, orders []string) error {
	_, err := tx.Exec(ctx, `UPDATE intake_parked SET clock = clock + ? - (
			SELECT CASE WHEN o.asked > intake_parked.since THEN o.asked ELSE intake_parked.since END FROM intake_orders o
			WHERE o.merchant_id = intake_parked.merchant_id AND o.order_no = intake_parked.order_no)
		WHERE merchant_id = ? AND order_no IN (SELECT o.order_no FROM intake_orders o
			WHERE o.merchant_id = ? AND o.decision = '' AND o.order_no IN ??)`,
		int64(run.Day), run.Merchant, run.Merchant, orders)
	return err
}
