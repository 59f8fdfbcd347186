package sftpd

import "testing"

// Who is in, who came in, who was not let in, and who was hung up on is counted.
func TestStats(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits = Limits{PerAddress: 2, BanAfter: 100} })
	want := func(name string, want Stats) {
		t.Helper()
		if got := b.server.Stats(); got != want {
			t.Errorf("%s: %+v; want %+v", name, got, want)
		}
	}
	want("at first", Stats{})
	if _, err := b.dial("acme", newSigner(t)); err == nil {
		t.Fatal("a stranger got in")
	}
	b.settled()
	want("after a refused login", Stats{Refused: 1})
	first := b.login("acme")
	second := b.login("other")
	must(t, put(first, "/in/a.csv", "a"), put(second, "/in/b.csv", "b"))
	want("with two sessions", Stats{Sessions: 2, Logins: 2, Refused: 1})
	if _, err := b.dial("acme", b.keys["acme"]); err == nil {
		t.Fatal("a third connection of the address was let in")
	}
	want("after one too many", Stats{Sessions: 2, Logins: 2, Refused: 1, Shut: 1})
}
