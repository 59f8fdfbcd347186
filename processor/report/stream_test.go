package report_test

import (
	"context"
	"io"
	"iter"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A meter counts what is written to it.
type meter struct{ bytes int64 }

func (m *meter) Write(b []byte) (int, error) {
	m.bytes += int64(len(b))
	return len(b), nil
}

// many is a payout with n lines that exist one at a time only. seen is called
// with the number of each.
func many(n int64, seen func(line int64)) purchase.Payout {
	total := purchase.Total{Count: n, Cents: money.Amount(n)}
	return purchase.Payout{
		ID: "P-acme-2026W44", Merchant: "acme", Currency: "EUR", Amount: total.Cents,
		Totals: map[purchase.LineType]purchase.Total{purchase.LineCollection: total},
		Lines: func(context.Context) iter.Seq2[purchase.Line, error] {
			return func(yield func(purchase.Line, error) bool) {
				for i := int64(1); i <= n; i++ {
					seen(i)
					if !yield(purchase.Line{LineNo: i, Type: purchase.LineCollection, Amount: 1, Balance: money.Amount(i)}, nil) {
						return
					}
				}
			}
		},
	}
}

// A report is written while its lines come: at no time more than 64 KiB of it
// wait in memory.
func TestPayoutIsStreamed(t *testing.T) {
	const lines, shortest, held = 100_000, 30, 64 << 10
	render := map[string]func(w io.Writer, p purchase.Payout) error{
		"PayoutCSV":  func(w io.Writer, p purchase.Payout) error { return german(t).PayoutCSV(t.Context(), w, p) },
		"PayoutJSON": func(w io.Writer, p purchase.Payout) error { return german(t).PayoutJSON(t.Context(), w, p) },
	}
	for call, write := range render {
		var m meter
		err := write(&m, many(lines, func(line int64) {
			if m.bytes < (line-1)*shortest-held {
				t.Fatalf("%s: %d bytes are written at line %d; want the lines before it written", call, m.bytes, line)
			}
		}))
		if err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
}
