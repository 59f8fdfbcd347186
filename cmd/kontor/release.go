package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// filesReleaseCommand accepts a file whose trailer is wrong.
func (p *program) filesReleaseCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "release FILE --reason WHY",
		Short: "Accept a HELD file although its trailer is wrong",
		Long: `Read a file that is HELD because its trailer does not fit, as if it had none. Who
released it and why is kept with the file, and its acknowledgement follows. What
is booked travels with the next run.`,
		Example: `  kontor files release 12 --reason "the shop confirmed the rows by phone" --dry-run`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.filesRelease(c.Context(), args[0], a)
		},
	}
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitHeld, exitRefused)
}

func (p *program) filesRelease(ctx context.Context, what string, a asking) error {
	return p.reread(ctx, what, a, func(info intake.FileInfo) (rereading, error) {
		if info.Verdict != purchase.Held {
			err := fmt.Errorf("file %s (%s) is %s; only a HELD file can be released", fileID(info.Number), info.Name, info.Verdict)
			return rereading{}, failWith(exitNothing, err, "kontor files show %s tells what became of it", fileID(info.Number))
		}
		if info.Code != purchase.FileTrailer {
			return rereading{}, errors.New("only a file with a wrong trailer can be released")
		}
		reason := a.operator + ": " + a.reason
		return rereading{
			verb: "files release",
			register: func(ctx context.Context, x *exchange, run intake.Run, _ intake.Inbox) error {
				return x.intake.Release(ctx, run, info.Number, reason)
			},
			after: func(ctx context.Context, x *exchange) (intake.FileInfo, error) {
				return x.intake.Find(ctx, info.Owner, fmt.Sprint(info.Number))
			},
		}, nil
	})
}
