package report

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

// Charts of accounts (Sachkontenrahmen) that DATEV's clients use.
const (
	SKR03 = "SKR03"
	SKR04 = "SKR04"
)

// A DATEVConfig says whose books a booking batch is for, and which accounts of
// those books it names. All accounts are digits; a personal account
// (Personenkonto) has one digit more than a ledger account (Sachkonto).
type DATEVConfig struct {
	// Consultant (Berater) is the number of the tax consultant at DATEV, 1001 to 9999999.
	Consultant int `yaml:"consultant"`
	// Client (Mandant) is the consultant's number of the merchant, 1 to 99999.
	Client int `yaml:"client"`
	// Chart is SKR03 or SKR04.
	Chart string `yaml:"chart"`
	// AccountLength is how many digits a ledger account has, 4 to 8. Default 4.
	AccountLength int `yaml:"account_length"`
	// FiscalYearStart is month and day on which the fiscal year begins, as MMDD.
	// Default "0101".
	FiscalYearStart string `yaml:"fiscal_year_start"`
	// Clearing (Verrechnungskonto) is the account that mirrors the provider's
	// payable: each booking stands on it. There is no default.
	Clearing string `yaml:"clearing"`
	// CollectiveDebtor (Sammeldebitor) takes the lines of claims whose debtor
	// account is not known. Default 10000, the first personal account.
	CollectiveDebtor string `yaml:"collective_debtor"`
	// Fees takes the provider's fees, net; it must not be an account with
	// automatic tax (Automatikkonto). Default 4970, in SKR04 6855: incidental
	// costs of monetary transactions (Nebenkosten des Geldverkehrs).
	Fees string `yaml:"fees"`
	// InputVAT (Vorsteuer) takes the VAT on the fees. Default 1576, in SKR04 1406:
	// input VAT of 19 %.
	InputVAT string `yaml:"input_vat"`
	// Transit (Geldtransit) takes payouts on their way; the bank's statement
	// clears it. Default 1360, in SKR04 1460.
	Transit string `yaml:"transit"`
}

// WithDefaults returns the config with its empty fields filled, as far as
// there are defaults. In books with longer accounts the default ones are
// lengthened by zeros at their end, as DATEV does it.
func (c DATEVConfig) WithDefaults() DATEVConfig {
	c.AccountLength = cmp.Or(c.AccountLength, 4)
	c.FiscalYearStart = cmp.Or(c.FiscalYearStart, "0101")
	longer := strings.Repeat("0", max(0, min(c.AccountLength, 8)-4))
	c.CollectiveDebtor = cmp.Or(c.CollectiveDebtor, "10000"+longer)
	switch c.Chart {
	case SKR03:
		c.Fees, c.InputVAT, c.Transit = cmp.Or(c.Fees, "4970"+longer), cmp.Or(c.InputVAT, "1576"+longer), cmp.Or(c.Transit, "1360"+longer)
	case SKR04:
		c.Fees, c.InputVAT, c.Transit = cmp.Or(c.Fees, "6855"+longer), cmp.Or(c.InputVAT, "1406"+longer), cmp.Or(c.Transit, "1460"+longer)
	}
	return c
}

// Validate reports all faults at once, each with its key.
func (c DATEVConfig) Validate() error {
	var errs []error
	wrong := func(bad bool, key string, value any, want string) {
		if bad {
			errs = append(errs, fmt.Errorf("%s: %q is not %s", key, fmt.Sprint(value), want))
		}
	}
	wrong(c.Consultant < 1001 || c.Consultant > 9_999_999, "consultant", c.Consultant, "a consultant's number, 1001 to 9999999")
	wrong(c.Client < 1 || c.Client > 99_999, "client", c.Client, "a client's number, 1 to 99999")
	wrong(c.Chart != SKR03 && c.Chart != SKR04, "chart", c.Chart, "SKR03 or SKR04")
	wrong(c.AccountLength < 4 || c.AccountLength > 8, "account_length", c.AccountLength, "4 to 8")
	_, _, err := c.yearBegins()
	wrong(err != nil, "fiscal_year_start", c.FiscalYearStart, "month and day such as 0101 or 0701")
	ledger := fmt.Sprintf("a ledger account of %d digits", c.AccountLength)
	wrong(!c.isLedger(c.Clearing) && !c.isPersonal(c.Clearing), "clearing", c.Clearing, ledger+", or a personal account of one more")
	wrong(!c.isDebtor(c.CollectiveDebtor), "collective_debtor", c.CollectiveDebtor, fmt.Sprintf("a debtor account of %d digits that begins with 1 to 6", c.AccountLength+1))
	wrong(!c.isLedger(c.Fees), "fees", c.Fees, ledger)
	wrong(!c.isLedger(c.InputVAT), "input_vat", c.InputVAT, ledger)
	wrong(!c.isLedger(c.Transit), "transit", c.Transit, ledger)
	return errors.Join(errs...)
}

// yearBegins is the day on which each fiscal year begins; 29 February is none.
func (c DATEVConfig) yearBegins() (time.Month, int, error) {
	t, err := time.Parse("20060102", "2026"+c.FiscalYearStart)
	return t.Month(), t.Day(), err
}

// yearOf is the first day of the fiscal year that a day is in.
func (c DATEVConfig) yearOf(d schedules.Date) (schedules.Date, error) {
	month, day, err := c.yearBegins()
	if err != nil {
		return 0, err
	}
	begin := schedules.NewDate(d.Time().Year(), month, day)
	if begin > d {
		begin = schedules.NewDate(d.Time().Year()-1, month, day)
	}
	return begin, nil
}

func (c DATEVConfig) isLedger(account string) bool {
	return isAccount(account) && len(account) == c.AccountLength
}

func (c DATEVConfig) isPersonal(account string) bool {
	return isAccount(account) && len(account) == c.AccountLength+1
}

// isDebtor: creditors (Kreditoren) begin with 7 to 9, and 0 begins no account
// of full length.
func (c DATEVConfig) isDebtor(account string) bool {
	return c.isPersonal(account) && account[0] >= '1' && account[0] <= '6'
}

// isAccount: digits, not only zeros.
func isAccount(s string) bool {
	n, err := strconv.ParseUint(s, 10, 32)
	return err == nil && n > 0
}
