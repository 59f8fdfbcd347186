package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgeOrder: a further row of an order is DUPLICATE or CONFLICT, but replaces
// an order that was declined as DATA_MISSING when any column differs from all
// rows booked before. Currency and personal data are the provider's to decide.
func judgeOrder(r purchase.Order, held []holding, known *order) verdict {
	if known == nil {
		if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
			return v
		}
		return booked()
	}
	v, again := repeated(held, known.row, digest(r.Material()), digest(r.Content()))
	if !again {
		return booked()
	}
	if known.dataMissing() && (v.status == purchase.Conflict || v.warning != "") {
		return booked()
	}
	if known.decision == "" {
		v.cause.Order, v.cause.Why = r.OrderNo, formats.WhyDuplicateUndecided // send it again after the decision
		if v.status == purchase.Conflict {
			v.cause.Why = formats.WhyConflictUndecided
		}
	}
	return v
}
