package remote

import (
	"context"
	"sync"
)

// names are those under which files are about to be published, so that two Puts
// of one name see each other, also where a rename replaces.
type names struct {
	mu    sync.Mutex
	about map[string]*claim
}

// A claim is a name that somebody is about to publish under.
type claim struct {
	by    int           // how many; guarded by names.mu
	alone chan struct{} // held by the one who publishes
	used  bool          // somebody has; of who holds alone
}

func (n *names) enter(name string) *claim {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.about[name]
	if c == nil {
		c = &claim{alone: make(chan struct{}, 1)}
		if n.about == nil {
			n.about = map[string]*claim{}
		}
		n.about[name] = c
	}
	c.by++
	return c
}

func (n *names) leave(name string, c *claim) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.by--; c.by == 0 {
		delete(n.about, name)
	}
}

// publish runs f when nobody else publishes under the name. used tells it that
// somebody has, or has tried to, since the name was entered first.
func (c *claim) publish(ctx context.Context, f func(used bool) error) error {
	if err := put(ctx, c.alone); err != nil {
		return err
	}
	defer func() { <-c.alone }()
	used := c.used
	c.used = true
	return f(used)
}
