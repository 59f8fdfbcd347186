package main

import (
	"log/slog"
	"testing"
	"time"
)

// On the built-in server a file appears when its upload has ended: a run waits
// for none. Elsewhere it waits as configured.
func TestSettle(t *testing.T) {
	for url, want := range map[string]time.Duration{"builtin": 0, "dir:./erp": 10 * time.Second} {
		c := sample(t)
		m := c.Merchants["acme"]
		m.ERP.URL = url
		c.Merchants["acme"] = m
		x := &exchange{config: c, skipped: newSkipped(slog.New(slog.DiscardHandler))}
		got, err := x.merchant("acme")
		if err != nil {
			t.Fatal(err)
		}
		if got.Inbox.Settle != want {
			t.Errorf("settle of %s = %s; want %s", url, got.Inbox.Settle, want)
		}
	}
}
