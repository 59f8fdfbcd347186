package samples

import "github.com/kontor-exchange/kontor/schedules"

// A calendar says which orders come on which day, and when offices and banks
// are open. Days count from 0.
type calendar struct {
	start   schedules.Date
	orders  int
	span    int   // so many days after an order its last document can come
	brief   int   // the same for an order without any trouble
	weights []int // sum of the weights of the days before day n
	working []int // the working day on or after day n
	bank    []int // the bank day on or after day n
}

// newCalendar spreads orders over days, more on Mondays than on Saturdays;
// in the last quiet days nobody orders. The spans are sums of what
// [history.tell] adds, holidays included.
func newCalendar(start schedules.Date, orders, days, quiet, term int) calendar {
	c := calendar{start: start, orders: orders, span: 80 + term, brief: 24 + term, weights: make([]int, days+1)}
	byWeekday := [...]int{11, 16, 15, 14, 14, 13, 9} // Sunday first
	for n := range days {
		weight := byWeekday[c.date(n).Weekday()]
		if n >= days-quiet {
			weight = 0
		}
		c.weights[n+1] = c.weights[n] + weight
	}
	for n := range days + 2*c.span {
		c.working = append(c.working, int(schedules.NextWorkingDay(c.date(n))-start))
		c.bank = append(c.bank, int(schedules.NextBankDay(c.date(n))-start))
	}
	return c
}

func (c *calendar) date(day int) schedules.Date { return c.start + schedules.Date(day) }

// first returns the first order of a day; those of the day go up to first(day+1).
func (c *calendar) first(day int) int {
	last := len(c.weights) - 1
	return c.orders/c.weights[last]*c.weights[day] + c.orders%c.weights[last]*c.weights[day]/c.weights[last]
}
