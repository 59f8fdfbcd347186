package main

import (
	"path/filepath"
	"testing"
)

// The real shop traffic (samples/testdata/retail): 152 days of drops in profile
// actindo.

const retail = "../../samples/testdata/retail"

func TestRetail(t *testing.T) {
	s := readScenario(t, filepath.FromSlash(retail), "actindo")
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		compare(t, s.expected(t), g.export())
		g.verify(t)
	})
}
