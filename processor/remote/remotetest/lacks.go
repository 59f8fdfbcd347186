package remotetest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// noRename: a server that cannot rename gets no file at all, under no name, and
// the second Put does not even send one.
func noRename(t *testing.T, r remote.Remote) {
	for i, content := range []io.Reader{strings.NewReader("12345"), iotest.ErrReader(errors.New("was read"))} {
		if err := r.Put(t.Context(), folder, "x.csv", 5, content); !errors.Is(err, remote.ErrNoRename) {
			t.Errorf("Put %d = %v; want ErrNoRename", i, err)
		}
		want(t, "List", List(t, r, folder), []string{})
	}
}

// vanished: on a server that removes what is read, a Put that had to compare
// says that the file is gone, and the next one puts it: never two, never none
// without an error.
func vanished(t *testing.T, r remote.Remote) {
	content := []byte("12345")
	for range 2 {
		Put(t, r, folder, "x.csv", content)
		err := r.Put(t.Context(), folder, "x.csv", 5, bytes.NewReader(content))
		if there := slices.Equal(List(t, r, folder), []string{"x.csv 5"}); there != (err == nil) || err != nil && !errors.Is(err, remote.ErrVanished) {
			t.Errorf("Put again = %v, and it is there: %t; want ErrVanished when it is gone", err, there)
		}
	}
	Put(t, r, folder, "x.csv", content)
	err := r.Put(t.Context(), folder, "x.csv", 5, strings.NewReader("other"))
	if !errors.Is(err, remote.ErrExists) || !errors.Is(err, remote.ErrVanished) {
		t.Errorf("Put of other bytes = %v; want ErrExists, and that what was there is gone", err)
	}
}
