package main

import (
	"bytes"
	"fmt"
	"testing"
)

// What is printed stands above the bar, whole and alone on its lines.
func TestBar(t *testing.T) {
	var terminal bytes.Buffer
	p := &program{bar: &bar{progress: &progress{w: &terminal, width: 40}}}
	out := aboveBar{&terminal, p.bar}
	tell := p.telling()
	tell("acme", "collect")
	tell("_provider", "a step with a name that is longer than the terminal")
	fmt.Fprintln(out, "a line")
	fmt.Fprintln(out, "another one")
	p.bar.part(6, 12, "acme: claims")
	p.bar.hide()
	p.bar.hide()
	const erase = "\r\x1b[K"
	want := erase + "  1  acme: collect" +
		erase + "  2  bank: a step with a name that is l" +
		erase + "a line\nanother one\n" +
		erase + "████████████░░░░░░░░░░░░  acme: claims" + erase
	if got := terminal.String(); got != want {
		t.Errorf("the terminal got\n%q; want\n%q", got, want)
	}
}

// No terminal, no bar; nor for machines.
func TestNoBar(t *testing.T) {
	var out, errs bytes.Buffer
	p := &program{out: &out, errs: &errs}
	p.withBar()
	if p.bar != nil || p.telling() != nil || p.out != &out {
		t.Errorf("a program without a terminal has a bar: %+v", p)
	}
	p = &program{json: true, bar: &bar{progress: &progress{w: &errs, width: 40}}}
	if p.telling() != nil {
		t.Error("with --json steps are told")
	}
}
