package sftpd

import (
	"sync"
	"time"
)

// A banList shuts out addresses whose logins were refused too often. A window
// begins with the first refusal and lasts as long as a ban; the ban begins with
// the refusal that is one too many.
type banList struct {
	after int
	span  time.Duration
	now   func() time.Time

	mu    sync.Mutex
	peers map[string]*refusals
}

type refusals struct {
	count int
	until time.Time // end of the window, or of the ban
}

// maxPeers bounds the memory of the list; when it is full, peers that are not
// banned are forgotten.
const maxPeers = 10_000

func newBanList(after int, span time.Duration, now func() time.Time) *banList {
	return &banList{after: after, span: span, now: now, peers: map[string]*refusals{}}
}

func (b *banList) banned(peer string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.live(peer)
	return r != nil && r.count >= b.after
}

// refuse counts a refused login and reports whether the peer is banned by it.
func (b *banList) refuse(peer string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.live(peer)
	if r == nil {
		b.makeRoom()
		r = &refusals{until: b.now().Add(b.span)}
		b.peers[peer] = r
	}
	r.count++
	if r.count == b.after {
		r.until = b.now().Add(b.span)
	}
	return r.count == b.after
}

func (b *banList) live(peer string) *refusals {
	r := b.peers[peer]
	if r != nil && !b.now().Before(r.until) {
		delete(b.peers, peer)
		return nil
	}
	return r
}

func (b *banList) makeRoom() {
	if len(b.peers) < maxPeers {
		return
	}
	for peer, r := range b.peers {
		if r.count < b.after || !b.now().Before(r.until) {
			delete(b.peers, peer)
		}
	}
	if len(b.peers) >= maxPeers { // all banned: an attack from everywhere
		clear(b.peers)
	}
}
