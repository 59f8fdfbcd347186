package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func (p *program) profileTestCommand() *cobra.Command {
	k := checker{}
	var rows int
	var proposal string
	c := &cobra.Command{
		Use:   "test FILE",
		Short: "Show the first rows of an export as they would be read",
		Long: `Show the first rows of an export as they would be read: each field with its
heading, what came and what it means, errors by line and column, and what is not
mapped. Nothing is stored. "kontor check" tells the errors of a whole file.

The profile is that of --profile, else that of the merchant in the configuration,
else kontor; --proposal tries one from a file that "kontor profile guess" wrote,
before it stands in the configuration.`,
		Example: `  kontor profile test --profile shopify --feed orders orders_export.csv
  kontor profile test --proposal myshop.yaml --rows 3 orders_export.csv`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			k.configured = c.Flags().Changed("config")
			return p.profileTest(k, args[0], proposal, rows)
		},
	}
	f := c.Flags()
	f.StringVar(&k.profile, "profile", "", "profile to read with")
	f.StringVar(&k.feed, "feed", "", "what is in the file; else its name tells")
	f.StringVar(&k.language, "language", "en", "of the messages: de or en")
	f.StringVar(&proposal, "proposal", "", "`FILE` with a profile as guess writes it")
	f.IntVar(&rows, "rows", 5, "how many rows to show")
	return exits(c, exitDone, exitFailed, exitUsage, exitRejected)
}

// A testedFile is what test shows of a file.
type testedFile struct {
	File     string      `json:"file"`
	Feed     string      `json:"feed"`
	Profile  string      `json:"profile"`
	Code     string      `json:"code,omitempty"`
	Message  string      `json:"message,omitempty"`
	Rows     []testedRow `json:"rows"`
	Unknown  []string    `json:"unknown_columns"`
	Unmapped []string    `json:"unmapped"`
}

type testedRow struct {
	Row    int64         `json:"row"`
	Line   int64         `json:"line"`
	Last   int64         `json:"last_line"`
	Fields []testedField `json:"fields"`
	Errors []string      `json:"errors"`
}

type testedField struct {
	Name    string `json:"name"`
	Heading string `json:"heading,omitempty"`
	Came    string `json:"came"`
	Value   string `json:"value"`
	Error   string `json:"error,omitempty"`
}

func (p *program) profileTest(k checker, file, proposed string, rows int) error {
	if rows < 0 {
		return usage("", "--rows %d is too small", rows)
	}
	if err := k.prepare(p); err != nil {
		return err
	}
	profile, feed, err := k.testDialect(file, proposed)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	preview := profile.Preview(feed, f, rows, formats.ReadOptions{File: file, MaxSize: k.maxFile()})
	t := tested(k, file, profile.Name, feed, preview)
	if p.json {
		if err := p.printJSON(t); err != nil {
			return err
		}
	} else {
		p.printTested(t)
	}
	return t.verdict()
}

// testDialect is the profile and the feed to read with. A proposal of one feed
// says which one it is.
func (k checker) testDialect(file, proposed string) (*formats.Profile, purchase.Feed, error) {
	if proposed == "" {
		return k.dialect(file)
	}
	profile, feeds, err := k.proposal(proposed)
	if err != nil {
		return nil, 0, err
	}
	feed, known := purchase.ParseFeed(k.feed)
	if !known && len(feeds) == 1 {
		feed, known = purchase.ParseFeed(feeds[0])
	}
	if !known {
		feed, known = profile.FeedOf(filepath.Base(file))
	}
	if !known {
		return nil, 0, usage("--feed orders says what is in it", "%s: neither the name nor the proposal tells the feed", file)
	}
	return profile, feed, nil
}

