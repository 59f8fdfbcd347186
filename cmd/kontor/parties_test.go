package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// The worked examples through two exchanges, over the SFTP server that the
// provider's has built in: the same books, and the same files at the ERP, at the
// bank and at the debtors.
func TestParties(t *testing.T) {
	for _, name := range []string{"october", "seed7", "seed11", "seed23"} {
		if testing.Short() && name != "october" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := readScenario(t, filepath.Join(examples, name), "kontor")
			if testing.Short() {
				s.until = "2026-10-13"
			}
			url := "sqlite"
			if name == "seed7" { // one of them with the books on the other engine
				url = databasetest.URL(t, database.PostgreSQL)
			}
			p := newParties(t, s, "sqlite", url, builtinHome(t, s))
			p.play()
			if s.until == "" {
				want := s.expected(t).(map[string]any)
				delete(want, "batches") // there are two series of them
				compare(t, want, p.export())
			}
			p.verify()
			if name == "october" {
				twin := newStage(t, s, "sqlite")
				twin.play(t, nil)
				p.sameAs(twin)
			}
		})
	}
}

// builtinHome is a home on the server that the provider's side has built in.
func builtinHome(t *testing.T, s scenario) home {
	t.Helper()
	dir := t.TempDir()
	f := &folder{Dir: dir}
	for _, step := range []func() error{f.folders, f.hostKey, f.clientKey} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	keys := filepath.Join(dir, "keys")
	return home{
		erp:  fmt.Sprintf("url: builtin, authorized_keys: [%q]", filepath.Join(keys, "acme.pub")),
		more: "server: {listen: \"127.0.0.1:0\"}\n",
		url: func(p *parties) string {
			server, err := p.provider.x.listen(t.Context(), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			serve(t, server)
			trust(t, keys, server.Addr().String(), filepath.Join(p.provider.x.config.DataDir, hostKeyFile))
			return fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", "sftp://"+s.Merchant+"@"+server.Addr().String()+"/",
				filepath.Join(keys, "acme"), filepath.Join(keys, "known_hosts"))
		},
	}
}
