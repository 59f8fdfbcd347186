package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// An exit is the code with which the process ends.
type exit int

// The exit codes of all commands.
const (
	exitDone     exit = iota // done
	exitFailed               // failed
	exitUsage                // wrong command line or configuration
	exitNothing              // nothing to do, or complete already
	exitRejected             // done, and some rows were rejected
	exitConflict             // what is there contradicts what was asked
	exitHeld                 // another process is at work
	exitRefused              // refused by policy
)

// meaning says what a code tells, for the help of the commands.
func (e exit) meaning() string {
	return [...]string{
		"done",
		"failed",
		"wrong command line or configuration",
		"nothing to do, or complete already",
		"done, with rejected rows",
		"conflict: what is there contradicts what was asked",
		"held by another process",
		"refused by policy",
	}[e]
}

// A fault is an error for the person at the terminal.
type fault struct {
	code exit
	err  error  // where, what came, what was wanted
	hint string // what to do next; may be empty
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// failWith makes an error that ends the process with a code and tells the
// person what to do next.
func failWith(code exit, err error, hint string, args ...any) error {
	if err == nil {
		return nil
	}
	if len(args) > 0 {
		hint = fmt.Sprintf(hint, args...)
	}
	return &fault{code: code, err: err, hint: hint}
}

// usage is a mistake on the command line.
func usage(hint string, format string, args ...any) error {
	return &fault{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// conclude prints an error that a command ended with and returns the exit code.
func (p *program) conclude(err error) int {
	if err == nil {
		return int(exitDone)
	}
	f := &fault{code: exitFailed, err: err}
	if known := new(fault); errors.As(err, &known) {
		f = &fault{code: known.code, err: err, hint: known.hint}
	}
	if p.json {
		p.printJSONFault(f)
		return int(f.code)
	}
	fmt.Fprintf(p.errs, "kontor: %v\n", f.err)
	if f.hint != "" {
		fmt.Fprintf(p.errs, "hint: %s\n", f.hint)
	}
	return int(f.code)
}

// printJSONFault prints the error as one JSON object on standard error.
func (p *program) printJSONFault(f *fault) {
	e := json.NewEncoder(p.errs)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		Error string `json:"error"`
		Hint  string `json:"hint,omitempty"`
		Exit  int    `json:"exit"`
	}{f.err.Error(), f.hint, int(f.code)})
	if err != nil {
		fmt.Fprintf(p.errs, "kontor: %v\n", f.err)
	}
}
