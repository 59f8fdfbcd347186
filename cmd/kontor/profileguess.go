package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
)

func (p *program) profileGuessCommand() *cobra.Command {
	var feed, name string
	c := &cobra.Command{
		Use:   "guess FILE…",
		Short: "Propose a profile for the exports of an ERP or shop",
		Long: `Propose a profile for the exports of an ERP or shop: charset, delimiter, quotes,
decimal sign, dates, and which column is what, each with how sure that is and
why. The answer is YAML to paste under profiles: in the configuration. Correct
what the comments call unsure or missing, and try it with "kontor profile test".

The first MiB of each file is looked at, nothing is stored or sent. Several files
are several feeds of one profile.`,
		Example: `  kontor profile guess --name myshop orders_export.csv > myshop.yaml
  kontor profile test --proposal myshop.yaml orders_export.csv`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error { return p.profileGuess(files, feed, name) },
	}
	c.Flags().StringVar(&feed, "feed", "", "what is in the file: orders, invoices, shipments, returns, credits, cancellations, payments or instructions")
	c.Flags().StringVar(&name, "name", "guessed", "name of the profile")
	return exits(c, exitDone, exitFailed, exitUsage)
}

var profileName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// A guessedFile is what one file seems to be, for machines.
type guessedFile struct {
	File     string            `json:"file"`
	Feed     string            `json:"feed"`
	Shipped  string            `json:"shipped,omitempty"`
	Rows     int               `json:"rows"`
	Good     int               `json:"good"`
	Findings []guessedSetting  `json:"findings"`
	Columns  []guessedColumn   `json:"columns"`
	Fixed    map[string]string `json:"fixed,omitempty"`
	Missing  []string          `json:"missing"`
	Unmapped []string          `json:"unmapped"`
	Hints    []string          `json:"hints"`
}

type guessedSetting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Sure  int    `json:"sure_percent"`
	Why   string `json:"why"`
}

type guessedColumn struct {
	Name    string `json:"name"`
	Heading string `json:"heading"`
	Take    string `json:"take,omitempty"`
	Sure    int    `json:"sure_percent"`
	Why     string `json:"why"`
}

func (p *program) profileGuess(files []string, feedName, name string) error {
	feed, err := feedOf(feedName)
	if err != nil {
		return err
	}
	if !profileName.MatchString(name) {
		return usage("", "--name: %q is not a name such as myshop", name)
	}
	var guesses []formats.Guess
	for _, file := range files {
		data, err := firstBytes(file)
		if err != nil {
			return err
		}
		g, err := formats.GuessProfile(data, formats.GuessOptions{File: filepath.Base(file), Feed: feed})
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		guesses = append(guesses, g)
	}
	if p.json {
		return p.printJSON(guessedJSON(files, guesses))
	}
	return writeProposal(p.out, name, files, guesses)
}

func firstBytes(file string) (data []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, formats.MaxGuess))
}

func guessedJSON(files []string, guesses []formats.Guess) []guessedFile {
	var all []guessedFile
	for i, g := range guesses {
		v := guessedFile{
			File: files[i], Feed: g.Feed.String(), Shipped: g.Shipped, Rows: g.Rows, Good: g.Good, Findings: []guessedSetting{}, Columns: []guessedColumn{},
			Fixed: g.Config.Feeds[g.Feed.String()].Fixed, Missing: append([]string{}, g.Missing...), Unmapped: append([]string{}, g.Unmapped...), Hints: append([]string{}, g.Hints...),
		}
		for _, f := range g.Findings {
			v.Findings = append(v.Findings, guessedSetting(f))
		}
		for _, c := range g.Columns {
			v.Columns = append(v.Columns, guessedColumn(c))
		}
		all = append(all, v)
	}
	return all
}

// writeProposal writes the profile as YAML. The dialect is that of the first
// file.
func writeProposal(w io.Writer, name string, files []string, guesses []formats.Guess) error {
	y := &proposal{}
	for i, g := range guesses {
		y.about(files[i], g)
	}
	y.line(2, name+":", "")
	y.line(4, "base: kontor", "")
	for _, f := range guesses[0].Findings {
		if f.Key != "feed" && f.Key != "group_by" {
			y.setting(4, f)
		}
	}
	y.line(4, "feeds:", "")
	for i, g := range guesses {
		if i > 0 {
			y.differences(guesses[0], g)
		}
		y.feed(g)
	}
	y.reports()
	_, err := io.WriteString(w, y.b.String())
	return err
}

// unsure is below how many percent a person should look.
const unsure = 80

func percent100(n int, why string) string {
	mark := ""
	if n < unsure {
		mark = "UNSURE, "
	}
	return fmt.Sprintf("%s%d %%: %s", mark, n, strings.TrimSpace(why))
}
