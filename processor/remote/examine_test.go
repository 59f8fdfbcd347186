package remote_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
)

// examined is an examination as a line; it must leave nothing behind.
func examined(t *testing.T, c remote.Config, dir string) (string, remote.Examination) {
	t.Helper()
	r := open(t, c)
	defer closed(t, r)
	e, err := remote.Examine(t.Context(), r, "in")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entriesOf(t, dir) {
		if entry != "in" && entry != "in/x.csv" {
			t.Errorf("%s is left behind", entry)
		}
	}
	line := string(e.Rename)
	for name, on := range map[string]bool{
		"missing": e.Missing, "no rename": errors.Is(e.RenameErr, remote.ErrNoRename), "vanishes": e.Vanishes,
		"ERROR": errors.Join(e.ListErr, e.WriteErr, e.ReadErr, e.RemoveErr) != nil,
	} {
		if on {
			line = strings.TrimSpace(line + " " + name)
		}
	}
	return line, e
}

func entriesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, _ os.DirEntry, err error) error {
		if name, _ := filepath.Rel(dir, file); name != "." && err == nil {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestExamine(t *testing.T) {
	tests := []struct {
		name  string
		fresh func(t *testing.T) (remote.Config, string)
		want  string
	}{
		{"dir", freshFolder, "refuses"},
		{"openssh", freshOpenSSH, "refuses"},
	}
	for _, f := range foreign {
		want := "refuses"
		switch q := f.quirks; {
		case q.NoPlainRename && q.NoPosixRename:
			want = "no rename"
		case q.NoPlainRename:
			want = "posix-rename"
		case q.RenameReplaces:
			want = "replaces"
		}
		if f.quirks.VanishOnRead {
			want += " vanishes"
		}
		tests = append(tests, struct {
			name  string
			fresh func(t *testing.T) (remote.Config, string)
			want  string
		}{f.name, func(t *testing.T) (remote.Config, string) { return quirktest.Start(t, f.quirks) }, want})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, dir := tt.fresh(t)
			if got, _ := examined(t, c, dir); got != "missing" {
				t.Errorf("Examine of a folder that is not there = %q; want missing", got)
			}
			err := errors.Join(os.Mkdir(filepath.Join(dir, "in"), 0o777), os.Chmod(filepath.Join(dir, "in"), 0o777), os.WriteFile(filepath.Join(dir, "in", "x.csv"), nil, 0o644))
			if err != nil {
				t.Fatal(err)
			}
			got, e := examined(t, c, dir)
			if diff := cmp.Diff(tt.want, got); diff != "" || e.Files != 1 || e.Skew() != 0 {
				t.Errorf("Examine = %+v (-want +got):\n%s", e, diff)
			}
		})
	}
}

// A clock that is an hour behind that of the remote is seen.
func TestExamineSkew(t *testing.T) {
	c, dir := freshFolder(t)
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	if _, e := examined(t, c, dir); e.Skew() < 59*time.Minute || e.Skew() > 61*time.Minute {
		t.Errorf("Skew = %s; want an hour", e.Skew())
	}
}

// What is wrong with a folder is told, and a base that is not there is an error.
func TestExamineFaults(t *testing.T) {
	c, dir := quirktest.Start(t, quirktest.Quirks{})
	if err := os.WriteFile(filepath.Join(dir, "in"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r := open(t, c)
	defer closed(t, r)
	if _, err := remote.Examine(t.Context(), r, "in"); err == nil || !strings.Contains(err.Error(), "no folder but a file") {
		t.Errorf("Examine of a file = %v", err)
	}
	if _, err := remote.Examine(t.Context(), r, "../in"); !errors.Is(err, remote.ErrName) {
		t.Errorf("Examine outside = %v; want ErrName", err)
	}
	c.URL += "nowhere"
	away := open(t, c)
	defer closed(t, away)
	if _, err := remote.Examine(t.Context(), away, "in"); err == nil || !strings.Contains(err.Error(), "does not exist on the server; create it there") {
		t.Errorf("Examine without a base = %v", err)
	}
}

// On the built-in server, where a merchant's kontor examines its home: all can be
// done in in/, and in out/ nothing can be put.
func TestExamineBuiltIn(t *testing.T) {
	c, dir := freshServer(t)
	before := entriesOf(t, dir)
	r := open(t, c)
	defer closed(t, r)
	e, err := remote.Examine(t.Context(), r, "in")
	if err != nil || e.Rename != remote.Refuses || errors.Join(e.ListErr, e.WriteErr, e.RenameErr, e.ReadErr, e.RemoveErr) != nil {
		t.Errorf("Examine(in) = %+v, %v; want all well", e, err)
	}
	e, err = remote.Examine(t.Context(), r, "out")
	if err != nil || e.Missing || e.WriteErr == nil || errors.Join(e.ListErr, e.RenameErr, e.ReadErr, e.RemoveErr) != nil {
		t.Errorf("Examine(out) = %+v, %v; want that nothing can be put there, and all else well", e, err)
	}
	if diff := cmp.Diff(before, entriesOf(t, dir)); diff != "" {
		t.Errorf("left behind (-want +got):\n%s", diff)
	}
}
