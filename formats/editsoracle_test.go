package formats_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An oracle says what the text of a file says, by other means than package
// formats: it shares no code with it, and knows nothing of what is allowed.
type oracle struct {
	actindo bool
	column  map[string]string            // heading → canonical name
	words   map[string]map[string]string // canonical name → word → value
}

func newOracle(t testing.TB, profile string, feed purchase.Feed) oracle {
	t.Helper()
	o := oracle{actindo: profile == "actindo", column: map[string]string{}, words: map[string]map[string]string{}}
	f, err := os.Open("testdata/actindo/headings.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all {
		switch {
		case line[0] != feed.String() || line[1] == "-":
		case o.actindo:
			o.column[line[2]] = line[1]
		default:
			o.column[line[1]] = line[1]
		}
	}
	if o.actindo {
		o.column["Debitorenkonto"], o.column["E-Mail-Einwilligung"] = "debtor_account", "email_consent"
		o.words = actindoWords[feed]
	} else {
		o.column["debtor_account"], o.column["email_consent"] = "debtor_account", "email_consent"
	}
	return o
}

var actindoWords = map[purchase.Feed]map[string]map[string]string{
	purchase.Orders:   {"customer_type": {"Privat": "B2C", "Firma": "B2B"}, "email_consent": {"J": "Y", "N": "N"}},
	purchase.Invoices: {"default_notice": {"J": "Y", "N": "N"}},
	purchase.Returns:  {"kind": {"Eingang": "RECEIVED", "Ankündigung": "ANNOUNCED"}},
	purchase.Credits:  {"kind": {"GU": "CORRECTION", "WG": "VALUE", "KU": "GOODWILL"}},
	purchase.Instructions: {"kind": {
		"Terminänderung": "DUE_CHANGE", "Mahnsperre": "HOLD", "Freigabe": "RELEASE", "Reklamation": "DISPUTE",
		"Reklamation erledigt": "DISPUTE_CLOSED", "Direktzahlung": "DIRECT_PAYMENT",
	}},
}

// An oracleFile is the cells of a file, by line and by canonical name.
type oracleFile struct {
	lines map[int64]map[string]string // nil for a line that is not as the header says
	bad   bool                        // it has no text, or no end
	sums  [][]string                  // trailers
}

func (o oracle) read(data []byte) oracleFile {
	f := oracleFile{lines: map[int64]map[string]string{}}
	text, ok := o.decode(data)
	if before, cut := strings.CutSuffix(text, "\n\x1a"); cut {
		text = before + "\n" // some systems end a text so
	}
	if !ok || !strings.HasSuffix(text, "\n") && text != "" {
		f.bad = true
		return f
	}
	lines := strings.Split(text, "\n")
	header, ok := cells(strings.TrimSuffix(lines[0], "\r"))
	f.bad = !ok
	for i, line := range lines[1:] {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			continue
		}
		row, ok := cells(line)
		if row != nil && row[0] == "#TRAILER" {
			f.sums = append(f.sums, row)
			continue
		}
		f.lines[int64(i)+2] = nil
		if !ok || len(row) != len(header) {
			continue
		}
		named := map[string]string{}
		for j, h := range header {
			if name := o.column[strings.TrimSpace(h)]; name != "" {
				named[name] = strings.TrimSpace(row[j])
			}
		}
		f.lines[int64(i)+2] = named
	}
	return f
}

func (o oracle) decode(data []byte) (string, bool) {
	if !o.actindo {
		return strings.TrimPrefix(string(data), "\ufeff"), utf8.Valid(data)
	}
	var b strings.Builder
	for _, c := range data {
		if slices.Contains([]byte{0x81, 0x8d, 0x8f, 0x90, 0x9d}, c) {
			return "", false
		}
		b.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return b.String(), true
}

// cells cuts a line as RFC 4180 says, with semicolons.
func cells(line string) (all []string, ok bool) {
	const (
		begin = iota
		plain
		quoted
		closed
	)
	state, cell := begin, strings.Builder{}
	for i := range len(line) {
		c := line[i]
		switch {
		case c == ';' && state != quoted:
			all = append(all, cell.String())
			cell.Reset()
			state = begin
		case c == '"' && state == begin:
			state = quoted
		case c == '"' && state == quoted:
			state = closed
		case c == '"' && state == closed:
			cell.WriteByte(c)
			state = quoted
		case state == closed || c == '"':
			return nil, false
		default:
			cell.WriteByte(c)
			if state == begin {
				state = plain
			}
		}
	}
	return append(all, cell.String()), state != quoted
}

// defaults are what empty cells of a kind mean.
func defaults(feed purchase.Feed, column string) string {
	switch {
	case column == "customer_type":
		return "B2C"
	case column == "kind" && feed == purchase.Returns:
		return "RECEIVED"
	case column == "kind" && feed == purchase.Credits:
		return "CORRECTION"
	}
	return ""
}

// differs says in what a record is not what its cells say; "" when it is.
func (o oracle) differs(feed purchase.Feed, r purchase.Record, row map[string]string) string {
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("csv")
		cell := row[name]
		if w, ok := o.words[name][cell]; ok {
			cell = w
		}
		if cell == "" {
			cell = defaults(feed, name)
		}
		if want, got := o.value(v.Field(i).Interface(), name, cell), v.Field(i).Interface(); got != want {
			return name + ": " + strconv.Quote(row[name])
		}
	}
	return ""
}

