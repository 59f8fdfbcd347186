package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/report"
)

// A Config is the file kontor.yaml. The comments of its fields are its manual;
// "kontor init" writes one to start from. A key that is not known here is an
// error, told with line and column. Amounts have a decimal point and at most
// two decimals, percentages too ("2.50"); durations are written 10s, 5m or 2h,
// sizes 512KiB, 20MiB or 5GiB. Relative paths count from the folder of the file.
type Config struct {
	// DataDir holds spool, archive, the SQLite file, generated keys, the homes
	// on the built-in server and the operator's reports. Default ./data.
	DataDir string `yaml:"data_dir"`
	// Database is sqlite (a file in DataDir), or postgres://user@host:5432/name.
	Database string `yaml:"database"`
	// Zone is where schedules and civil dates are at home, such as Europe/Berlin.
	Zone string `yaml:"zone"`
	// Simulation allows runs that are later than the wall clock. Never set it
	// for real books: what was booked cannot be undone.
	Simulation bool `yaml:"simulation"`
	// Language of messages in files for merchants: de or en.
	Language string `yaml:"language"`
	Log      Log    `yaml:"log"`
	// HTTP is where kontor serve answers /metrics, /healthz and /readyz, such as
	// 127.0.0.1:9090; empty: nowhere. It must be an address of this machine that no
	// other reaches, unless HTTPPublic is set.
	HTTP string `yaml:"http"`
	// HTTPPublic lets HTTP be reached from other machines, without login and in
	// the clear. For containers, behind a firewall.
	HTTPPublic bool `yaml:"http_public"`
	// Alerts says what is an alarm, and who is told of it.
	Alerts Alerts `yaml:"alerts"`
	// BatchMax is the most records that one batch carries. Default 50000.
	BatchMax number `yaml:"batch_max"`
	// MaxFile is the largest file that is taken. Default 5GiB.
	MaxFile size `yaml:"max_file"`
	// BaseRates is a file with further base rates (Basiszinssätze, § 247 BGB),
	// one line "valid_from;percent" such as 2027-01-01;1.52 each. Those from
	// 2002 to July 2026 are part of the program.
	BaseRates string `yaml:"base_rates"`
	// Server is the built-in SFTP server. Leave the block out to switch it off.
	Server *Server `yaml:"server"`
	// Role is which side this program works on: both (the ERP's side and the
	// embedded provider in one program), merchant (beside the ERP; the provider is
	// on another machine, see provider.url) or provider (the embedded provider;
	// each merchant's erp is its home here, where its kontor brings batches and
	// fetches answers). A role must never change: each side keeps its own books.
	Role     string   `yaml:"role"`
	Provider Provider `yaml:"provider"`
	// Merchants by id: 1 to 20 of a–z, 0–9 and -, also the user name on the
	// built-in server. An id must never change: the books are kept under it.
	Merchants map[string]Merchant `yaml:"merchants"`
	// Schedules are in Zone; each merchant may override them.
	Schedules Schedules `yaml:"schedules"`
	// Profiles are further dialects of CSV, each made from a shipped one.
	Profiles map[string]formats.Config `yaml:"profiles"`

	file     string                      // the path of the file, absolute
	profiles map[string]*formats.Profile // built by validate
}

// A Log says what is logged and how.
type Log struct {
	// Level: debug, info, warn or error.
	Level string `yaml:"level"`
	// Format: auto (colours on a terminal, JSON otherwise), text or json.
	Format string `yaml:"format"`
}

// A Server is the built-in SFTP server: keys only, one home per merchant.
type Server struct {
	// Listen is address and port, such as 127.0.0.1:2022 or :2022.
	Listen string `yaml:"listen"`
}

