package samples

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A dialect is what [Convert] must know of a profile. It is learned from what
// the profile writes, so that it cannot differ from it.
type dialect struct {
	charset  charset
	date     string // layout of package time
	decimal  byte
	columns  map[string]*column // by heading
	headings map[string]string  // by canonical name
}

// A column of a feed in some dialect.
type column struct {
	name  string // canonical
	kind  cells
	words map[string]string // canonical value → how the dialect writes it
}

// How the cells of a column are to be converted.
type cells int

const (
	texts cells = iota // and words
	dates
	amounts
)

// delimiter is that of both shipped profiles.
const delimiter = ';'

// specimens returns records of a feed that between them have every value that
// a dialect may write as a word of its own.
func specimens(feed purchase.Feed) []purchase.Record {
	day, cents := schedules.NewDate(2033, time.November, 24), money.Amount(123)
	switch feed {
	case purchase.Orders:
		return []purchase.Record{
			purchase.Order{OrderDate: day, Gross: cents, CustomerType: purchase.B2C, City: "Köln"},
			purchase.Order{OrderDate: day, Gross: cents, CustomerType: purchase.B2B, City: "Köln"},
		}
	case purchase.Invoices:
		return []purchase.Record{
			purchase.Invoice{InvoiceDate: day, Gross: cents, DefaultNotice: true, OrderNo: "Köln"},
			purchase.Invoice{InvoiceDate: day, Gross: cents, OrderNo: "Köln"},
		}
	case purchase.Shipments:
		return []purchase.Record{purchase.Shipment{ShippedOn: day, Gross: cents, Carrier: "Köln"}}
	case purchase.Cancellations:
		return []purchase.Record{purchase.Cancellation{CancelledOn: day, Reason: "Köln"}}
	case purchase.Payments:
		return []purchase.Record{purchase.Payment{BookedOn: day, Amount: cents, Reference: "Köln"}}
	}
	var records []purchase.Record
	for _, kind := range kinds(feed) {
		switch feed {
		case purchase.Returns:
			records = append(records, purchase.Return{Kind: kind, ReturnedOn: day, Gross: cents, Reason: "Köln"})
		case purchase.Credits:
			records = append(records, purchase.Credit{Kind: kind, CreditedOn: day, Gross: cents, Reason: "Köln"})
		case purchase.Instructions:
			records = append(records, purchase.Instruction{Kind: kind, Day: day, Amount: cents, Reason: "Köln"})
		}
	}
	return records
}

func kinds(feed purchase.Feed) []string {
	switch feed {
	case purchase.Returns:
		return []string{purchase.ReturnReceived, purchase.ReturnAnnounced}
	case purchase.Credits:
		return []string{purchase.Correction, purchase.Value, purchase.Goodwill}
	case purchase.Instructions:
		return []string{purchase.DueChange, purchase.Hold, purchase.Release, purchase.Dispute, purchase.DisputeClosed, purchase.DirectPayment}
	}
	return nil
}

// learn finds out how a profile writes a feed.
func learn(p *formats.Profile, feed purchase.Feed) (*dialect, error) {
	d := &dialect{columns: map[string]*column{}, headings: map[string]string{}}
	records := specimens(feed)
	if len(records) == 0 {
		return nil, fmt.Errorf("%s is no feed of files", feed)
	}
	in, err := inFiles(feed)
	if err != nil {
		return nil, err
	}
	record := reflect.TypeOf(records[0])
	for i := range record.NumField() {
		name := record.Field(i).Tag.Get("csv")
		if !in[name] {
			continue
		}
		lines, err := d.write(p, records, name)
		if err != nil {
			return nil, fmt.Errorf("profile %s: feed %s: column %s: %w", p.Name, feed, name, err)
		}
		c := &column{name: name, words: map[string]string{}}
		d.columns[lines[0]], d.headings[name] = c, lines[0]
		for n, r := range records {
			d.look(c, reflect.ValueOf(r).Field(i).Interface(), lines[n+1])
		}
	}
	if d.decimal == 0 { // no amounts in the feed, but in its trailer
		other, err := learn(p, purchase.Payments)
		if err != nil {
			return nil, err
		}
		d.decimal = other.decimal
	}
	return d, nil
}

// inFiles are the columns of a feed that a file can have; others travel in
// batches only. In profile kontor the headings are the canonical names.
func inFiles(feed purchase.Feed) (map[string]bool, error) {
	canonical, _ := formats.Lookup("kontor")
	var b bytes.Buffer
	if err := canonical.NewWriter(&b, feed).Flush(); err != nil {
		return nil, err
	}
	header, _, _ := strings.Cut(b.String(), "\n")
	in := map[string]bool{}
	for name := range strings.SplitSeq(strings.TrimSpace(header), string(delimiter)) {
		in[strings.Trim(name, `"`)] = true
	}
	return in, nil
}

// write returns heading and cells of one column.
func (d *dialect) write(p *formats.Profile, records []purchase.Record, name string) ([]string, error) {
	var b bytes.Buffer
	w := p.NewWriter(&b, records[0].Feed(), name)
	var errs []error
	for _, r := range records {
		errs = append(errs, w.Write(r))
	}
	if err := errors.Join(append(errs, w.Flush())...); err != nil {
		return nil, err
	}
	d.charset = max(d.charset, charsetOf(b.Bytes()))
	lines := strings.SplitAfter(d.charset.decode(b.Bytes()), "\n")
	if len(lines) != len(records)+2 {
		return nil, fmt.Errorf("%d records became %d lines with the heading", len(records), len(lines)-1)
	}
	for i, line := range lines {
		lines[i] = strings.Trim(line, "\r\n\"")
	}
	return lines, nil
}

// look compares a value with the cell that was made of it.
func (d *dialect) look(c *column, value any, cell string) {
	switch v := value.(type) {
	case schedules.Date:
		c.kind = dates
		if v != 0 {
			d.date = strings.NewReplacer("2033", "2006", "11", "01", "24", "02").Replace(cell)
		}
	case money.Amount:
		c.kind = amounts
		if v != 0 {
			d.decimal = cell[1]
		}
	case bool:
		c.words[map[bool]string{true: "Y", false: "N"}[v]] = cell
	case string:
		if c.name == "kind" || c.name == "customer_type" {
			c.words[v] = cell
		}
	}
}
