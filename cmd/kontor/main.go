// Command kontor exchanges documents of purchase on invoice (Kauf auf
// Rechnung) between the ERP of an online shop and the service that buys its
// receivables: orders, invoices, shipments, returns and credits in by CSV over
// SFTP; acknowledgements, credit decisions, payouts and dunning reports out.
//
// See README.md for how to set it up, and "kontor help" for its commands.
package main

import (
	"io"
	"math"
	"os"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // so that a machine without zone data pays on the right day
)

// maxHeap is where the collector begins to work harder: what lives in memory
// at one time is less, however many rows a run has, and garbage need not double
// it. GOMEMLIMIT sets another one.
const maxHeap = 192 << 20

func main() {
	// Everything that kontor writes is about people and money: for its owner only.
	syscall.Umask(0o077)
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(maxHeap)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code of the process.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	p := &program{in: in, out: out, errs: errs, now: time.Now}
	p.withBar()
	root := p.rootCommand()
	root.SetArgs(args)
	err := root.Execute()
	p.bar.hide()
	return p.conclude(err)
}
