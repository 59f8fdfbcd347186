package main

import (
	"path/filepath"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// collectionTarget adds the target of hand-overs to collection: provider.collection, else
// a folder beside the reports, which is our own.
func (c *Config) collectionTarget(x *exchange, targets map[string]remote.Config) (own []string) {
	if drop := c.Provider.Collection; drop.URL != "" {
		targets[outbox.Collection] = x.remote(drop.URL, drop)
		return nil
	}
	targets[outbox.Collection] = x.remote("dir:"+filepath.Join(c.Reports(), "collection"), Drop{})
	return []string{outbox.Collection}
}