// A Provider is who buys the receivables: the embedded one, or with role
// merchant one on another machine. The keys after Wait are the provider's own.
type Provider struct {
	// URL is the merchant's home at the provider: sftp://acme@host:port/, or
	// dir:PATH. {merchant} in it stands for the merchant's id, where there are
	// several (role: merchant).
	URL string `yaml:"url"`
	// Identity is the file of our private key, readable by its owner only (sftp).
	Identity string `yaml:"identity"`
	// KnownHosts is the file with the provider's host keys, as OpenSSH writes it.
	KnownHosts string `yaml:"known_hosts"`
	// Wait is how long a run waits for the other side, by the real clock, before
	// it goes on without: nothing is wrong then, only later. Default 2m (role:
	// merchant and provider).
	Wait duration `yaml:"wait"`
	// Name is the recipient in the payment instruction to debtors.
	Name string `yaml:"name"`
	// BIC and BankName of the bank that keeps the settlement accounts.
	BIC      string `yaml:"bic"`
	BankName string `yaml:"bank_name"`
	// Address, with VAT id or tax number, makes the fee invoice complete: without
	// it and the merchant's, payouts come without PDF and electronic invoice.
	Address Address `yaml:"address"`
	// Bank is the folder of the bank: in/ account statements, out/ transfers.
	Bank Drop `yaml:"bank"`
	// Letters is the folder of a print or mail service: notices to debtors.
	Letters Drop `yaml:"letters"`
	// Mail sends the letters to debtors who take them by mail (email_consent);
	// without the block all are for print.
	Mail *Mail `yaml:"mail"`
	// Collection is the folder of a collection agency: claims that are handed
	// over, with their whole history. Default: collection/ in the operator's
	// reports, who passes them on.
	Collection Drop `yaml:"collection"`
}

// A Drop is a place where files are dropped and taken.
type Drop struct {
	// URL is dir:PATH for a folder (which must exist), or
	// sftp://user@host:port/folder; a merchant's may be builtin, a home on the
	// built-in server.
	URL string `yaml:"url"`
	// Profile is the dialect of the files. Default kontor; only for the bank.
	Profile string `yaml:"profile"`
	// AuthorizedKeys are files with public keys of OpenSSH that may log in
	// (builtin).
	AuthorizedKeys []string `yaml:"authorized_keys"`
	// Identity is the file of our private key, readable by its owner only (sftp).
	Identity string `yaml:"identity"`
	// KnownHosts is the file with the server's host keys, as OpenSSH writes it;
	// several lines per host are several valid keys (sftp).
	KnownHosts string `yaml:"known_hosts"`
	// Decrypt are our private keys, for files that come encrypted (….csv.pgp,
	// ….csv.age); of a merchant's ERP and of the bank.
	Decrypt *Decrypt `yaml:"decrypt"`
	// Encrypt says for whom what goes to a merchant's ERP is encrypted. Without it
	// files leave as they are.
	Encrypt *Encrypt `yaml:"encrypt"`
	// Settle is how long size and time of a file must stay the same before it is
	// taken. Default 10s; not used for builtin, where a file appears when its
	// upload has ended.
	Settle duration `yaml:"settle"`
	// After says what happens to a file once its acknowledgement is delivered:
	// remove (default) or keep.
	After string `yaml:"after"`
	// KeepDays is how long our files stay in out/ if nobody takes them. Default 90.
	KeepDays number `yaml:"keep_days"`
	// Mode is who may read what kontor puts into a folder (dir:), such as 0640
	// for the group of an ERP under another account; folders that are made for it
	// can be entered by them. Default 0600. What is there already stays as it is.
	Mode mode `yaml:"mode"`
	// Expect says by when a file of a feed must have come, such as {orders: Mon-Fri
	// 07:00}; see schedules.ParseDeadline. What does not come in the 12 hours before
	// is an alarm, until it comes. For an ERP and for the bank (payments).
	Expect map[string]string `yaml:"expect"`
	// Numbered are feeds whose files are numbered without a gap: the last digits of
	// the name count. A gap is an alarm for two weeks, or until it is filled.
	Numbered []string `yaml:"numbered"`
}

// An Address is what an invoice must say of a party (§ 14 UStG).
type Address struct {
	Street   string `yaml:"street"` // with house number
	Postcode string `yaml:"postcode"`
	City     string `yaml:"city"`
	// Country as ISO 3166-1 alpha-2. Default DE.
	Country string `yaml:"country"`
	VATID   string `yaml:"vat_id"`
	TaxNo   string `yaml:"tax_no"`
	Email   string `yaml:"email"`
}