var (
	pointAmount = regexp.MustCompile(`^-?[0-9]+(\.[0-9]{1,2})?$`)
	commaAmount = regexp.MustCompile(`^-?([0-9]+|[0-9]+,[0-9]{1,2}|[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2})$`)
	isoDate     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	germanDate  = regexp.MustCompile(`^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$`)
	errNoValue  = errors.New("the text says no such value")
)

// value is what a cell says, as the type of a field; errNoValue when nothing.
func (o oracle) value(field any, name, cell string) any {
	switch field.(type) {
	case money.Amount:
		return o.amount(cell)
	case schedules.Date:
		return o.date(cell)
	case purchase.Days:
		if cell == "" {
			return purchase.Days{}
		}
		n, err := strconv.ParseUint(cell, 10, 10)
		if err != nil {
			return errNoValue
		}
		return purchase.Days{N: int(n), Given: true}
	case bool:
		return map[string]any{"": false, "Y": true, "N": false}[cell]
	}
	switch name {
	case "account", "debtor_iban":
		return strings.ToUpper(strings.Join(strings.Fields(cell), ""))
	case "country", "ship_country":
		return strings.ToUpper(cell)
	}
	return cell
}

func (o oracle) amount(cell string) any {
	form := pointAmount
	if o.actindo {
		form = commaAmount
	}
	switch {
	case cell == "":
		return money.Amount(0)
	case !form.MatchString(cell):
		return errNoValue
	}
	if o.actindo {
		cell = strings.ReplaceAll(strings.ReplaceAll(cell, ".", ""), ",", ".")
	}
	whole, frac, _ := strings.Cut(cell, ".")
	n, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil {
		return errNoValue
	}
	return money.Amount(n)
}

func (o oracle) date(cell string) any {
	form, layout := isoDate, "2006-01-02"
	if o.actindo {
		form, layout = germanDate, "02.01.2006"
	}
	if cell == "" {
		return schedules.Date(0)
	}
	day, err := time.Parse(layout, cell)
	if err != nil || !form.MatchString(cell) {
		return errNoValue
	}
	return schedules.NewDate(day.Year(), day.Month(), day.Day())
}

// proves says what is wrong with the trailers of a file that is taken; a row that
// is bad leaves only their count to be compared.
func (o oracle) proves(f oracleFile, rows []formats.Row, sum string) string {
	if len(f.sums) == 0 {
		return ""
	}
	total := money.Amount(0)
	for _, row := range rows {
		if row.Record == nil {
			total = -1
			break
		}
		a, _ := o.amount(f.lines[row.Line][sum]).(money.Amount)
		total += a
	}
	t := f.sums[0]
	if len(t) < 3 {
		return strings.Join(t, ";")
	}
	count := strings.TrimLeft(strings.TrimSpace(t[1]), "0")
	said, _ := o.amount(strings.TrimSpace(t[2])).(money.Amount)
	if len(f.sums) > 1 || count != strconv.Itoa(len(rows)) || total >= 0 && said != total {
		return strings.Join(t, ";")
	}
	return ""
}

// ask reads a file with package formats.
func ask(p *formats.Profile, feed purchase.Feed, data []byte) (rows []formats.Row, refused *formats.FileError) {
	r := p.Read(feed, bytes.NewReader(data), formats.ReadOptions{File: feed.String() + ".csv"})
	for row := range r.Rows() {
		rows = append(rows, row)
	}
	return rows, r.Err()
}
