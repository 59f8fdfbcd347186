package main

import (
	"log/slog"
	"sync"
)

// skipped tells of the entries of a folder that no remote lists, because of
// their names or because they are no regular files: once of each while the
// program runs, and of so many at most, for a remote may have any number.
type skipped struct {
	log  *slog.Logger
	mu   sync.Mutex
	told map[[3]string]bool
}

const skippedMost = 1000

func newSkipped(log *slog.Logger) *skipped { return &skipped{log: log, told: map[[3]string]bool{}} }

// of is what a remote calls.
func (s *skipped) of(url string) func(folder, name string, why error) {
	return func(folder, name string, why error) {
		key := [3]string{url, folder, name}
		s.mu.Lock()
		old := s.told[key] || len(s.told) == skippedMost
		if !old {
			s.told[key] = true
		}
		s.mu.Unlock()
		if !old {
			s.log.Warn("an entry of a folder is left out", "remote", withoutPassword(url), "folder", folder, "name", name, "error", why)
		}
	}
}
