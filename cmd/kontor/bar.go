package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A bar tells on a terminal what a command is at, in one line below its output.
// Elsewhere, and for machines, it is nil and tells nothing.
type bar struct {
	*progress
	mu    sync.Mutex // of what follows, and of the terminal
	steps int
	shown bool
}

// newBar is nil when w is no terminal.
func newBar(w io.Writer) *bar {
	p := newProgress(w)
	if p.width == 0 {
		return nil
	}
	return &bar{progress: p}
}

// step tells one step of how many nobody knows.
func (b *bar) step(merchant, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.steps++
	b.tell(fmt.Sprintf("%3d  %s: %s", b.steps, ownerName(merchant), what))
}

// part tells the n-th of all parts, from 0 on; without a bar nothing.
func (b *bar) part(n, all int, what string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	const length = 24
	done := n * length / max(all, 1)
	b.tell(strings.Repeat("█", done) + strings.Repeat("░", length-done) + "  " + what)
}

func (b *bar) tell(line string) {
	b.shown = true
	b.say(line)
}

// hide leaves an empty line; without a bar it does nothing.
func (b *bar) hide() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.makeRoom()
}

// makeRoom is for other output; the caller has the terminal.
func (b *bar) makeRoom() {
	if b.shown {
		b.clear()
		b.shown = false
	}
}

// An aboveBar is a stream whose output stands above the bar.
type aboveBar struct {
	io.Writer
	bar *bar
}

func (w aboveBar) Write(p []byte) (int, error) {
	w.bar.mu.Lock()
	defer w.bar.mu.Unlock()
	w.bar.makeRoom()
	return w.Writer.Write(p)
}

// withBar lets a program have a bar on its standard error, if that is a terminal.
func (p *program) withBar() {
	if p.bar = newBar(p.errs); p.bar != nil {
		p.out, p.errs = aboveBar{p.out, p.bar}, aboveBar{p.errs, p.bar}
	}
}

// stream is the stream that stands above a bar, or is one by itself.
func stream(w io.Writer) io.Writer {
	if above, is := w.(aboveBar); is {
		return above.Writer
	}
	return w
}

// seen is the bar that somebody looks at; nil: nobody does.
func (p *program) seen() *bar {
	if p.json {
		return nil
	}
	return p.bar
}

// telling is what the engine is given to tell its steps.
func (p *program) telling() func(merchant, step string) {
	if b := p.seen(); b != nil {
		return b.step
	}
	return nil
}

// ownerName is how people call a merchant, or the bank.
func ownerName(id string) string {
	if id == purchase.Provider {
		return "bank"
	}
	return id
}
