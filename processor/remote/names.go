package remote

import (
	"context"
	"sync"
)

// names lets one at a time work under a name.
type names struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the name is free again
}

// take waits until nobody works under the name; done ends the own work.
func (n *names) take(ctx context.Context, name string) (done func(), err error) {
	for {
		n.mu.Lock()
		taken, busy := n.taken[name]
		if !busy {
			if n.taken == nil {
				n.taken = map[string]chan struct{}{}
			}
			free := make(chan struct{})
			n.taken[name] = free
			n.mu.Unlock()
			return func() { n.give(name, free) }, nil
		}
		n.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (n *names) give(name string, free chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.taken, name)
	close(free)
}
