// Package samples invents the drops of a shop and its bank: any number of
// orders over any number of days, with all that follows from them, as the
// files that an ERP and a bank would write. It also holds what a new user
// needs: a commented configuration and example exports ([Files]).
//
// The people are invented from lists of German names, streets and places (see
// reference/README.md). Everything about an order follows from the seed and
// the number of the order alone, so [Generate] streams: its memory does not
// grow with the number of orders, and the same options give the same bytes, on
// every machine and with every release of Go.
//
// The shop does not know the provider's decisions. It ships whatever the
// provider can be expected to accept, and does not ship what must be declined
// for reasons that stand in the order itself (age, country, limit, data); an
// order declined for the customer's other debts is shipped all the same, and
// its invoice refused as NOT_ACCEPTED.
package samples

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Options say what to invent. Orders and Days are required; the zero value of
// everything else has a default.
type Options struct {
	Orders int
	Days   int    // of drops, from Start on
	Quiet  int    // the last days, on which nobody orders any more
	Seed   uint64 // equal seeds, equal files

	Profile *formats.Profile // of all files; default kontor
	Start   schedules.Date   // default 2026-10-01
	// Merchant is named in the references of payments; default "ACME Handels GmbH".
	Merchant string
	Account  string // settlement account; default DE02120300000000202051
	TermDays int    // payment term; default 14
	Shares   Shares // the zero value means [Typical]

	// InvoiceFromShipments leaves out the invoices feed: the shipments carry
	// the amounts, as merchants with that setting do.
	InvoiceFromShipments bool
	// Simple makes exactly Orders orders of as many customers, each accepted
	// and shipped at once, and nothing else: all on the first day, and with
	// InvoiceFromShipments. Shares do not count.
	Simple bool
}

// A Create opens a file of a day, to be closed when it is complete. Files of
// the bank (bank) belong into the provider's bank folder, all others into the
// merchant's. Several files of one day are open at once; all of them are closed
// before the next day begins.
type Create func(day schedules.Date, bank bool, name string) (io.WriteCloser, error)

// Generate writes the files of every day in order: <feed>_YYYYMMDD.csv for
// each feed that has rows on that day, and on every TARGET2 day an account
// statement payments_YYYYMMDD.csv, be it empty. It stops at the first error.
func Generate(ctx context.Context, o Options, create Create) error {
	g, err := newGenerator(o)
	if err != nil {
		return err
	}
	for day := range g.Days {
		if err := g.drop(ctx, day, create); err != nil {
			return fmt.Errorf("samples of %s: %w", g.calendar.date(day), err)
		}
	}
	return nil
}

// A generator is the options with everything that is computed once.
type generator struct {
	Options
	calendar
	people      population
	basket      [33]money.Amount
	creditKinds [4]string
}

func newGenerator(o Options) (*generator, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &generator{
		Options: o, calendar: newCalendar(o.Start, o.Orders, o.Days, o.Quiet, o.TermDays), people: newPopulation(o.Seed), basket: basket(),
		creditKinds: [...]string{purchase.Goodwill, purchase.Goodwill, purchase.Value, purchase.Correction},
	}, nil
}

// complete checks the options and sets the defaults.
func (o Options) complete() (Options, error) {
	if o.Simple {
		o.InvoiceFromShipments, o.Quiet = true, o.Days-1
	}
	if o.Start == 0 {
		o.Start = schedules.NewDate(2026, 10, 1)
	}
	if o.Profile == nil {
		o.Profile, _ = formats.Lookup("kontor")
	}
	if o.Merchant == "" {
		o.Merchant = "ACME Handels GmbH"
	}
	if o.Account == "" {
		o.Account = "DE02120300000000202051"
	}
	if o.TermDays == 0 {
		o.TermDays = 14
	}
	if o.Shares == (Shares{}) {
		o.Shares = Typical()
	}
	return o, o.validate()
}

// validate reports all faults at once.
func (o Options) validate() error {
	errs := []error{o.Shares.validate()}
	wrong := func(name string, n int, want string) {
		errs = append(errs, fmt.Errorf("%s is %d, want %s", name, n, want))
	}
	if o.Orders < 0 || o.Orders > 1e9 {
		wrong("orders", o.Orders, "0 to 1000000000")
	}
	if o.Days < 1 || o.Days > 36_500 {
		wrong("days", o.Days, "1 to 36500")
	}
	if o.Days > 0 && (o.Quiet < 0 || o.Quiet >= o.Days) {
		wrong("quiet days", o.Quiet, "0 to less than the days")
	}
	if o.TermDays < 3 || o.TermDays > 30 {
		wrong("term days", o.TermDays, "3 to 30")
	}
	return errors.Join(errs...)
}
