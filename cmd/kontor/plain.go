package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// This file turns a valid configuration into the plain values that the rest of
// the program takes.

// builtin is the URL of a home on the built-in server.
const builtin = "builtin"

// MerchantIDs are the ids of all merchants, sorted.
func (c *Config) MerchantIDs() []string { return sortedKeys(c.Merchants) }

// resolve makes relative paths count from the folder of the file.
func (c *Config) resolve() {
	base := filepath.Dir(c.file)
	path := func(p *string) {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p)
		}
	}
	drop := func(d *Drop) {
		if folder, isFolder := strings.CutPrefix(d.URL, "dir:"); isFolder && folder != "" {
			path(&folder)
			d.URL = "dir:" + filepath.Clean(folder)
		}
		path(&d.Identity)
		path(&d.KnownHosts)
		for i := range d.AuthorizedKeys {
			path(&d.AuthorizedKeys[i])
		}
		d.resolveKeys(path)
	}
	path(&c.DataDir)
	path(&c.BaseRates)
	home := Drop{URL: c.Provider.URL, Identity: c.Provider.Identity, KnownHosts: c.Provider.KnownHosts}
	drop(&home)
	c.Provider.URL, c.Provider.Identity, c.Provider.KnownHosts = home.URL, home.Identity, home.KnownHosts
	drop(&c.Provider.Bank)
	drop(&c.Provider.Letters)
	drop(&c.Provider.Collection)
	if m := c.Provider.Mail; m != nil {
		path(&m.PasswordFile)
		path(&m.CA)
	}
	c.Alerts.resolve(path)
	for id, m := range c.Merchants {
		drop(&m.ERP)
		c.Merchants[id] = m
	}
}

// DatabaseURL is what database.Open takes.
func (c *Config) DatabaseURL() string {
	if c.Database == "sqlite" {
		return "sqlite:" + filepath.Join(c.DataDir, "kontor.sqlite")
	}
	return c.Database
}

// Spool is the folder of the archive of all files.
func (c *Config) Spool() string { return filepath.Join(c.DataDir, "spool") }

// Reports is the folder of the operator's reports.
func (c *Config) Reports() string { return filepath.Join(c.DataDir, "reports") }

// Home is the folder of a merchant on the built-in server.
func (c *Config) Home(id string) string { return filepath.Join(c.DataDir, "homes", id) }

// hostKeyFile is where the host key lies in data_dir.
var hostKeyFile = filepath.Join("keys", "ssh_host_ed25519_key")

// HostKey is the file of the private host key of the built-in server.
func (c *Config) HostKey() string { return filepath.Join(c.DataDir, hostKeyFile) }

// FolderURL is the remote of a drop: a home on the built-in server is a folder.
func (c *Config) FolderURL(id string, d Drop) string {
	if d.URL == builtin {
		return "dir:" + c.Home(id)
	}
	return d.URL
}

// settles is how long a file of the drop must not change. On the built-in server
// one appears when its upload has ended well, and not before.
func (d Drop) settles() time.Duration {
	if d.URL == builtin {
		return 0
	}
	return d.Settle.value
}

// Terms are what the books need to know of a merchant.
func (c *Config) Terms(id string) purchase.Terms {
	m := c.Merchants[id]
	return purchase.Terms{
		Merchant:             id,
		Currency:             m.Currency,
		Zone:                 c.zoneOf(m),
		SettlementAccount:    m.SettlementAccount,
		Recipient:            c.Provider.Name,
		BIC:                  c.Provider.BIC,
		BankName:             c.Provider.BankName,
		InvoiceFromShipments: m.InvoiceFromShipments,
		AssumeReturn:         m.AssumeReturn,
		TermDays:             m.TermDays.value,
		ParkDays:             m.ParkDays.value,
		Credit:               m.Credit.terms(),
		Allocation:           purchase.AllocationTerms{Within: m.Allocation.Within, Across: m.Allocation.Across},
		Fees:                 purchase.FeeTerms{Percent: m.Fees.Percent.value, Fixed: m.Fees.Fixed.value, VAT: m.Fees.VAT.value},
		Guarantee:            m.Guarantee.terms(),
		PayoutMin:            m.Payout.Min.value,
		Dunning:              m.Dunning.terms(c.Provider.Mail != nil),
	}
}

func (c Credit) terms() purchase.CreditTerms {
	return purchase.CreditTerms{
		Countries:        c.Countries,
		MinAge:           c.MinAge.value,
		OrderMin:         c.OrderMin.value,
		OrderMax:         c.OrderMax.value,
		OpenSumMax:       c.OpenSumMax.value,
		AddressMismatch:  c.AddressMismatch,
		AddressAllowUpTo: c.AddressAllowUpTo.value,
		OverdueLevel:     c.OverdueLevel.value,
		ValidDays:        c.ValidDays.value,
	}
}

func (g Guarantee) terms() purchase.GuaranteeTerms {
	return purchase.GuaranteeTerms{Days: g.Days.value, Anchor: g.Anchor, AnnouncedHoldDays: g.AnnouncedHoldDays.value}
}

