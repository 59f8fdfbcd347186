package formats

// A Config describes a profile of the configuration file. What is left out
// comes from Base.
type Config struct {
	Base      string                `yaml:"base"`      // shipped or own profile to start from; empty: kontor
	Delimiter string                `yaml:"delimiter"` // one character
	Quote     string                `yaml:"quote"`     // one character; "none" switches quoting off
	Escape    string                `yaml:"escape"`    // of a quote inside quotes: the quote doubled, or \
	Charset   string                `yaml:"charset"`   // utf-8, windows-1252, iso-8859-15, cp850, utf-16, utf-16le, utf-16be
	LineEnd   string                `yaml:"line_end"`  // of files that we write: lf or crlf
	Decimal   string                `yaml:"decimal"`   // . or ,
	Grouping  string                `yaml:"grouping"`  // of thousands; "none" for none
	Date      string                `yaml:"date"`      // such as DD.MM.YYYY
	Time      string                `yaml:"time"`      // such as hh:mm:ss: a time of day that may follow a date, read and dropped
	Feeds     map[string]FeedConfig `yaml:"feeds"`
}

// A FeedConfig describes one feed of a profile.
type FeedConfig struct {
	Columns   map[string]string            `yaml:"columns"`   // canonical name → heading
	Values    map[string]map[string]string `yaml:"values"`    // canonical name → what comes → canonical value
	Fixed     map[string]string            `yaml:"fixed"`     // canonical name → value of every row; the file needs no such column
	Files     string                       `yaml:"files"`     // glob, such as orders_*.csv
	Trailer   string                       `yaml:"trailer"`   // optional | required
	Truncated string                       `yaml:"truncated"` // refuse | allow_with_trailer
	Document  DocumentConfig               `yaml:"document"`  // column with the kind of document (Belegart)
}

// A DocumentConfig names the column that holds the document code (Belegart),
// and the codes that belong to the feed. The column may be absent in a file.
type DocumentConfig struct {
	Column string   `yaml:"column"`
	Codes  []string `yaml:"codes"`
}

// Build makes the profile. It reports all faults at once, each with its key.
func (c Config) Build(name string, known func(string) (*Profile, bool)) (*Profile, error) {
	return nil, errStub
}
