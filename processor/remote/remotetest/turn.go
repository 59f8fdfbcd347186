package remotetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// inTurn: files that are sent at once appear in the order of their turns, and
// one that is given up while it waits leaves nothing.
func inTurn(t *testing.T, r remote.Remote) {
	const files = 4
	turns, errs := make([]chan struct{}, files+1), make([]chan error, files)
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	wanted := []string{}
	ctx, giveUp := context.WithCancel(t.Context())
	for i := range files {
		errs[i] = make(chan error, 1)
		go func() {
			errs[i] <- remote.PutInTurn(ctx, r, folder, fmt.Sprintf("%d.csv", i), 5, strings.NewReader("12345"), turns[i])
		}()
	}
	for i := range files - 1 {
		want(t, "List", List(t, r, folder), wanted)
		close(turns[i])
		if err := <-errs[i]; err != nil {
			t.Errorf("PutInTurn %d = %v", i, err)
		}
		wanted = append(wanted, fmt.Sprintf("%d.csv 5", i))
	}
	giveUp()
	if err := <-errs[files-1]; !errors.Is(err, context.Canceled) {
		t.Errorf("PutInTurn that is given up = %v; want context.Canceled", err)
	}
	want(t, "List", List(t, r, folder), wanted)
}
