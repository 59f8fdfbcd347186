package remote_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
)

// foreign are servers of others, by their ways.
var foreign = []struct {
	name   string
	quirks quirktest.Quirks
	lacks  remotetest.Lack
}{
	{name: "well-behaved"},
	{name: "rename replaces", quirks: quirktest.Quirks{RenameReplaces: true}},
	{name: "no posix-rename", quirks: quirktest.Quirks{NoPosixRename: true}},
	{name: "rename replaces, no posix-rename", quirks: quirktest.Quirks{RenameReplaces: true, NoPosixRename: true}},
	{name: "posix-rename only", quirks: quirktest.Quirks{NoPlainRename: true}},
	{name: "no rename", quirks: quirktest.Quirks{NoPlainRename: true, NoPosixRename: true}, lacks: remotetest.Rename},
	{name: "no setstat", quirks: quirktest.Quirks{NoSetstat: true}},
	{name: "32 KiB packets", quirks: quirktest.Quirks{MaxPacket: 32 << 10}},
	{name: "any order", quirks: quirktest.Quirks{AnyOrder: true}},
	{name: "vague errors", quirks: quirktest.Quirks{VagueErrors: true}},
	{name: "vanishes on reading", quirks: quirktest.Quirks{VanishOnRead: true}, lacks: remotetest.Keeping},
	{name: "all that can be borne", quirks: quirktest.Quirks{
		RenameReplaces: true, NoPosixRename: true, NoSetstat: true, MaxPacket: 32 << 10, AnyOrder: true, VagueErrors: true,
	}},
	{name: "all but a plain rename", quirks: quirktest.Quirks{
		NoPlainRename: true, NoSetstat: true, MaxPacket: 32 << 10, AnyOrder: true, VagueErrors: true, VanishOnRead: true,
	}, lacks: remotetest.Keeping},
	{name: "nothing works", quirks: quirktest.Quirks{
		NoPlainRename: true, NoPosixRename: true, NoSetstat: true, MaxPacket: 32 << 10, AnyOrder: true, VagueErrors: true, VanishOnRead: true,
	}, lacks: remotetest.Rename | remotetest.Keeping},
}

func TestForeignServers(t *testing.T) {
	for _, f := range foreign {
		t.Run(f.name, func(t *testing.T) {
			remotetest.RunLacking(t, f.lacks, func(t *testing.T) remote.Remote {
				c, _ := quirktest.Start(t, f.quirks)
				return open(t, c)
			})
			t.Run("what nobody of us put", func(t *testing.T) { planted(t, f.quirks) })
		})
	}
}

// planted: files of others are listed in order, read once and removed, whatever
// the server is like.
func planted(t *testing.T, q quirktest.Quirks) {
	c, dir := quirktest.Start(t, q)
	r := open(t, c)
	defer closed(t, r)
	want := []string{}
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		want = append(want, name+".csv 100000")
		if err := os.WriteFile(filepath.Join(dir, "in", name+".csv"), make([]byte, 100_000), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := remotetest.List(t, r, "in"); !slices.Equal(got, want) {
		t.Errorf("List = %q; want %q", got, want)
	}
	got, err := remotetest.Read(t.Context(), r, "in", "c.csv")
	if err != nil || len(got) != 100_000 {
		t.Errorf("Open gives %d bytes, %v", len(got), err)
	}
	for _, name := range []string{"c.csv", "d.csv"} {
		if err := r.Remove(t.Context(), "in", name); err != nil {
			t.Errorf("Remove(%q) = %v", name, err)
		}
	}
	if got := remotetest.List(t, r, "in"); !slices.Equal(got, slices.Concat(want[:2], want[4:])) {
		t.Errorf("List after Remove = %q", got)
	}
}