// A Merchant (Händler) is an online shop, with its terms.
type Merchant struct {
	Name string `yaml:"name"`
	// Currency of the account, such as EUR; a row in another one is rejected.
	Currency string `yaml:"currency"`
	// SettlementAccount (Abwicklungskonto) is the IBAN to which the debtors of
	// this merchant pay. Each merchant has its own.
	SettlementAccount string `yaml:"settlement_account"`
	// IBAN is where payouts go.
	IBAN string `yaml:"iban"`
	// Profile is the dialect of the ERP: a shipped one such as kontor, actindo or shopify, or one of Profiles.
	Profile string `yaml:"profile"`
	ERP     Drop   `yaml:"erp"`
	// Zone, Language and Schedules override those of the whole file.
	Zone      string    `yaml:"zone"`
	Language  string    `yaml:"language"`
	Schedules Schedules `yaml:"schedules"`
	// InvoiceFromShipments is for an ERP without invoices feed: the first
	// shipment row of an invoice makes it, and must have gross_amount.
	InvoiceFromShipments bool `yaml:"invoice_from_shipments"`
	// AssumeReturn takes a credit of exactly the amount of a return of the same
	// invoice to be for that return, though it does not name it. Default true.
	AssumeReturn bool `yaml:"assume_return"`
	// TermDays is the payment term where neither invoice nor order has one.
	TermDays number `yaml:"term_days"`
	// ParkDays is how long a row waits for its order or invoice.
	ParkDays number `yaml:"park_days"`
	// ReportStyle of payouts, dunning and states: excel-de, excel-en or rfc4180.
	ReportStyle string `yaml:"report_style"`
	// Address is printed on fee invoices, and stands in transfers.
	Address Address `yaml:"address"`
	// DATEV are the accounts of a booking batch (EXTF) with each payout; without
	// the block there is none.
	DATEV      *report.DATEVConfig `yaml:"datev"`
	Credit     Credit              `yaml:"credit"`
	Fees       Fees                `yaml:"fees"`
	Guarantee  Guarantee           `yaml:"guarantee"`
	Payout     Payout              `yaml:"payout"`
	Allocation Allocation          `yaml:"allocation"`
	Dunning    Dunning             `yaml:"dunning"`
}

// Credit are the limits of the credit decision (Bonitätsprüfung).
type Credit struct {
	// Countries that are delivered to, as ISO 3166-1 alpha-2.
	Countries []string `yaml:"countries"`
	// MinAge in years, on the order date; for consumers.
	MinAge number `yaml:"min_age"`
	// OrderMin and OrderMax bound the gross amount of one order.
	OrderMin amount `yaml:"order_min"`
	OrderMax amount `yaml:"order_max"`
	// OpenSumMax bounds what one debtor owes, this order included.
	OpenSumMax amount `yaml:"open_sum_max"`
	// AddressMismatch says what happens when the shipping address differs:
	// decline, review, or allow (up to AddressAllowUpTo, else decline).
	AddressMismatch  string `yaml:"address_mismatch"`
	AddressAllowUpTo amount `yaml:"address_allow_upto"`
	// OverdueLevel is the dunning level from which on a debtor gets no more.
	OverdueLevel number `yaml:"overdue_level"`
	// ValidDays is how long after the order date it may be invoiced.
	ValidDays number `yaml:"valid_days"`
}

// Fees of a claim, at its activation: Percent of the invoice, plus Fixed; VAT
// is added per payout, on the sum of its fees.
type Fees struct {
	Percent percent `yaml:"percent"`
	Fixed   amount  `yaml:"fixed"`
	VAT     percent `yaml:"vat"`
	// VATExemption is what the fee invoice says where VAT is 0 (§ 14 (4) no. 8 UStG).
	VATExemption string `yaml:"vat_exemption"`
}

// Guarantee says when the merchant is paid though the debtor did not pay.
type Guarantee struct {
	// Days after the anchor. Default 30.
	Days number `yaml:"days"`
	// Anchor: activation (default), invoice or due.
	Anchor string `yaml:"anchor"`
	// AnnouncedHoldDays is how long an announced return holds it at most.
	AnnouncedHoldDays number `yaml:"announced_hold_days"`
}

// Payout (Auszahlung): a total below Min is carried to the next week.
type Payout struct {
	Min amount `yaml:"min"`
}

