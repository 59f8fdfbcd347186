package remote

import (
	"context"
	"io"
	"iter"
	"sync"
)

// How much is under way at once over one connection: small files wait on answers
// most of the time, large ones fill the line alone.
const (
	aheadFiles = 16
	aheadBytes = 16 << 20
)

// Ahead works on up to 16 items at once, as long as their sizes sum up to at most
// 16 MiB (a larger one goes alone), and yields the results in the order of the
// items. turn is closed when what became of all items before it was taken: work
// that others see waits for it, or for its context, which ends with the loop.
// When the loop ends, nothing is under way any more.
func Ahead[T, R any](ctx context.Context, items []T, size func(T) int64, work func(ctx context.Context, item T, turn <-chan struct{}) R) iter.Seq2[T, R] {
	return func(yield func(T, R) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		var flying []*flight[R]
		var bytes int64
		turn := make(chan struct{})
		close(turn)
		for next, done := 0, 0; done < len(items); done++ {
			for next < len(items) && (len(flying) == 0 || len(flying) < aheadFiles && bytes+size(items[next]) <= aheadBytes) {
				item, f := items[next], &flight[R]{before: turn, landed: make(chan struct{}), passed: make(chan struct{})}
				running.Go(func() {
					defer close(f.landed)
					f.result = work(ctx, item, f.before)
				})
				flying, bytes, turn = append(flying, f), bytes+size(item), f.passed
				next++
			}
			f := flying[0]
			<-f.landed
			if !yield(items[done], f.result) {
				return
			}
			close(f.passed)
			flying, bytes = flying[1:], bytes-size(items[done])
		}
	}
}

// A flight is an item that is worked on.
type flight[R any] struct {
	result R
	before <-chan struct{} // closed when the one before has passed
	landed chan struct{}   // closed when the result is there
	passed chan struct{}   // closed when it was taken
}

// An Orderly remote can send a file, and give it its name later.
type Orderly interface {
	PutInTurn(ctx context.Context, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error
}

// PutInTurn is [Remote.Put], which makes the file appear after turn was closed.
// As much as can be done before it is.
func PutInTurn(ctx context.Context, r Remote, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	if o, ok := r.(Orderly); ok {
		return o.PutInTurn(ctx, folder, name, size, content, turn)
	}
	if err := await(ctx, turn); err != nil {
		return err
	}
	return r.Put(ctx, folder, name, size, content)
}

// await waits for the turn; nil is always due.
func await(ctx context.Context, turn <-chan struct{}) error {
	if turn == nil {
		return nil
	}
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
