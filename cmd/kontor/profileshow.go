package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func (p *program) profileShowCommand() *cobra.Command {
	var feed string
	c := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a profile reads and writes, column by column",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			k := checker{profile: args[0], feed: feed, language: "en", configured: c.Flags().Changed("config")}
			if err := k.prepare(p); err != nil {
				return err
			}
			profile, err := k.chosenProfile()
			if err != nil {
				return err
			}
			d := profile.Describe()
			if feed != "" {
				d.Feeds, d.Out = oneFeed(d.Feeds, feed), []formats.ReportDescription{}
			}
			if p.json {
				return p.printJSON(d)
			}
			return p.profileShow(d)
		},
	}
	c.Flags().StringVar(&feed, "feed", "", "only this feed")
	return exits(c, exitDone, exitFailed, exitUsage)
}

func oneFeed(feeds []formats.FeedDescription, name string) []formats.FeedDescription {
	for _, f := range feeds {
		if f.Feed == name {
			return []formats.FeedDescription{f}
		}
	}
	return nil
}

func (p *program) profileShow(d formats.Description) error {
	fmt.Fprintf(p.out, "%s: charset %s, delimiter %s, quote %s, escape %s, line_end %s, decimal %s, grouping %s, date %s, time %s, zone %s, guard %s\n",
		d.Name, d.Charset, quoted(d.Delimiter), d.Quote, d.Escape, d.LineEnd, d.Decimal, quoted(d.Grouping), d.Date, d.Time, d.Zone, d.Guard)
	for _, f := range d.Feeds {
		p.showFeed(f)
	}
	for _, r := range d.Out {
		if err := p.showReport(r); err != nil {
			return err
		}
	}
	return nil
}

// quoted shows a sign that could not be seen.
func quoted(sign string) string {
	if strings.TrimSpace(sign) == "" {
		return fmt.Sprintf("%q", sign)
	}
	return sign
}

func (p *program) showFeed(f formats.FeedDescription) {
	fmt.Fprintf(p.out, "\n%s in %s", f.Feed, f.Files)
	if f.GroupBy != "" {
		fmt.Fprintf(p.out, "; lines with the same %s are one row", f.GroupBy)
	}
	if f.Document != "" {
		fmt.Fprintf(p.out, "; %q must be %s", f.Document, strings.Join(f.Codes, ", "))
	}
	fmt.Fprintln(p.out)
	for _, c := range f.Columns {
		star := " "
		if c.Required {
			star = "*"
		}
		from := source(c)
		if from == "" {
			continue
		}
		fmt.Fprintf(p.out, "  %s %-16s %s%s\n", star, c.Name, from, wordList(c.Values))
	}
}

// source tells where a column comes from.
func source(c formats.ColumnDescription) string {
	switch {
	case c.Fixed != "":
		return fmt.Sprintf("always %s", c.Fixed)
	case c.Take == "" || c.Heading == "":
		return c.Heading
	case c.Filled != "":
		return fmt.Sprintf("%s where %q is filled, else %s", c.Filled, c.Heading, c.Empty)
	}
	return fmt.Sprintf("%s of %q", c.Take, c.Heading)
}

// wordList lists a value map.
func wordList(values map[string]string) string {
	if len(values) == 0 {
		return ""
	}
	var words []string
	for came, is := range values {
		words = append(words, came+" = "+is)
	}
	sort.Strings(words)
	return "  (" + strings.Join(words, ", ") + ")"
}

func (p *program) showReport(r formats.ReportDescription) error {
	w := p.out
	if _, err := fmt.Fprintf(w, "\n%s to %s/%s", r.Report, r.Folder, r.File); err != nil {
		return err
	}
	if !r.Table {
		_, err := fmt.Fprintln(w)
		return err
	}
	fmt.Fprintln(w, ", as the profile wants it:")
	return showColumns(w, r.Columns)
}

func showColumns(w io.Writer, columns []formats.ColumnDescription) error {
	for _, c := range columns {
		if _, err := fmt.Fprintf(w, "    %-16s %s%s\n", c.Name, c.Heading, wordList(c.Values)); err != nil {
			return err
		}
	}
	return nil
}

// feedOf reads --feed; 0 is none.
func feedOf(name string) (purchase.Feed, error) {
	if name == "" {
		return 0, nil
	}
	feed, known := purchase.ParseFeed(name)
	if !known || feed == purchase.Commands {
		return 0, usage("kontor check --help lists the feeds", "--feed: %q is not a feed", name)
	}
	return feed, nil
}
