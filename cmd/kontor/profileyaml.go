package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/formats"
)

// A proposal is a profile as text, with its reasons as comments.
type proposal struct{ b strings.Builder }

// line writes a line of YAML and, behind it, a comment.
func (y *proposal) line(indent int, text, comment string) {
	text = strings.Repeat(" ", indent) + text
	if comment != "" {
		text += strings.Repeat(" ", max(50-utf8.RuneCountInString(text), 1)) + "# " + comment
	}
	y.b.WriteString(strings.TrimRight(text, " ") + "\n")
}

func (y *proposal) comment(text string) { y.line(2, "# "+text, "") }

// about tells what was found in a file.
func (y *proposal) about(file string, g formats.Guess) {
	for _, f := range g.Findings {
		if f.Key == "feed" {
			y.comment(fmt.Sprintf("%s: %s (%s)", file, f.Value, percent100(f.Sure, f.Why)))
		}
	}
	y.comment(fmt.Sprintf("%s looked at; with what is below %d can be read", count(int64(g.Rows), "line", "lines"), g.Good))
	if g.Shipped != "" {
		y.comment(fmt.Sprintf("The shipped profile %s can read %d of them; look at it first: kontor profile test --profile %s --feed %s", g.Shipped, g.ShippedGood, g.Shipped, g.Feed))
	}
	for _, name := range g.Missing {
		y.comment(fmt.Sprintf("MISSING: %s, which every row needs; give it under columns, derive or fixed", name))
	}
	for _, hint := range g.Hints {
		y.comment("NOTE: " + hint)
	}
	if len(g.Unmapped) > 0 {
		y.comment("not read: " + strings.Join(g.Unmapped, ", "))
	}
}

func (y *proposal) setting(indent int, f formats.Finding) {
	y.line(indent, f.Key+": "+scalarText(f.Value), percent100(f.Sure, f.Why))
}

// differences tells what a further file has otherwise: a profile has one dialect.
func (y *proposal) differences(first, g formats.Guess) {
	have := map[string]string{}
	for _, f := range first.Findings {
		have[f.Key] = f.Value
	}
	for _, f := range g.Findings {
		if f.Key == "feed" || f.Key == "group_by" || have[f.Key] == f.Value {
			continue
		}
		y.line(6, fmt.Sprintf("# NOTE: in %s %s is %s (%d %%); a profile has one dialect", g.Feed, f.Key, scalarText(f.Value), f.Sure), "")
	}
}

func (y *proposal) feed(g formats.Guess) {
	f := g.Config.Feeds[g.Feed.String()]
	y.line(6, g.Feed.String()+":", "")
	y.line(8, "files: "+scalarText(g.Files), "as the export is called")
	for _, finding := range g.Findings {
		if finding.Key == "group_by" {
			y.setting(8, finding)
		}
	}
	y.line(8, "columns:", "")
	for _, c := range g.Columns {
		if c.Take == "" {
			y.line(10, c.Name+": "+scalarText(c.Heading), percent100(c.Sure, c.Why))
		}
	}
	y.derived(g, f)
	y.fixed(f)
	y.values(f)
	if d := g.Document; d.Column != "" {
		var codes []string
		for _, code := range d.Codes {
			codes = append(codes, scalarText(code))
		}
		y.line(8, "# document: {column: "+scalarText(d.Column)+", codes: ["+strings.Join(codes, ", ")+"]}", "only what was bought on invoice; keep those codes")
	}
	if len(g.Unmapped) > 0 {
		y.line(8, "# ignore: [\"*\"]", "when what is not read needs no warning")
	}
}

func (y *proposal) derived(g formats.Guess, f formats.FeedConfig) {
	if len(f.Derive) == 0 {
		return
	}
	y.line(8, "derive:", "")
	for _, c := range g.Columns {
		d, ok := f.Derive[c.Name]
		if !ok {
			continue
		}
		parts := []string{"from: " + scalarText(d.From)}
		if d.Take != "" {
			parts = append(parts, "take: "+d.Take)
		}
		if d.Filled != "" {
			parts = append(parts, "filled: "+d.Filled, "empty: "+d.Empty)
		}
		y.line(10, c.Name+": {"+strings.Join(parts, ", ")+"}", percent100(c.Sure, c.Why))
	}
}

func (y *proposal) fixed(f formats.FeedConfig) {
	if len(f.Fixed) == 0 {
		return
	}
	y.line(8, "fixed:", "")
	for _, name := range sortedKeys(f.Fixed) {
		y.line(10, name+": "+scalarText(f.Fixed[name]), "UNSURE: no column has it")
	}
}

func (y *proposal) values(f formats.FeedConfig) {
	if len(f.Values) == 0 {
		return
	}
	y.line(8, "values:", "")
	for _, name := range sortedKeys(f.Values) {
		var pairs []string
		for _, came := range sortedKeys(f.Values[name]) {
			pairs = append(pairs, scalarText(came)+": "+f.Values[name][came])
		}
		y.line(10, name+": {"+strings.Join(pairs, ", ")+"}", "")
	}
}

// reports shows, as a comment, how answers are described.
func (y *proposal) reports() {
	for _, text := range []string{
		"out:                                           # how the ERP wants the answers; as ever where nothing is said",
		"  decisions:",
		"    file: \"decisions_<run>.csv\"",
		"    columns: {order_no: Order, decision: Status, reference: Payment reference}",
		"    values: {decision: {ACCEPTED: \"1\", DECLINED: \"0\", REVIEW: \"2\"}}",
	} {
		y.line(4, "# "+text, "")
	}
}

// scalarText is a text as YAML, in quotes where it could be read as something
// else.
func scalarText(s string) string {
	for _, r := range s {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r > 127
		if !plain {
			return fmt.Sprintf("%q", s)
		}
	}
	switch strings.ToLower(s) {
	case "", "yes", "no", "true", "false", "null", "y", "n", "on", "off":
		return fmt.Sprintf("%q", s)
	}
	return s
}
