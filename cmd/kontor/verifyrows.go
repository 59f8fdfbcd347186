package main

import (
	"context"
	"fmt"
	"math"

	"github.com/kontor-exchange/kontor/processor/intake"
)

// verifyRows checks that each row that was booked travelled in a batch or waits
// for one, and that nothing else did. Both sides are read in order of the ids.
func (x *exchange) verifyRows(ctx context.Context, merchant string) (broken []string, err error) {
	booked := idStream{read: x.intake.BookedRows}
	sent := idStream{read: x.batches.Rows}
	for {
		b, hasBooked, err := booked.peek(ctx, merchant)
		if err != nil {
			return broken, err
		}
		s, hasSent, err := sent.peek(ctx, merchant)
		if err != nil {
			return broken, err
		}
		switch {
		case !hasBooked && !hasSent:
			return broken, nil
		case hasBooked && hasSent && b == s:
			booked.next()
			sent.next()
		case hasBooked && (!hasSent || b < s):
			broken = append(broken, fmt.Sprintf("%s was booked, but is in no batch and waits for none", intake.RowName(b)))
			booked.next()
		default:
			broken = append(broken, fmt.Sprintf("%s is in a batch or waits for one, but was never booked", intake.RowName(s)))
			sent.next()
		}
	}
}

// An idStream reads ids in ascending order, page by page.
type idStream struct {
	read         func(ctx context.Context, merchant string, after int64, limit int) ([]int64, error)
	page         []int64
	last         int64
	begun, ended bool
}

// peek returns the next id without passing it.
func (s *idStream) peek(ctx context.Context, merchant string) (id int64, found bool, err error) {
	const page = 50_000
	if len(s.page) == 0 && !s.ended {
		if !s.begun {
			s.begun, s.last = true, math.MinInt64
		}
		if s.page, err = s.read(ctx, merchant, s.last, page); err != nil {
			return 0, false, err
		}
		s.ended = len(s.page) < page
	}
	if len(s.page) == 0 {
		return 0, false, nil
	}
	return s.page[0], true, nil
}

func (s *idStream) next() { s.last, s.page = s.page[0], s.page[1:] }
