package remote

import "context"

// A lane lets requests go beside each other, and a listing alone: then all that
// comes in is the listing, and can be metered as such. A listing waits for the
// requests under way (a block of a transfer is one), they for it; each has a
// deadline, which begins when its turn has come.
type lane struct {
	listing chan struct{} // taken by who lists, or waits to
	places  chan struct{} // one is taken by each request
}

func newLane() lane {
	const beside = 128
	return lane{listing: make(chan struct{}, 1), places: make(chan struct{}, beside)}
}

func (l lane) enter(ctx context.Context) error { return put(ctx, l.places) }

func (l lane) leave() { <-l.places }

// enterAlone takes all places.
func (l lane) enterAlone(ctx context.Context) error {
	if err := put(ctx, l.listing); err != nil {
		return err
	}
	for taken := range cap(l.places) {
		if err := put(ctx, l.places); err != nil {
			l.give(taken)
			return err
		}
	}
	return nil
}

func (l lane) leaveAlone() { l.give(cap(l.places)) }

func (l lane) give(places int) {
	for range places {
		<-l.places
	}
	<-l.listing
}

func put(ctx context.Context, c chan struct{}) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
