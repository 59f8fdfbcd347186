package sftpd

import "sync/atomic"

// Stats are what a server has seen since it began to listen.
type Stats struct {
	Sessions int   // connections that are logged in now
	Logins   int64 // that succeeded
	Refused  int64 // connections that tried a key and were not let in
	Shut     int64 // connections that were hung up on: too many, or banned after refused logins
}

// counters are what Stats is made of.
type counters struct{ logins, refused, shut atomic.Int64 }

// Stats tells what the server has seen so far; it may be asked at any time.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := Stats{Logins: s.seen.logins.Load(), Refused: s.seen.refused.Load(), Shut: s.seen.shut.Load()}
	for _, n := range s.users {
		seen.Sessions += n
	}
	return seen
}
