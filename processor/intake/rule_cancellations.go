package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgeCancellation: what is not invoiced yet can be cancelled, once.
func judgeCancellation(r purchase.Cancellation, held []holding, o *order) verdict {
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if v, ends := ofOrder(r.OrderNo, o); ends {
		return v
	}
	switch {
	case o.cancelled:
		return rejected(purchase.Closed, formats.Cause{Why: formats.WhyCancelledBefore, Order: r.OrderNo})
	case o.invoiced >= o.approved:
		return rejected(purchase.Closed, formats.Cause{
			Why: formats.WhyNothingLeft, Order: r.OrderNo, Approved: o.approved, Invoiced: o.invoiced,
		})
	}
	return booked()
}
