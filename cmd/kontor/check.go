package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// checkCommand reads files as a run would, without a database.
func (p *program) checkCommand() *cobra.Command {
	var k checker
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Read files as a run would, and tell every error",
		Long: `Read files as a run would, without a database, and tell every error with file,
line, column, what came and what was wanted. Whether an order is known or an
amount fits is not looked at.

The dialect is that of --profile, else that of the merchant in the configuration
(payments: that of the bank), else kontor. The feed is that of --feed, else the
one that the name of the file belongs to.`,
		Example: `  kontor check orders_20261002.csv
  kontor check --profile actindo --feed invoices --language de export.csv`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, files []string) error {
			k.configured = c.Flags().Changed("config")
			return p.check(k, files)
		},
	}
	f := c.Flags()
	f.StringVar(&k.profile, "profile", "", "dialect of the files: a shipped one (kontor profile list) or one of the configuration")
	f.StringVar(&k.feed, "feed", "", "what is in the files: orders, invoices, shipments, returns, credits, cancellations, payments or instructions")
	f.StringVar(&k.language, "language", "en", "of the messages: de or en")
	return exits(c, exitDone, exitFailed, exitUsage, exitRejected)
}

// A checker is the options of check.
type checker struct {
	profile, feed, language string
	configured              bool // --config was given

	config *Config // nil without configuration
	id     string  // of the merchant, with config
}

// A checkedFile is what check found in one file.
type checkedFile struct {
	File           string           `json:"file"`
	Feed           string           `json:"feed"`
	Profile        string           `json:"profile"`
	Verdict        purchase.Verdict `json:"verdict"` // as a run would give it, if every good row is booked
	Rows           int64            `json:"rows"`
	Rejected       int64            `json:"rejected"`
	Code           purchase.Code    `json:"code,omitempty"` // why the whole file is refused or held
	Message        string           `json:"message,omitempty"`
	UnknownColumns []string         `json:"unknown_columns,omitempty"`
	Errors         []checkedError   `json:"errors,omitempty"`
}

// A checkedError is one bad cell.
type checkedError struct {
	Row     int64         `json:"row"`
	Line    int64         `json:"line"`
	Code    purchase.Code `json:"code"`
	Column  string        `json:"column,omitempty"`
	Heading string        `json:"heading,omitempty"`
	Value   string        `json:"value"`
	Message string        `json:"message"`
}

func (p *program) check(k checker, files []string) error {
	if err := k.prepare(p); err != nil {
		return err
	}
	results := []checkedFile{} // an empty list in JSON, not null
	var unread []error
	for _, file := range files {
		r, err := p.checkFile(k, file)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		results = append(results, r)
	}
	if p.json {
		if err := p.printJSON(results); err != nil {
			return err
		}
	}
	if len(unread) > 0 {
		return errors.Join(unread...)
	}
	return checkVerdict(results)
}

// prepare finds the configuration, if there is one, and checks the options.
func (k *checker) prepare(p *program) error {
	if k.language != "de" && k.language != "en" {
		return usage("", "--language: %q is not de or en", k.language)
	}
	if _, known := purchase.ParseFeed(k.feed); k.feed != "" && (!known || k.feed == purchase.Commands.String()) {
		return usage("kontor check --help lists the feeds", "--feed: %q is not a feed", k.feed)
	}
	if _, err := os.Stat(p.configFile); err != nil && !k.configured {
		return nil
	}
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	k.config = c
	if k.profile == "" {
		k.id, err = c.choose(p.merchant)
	}
	return err
}

// dialect finds profile and feed of a file.
func (k checker) dialect(file string) (*formats.Profile, purchase.Feed, error) {
	p, err := k.chosenProfile()
	if err != nil {
		return nil, 0, err
	}
	feed, known := purchase.ParseFeed(k.feed)
	if !known {
		feed, known = p.FeedOf(filepath.Base(file))
	}
	if !known {
		return nil, 0, usage("--feed orders says what is in it", "%s: the name tells no feed of profile %s", file, p.Name)
	}
	if feed == purchase.Payments && k.profile == "" && k.config != nil {
		p = k.config.BankProfile()
	}
	return p, feed, nil
}

