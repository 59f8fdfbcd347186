package formats

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Guess is what an export that nobody described yet seems to be. It is a
// proposal: a person reads the reasons, corrects it, and tries it.
type Guess struct {
	Feed     purchase.Feed
	Config   Config
	Findings []Finding       // of the dialect and of what is besides columns
	Columns  []GuessedColumn // in the order of the feed
	Missing  []string        // required columns of which nothing was found
	Unmapped []string        // headings that are left
	Hints    []string        // what a person should look at
	Document DocumentConfig  // by which orders on invoice can be told from others
	Files    string          // pattern of such names
	Rows     int             // that were looked at
	Good     int             // of them, that the proposal reads
	Shipped  string          // profile that reads the file as it is, or most of it, "" for none

	ShippedGood int // rows that it reads
}

// A Finding is one setting: its key in the configuration, what was found, how
// sure that is in percent, and why.
type Finding struct {
	Key   string
	Value string
	Sure  int
	Why   string
}

// A GuessedColumn is a column of the feed and where it seems to be.
type GuessedColumn struct {
	Name    string
	Heading string
	Take    string // part of the cell; "" for a column of its own
	Sure    int
	Why     string
}

// GuessOptions is what is known of the file.
type GuessOptions struct {
	File string        // name, which may tell the feed
	Feed purchase.Feed // 0 when it is not known
}

// MaxGuess is how much of a file is looked at, in bytes.
const MaxGuess = 1 << 20

// maxGuessed is how many lines are looked at.
const maxGuessed = 500

// GuessProfile proposes a profile for an export. data is its beginning; of a
// longer file at most MaxGuess bytes. An error says why nothing can be proposed.
func GuessProfile(data []byte, o GuessOptions) (Guess, error) {
	g := &guesser{options: o}
	text, err := g.decode(beginning(data))
	if err != nil {
		return Guess{}, err
	}
	if err := g.cut(text); err != nil {
		return Guess{}, err
	}
	g.look()
	g.choose()
	g.numbers()
	g.dates()
	g.besides()
	g.lines()
	g.words()
	g.finish()
	g.try(beginning(data))
	g.Files = pattern(o.File, g.Feed)
	return g.Guess, nil
}

// beginning drops a line that is cut off.
func beginning(data []byte) []byte {
	if len(data) < MaxGuess {
		return data
	}
	data = data[:MaxGuess]
	if i := bytes.LastIndexByte(data, '\n'); i > 0 {
		return data[:i+1]
	}
	return data
}

// pattern makes a pattern of a file name: each number may be another one.
func pattern(file string, feed purchase.Feed) string {
	end := path.Ext(file)
	name := numbersIn.ReplaceAllString(strings.TrimSuffix(file, end), "*")
	if !strings.Contains(name, "*") {
		name += "*"
	}
	if p := name + end; file != "" && plainName.MatchString(p) {
		return p
	}
	return feed.String() + "_*.csv"
}

var (
	numbersIn = regexp.MustCompile(`[0-9]+([-_T.]?[0-9]+)*`)
	plainName = regexp.MustCompile(`^[A-Za-z0-9._*-]+$`)
)

// A guesser is a guess that is being made.
type guesser struct {
	Guess
	options  GuessOptions
	dialect  dialect
	headings []string
	plain    []string // the headings in their normal form
	rows     [][]string
	seen     []content // by heading
	owner    map[string]int
	derived  map[string]DeriveConfig
	feed     FeedConfig
}

func (g *guesser) found(key, value string, sure int, why string) {
	g.Findings = append(g.Findings, Finding{key, value, sure, why})
}

func (g *guesser) hint(text string) { g.Hints = append(g.Hints, text) }

// finish makes the configuration of what was found.
func (g *guesser) finish() {
	for _, f := range g.Findings {
		switch f.Key {
		case "delimiter":
			g.Config.Delimiter = f.Value
		case "quote":
			g.Config.Quote = f.Value
		case "escape":
			g.Config.Escape = f.Value
		case "charset":
			g.Config.Charset = f.Value
		case "line_end":
			g.Config.LineEnd = f.Value
		case "decimal":
			g.Config.Decimal = f.Value
		case "grouping":
			g.Config.Grouping = f.Value
		case "date":
			g.Config.Date = f.Value
		case "time":
			g.Config.Time = f.Value
		case "guard":
			g.Config.Guard = f.Value
		case "group_by":
			g.feed.GroupBy = f.Value
		}
	}
	g.feed.Columns, g.feed.Derive = map[string]string{}, g.derived
	for _, c := range g.Columns {
		if _, derived := g.derived[c.Name]; !derived {
			g.feed.Columns[c.Name] = c.Heading
		}
	}
	g.Config.Base = "kontor"
	g.Config.Feeds = map[string]FeedConfig{g.Feed.String(): g.feed}
	g.left()
}

// left are the headings of no use so far.
func (g *guesser) left() {
	used := map[string]bool{"": true, codeColumn: true, messageColumn: true}
	for _, c := range g.Columns {
		used[c.Heading] = true
	}
	for _, h := range g.headings {
		if !used[h] {
			g.Unmapped = append(g.Unmapped, h)
		}
	}
}

// try reads what was looked at with the proposal, and with the shipped profiles.
func (g *guesser) try(data []byte) {
	if p, err := g.Config.Build("guess", Lookup); err == nil {
		g.Good = good(p, g.Feed, data)
	} else {
		g.hint("the proposal needs an edit before it can be used: " + strings.Join(strings.Fields(err.Error()), " "))
	}
	best := 0
	for _, name := range Shipped() {
		p, _ := Lookup(name)
		if n := good(p, g.Feed, data); n > best && n*2 >= g.Good {
			best, g.Shipped, g.ShippedGood = n, name, n
		}
	}
}

// good counts the rows that a profile reads.
func good(p *Profile, feed purchase.Feed, data []byte) (n int) {
	for row := range p.Read(feed, bytes.NewReader(data), ReadOptions{}).Rows() {
		if len(row.Errors) == 0 {
			n++
		}
	}
	return n
}
