package main

import (
	"errors"
	"maps"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Validate tells all faults at once, each with its key.
func (c *Config) Validate() error {
	var f faults
	f.scalars("", reflect.ValueOf(*c))
	c.validateProgram(&f)
	c.validateRole(&f)
	if c.role() != processor.MerchantSide {
		c.validateProvider(&f)
	}
	c.buildProfiles(&f)
	c.validateSchedules(&f, "schedules", c.Schedules, c.Zone)
	f.check(len(c.Merchants) > 0, "merchants", "there is none; want at least one, such as acme: {name: ACME Handels GmbH}")
	for _, id := range c.MerchantIDs() {
		m := c.Merchants[id]
		c.validateMerchant(&f, id, m)
		m.Credit.validate(&f, "merchants."+id+".credit")
		if m.DATEV != nil {
			if err := m.DATEV.WithDefaults().Validate(); err != nil {
				f.add("merchants."+id+".datev", "%v", err)
			}
		}
		m.validateTerms(&f, "merchants."+id)
		m.Dunning.validate(&f, "merchants."+id+".dunning")
	}
	c.validateDistinct(&f)
	c.validateHTTP(&f)
	c.validateWatched(&f)
	c.Alerts.validate(&f)
	return errors.Join(f...)
}

func (c *Config) validateProgram(f *faults) {
	f.check(c.DataDir != "", "data_dir", "it is empty; want a folder")
	if c.Database != "sqlite" && !isPostgres(c.Database) {
		f.add("database", "%q is not sqlite or postgres://user@host:5432/name", withoutPassword(c.Database))
	}
	validateZone(f, "zone", c.Zone)
	f.oneOf("language", c.Language, "de", "en")
	f.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	f.oneOf("log.format", c.Log.Format, "auto", "text", "json")
	f.between("batch_max", c.BatchMax, 1, 50_000)
	if c.MaxFile.fault == nil {
		f.check(c.MaxFile.value > 0, "max_file", "no file would be taken; want a size such as 5GiB")
	}
	if c.Server != nil {
		_, port, err := net.SplitHostPort(c.Server.Listen)
		n, bad := strconv.ParseUint(port, 10, 16)
		f.check(err == nil && bad == nil && n <= 65535, "server.listen", "%q is not an address such as 127.0.0.1:2022", c.Server.Listen)
	}
}

var bicForm = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

func (c *Config) validateProvider(f *faults) {
	p := c.Provider
	f.check(purchase.SEPAPayee(p.Name) != "", "provider.name", "%q has no Latin letter; want the recipient that debtors pay to", p.Name)
	f.check(bicForm.MatchString(p.BIC), "provider.bic", "%q is not a BIC such as BYLADEM1001", p.BIC)
	c.validateDrop(f, "provider.bank", p.Bank, false)
	c.validateDrop(f, "provider.letters", p.Letters, false)
	if p.Mail != nil {
		p.Mail.validate(f, "provider.mail", p.Address)
	}
	if p.Collection.URL != "" {
		c.validateDrop(f, "provider.collection", p.Collection, false)
	}
}

// validateDrop checks a place for files; builtin is for merchants only.
func (c *Config) validateDrop(f *faults, key string, d Drop, merchant bool) {
	switch scheme, rest, _ := strings.Cut(d.URL, ":"); {
	case d.URL == builtin && merchant:
		f.check(c.Server != nil, key+".url", "builtin needs the built-in server; add a server: block")
		f.check(len(d.AuthorizedKeys) > 0, key+".authorized_keys", "there is none, so nobody could log in; want files with public keys")
	case scheme == "dir":
		f.check(rest != "", key+".url", "%q names no folder; want dir:PATH", d.URL)
	case scheme == "sftp":
		u, err := url.Parse(d.URL)
		f.check(err == nil && u.Host != "" && u.User != nil, key+".url", "%q is not sftp://user@host:port/folder", withoutPassword(d.URL))
		if err == nil && u.User != nil {
			_, has := u.User.Password()
			f.check(!has, key+".url", "it has a password; kontor logs in by key only, see identity")
		}
		f.check(d.Identity != "", key+".identity", "it is empty; want the file of our private key")
		f.check(d.KnownHosts != "", key+".known_hosts", "it is empty; want a file with the server's host keys, as ssh-keyscan prints them")
	case merchant:
		f.add(key+".url", "%q is not builtin, sftp://user@host:port/folder or dir:PATH", withoutPassword(d.URL))
	default:
		f.add(key+".url", "%q is not sftp://user@host:port/folder or dir:PATH", withoutPassword(d.URL))
	}
	f.check(d.Mode.value == 0 || strings.HasPrefix(d.URL, "dir:"), key+".mode", "it is for folders (dir:) only; a server decides itself who may read")
	d.validateKeys(f, key, merchant)
	f.oneOf(key+".after", d.After, "remove", "keep")
	f.between(key+".keep_days", d.KeepDays, 1, 3650)
}

var (
	idForm       = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (c *Config) validateMerchant(f *faults, id string, m Merchant) {
	key := "merchants." + id
	f.check(idForm.MatchString(id), key, "the id must be 1 to 20 of a–z, 0–9 and -, and not begin with -")
	f.check(purchase.SEPAPayee(m.Name) != "", key+".name", "%q has no Latin letter; the bank wants one in payouts", m.Name)
	f.check(currencyForm.MatchString(m.Currency), key+".currency", "%q is not a currency such as EUR", m.Currency)
	c.validateSide(f, key, m)
	f.check(c.withoutBank(m.SettlementAccount) || purchase.ValidIBAN(m.SettlementAccount), key+".settlement_account", "%q is not an IBAN with right check digits, without blanks", m.SettlementAccount)
	f.check(c.withoutBank(m.IBAN) || purchase.ValidIBAN(m.IBAN), key+".iban", "%q is not an IBAN with right check digits, without blanks", m.IBAN)
	c.validateProfileName(f, key+".profile", m.Profile)
	c.validateDrop(f, key+".erp", m.ERP, true)
	if m.Zone != "" {
		validateZone(f, key+".zone", m.Zone)
	}
	if m.Language != "" {
		f.oneOf(key+".language", m.Language, "de", "en")
	}
	c.validateSchedules(f, key+".schedules", m.Schedules, c.zoneOf(m))
	invoiced := c.ProviderParty(id).Taxable() && c.MerchantParty(id).Complete()
	f.check(!invoiced || m.Fees.VAT.value > 0 || m.Fees.VATExemption != "", key+".fees.vat_exemption",
		"it is empty, but vat is 0; want why the fees are free of VAT, as it shall stand on the invoice (§ 14 (4) no. 8 UStG)")
	f.oneOf(key+".report_style", m.ReportStyle, "excel-de", "excel-en", "rfc4180")
}

// validateDistinct refuses two parties in one place: a file must belong to
// exactly one merchant, and money to exactly one account.
func (c *Config) validateDistinct(f *faults) {
	places := map[string]string{}
	place := func(key, url string) {
		if url == builtin || url == "" {
			return
		}
		if other, taken := places[url]; taken {
			f.add(key, "%s is the folder of %s already; each needs its own", withoutPassword(url), other)
			return
		}
		places[url] = key
	}
	place("provider.url", c.Provider.URL)
	place("provider.bank.url", c.Provider.Bank.URL)
	place("provider.letters.url", c.Provider.Letters.URL)
	place("provider.collection.url", c.Provider.Collection.URL)
	accounts := map[string]string{}
	for _, id := range c.MerchantIDs() {
		m, key := c.Merchants[id], "merchants."+id
		place(key+".erp.url", m.ERP.URL)
		if other, taken := accounts[m.SettlementAccount]; taken && m.SettlementAccount != "" {
			f.add(key+".settlement_account", "%s is that of %s already; payments could not be told apart", m.SettlementAccount, other)
		}
		accounts[m.SettlementAccount] = key
	}
}

func validateZone(f *faults, key, zone string) {
	if _, err := loadZone(zone); err != nil {
		f.add(key, "%w", err)
	}
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// withoutPassword is a URL that may be shown.
func withoutPassword(s string) string {
	if u, err := url.Parse(s); err == nil && u.User != nil {
		return u.Redacted()
	}
	return s
}

// sortedKeys are the keys of a map in the order of their bytes.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