func (k checker) chosenProfile() (*formats.Profile, error) {
	name, lookup, known := k.profile, formats.Lookup, strings.Join(formats.Shipped(), ", ")
	if k.config != nil {
		lookup, known = k.config.lookup, k.config.profileNames()
	}
	switch {
	case name == "" && k.config != nil:
		return k.config.Profile(k.id), nil
	case name == "":
		name = "kontor"
	}
	p, found := lookup(name)
	if !found {
		return nil, usage("profiles of your own stand in the configuration, see --config", "--profile: %q is not one of %s", name, known)
	}
	return p, nil
}

// checkFile reads one file and, unless JSON is wanted, tells its errors as they
// come.
func (p *program) checkFile(k checker, file string) (checkedFile, error) {
	profile, feed, err := k.dialect(file)
	if err != nil {
		return checkedFile{}, err
	}
	f, err := os.Open(file)
	if err != nil {
		return checkedFile{}, err
	}
	defer f.Close()
	result := checkedFile{File: file, Feed: feed.String(), Profile: profile.Name}
	keys, err := k.keys(feed)
	if err != nil {
		return checkedFile{}, err
	}
	reader := profile.Read(feed, f, formats.ReadOptions{File: file, MaxSize: k.maxFile(), Keys: keys})
	for row := range reader.Rows() {
		result.Rows++
		if len(row.Errors) > 0 {
			result.Rejected++
		}
		for _, e := range row.Errors {
			p.tellRow(k, &result, e)
		}
	}
	result.UnknownColumns = reader.UnknownColumns()
	p.tellFile(k, &result, reader.Err())
	return result, nil
}

func (k checker) maxFile() int64 {
	if k.config != nil {
		return int64(k.config.MaxFile.value)
	}
	return int64(defaults().MaxFile.value)
}

func (p *program) tellRow(k checker, r *checkedFile, e formats.RowError) {
	message := e.Message(formats.Language(k.language))
	if p.json {
		r.Errors = append(r.Errors, checkedError{e.Row, e.Line, e.Code, e.Column, e.Heading, e.Value, message})
		return
	}
	fmt.Fprintf(p.errs, "%s:%d: %s\n", r.File, e.Line, message)
}

// tellFile tells what concerns the whole file, and its sums.
func (p *program) tellFile(k checker, r *checkedFile, e *formats.FileError) {
	switch {
	case e != nil:
		r.Code, r.Message, r.Verdict = e.Code, e.Message(formats.Language(k.language)), purchase.Rejected
		if e.Code == purchase.FileTrailer {
			r.Verdict = purchase.Held
		}
	case r.Rejected > 0:
		r.Verdict = purchase.Partial
	default:
		r.Verdict = purchase.Accepted
	}
	if p.json {
		return
	}
	for _, heading := range r.UnknownColumns {
		fmt.Fprintf(p.errs, "%s:1: warning: column %q is not known and is not read\n", r.File, heading)
	}
	if e == nil {
		fmt.Fprintf(p.out, "%s: %s, profile %s: %s, %d good, %d bad\n", r.File, r.Feed, r.Profile, count(r.Rows, "row", "rows"), r.Rows-r.Rejected, r.Rejected)
		return
	}
	where := r.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", r.File, e.Line)
	}
	fmt.Fprintf(p.errs, "%s: %s: %s\n", where, e.Code, r.Message)
}

// checkVerdict is nil when every row of every file would be taken.
func checkVerdict(results []checkedFile) error {
	var rows int64
	whole := map[purchase.Verdict][]string{}
	for _, r := range results {
		rows += r.Rejected
		if r.Code != "" {
			whole[r.Verdict] = append(whole[r.Verdict], r.File)
		}
	}
	var told []string
	if rows > 0 {
		told = append(told, count(rows, "row", "rows")+" would be rejected")
	}
	if files := whole[purchase.Rejected]; len(files) > 0 {
		told = append(told, strings.Join(files, ", ")+" would be refused as a whole")
	}
	if files := whole[purchase.Held]; len(files) > 0 {
		told = append(told, strings.Join(files, ", ")+" would be held as a whole")
	}
	if len(told) == 0 {
		return nil
	}
	return failWith(exitRejected, errors.New(strings.Join(told, "; ")), "correct what is named above and check again")
}
