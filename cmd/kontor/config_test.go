package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// sample is the configuration of kontor init.
func sample(t *testing.T) *Config {
	t.Helper()
	text, err := samples.Files.ReadFile(defaultConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse("/srv/shop/kontor.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the file of kontor init shows as defaults are the defaults.
func TestSampleShowsDefaults(t *testing.T) {
	c := sample(t)
	short := `
server: {listen: "127.0.0.1:2022"}
provider:
  name: Muster Rechnungskauf GmbH
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  bank: {url: "dir:./bank"}
  letters: {url: "dir:./letters"}
merchants:
  acme:
    name: ACME Handels GmbH
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    profile: actindo
    erp: {url: builtin, authorized_keys: [./keys/acme.pub]}
`
	want, err := parse("/srv/shop/kontor.yaml", []byte(short))
	if err != nil {
		t.Fatal(err)
	}
	c.profiles, want.profiles = nil, nil
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(Config{}, amount{}, percent{}, duration{}, size{}, number{}, mode{})); diff != "" {
		t.Errorf("the sample differs from the defaults (-defaults +sample):\n%s", diff)
	}
}

func TestTerms(t *testing.T) {
	want := purchase.Terms{
		Merchant: "acme", Currency: "EUR", Zone: "Europe/Berlin",
		SettlementAccount: "DE02120300000000202051", Recipient: "Muster Rechnungskauf GmbH", BIC: "BYLADEM1001", BankName: "Deutsche Kreditbank",
		AssumeReturn: true, TermDays: 14, ParkDays: 14,
		Credit: purchase.CreditTerms{
			Countries: []string{"DE"}, MinAge: 18, OrderMin: 100, OrderMax: 150000, OpenSumMax: 250000,
			AddressMismatch: "allow", AddressAllowUpTo: 30000, OverdueLevel: 2, ValidDays: 60,
		},
		Fees:      purchase.FeeTerms{Percent: 250, Fixed: 50, VAT: 1900},
		Guarantee: purchase.GuaranteeTerms{Days: 30, Anchor: "activation", AnnouncedHoldDays: 21},
		PayoutMin: 1,
		Dunning: purchase.DunningTerms{
			After: []int{7, 7, 10, 14}, Fee: []money.Amount{0, 250, 250, 0}, Min: 500, StatementBankDays: 3, LetterDays: 3,
			B2BFlat: 4000, B2CPoints: 500, B2BPoints: 900,
		},
		Allocation: purchase.AllocationTerms{
			Within: []string{purchase.PayCharges, purchase.PayInterest, purchase.PayPrincipal}, Across: "exact-then-oldest",
		},
	}
	if diff := cmp.Diff(want, sample(t).Terms("acme")); diff != "" {
		t.Errorf("Terms (-want +got):\n%s", diff)
	}
}

// What is said explicitly holds, 0 and false included.
func TestExplicitZero(t *testing.T) {
	c, err := decode("kontor.yaml", []byte(`merchants: {acme: {term_days: 0, assume_return: false, fees: {percent: 0}, dunning: {letter_days: 0}, erp: {settle: 0s}}}`))
	if err != nil {
		t.Fatal(err)
	}
	m := c.Merchants["acme"]
	got := c.Terms("acme")
	if got.TermDays != 0 || got.AssumeReturn || got.Fees.Percent != 0 || got.Dunning.LetterDays != 0 || m.ERP.Settle.value != 0 {
		t.Errorf("explicit zeros became defaults: %+v, settle %v", got, m.ERP.Settle.value)
	}
	if got.Fees.Fixed != 50 || got.Dunning.Min != 500 || m.ERP.KeepDays.value != 90 {
		t.Errorf("what stands beside an explicit zero is no default: %+v", got)
	}
}

// A key without a value, as an editor leaves it behind, keeps the default.
func TestEmptyValue(t *testing.T) {
	c, err := decode("kontor.yaml", []byte("log:\nbatch_max:\nmerchants: {acme: {fees: , credit: {countries: }}}"))
	if err != nil {
		t.Fatal(err)
	}
	terms := c.Terms("acme")
	if c.BatchMax.value != 50_000 || c.Log.Level != "info" || terms.Fees.Percent != 250 || len(terms.Credit.Countries) != 1 {
		t.Errorf("an empty value is no default: %+v", c)
	}
}

func TestPaths(t *testing.T) {
	c := sample(t)
	for _, test := range []struct{ name, got, want string }{
		{"data_dir", c.DataDir, "/srv/shop/data"},
		{"database", c.DatabaseURL(), "sqlite:/srv/shop/data/kontor.sqlite"},
		{"bank", c.Provider.Bank.URL, "dir:/srv/shop/bank"},
		{"letters", c.Provider.Letters.URL, "dir:/srv/shop/letters"},
		{"authorized keys", c.Merchants["acme"].ERP.AuthorizedKeys[0], "/srv/shop/keys/acme.pub"},
		{"home", c.FolderURL("acme", c.Merchants["acme"].ERP), "dir:/srv/shop/data/homes/acme"},
	} {
		if test.got != test.want {
			t.Errorf("%s = %q; want %q", test.name, test.got, test.want)
		}
	}
}

// A merchant may have its own zone, language and schedules.
func TestOverrides(t *testing.T) {
	text, err := samples.Files.ReadFile(defaultConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	own := "    zone: Atlantic/Canary\n    language: en\n    schedules: {payout: \"30 7 * * THU\"}\n"
	c, err := parse("kontor.yaml", []byte(strings.Replace(string(text), "    currency: EUR", own+"    currency: EUR", 1)))
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.SchedulesOf("acme")
	if err != nil {
		t.Fatal(err)
	}
	after := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	for job, want := range map[schedules.Job]string{
		schedules.Payout:    "2026-10-08T07:30:00+01:00",
		schedules.Guarantee: "2026-10-05T04:00:00+01:00",
	} {
		if got := all[job].Next(after).Format(time.RFC3339); got != want {
			t.Errorf("next %s = %s; want %s", job, got, want)
		}
	}
	if got := c.LanguageOf("acme"); got != "en" {
		t.Errorf("LanguageOf(acme) = %q; want en", got)
	}
	if got := c.LanguageOf(""); got != "de" {
		t.Errorf("LanguageOf of the operator = %q; want de", got)
	}
}

func TestRates(t *testing.T) {
	c := defaults()
	known, err := c.Rates()
	if err != nil {
		t.Fatal(err)
	}
	c.BaseRates = filepath.Join(t.TempDir(), "rates.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(c.BaseRates, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("valid_from;percent\n2027-01-01;1.77\n")
	more, err := c.Rates()
	if err != nil || len(more) != len(known)+1 || more[len(known)].Rate != 177 {
		t.Errorf("Rates with one more = %v, %v; want the known ones and 1.77", more, err)
	}
	write("2026-07-01;9.99\n")
	if _, err := c.Rates(); err == nil || !strings.Contains(err.Error(), "base_rates: "+c.BaseRates+": 2026-07-01: 9.99") {
		t.Errorf("Rates that contradict a known one = %v; want an error with file, day and rate", err)
	}
}

func TestScalars(t *testing.T) {
	for text, want := range map[string]bytes64{"512KiB": 512 << 10, "20MiB": 20 << 20, "5 GiB": 5 << 30, "7B": 7} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "5GB", "-1MiB", "1.5GiB", "9999999999TiB", "GiB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d; want an error", text, got)
		}
	}
	for text, want := range map[string]fs.FileMode{"0600": 0o600, "0640": 0o640, "644": 0o644, "0o664": 0} {
		if got, err := parseMode(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("parseMode(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0440", "0666", "0750", "4640", "0648", "-0640", "rw-r-----"} {
		if got, err := parseMode(text); err == nil {
			t.Errorf("parseMode(%q) = %v; want an error", text, got)
		}
	}
	for _, text := range []string{"", "10", "-1s", "tomorrow"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v; want an error", text, got)
		}
	}
}

// A password never shows in an error.
func TestPasswordsAreHidden(t *testing.T) {
	_, err := parse("kontor.yaml", []byte(`
database: mysql://kontor:hunter2@db/kontor
provider: {bank: {url: "sftp://bank:hunter2@bank.example/"}}
merchants: {acme: {erp: {url: "https://acme:hunter2@erp.example/"}}}
`))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("parse = %v; want faults without the password", err)
	}
}

// What is accepted can be used, and what cannot be is refused: with any line of
// the sample left out or cut in the middle, and with any cut of the whole file.
func TestDamagedSample(t *testing.T) {
	text, err := samples.Files.ReadFile(defaultConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	refused := 0
	for i, line := range lines {
		before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
		for _, damaged := range []string{before + after, before + line[:len(line)/2] + "\n" + after, before + line[:len(line)/2]} {
			c, err := parse("/srv/shop/kontor.yaml", []byte(damaged))
			if err != nil {
				refused++
				continue
			}
			for _, id := range c.MerchantIDs() {
				if _, err := c.SchedulesOf(id); err != nil || c.Profile(id) == nil || c.BankProfile() == nil {
					t.Errorf("line %d damaged: accepted, but without schedules or profile: %v", i+1, err)
				}
			}
		}
	}
	if refused < len(lines)/2 {
		t.Errorf("%d damaged files were refused; want at least %d", refused, len(lines)/2)
	}
}
