package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// A program is one call of kontor: its streams, its clock and the flags that
// all commands share.
type program struct {
	in        io.Reader
	out, errs io.Writer
	now       func() time.Time
	bar       *bar // on the terminal; nil: none

	configFile string // --config
	merchant   string // --merchant
	json       bool   // --json
}

const defaultConfigFile = "kontor.yaml"

const rootHelp = `kontor carries the documents of purchase on invoice between the ERP of a shop
and the service that buys its receivables: CSV files in, acknowledgements,
credit decisions, weekly payouts and dunning reports out.

Begin with "kontor demo" to see the whole job, or with "kontor init DIR".`

// rootCommand builds the command line. One file holds one command.
func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "kontor",
		Short:         "Exchange purchases on invoice between an ERP and their buyer",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errs)
	flags := root.PersistentFlags()
	flags.StringVar(&p.configFile, "config", defaultConfigFile, "configuration `FILE`")
	flags.StringVar(&p.merchant, "merchant", "", "`ID` of the merchant; needed when there are several")
	flags.BoolVar(&p.json, "json", false, "print results and errors as JSON")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(seeHelp(c), "%w", err)
	})
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		help(c, args)
		fmt.Fprint(c.OutOrStdout(), exitSection(c))
	})
	exits(root, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
	root.AddCommand(append(p.commands(), p.manCommand())...)
	p.completions(root)
	return root
}

// unknownCommand answers a call without a command with the help, and one with
// a word that is no command with those that look like it.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return usage(fmt.Sprintf("did you mean kontor %s?", strings.Join(near, ", kontor ")), "%q is not a command", args[0])
	}
	return usage("kontor help lists the commands", "%q is not a command", args[0])
}

// arguments turns what cobra says about the number of arguments into a usage
// error with a hint.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage(seeHelp(c), "%s: %w", c.CommandPath(), err)
		}
		return nil
	}
}

func seeHelp(c *cobra.Command) string { return c.CommandPath() + " --help shows how it is called" }

// exits notes with which codes a command may end, for its help.
func exits(c *cobra.Command, codes ...exit) *cobra.Command {
	var b strings.Builder
	for _, code := range codes {
		fmt.Fprintf(&b, "  %d  %s\n", code, code.meaning())
	}
	c.Annotations = map[string]string{"exits": b.String()}
	return c
}

func exitSection(c *cobra.Command) string {
	if c.Annotations["exits"] == "" {
		return ""
	}
	return "\nEXIT STATUS\n" + c.Annotations["exits"]
}

// printJSON prints a result, indented, on standard output.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// count says "1 row", "2 rows".
func count[N ~int | ~int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(int64(n), 10) + " " + many
}
