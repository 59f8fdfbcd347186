package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// filesCommand shows inbound files.
func (p *program) filesCommand() *cobra.Command {
	var bank bool
	var limit int
	c := &cobra.Command{
		Use:   "files",
		Short: "List the files that came in, and what became of them",
		Long: `List the files that were read, newest first, with their verdicts and the verdicts
of their rows as they are now. Files of the bank have numbers that begin with b.

A FILE is named by its number, by its name (of several the newest), or by the
first 8 or more digits of its SHA-256.`,
		Example: `  kontor files
  kontor files --bank
  kontor files show orders_20261002.csv`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.files(c.Context(), bank, limit) },
	}
	c.Flags().BoolVar(&bank, "bank", false, "list the account statements of the bank")
	c.Flags().IntVar(&limit, "limit", 20, "how many `FILES` at most")
	c.AddCommand(p.filesShowCommand(), p.filesReleaseCommand())
	return exits(c, exitDone, exitFailed, exitUsage)
}

// A fileView is a file as it is shown.
type fileView struct {
	File     string           `json:"file"`
	Owner    string           `json:"owner"`
	Name     string           `json:"name"`
	Feed     string           `json:"feed"`
	SHA256   string           `json:"sha256"`
	Size     int64            `json:"size"`
	Run      string           `json:"run"`
	ReadAt   time.Time        `json:"as_of"`
	Verdict  purchase.Verdict `json:"verdict"`
	Code     purchase.Code    `json:"code"`
	Message  string           `json:"message"`
	Original string           `json:"original,omitempty"`
	Released string           `json:"released,omitempty"`
	Rows     int64            `json:"rows"`
	Now      intake.Counts    `json:"now"`
	SumGross money.Amount     `json:"sum_gross_cents"`
}

func viewOf(i intake.FileInfo) fileView {
	v := fileView{
		File: fileID(i.Number), Owner: i.Owner, Name: i.Name, Feed: i.Feed.String(), SHA256: i.SHA256, Size: i.Size, Run: i.Run, ReadAt: i.AsOf,
		Verdict: i.Verdict, Code: i.Code, Message: i.Message, Released: i.Released, Rows: i.Rows, Now: i.Now, SumGross: i.SumGross,
	}
	if i.Original != 0 {
		v.Original = fileID(i.Original)
	}
	return v
}

// fileID is the number of a file as people name it; those of the bank begin
// with b.
func fileID(n int64) string {
	if n < 0 {
		return "b" + strconv.FormatInt(-n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// findFile finds the file that a person means: of the merchant, else of the bank.
func (x *exchange) findFile(ctx context.Context, merchant, what string) (intake.FileInfo, error) {
	owner := merchant
	if n, isBank := strings.CutPrefix(what, "b"); isBank {
		if _, err := strconv.ParseUint(n, 10, 62); err == nil {
			owner, what = purchase.Provider, "-"+n
		}
	}
	info, err := x.intake.Find(ctx, owner, what)
	if errors.Is(err, intake.ErrUnknown) && owner == merchant {
		if bank, other := x.intake.Find(ctx, purchase.Provider, what); other == nil || errors.Is(other, intake.ErrAmbiguous) {
			info, err = bank, other
		}
	}
	switch {
	case errors.Is(err, intake.ErrUnknown):
		return info, failWith(exitFailed, err, "kontor files lists them; kontor files --bank those of the bank")
	case errors.Is(err, intake.ErrAmbiguous):
		return info, failWith(exitUsage, err, "kontor files shows the numbers")
	}
	return info, err
}

func (p *program) files(ctx context.Context, bank bool, limit int) error {
	if limit < 1 {
		return usage("", "--limit %d: want a number from 1 on", limit)
	}
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		owner := merchant
		if bank {
			owner = purchase.Provider
		}
		infos, err := x.intake.Files(ctx, owner, 0, limit)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(views(infos))
		}
		return p.printFiles(views(infos), x.config.ZoneOf(merchant))
	})
}

func (p *program) printFiles(views []fileView, zone *time.Location) error {
	if len(views) == 0 {
		return p.say("No file was read yet.")
	}
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	var rows [][]string
	for _, v := range views {
		rows = append(rows, []string{
			v.File, timeText(v.ReadAt, zone), v.Name, v.verdict(), n(v.Rows),
			n(v.Now.Booked), n(v.Now.Duplicate), n(v.Now.Conflict), n(v.Now.Rejected), n(v.Now.Parked), dash(string(v.Code)),
		})
	}
	return p.printTable([]string{
		">FILE", "READ", "NAME", "VERDICT", ">ROWS", ">BOOKED", ">DUPLICATE", ">CONFLICT", ">REJECTED", ">PARKED", "CODE",
	}, rows)
}

func (v fileView) verdict() string {
	if v.Verdict == "" {
		return "(being read)"
	}
	return string(v.Verdict)
}
