// Command kontor exchanges documents of purchase on invoice (Kauf auf
// Rechnung) between the ERP of an online shop and the service that buys its
// receivables: orders, invoices, shipments, returns and credits in by CSV over
// SFTP; acknowledgements, credit decisions, payouts and dunning reports out.
//
// See README.md for how to set it up, and "kontor help" for its commands.
package main

import (
	"io"
	"os"
	"syscall"
	"time"
	_ "time/tzdata" // so that a machine without zone data pays on the right day
)

func main() {
	// Everything that kontor writes is about people and money: for its owner only.
	syscall.Umask(0o077)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code of the process.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	p := &program{in: in, out: out, errs: errs, now: time.Now}
	root := p.rootCommand()
	root.SetArgs(args)
	err := root.Execute()
	return p.conclude(err)
}
