package provider

import (
	"context"
	"database/sql"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// nameShort gives orders their short references. Where one is taken, by an order
// of any merchant, the order gets a longer one. Two merchants that take the same
// one at the same instant are told apart by the database: the later batch fails
// and is taken by the next run.
func (t *taking) nameShort(ctx context.Context, numbers []string) error {
	var without []*order
	for _, n := range numbers {
		if o := t.orders[n]; o.Short == "" {
			without = append(without, o)
		}
	}
	for size := purchase.LongerShort(0); len(without) > 0 && size > 0; size = purchase.LongerShort(size) {
		var wanted []string
		for _, o := range without {
			wanted = append(wanted, purchase.ShortReference(o.Merchant, o.OrderNo, size))
		}
		taken, err := shortsTaken(ctx, t.tx, wanted)
		if err != nil {
			return err
		}
		var again []*order
		for i, o := range without {
			if taken[wanted[i]] {
				again = append(again, o)
				continue
			}
			o.Short, taken[wanted[i]] = wanted[i], true
		}
		without = again
	}
	return nil
}

func shortsTaken(ctx context.Context, tx *database.Tx, wanted []string) (map[string]bool, error) {
	taken := map[string]bool{}
	rows, err := tx.Query(ctx, "SELECT short_reference FROM provider_orders WHERE short_reference <> '' AND short_reference IN ??", wanted)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var s string
		err := r.Scan(&s)
		taken[s] = true
		return struct{}{}, err
	})
	return taken, err
}

// A typedShort is a short reference with the text that means it.
type typedShort struct{ reference, text string }

// shortReferences returns the short references of a text whose check characters
// are right: whole words with blanks or hyphens inside, in any case, O for 0 and
// I or L for 1.
func shortReferences(text string) []typedShort {
	words := wordsOf(text)
	var found []typedShort
	for i, first := range words {
		length, end := 0, first.from
		for _, w := range words[i:] {
			if strings.Trim(text[end:w.from], " -") != "" {
				break
			}
			if length += w.to - w.from; length > purchase.LongestShort {
				break
			}
			end = w.to
			if s, ok := purchase.ParseShort(text[first.from:w.to]); ok {
				found = append(found, typedShort{s, text[first.from:w.to]})
			}
		}
	}
	return found
}

// shortHits are the orders whose short reference a payment names.
func (s *session) shortHits(l *lookup, p *payment) (found []hit) {
	seen := map[*order]bool{}
	for _, t := range shortReferences(p.Reference) {
		if o := l.byShort[t.reference]; o != nil && !seen[o] {
			found, seen[o] = append(found, hit{by: "SHORT", order: o, text: t.text}), true
		}
	}
	return found
}

// shorts checks that each short reference is the one of its order: so it cannot
// have become that of another.
func (v *verifier) shorts(ctx context.Context) error {
	for after := ""; ; {
		page, err := orders.find(ctx, v.tx, "merchant_id = ? AND order_no > ? ORDER BY order_no LIMIT ?", v.terms.Merchant, after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].OrderNo
		for _, o := range page {
			if o.Short != "" && o.Short != purchase.ShortReference(o.Merchant, o.OrderNo, len(o.Short)) {
				v.failf("order %s: its short reference %s is that of another order", o.OrderNo, purchase.FormatShort(o.Short))
			}
		}
	}
}
