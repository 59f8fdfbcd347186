package samples

import "math/bits"

// A draw is a stream of pseudo-random numbers: splitmix64 (Steele, Lea, Flood
// 2014). It is written out here so that no release of Go can change what a
// seed gives; it is no source of secrets.
type draw uint64

// A topic keeps the streams of one order apart, so that a change in one
// (another street) leaves the others (the amounts) as they were.
type topic uint64

const (
	onHistory topic = 1 + iota
	onCustomer
	onPerson
	onOrder
	onPayment
	onAgain
)

// newDraw returns the stream of a seed, a number and a topic.
func newDraw(seed uint64, number int, t topic) draw {
	d := draw(seed)
	d = draw(d.next() ^ uint64(number))
	return draw(d.next() + uint64(t)*0xd1342543de82ef95)
}

func (d *draw) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n−1; n must be positive.
func (d *draw) below(n int) int {
	hi, _ := bits.Mul64(d.next(), uint64(n))
	return int(hi)
}

// between returns a number from low to high, both included.
func (d *draw) between(low, high int) int { return low + d.below(high-low+1) }

// chance is true in so many of a thousand cases.
func (d *draw) chance(perMille int) bool { return d.below(1000) < perMille }

// dice returns four numbers from 0 to 999 at the price of one.
func (d *draw) dice() [4]int {
	n := d.next()
	return [...]int{thousandths(n), thousandths(n >> 16), thousandths(n >> 32), thousandths(n >> 48)}
}

func thousandths(n uint64) int { return int(n & 0xffff * 1000 >> 16) }

// pick returns one of the choices.
func pick[T any](d *draw, choices []T) T { return choices[d.below(len(choices))] }
