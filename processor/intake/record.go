package intake

import (
	"encoding/json"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// encode stores the typed values of a row.
func encode(r purchase.Record) (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", r.Feed(), r.Number(), err)
	}
	return string(text), nil
}

// decode is the inverse of encode.
func decode(feed purchase.Feed, text string) (purchase.Record, error) {
	switch feed {
	case purchase.Orders:
		return decodeAs[purchase.Order](text)
	case purchase.Invoices:
		return decodeAs[purchase.Invoice](text)
	case purchase.Shipments:
		return decodeAs[purchase.Shipment](text)
	case purchase.Returns:
		return decodeAs[purchase.Return](text)
	case purchase.Credits:
		return decodeAs[purchase.Credit](text)
	case purchase.Cancellations:
		return decodeAs[purchase.Cancellation](text)
	case purchase.Payments:
		return decodeAs[purchase.Payment](text)
	case purchase.Instructions:
		return decodeAs[purchase.Instruction](text)
	}
	return nil, fmt.Errorf("rows of %s are not stored", feed)
}

func decodeAs[T purchase.Record](text string) (purchase.Record, error) {
	var r T
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("a stored row cannot be read; restore the database from a backup: %w", err)
	}
	return r, nil
}