// proposal builds the only profile of a file, and returns its feeds.
func (k checker) proposal(file string) (*formats.Profile, []string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var whole struct {
		Profiles map[string]formats.Config `yaml:"profiles"`
	}
	profiles := map[string]formats.Config{}
	err = yaml.UnmarshalWithOptions(text, &profiles, yaml.Strict())
	if err != nil && yaml.UnmarshalWithOptions(text, &whole, yaml.Strict()) == nil {
		profiles, err = whole.Profiles, nil
	}
	if err != nil {
		return nil, nil, failWith(exitUsage, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, false))), "it is to look like what kontor profile guess prints")
	}
	names := sortedKeys(profiles)
	if len(names) != 1 {
		return nil, nil, usage("", "--proposal: %s has %d profiles; want one", file, len(names))
	}
	lookup := formats.Lookup
	if k.config != nil {
		lookup = k.config.lookup
	}
	profile, err := profiles[names[0]].Build(names[0], lookup)
	if err != nil {
		return nil, nil, failWith(exitUsage, err, "the keys stand in the file of --proposal")
	}
	return profile, sortedKeys(profiles[names[0]].Feeds), nil
}

func tested(k checker, file, profile string, feed purchase.Feed, v formats.Preview) testedFile {
	language := formats.Language(k.language)
	t := testedFile{File: file, Feed: feed.String(), Profile: profile, Rows: []testedRow{}, Unknown: append([]string{}, v.Unknown...), Unmapped: append([]string{}, v.Unmapped...)}
	if v.Err != nil {
		t.Code, t.Message = string(v.Err.Code), v.Err.Message(language)
	}
	for _, row := range v.Rows {
		r := testedRow{Row: row.Row, Line: row.Line, Last: row.Last, Fields: []testedField{}, Errors: []string{}}
		for _, e := range row.Errors {
			r.Errors = append(r.Errors, fmt.Sprintf("%s:%d: %s", file, e.Line, e.Message(language)))
		}
		for _, f := range row.Fields {
			field := testedField{Name: f.Name, Heading: f.Heading, Came: f.Came, Value: f.Value}
			if f.Error != nil {
				field.Error = fmt.Sprintf("%s:%d: %s", file, f.Error.Line, f.Error.Message(language))
			}
			r.Fields = append(r.Fields, field)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

func (p *program) printTested(t testedFile) {
	fmt.Fprintf(p.out, "%s: %s, profile %s\n", t.File, t.Feed, t.Profile)
	for _, r := range t.Rows {
		where := fmt.Sprintf("line %d", r.Line)
		if r.Last > r.Line {
			where = fmt.Sprintf("lines %d to %d", r.Line, r.Last)
		}
		fmt.Fprintf(p.out, "\nrow %d, %s\n", r.Row, where)
		for _, e := range r.Errors {
			fmt.Fprintf(p.out, "  ERROR %s\n", e)
		}
		for _, f := range r.Fields {
			p.printField(f)
		}
	}
	if len(t.Rows) == 0 && t.Code == "" {
		fmt.Fprintln(p.out, "\nno rows")
	}
	if len(t.Unknown) > 0 {
		fmt.Fprintf(p.out, "\nnot read: %s", strings.Join(t.Unknown, ", "))
	}
	if len(t.Unmapped) > 0 {
		fmt.Fprintf(p.out, "\nnot mapped: %s", strings.Join(t.Unmapped, ", "))
	}
	if t.Code != "" {
		fmt.Fprintf(p.out, "\nthe whole file is refused: %s: %s", t.Code, t.Message)
	}
	fmt.Fprintln(p.out)
}

func (p *program) printField(f testedField) {
	from := "fixed or by default"
	if f.Heading != "" {
		from = fmt.Sprintf("%s: %q", f.Heading, f.Came)
	}
	value := f.Value
	if f.Error != "" {
		value = "ERROR"
	}
	fmt.Fprintf(p.out, "  %-16s %-28s ← %s\n", f.Name, value, from)
	if f.Error != "" {
		fmt.Fprintf(p.out, "    %s\n", f.Error)
	}
}

// verdict is nil when every row that is shown would be taken.
func (t testedFile) verdict() error {
	bad := 0
	for _, r := range t.Rows {
		faults := len(r.Errors)
		for _, f := range r.Fields {
			if f.Error != "" {
				faults++
			}
		}
		bad += min(faults, 1)
	}
	switch {
	case t.Code != "":
		return failWith(exitRejected, errors.New("the file would be refused as a whole"), "correct the profile or the export, and try again")
	case bad > 0:
		return failWith(exitRejected, errors.New(count(int64(bad), "row", "rows")+" of those shown would be rejected"), "correct the profile or the export, and try again")
	}
	return nil
}
