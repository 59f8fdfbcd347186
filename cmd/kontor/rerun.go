package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// rerunCommand groups the verbs that do something again.
func (p *program) rerunCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rerun",
		Short: "Make up for days, or read a file or some of its rows again",
		Long: `Make up for what is missing or failed of some days or of a run, or read archived
files again: for example when the order of a rejected invoice was
accepted after all, or when the profile of a merchant was corrected. A rerun adds
a run and verdicts, and never edits what is there; rows keep their business date.
Nothing is booked twice: what is booked stays booked, and says so.

It needs the data for itself; stop kontor serve for a moment.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.rerunFileCommand(), p.rerunRowsCommand(), p.rerunDateCommand(), p.rerunRunCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) rerunFileCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "file FILE",
		Short: "Read a refused file again, or the rejected rows of one that was read",
		Long: `Read a REJECTED or HELD file again, in the profile that its merchant has now. Of a
file whose rows were read, the rejected rows are tried again.`,
		Example: "  kontor rerun file 12 --dry-run\n  kontor rerun file orders_20261002.csv",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunFile(c.Context(), args[0], a)
		},
	}
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
}

func (p *program) rerunRowsCommand() *cobra.Command {
	var a asking
	var status, code, lines, from string
	c := &cobra.Command{
		Use:   "rows FILE --status rejected|parked",
		Short: "Try some rows of a file again, perhaps corrected",
		Long: `Try the rejected or the parked rows of a file again: those of a code, those on some
lines, or both.

With --from the rows of a corrected file take their place: it has as many rows as
are meant, in their order, such as the ….rejected.csv beside the acknowledgement
that you have corrected; or as many as FILE, of which those on the meant lines are
taken. It must be in the profile of FILE and readable as a whole, else nothing is
done. It is kept in the archive, and kontor files show tells which row it replaced.
A number that is booked with another content stays a CONFLICT. Payments are the
bank's word and are not corrected.`,
		Example: `  kontor rerun rows 12 --status rejected --code NOT_ACCEPTED
  kontor rerun rows invoices_20261002.csv --status rejected --line 3,9-12 --dry-run
  kontor rerun rows 12 --status rejected --from corrected.csv --reason "typing mistakes"`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			filter, err := rowFilter(status, code, lines)
			if err != nil {
				return err
			}
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunRows(c.Context(), args[0], filter, from, a)
		},
	}
	c.Flags().StringVar(&status, "status", "", "which rows: rejected or parked; must be given")
	c.Flags().StringVar(&code, "code", "", "only rows with this `CODE`, such as NOT_ACCEPTED")
	c.Flags().StringVar(&lines, "line", "", "only these `LINES` of the file, such as 3,9-12")
	c.Flags().StringVar(&from, "from", "", "a corrected `FILE` on this machine, whose rows take their place")
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
}

// rowFilter reads which rows are meant; nothing never means all.
func rowFilter(status, code, lines string) (intake.RowFilter, error) {
	f := intake.RowFilter{Code: purchase.Code(strings.ToUpper(code))}
	switch strings.ToLower(status) {
	case "rejected":
		f.Status = purchase.Rejected
	case "parked":
		f.Status = purchase.Parked
	default:
		return f, usage("kontor files show FILE lists the rows that are not booked", "--status %q: want rejected or parked", status)
	}
	if lines == "" {
		return f, nil
	}
	var err error
	f.Lines, err = parseLines(lines)
	return f, err
}

// parseLines reads numbers and ranges such as 3,9-12 or 7-.
func parseLines(s string) (func(int64) bool, error) {
	type span struct{ first, last int64 }
	var spans []span
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, err := strconv.ParseUint(from, 10, 62)
		last := first
		switch {
		case isRange && to == "":
			last = math.MaxInt64
		case isRange && err == nil:
			last, err = strconv.ParseUint(to, 10, 62)
		}
		if err != nil || first < 1 || last < first {
			return nil, usage("", "--line %q: want lines of the file such as 3,9-12", s)
		}
		spans = append(spans, span{int64(first), int64(last)})
	}
	return func(n int64) bool {
		for _, s := range spans {
			if s.first <= n && n <= s.last {
				return true
			}
		}
		return false
	}, nil
}

func (p *program) rerunFile(ctx context.Context, what string, a asking) error {
	return p.reread(ctx, what, a, func(info intake.FileInfo) (rereading, error) {
		r := rereading{
			verb: "rerun file",
			register: func(ctx context.Context, x *exchange, run intake.Run, box intake.Inbox) error {
				_, err := x.intake.RerunFile(ctx, run, box, info.Number)
				return err
			},
		}
		if info.Code == "" { // its rows were read
			r.rows = &intake.RowFilter{Status: purchase.Rejected}
			return r, nil
		}
		r.after = func(ctx context.Context, x *exchange) (intake.FileInfo, error) {
			newest, err := x.intake.Files(ctx, info.Owner, 0, 1)
			if err != nil || len(newest) == 0 {
				return info, err
			}
			return newest[0], nil
		}
		return r, nil
	})
}

func (p *program) rerunRows(ctx context.Context, what string, filter intake.RowFilter, from string, a asking) error {
	return p.reread(ctx, what, a, func(info intake.FileInfo) (rereading, error) {
		r := rereading{verb: "rerun rows", rows: &filter, from: filepath.Base(from)}
		if from == "" {
			r.from = ""
			r.register = func(ctx context.Context, x *exchange, run intake.Run, box intake.Inbox) error {
				_, err := x.intake.RerunRows(ctx, run, box, info.Number, filter)
				return err
			}
			return r, nil
		}
		if info.Feed == purchase.Payments {
			err := fmt.Errorf("file %s (%s): payments are the bank's word, and are not corrected by hand", fileID(info.Number), info.Name)
			return r, failWith(exitRefused, err, "ask the bank for a right statement; a payment that waits is assigned by kontor payments assign")
		}
		if _, err := os.Stat(from); err != nil {
			return r, failWith(exitUsage, err, "--from names a file on this machine")
		}
		r.register = func(ctx context.Context, x *exchange, run intake.Run, box intake.Inbox) error {
			corrected, err := x.keepCorrected(from, a.operator)
			if err == nil {
				_, err = x.intake.CorrectRows(ctx, run, box, info.Number, filter, corrected)
			}
			return err
		}
		return r, nil
	})
}

// keepCorrected puts a corrected file into the archive.
func (x *exchange) keepCorrected(file, operator string) (c intake.Corrected, err error) {
	f, err := os.Open(file)
	if err != nil {
		return c, err
	}
	stored, err := x.spool.Store(f)
	return intake.Corrected{Name: filepath.Base(file), SHA256: stored.SHA256, Size: stored.Size, Operator: operator}, errors.Join(err, f.Close())
}
