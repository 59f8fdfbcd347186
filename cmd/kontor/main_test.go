package main

import (
	"errors"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// TestMain lets the scripts call the real program as "kontor".
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"kontor": main, "kontor-fast": fastMain})
}

// tests are the tests of this package; the database server that they start
// ends with them.
type tests struct{ *testing.M }

func (t tests) Run() int { return databasetest.Run(t.M) }

// TestScripts runs the program as its user meets it: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Cmds:               map[string]func(*testscript.TestScript, bool, []string){"exits": exitsWith},
	})
}

// exitsWith is the script command "exits CODE COMMAND…": the command ends with
// that code. What it printed is there for stdout and stderr.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit := new(exec.ExitError)
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with %d; want %d", args[1:], got, want)
	}
}