func (d Dunning) terms(mail bool) purchase.DunningTerms {
	fees := make([]money.Amount, len(d.Fee))
	for i, fee := range d.Fee {
		fees[i] = fee.value
	}
	after := make([]int, len(d.After))
	for i, days := range d.After {
		after[i] = days.value
	}
	return purchase.DunningTerms{
		After:             after,
		Fee:               fees,
		Min:               d.Min.value,
		StatementBankDays: d.StatementBankDays.value,
		LetterDays:        d.LetterDays.value,
		B2BFlat:           d.B2BFlat.value,
		B2CPoints:         d.B2CPoints.value,
		B2BPoints:         d.B2BPoints.value,
		Mail:              mail,
	}
}

// ProviderParty is the provider on invoices, letters and transfers; what is
// paid out for a merchant leaves its settlement account.
func (c *Config) ProviderParty(id string) purchase.Party {
	p := c.Provider.Address.party(c.Provider.Name)
	p.IBAN, p.BIC = c.Merchants[id].SettlementAccount, c.Provider.BIC
	return p
}

// MerchantParty is the merchant; its IBAN is where payouts go.
func (c *Config) MerchantParty(id string) purchase.Party {
	p := c.Merchants[id].Address.party(c.Merchants[id].Name)
	p.IBAN = c.Merchants[id].IBAN
	return p
}

func (a Address) party(name string) purchase.Party {
	return purchase.Party{
		Name: name, Street: a.Street, Postcode: a.Postcode, City: a.City, Country: cmp.Or(a.Country, "DE"),
		VATID: a.VATID, TaxNo: a.TaxNo, Email: a.Email,
	}
}

// Profile is the dialect of a merchant's ERP, BankProfile that of CSV
// statements.
func (c *Config) Profile(id string) *formats.Profile {
	p, _ := c.lookup(c.Merchants[id].Profile)
	return p
}

// BankProfile is the dialect of the bank's CSV statements.
func (c *Config) BankProfile() *formats.Profile {
	p, _ := c.lookup(c.Provider.Bank.Profile)
	return p
}

// LanguageOf is that of messages in the files of a merchant; the operator's,
// with id "", is that of the whole file.
func (c *Config) LanguageOf(id string) formats.Language {
	if l := c.Merchants[id].Language; l != "" {
		return formats.Language(l)
	}
	return formats.Language(c.Language)
}

// ZoneOf is where a merchant's clocks stand.
func (c *Config) ZoneOf(id string) *time.Location {
	zone, err := loadZone(c.zoneOf(c.Merchants[id]))
	if err != nil {
		return time.UTC // Validate has refused it
	}
	return zone
}

func (c *Config) zoneOf(m Merchant) string {
	if m.Zone != "" {
		return m.Zone
	}
	return c.Zone
}

// loadZone finds a zone by its IANA name; unlike [time.LoadLocation] it takes
// neither the empty name nor that of the machine's own zone.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is not a zone such as Europe/Berlin", name)
	}
	return zone, nil
}

// SchedulesOf are the schedules of a merchant, by job.
func (c *Config) SchedulesOf(id string) (map[schedules.Job]schedules.Schedule, error) {
	all := map[schedules.Job]schedules.Schedule{}
	for _, job := range schedules.Jobs() {
		expr := c.Merchants[id].Schedules.of(job)
		if expr == "" {
			expr = c.Schedules.of(job)
		}
		s, err := schedules.Parse(expr, c.ZoneOf(id))
		if err != nil {
			return nil, fmt.Errorf("schedules.%s: %w", job, err)
		}
		all[job] = s
	}
	return all, nil
}

// of is the expression of a job.
func (s Schedules) of(job schedules.Job) string {
	return map[schedules.Job]string{
		schedules.Collect:   s.Collect,
		schedules.Transmit:  s.Transmit,
		schedules.Guarantee: s.Guarantee,
		schedules.Dunning:   s.Dunning,
		schedules.Payout:    s.Payout,
		schedules.Deliver:   s.Deliver,
	}[job]
}

// Rates are the known base rates: those of the program and of base_rates.
func (c *Config) Rates() ([]purchase.BaseRate, error) {
	known := purchase.ShippedRates()
	if c.BaseRates == "" {
		return known, nil
	}
	f, err := os.Open(c.BaseRates)
	if err != nil {
		return nil, fmt.Errorf("base_rates: %w", err)
	}
	defer f.Close()
	further, err := purchase.ParseRates(f)
	if err != nil {
		return nil, fmt.Errorf("base_rates: %s: %w", c.BaseRates, err)
	}
	all, err := purchase.MergeRates(known, further)
	if err != nil {
		return nil, fmt.Errorf("base_rates: %s: %w", c.BaseRates, err)
	}
	return all, nil
}

// choose returns the merchant that --merchant names, or the only one.
func (c *Config) choose(id string) (string, error) {
	ids := c.MerchantIDs()
	switch {
	case id == "" && len(ids) == 1:
		return ids[0], nil
	case id == "":
		return "", usage("name one of "+strings.Join(ids, ", ")+" with --merchant", "there are %d merchants", len(ids))
	case !slices.Contains(ids, id):
		return "", usage("the configuration has "+strings.Join(ids, ", "), "there is no merchant %q", id)
	}
	return id, nil
}