// Allocation (Tilgungsreihenfolge, §§ 366, 367 BGB) says what the payment of a
// debtor pays first. A change holds for payments that are booked after it; what
// was booked is undone, if the bank takes a payment back, as it was booked.
type Allocation struct {
	// Within a claim: charges (fees and flat sum), interest and principal, each
	// once. Default: in this order, as § 367 (1) BGB says; [charges, principal,
	// interest] is the order of § 497 (3) BGB for consumer credit. A payment of
	// exactly the principal of its one claim pays the principal in any order.
	Within []string `yaml:"within"`
	// Across several open claims of an order that a payment names:
	// exact-then-oldest (default), where the one claim that owes exactly the
	// amount is what the debtor meant (§ 366 (1) BGB), or oldest. Both pay the
	// oldest due first else.
	Across string `yaml:"across"`
}

// Dunning (Mahnverfahren).
type Dunning struct {
	// After: days from due to the reminder, to the first dunning, to the second,
	// and to the hand-over to collection, each from the level before.
	After []number `yaml:"after"`
	// Fee of each of these levels.
	Fee []amount `yaml:"fee"`
	// Min is the least that is dunned.
	Min amount `yaml:"min"`
	// StatementBankDays is how old, in bank days, the last bank statement may be.
	StatementBankDays number `yaml:"statement_bank_days"`
	// LetterDays is how long a letter takes.
	LetterDays number `yaml:"letter_days"`
	// B2BFlat is the flat sum of § 288 (5) BGB.
	B2BFlat amount `yaml:"b2b_flat"`
	// B2CPoints and B2BPoints are added to the base rate (§ 288 BGB), in percent.
	B2CPoints percent `yaml:"b2c_points"`
	B2BPoints percent `yaml:"b2b_points"`
}

// Schedules are cron expressions of five fields: minute, hour, day of month,
// month, weekday. An hour without * or step is a time on the wall.
type Schedules struct {
	Collect   string `yaml:"collect"`
	Transmit  string `yaml:"transmit"`
	Guarantee string `yaml:"guarantee"`
	// Dunning runs on bank days (TARGET2) only.
	Dunning string `yaml:"dunning"`
	// Payout must name one weekday and one time.
	Payout  string `yaml:"payout"`
	Deliver string `yaml:"deliver"`
}

// Load reads and checks a configuration file. All its faults are told at once.
func Load(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failWith(exitUsage, fmt.Errorf("there is no configuration %s", file), "kontor init DIR makes one; --config FILE names another")
	}
	if err != nil {
		return nil, failWith(exitUsage, err, "kontor reads its configuration as the user that it runs as")
	}
	c, err := parse(file, text)
	if err != nil {
		return nil, failWith(exitUsage, err, "the comments in a file of kontor init explain each key")
	}
	return c, nil
}

// parse decodes and checks the text of a configuration file.
func parse(file string, text []byte) (*Config, error) {
	c, err := decode(file, text)
	if err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s:\n%w", file, err)
	}
	return c, nil
}

// decode reads the text of a configuration file over the defaults; relative
// paths in it become absolute.
func decode(file string, text []byte) (*Config, error) {
	c := defaults()
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, located(file, err)
	}
	if c.file, err = filepath.Abs(file); err != nil {
		return nil, err
	}
	c.resolve()
	return c, nil
}

// kindNames say what a key wanted that got something else.
var kindNames = map[reflect.Kind]string{
	reflect.Int: "a whole number", reflect.Bool: "true or false", reflect.String: "a text",
	reflect.Slice: "a list such as [a, b]", reflect.Map: "a block of keys", reflect.Struct: "a block of keys",
}

// located puts file, line and column before what the YAML reader says.
func located(file string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	where, message := at.GetToken().Position, at.GetMessage()
	if name, found := strings.CutPrefix(message, "unknown field "); found {
		message = "the key " + name + " is not known"
	}
	if wrong := new(yaml.TypeError); errors.As(err, &wrong) {
		message = fmt.Sprintf("%q is not %s", at.GetToken().Value, kindNames[wrong.DstType.Kind()])
	}
	return fmt.Errorf("%s:%d:%d: %s", file, where.Line, where.Column, message)
}
