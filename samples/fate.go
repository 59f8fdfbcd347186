package samples

// An outcome is whether the provider can accept an order.
type outcome int

const (
	good outcome = iota
	underage
	abroad
	outsized
	missing
)

// How an invoice is paid.
type manner int

const (
	inTime manner = iota
	never
	direct
	late
	inParts
	over
	takenBack
)

// What comes back to the shop.
type regret int

const (
	none regret = iota
	goods
	goodwill
)

// A fate is what is decided about an order before anything else, so that it is
// known at once whether a late day can concern it.
type fate struct {
	outcome                            outcome
	elsewhere, cancelled, split, messy bool
	regret                             [2]regret // by invoice
	manner                             [2]manner
	brief                              bool // nothing out of the ordinary
}

// fate draws the fate of an order.
func (s *Shares) fate(d *draw) fate {
	order, more, invoice := d.dice(), d.dice(), d.dice()
	f := fate{
		outcome: s.outcome(order[0]), split: order[1] < s.Split, cancelled: order[2] < s.Cancelled, messy: order[3] < s.Messy,
		regret: [...]regret{s.regret(invoice[0]), s.regret(invoice[1])},
		manner: [...]manner{s.manner(invoice[2]), s.manner(invoice[3])},
	}
	f.elsewhere = f.outcome == good && more[0] < s.Elsewhere
	f.brief = f.outcome != missing && !f.split && !f.messy && f.regret[0] == none && f.manner[0] == inTime
	return f
}

func (s *Shares) outcome(roll int) outcome {
	switch {
	case roll < s.Age:
		return underage
	case roll < s.Age+s.Country:
		return abroad
	case roll < s.Age+s.Country+s.Limit:
		return outsized
	case roll < s.Age+s.Country+s.Limit+s.Missing:
		return missing
	}
	return good
}

func (s *Shares) manner(roll int) manner {
	for _, c := range [...]struct {
		share int
		manner
	}{{s.Never, never}, {s.Direct, direct}, {s.Late, late}, {s.InParts, inParts}, {s.Over, over}, {s.Bounced, takenBack}} {
		if roll < c.share {
			return c.manner
		}
		roll -= c.share
	}
	return inTime
}

func (s *Shares) regret(roll int) regret {
	switch {
	case roll < s.Returned:
		return goods
	case roll < s.Returned+s.Goodwill:
		return goodwill
	}
	return none
}
