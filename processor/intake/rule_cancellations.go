package intake

import "github.com/kontor-exchange/kontor/processor/purchase"

// judgeCancellation: what is not invoiced yet can be cancelled, once.
func judgeCancellation(r purchase.Cancellation, held []holding, o *order) verdict {
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if v, ends := ofOrder(r.OrderNo, o); ends {
		return v
	}
	if o.cancelled || o.invoiced >= o.approved {
		return rejected(purchase.Closed, r.OrderNo)
	}
	return booked()
}
