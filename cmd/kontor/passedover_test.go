package main

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/schedules"
)

// TestSidesPassedOver lets the provider be away for a slot, its first one too, in
// which the merchant's run waits for it: when it comes back in a later slot, the
// two do not wait for each other.
func TestSidesPassedOver(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	two := newSides(t, s, "sqlite", "sqlite")
	for _, slots := range [][2]string{
		{"2026-10-01T10:00", "2026-10-01T10:05"},
		{"2026-10-01T10:10", "2026-10-01T10:15"},
		{"2026-10-01T10:20", "2026-10-01T11:40"},
	} {
		at, err := schedules.ParseInstant(slots[0], two.x.config.ZoneOf(""))
		if err != nil {
			t.Fatal(err)
		}
		if err := two.x.engine.Run(t.Context(), at, nil); !errors.Is(err, processor.ErrWaiting) {
			t.Fatalf("the merchant's run at %s = %v; want that it waits", slots[0], err)
		}
		two.run(slots[1]) // fails when the sides wait for each other
	}
}
