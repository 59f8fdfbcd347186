package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// A pulse is what the daemon knows of itself: whether its loop goes on, and what
// came of its runs.
type pulse struct {
	beaten   atomic.Int64 // unix seconds
	runs     atomic.Int64 // that the loop began
	failures atomic.Int64 // of these, with an error

	mutex  sync.Mutex
	alarms []alarm // after the last run; nil before
}

// beat says that the loop goes on.
func (p *pulse) beat(now time.Time) { p.beaten.Store(now.Unix()) }

// last is when the loop gave its last sign of life; zero when it has not begun.
func (p *pulse) last() time.Time {
	if at := p.beaten.Load(); at != 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// ran notes what came of a run.
func (p *pulse) ran(failed bool, alarms []alarm) {
	p.runs.Add(1)
	if failed {
		p.failures.Add(1)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.alarms = alarms
}

func (p *pulse) known() []alarm {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.alarms
}
