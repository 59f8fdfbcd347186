package purchase

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// The csv tags are the canonical column names (see package formats).

// An Order (Auftrag) is what a customer bought. Absent personal data is no row
// error but the decision DATA_MISSING.
type Order struct {
	OrderNo       string         `csv:"order_no" json:"order_no"`
	OrderDate     schedules.Date `csv:"order_date" json:"order_date"`
	Currency      string         `csv:"currency" json:"currency"`
	Gross         money.Amount   `csv:"gross_amount" json:"gross_amount"`
	Tax           money.Amount   `csv:"tax_amount" json:"tax_amount,omitempty"`
	CustomerNo    string         `csv:"customer_no" json:"customer_no"`
	CustomerType  string         `csv:"customer_type" json:"customer_type"` // B2C or B2B
	Salutation    string         `csv:"salutation" json:"salutation,omitempty"`
	FirstName     string         `csv:"first_name" json:"first_name,omitempty"`
	LastName      string         `csv:"last_name" json:"last_name,omitempty"`
	Company       string         `csv:"company" json:"company,omitempty"`
	VATID         string         `csv:"vat_id" json:"vat_id,omitempty"`
	BirthDate     schedules.Date `csv:"birth_date" json:"birth_date,omitzero"`
	Email         string         `csv:"email" json:"email,omitempty"`
	Phone         string         `csv:"phone" json:"phone,omitempty"`
	Street        string         `csv:"street" json:"street,omitempty"`
	HouseNo       string         `csv:"house_no" json:"house_no,omitempty"`
	Postcode      string         `csv:"postcode" json:"postcode,omitempty"`
	City          string         `csv:"city" json:"city,omitempty"`
	Country       string         `csv:"country" json:"country,omitempty"` // ISO 3166-1 alpha-2
	ShipFirstName string         `csv:"ship_first_name" json:"ship_first_name,omitempty"`
	ShipLastName  string         `csv:"ship_last_name" json:"ship_last_name,omitempty"`
	ShipCompany   string         `csv:"ship_company" json:"ship_company,omitempty"`
	ShipStreet    string         `csv:"ship_street" json:"ship_street,omitempty"`
	ShipHouseNo   string         `csv:"ship_house_no" json:"ship_house_no,omitempty"`
	ShipPostcode  string         `csv:"ship_postcode" json:"ship_postcode,omitempty"`
	ShipCity      string         `csv:"ship_city" json:"ship_city,omitempty"`
	ShipCountry   string         `csv:"ship_country" json:"ship_country,omitempty"`
	TermDays      Days           `csv:"term_days" json:"term_days,omitzero"`
	DebtorAccount string         `csv:"debtor_account" json:"debtor_account,omitempty"` // the customer in the merchant's own books (Debitorenkonto)
	EmailConsent  bool           `csv:"email_consent" json:"email_consent,omitempty"`   // letters may come by mail
}

// An Invoice (Rechnung) is a receivable that the provider buys.
type Invoice struct {
	InvoiceNo     string         `csv:"invoice_no" json:"invoice_no"`
	OrderNo       string         `csv:"order_no" json:"order_no"`
	InvoiceDate   schedules.Date `csv:"invoice_date" json:"invoice_date"`
	Currency      string         `csv:"currency" json:"currency"`
	Gross         money.Amount   `csv:"gross_amount" json:"gross_amount"`
	Tax           money.Amount   `csv:"tax_amount" json:"tax_amount,omitempty"`
	DueDate       schedules.Date `csv:"due_date" json:"due_date,omitzero"`
	TermDays      Days           `csv:"term_days" json:"term_days,omitzero"`
	DefaultNotice bool           `csv:"default_notice" json:"default_notice,omitempty"`
	DebtorAccount string         `csv:"debtor_account" json:"debtor_account,omitempty"` // before the order's
}

// A Shipment (Lieferung) makes the claim of its invoice active; where the
// merchant has no invoices feed it makes the invoice too.
type Shipment struct {
	ShipmentNo  string         `csv:"shipment_no" json:"shipment_no"`
	OrderNo     string         `csv:"order_no" json:"order_no"`
	ShippedOn   schedules.Date `csv:"shipped_on" json:"shipped_on"`
	InvoiceNo   string         `csv:"invoice_no" json:"invoice_no"`
	InvoiceDate schedules.Date `csv:"invoice_date" json:"invoice_date,omitzero"`
	Currency    string         `csv:"currency" json:"currency,omitempty"`
	Gross       money.Amount   `csv:"gross_amount" json:"gross_amount,omitempty"`
	Tax         money.Amount   `csv:"tax_amount" json:"tax_amount,omitempty"`
	DueDate     schedules.Date `csv:"due_date" json:"due_date,omitzero"`
	Carrier     string         `csv:"carrier" json:"carrier,omitempty"`
	TrackingNo  string         `csv:"tracking_no" json:"tracking_no,omitempty"`
}

// A Return (Retoure) of goods; kind ANNOUNCED only holds guarantee and dunning.
type Return struct {
	ReturnNo   string         `csv:"return_no" json:"return_no"`
	Kind       string         `csv:"kind" json:"kind"` // RECEIVED or ANNOUNCED
	InvoiceNo  string         `csv:"invoice_no" json:"invoice_no,omitempty"`
	OrderNo    string         `csv:"order_no" json:"order_no,omitempty"`
	ReturnedOn schedules.Date `csv:"returned_on" json:"returned_on"`
	Currency   string         `csv:"currency" json:"currency,omitempty"`
	Gross      money.Amount   `csv:"gross_amount" json:"gross_amount,omitempty"`
	Reason     string         `csv:"reason" json:"reason,omitempty"`
}

// A Credit is a credit note (Rechnungskorrektur, Gutschrift) on an invoice.
type Credit struct {
	CreditNo   string         `csv:"credit_no" json:"credit_no"`
	Kind       string         `csv:"kind" json:"kind"` // CORRECTION, VALUE or GOODWILL
	InvoiceNo  string         `csv:"invoice_no" json:"invoice_no"`
	CreditedOn schedules.Date `csv:"credited_on" json:"credited_on"`
	Currency   string         `csv:"currency" json:"currency,omitempty"`
	Gross      money.Amount   `csv:"gross_amount" json:"gross_amount"`
	Tax        money.Amount   `csv:"tax_amount" json:"tax_amount,omitempty"`
	ReturnNo   string         `csv:"return_no" json:"return_no,omitempty"`
	Reason     string         `csv:"reason" json:"reason,omitempty"`
}

// A Cancellation (Storno) ends the right to invoice the rest of an order.
type Cancellation struct {
	CancelNo    string         `csv:"cancel_no" json:"cancel_no"`
	OrderNo     string         `csv:"order_no" json:"order_no"`
	CancelledOn schedules.Date `csv:"cancelled_on" json:"cancelled_on"`
	Reason      string         `csv:"reason" json:"reason,omitempty"`
}

// A Payment is a credit entry on a settlement account; a negative amount
// returns the earlier payment with the same id (Rücküberweisung).
type Payment struct {
	PaymentID  string         `csv:"payment_id" json:"payment_id"`
	Account    string         `csv:"account" json:"account"` // IBAN of the merchant's settlement account
	BookedOn   schedules.Date `csv:"booked_on" json:"booked_on"`
	ValueOn    schedules.Date `csv:"value_on" json:"value_on,omitzero"`
	Amount     money.Amount   `csv:"amount" json:"amount"`
	Currency   string         `csv:"currency" json:"currency"`
	DebtorName string         `csv:"debtor_name" json:"debtor_name,omitempty"`
	DebtorIBAN string         `csv:"debtor_iban" json:"debtor_iban,omitempty"`
	Reference  string         `csv:"reference" json:"reference,omitempty"`
	// What only a bank statement (camt) tells; no columns of a CSV of the bank.
	Purpose    string `csv:"purpose" json:"purpose,omitempty"`             // "" is a debtor's payment or its return
	EndToEndID string `csv:"end_to_end_id" json:"end_to_end_id,omitempty"` // else the id of the transaction; of PAYOUT the payout_id
}

// An Instruction (Anweisung) of the merchant on one invoice.
type Instruction struct {
	InstructionNo string         `csv:"instruction_no" json:"instruction_no"`
	Kind          string         `csv:"kind" json:"kind"` // DUE_CHANGE, HOLD, RELEASE, DISPUTE, DISPUTE_CLOSED or DIRECT_PAYMENT
	InvoiceNo     string         `csv:"invoice_no" json:"invoice_no"`
	Day           schedules.Date `csv:"date" json:"date"`
	Amount        money.Amount   `csv:"amount" json:"amount,omitempty"`
	Reason        string         `csv:"reason" json:"reason,omitempty"`
}

// A Command is what an operator of the provider decided; it travels in the
// next batch as operator.csv.
type Command struct {
	CommandNo string         `csv:"command_no" json:"command_no"` // unique per merchant
	Kind      string         `csv:"kind" json:"kind"`             // DECIDE, ASSIGN, WRITE_OFF, RECOURSE, PAY_REFUND or REVERSE
	Day       schedules.Date `csv:"date" json:"date"`
	Subject   string         `csv:"subject" json:"subject"`   // order_no, payment_id, or invoice_no
	Argument  string         `csv:"argument" json:"argument"` // see [DecideOn]; invoice_no; IBAN and name of a refund, see [RefundTo]
	Operator  string         `csv:"operator" json:"operator"`
	Reason    string         `csv:"reason" json:"reason"`
}

// Kinds of documents.
const (
	B2C, B2B = "B2C", "B2B"

	ReturnReceived, ReturnAnnounced = "RECEIVED", "ANNOUNCED"

	Correction, Value, Goodwill = "CORRECTION", "VALUE", "GOODWILL"

	DueChange     = "DUE_CHANGE"
	Hold          = "HOLD"
	Release       = "RELEASE"
	Dispute       = "DISPUTE"
	DisputeClosed = "DISPUTE_CLOSED"
	DirectPayment = "DIRECT_PAYMENT"

	// Kinds of commands: a person's credit decision; a payment in suspense given
	// to an invoice; principal and charges given up; a guarantee taken back; what
	// is owed to a debtor paid.
	Decide, Assign, WriteOff, Recourse, PayRefund = "DECIDE", "ASSIGN", "WRITE_OFF", "RECOURSE", "PAY_REFUND"
	// Reverse takes back what a document of the merchant has booked, see [Reversal].
	Reverse = "REVERSE"

	// Purposes of a bank's entry. PAYOUT and REFUND are transfers of ours that
	// left the account (negative) or came back (positive), OTHER is a debit
	// that belongs to nothing we know, or such a debit taken back.
	PurposePayout = "PAYOUT"
	PurposeRefund = "REFUND"
	PurposeOther  = "OTHER"
)

// Days is a payment term in whole days. The zero value means none was given;
// a term of 0 days is Days{Given: true}.
type Days struct {
	N     int
	Given bool
}

// String prints the number, "" when none was given.
func (d Days) String() string {
	if !d.Given {
		return ""
	}
	return strconv.Itoa(d.N)
}

// MarshalText prints the number, "" when none was given.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [Days.MarshalText] printed.
func (d *Days) UnmarshalText(b []byte) error {
	*d = Days{}
	if len(b) == 0 {
		return nil
	}
	n, err := strconv.Atoi(string(b))
	*d = Days{N: n, Given: err == nil}
	return err
}

// separator joins columns in keys and contents; no cell contains it, since
// control characters are refused.
const separator = "\x1f"

func join(parts ...string) string { return strings.Join(parts, separator) }

// Feed returns [Orders].
func (Order) Feed() Feed { return Orders }

// Number returns order_no.
func (o Order) Number() string { return o.OrderNo }

// Key is order_no.
func (o Order) Key() string { return o.OrderNo }

// Date returns order_date.
func (o Order) Date() schedules.Date { return o.OrderDate }

// Material joins order_date, currency, gross_amount, customer_no.
func (o Order) Material() string {
	return join(o.OrderDate.String(), o.Currency, o.Gross.String(), o.CustomerNo)
}

// Content joins all columns.
func (o Order) Content() string { return content(o) }

// Feed returns [Invoices].
func (Invoice) Feed() Feed { return Invoices }

// Number returns invoice_no.
func (i Invoice) Number() string { return i.InvoiceNo }

// Key is invoice_no.
func (i Invoice) Key() string { return i.InvoiceNo }

// Date returns invoice_date.
func (i Invoice) Date() schedules.Date { return i.InvoiceDate }

// Material joins order_no, invoice_date, currency, gross_amount, due_date, term_days.
func (i Invoice) Material() string {
	return join(i.OrderNo, i.InvoiceDate.String(), i.Currency, i.Gross.String(), i.DueDate.String(), i.TermDays.String())
}

// Content joins all columns.
func (i Invoice) Content() string { return content(i) }

// Feed returns [Shipments].
func (Shipment) Feed() Feed { return Shipments }

// Number returns shipment_no.
func (s Shipment) Number() string { return s.ShipmentNo }

// Key is shipment_no.
func (s Shipment) Key() string { return s.ShipmentNo }

// Date returns shipped_on.
func (s Shipment) Date() schedules.Date { return s.ShippedOn }

// Material joins order_no, invoice_no, shipped_on; where the shipment makes
// the invoice, gross_amount is material as well (see intake).
func (s Shipment) Material() string { return join(s.OrderNo, s.InvoiceNo, s.ShippedOn.String()) }

// Content joins all columns.
func (s Shipment) Content() string { return content(s) }

// Feed returns [Returns].
func (Return) Feed() Feed { return Returns }

// Number returns return_no.
func (r Return) Number() string { return r.ReturnNo }

// Key is (return_no, kind).
func (r Return) Key() string { return join(r.ReturnNo, r.Kind) }

// Date returns returned_on.
func (r Return) Date() schedules.Date { return r.ReturnedOn }

// Material joins invoice_no, order_no, returned_on, currency, gross_amount.
func (r Return) Material() string {
	return join(r.InvoiceNo, r.OrderNo, r.ReturnedOn.String(), r.Currency, r.Gross.String())
}

// Content joins all columns.
func (r Return) Content() string { return content(r) }

// Feed returns [Credits].
func (Credit) Feed() Feed { return Credits }

// Number returns credit_no.
func (c Credit) Number() string { return c.CreditNo }

// Key is credit_no.
func (c Credit) Key() string { return c.CreditNo }

// Date returns credited_on.
func (c Credit) Date() schedules.Date { return c.CreditedOn }

// Material joins kind, invoice_no, credited_on, currency, gross_amount, return_no.
func (c Credit) Material() string {
	return join(c.Kind, c.InvoiceNo, c.CreditedOn.String(), c.Currency, c.Gross.String(), c.ReturnNo)
}

// Content joins all columns.
func (c Credit) Content() string { return content(c) }

// Feed returns [Cancellations].
func (Cancellation) Feed() Feed { return Cancellations }

// Number returns cancel_no.
func (c Cancellation) Number() string { return c.CancelNo }

// Key is cancel_no.
func (c Cancellation) Key() string { return c.CancelNo }

// Date returns cancelled_on.
func (c Cancellation) Date() schedules.Date { return c.CancelledOn }

// Material is order_no.
func (c Cancellation) Material() string { return c.OrderNo }

// Content joins all columns.
func (c Cancellation) Content() string { return content(c) }

// Feed returns [Payments].
func (Payment) Feed() Feed { return Payments }

// Number returns payment_id.
func (p Payment) Number() string { return p.PaymentID }

// Key is (account, payment_id, sign), so that a returned payment is a document
// of its own.
func (p Payment) Key() string { return PaymentKey(p.Account, p.PaymentID, p.Amount < 0) }

// PaymentKey returns the key of a payment, or of its return.
func PaymentKey(account, id string, returned bool) string {
	if returned {
		return join(account, id, "-")
	}
	return join(account, id, "+")
}

// Date returns booked_on.
func (p Payment) Date() schedules.Date { return p.BookedOn }

// Valued returns value_on, else booked_on: the date on which the money counts.
func (p Payment) Valued() schedules.Date {
	if p.ValueOn.IsZero() {
		return p.BookedOn
	}
	return p.ValueOn
}

// Material joins booked_on, amount, currency, reference.
func (p Payment) Material() string {
	return join(p.BookedOn.String(), p.Amount.String(), p.Currency, p.Reference)
}

// Content joins all columns.
func (p Payment) Content() string { return content(p) }

// Feed returns [Instructions].
func (Instruction) Feed() Feed { return Instructions }

// Number returns instruction_no.
func (i Instruction) Number() string { return i.InstructionNo }

// Key is instruction_no.
func (i Instruction) Key() string { return i.InstructionNo }

// Date returns the instruction's date.
func (i Instruction) Date() schedules.Date { return i.Day }

// Material joins kind, invoice_no, date, amount.
func (i Instruction) Material() string {
	return join(i.Kind, i.InvoiceNo, i.Day.String(), i.Amount.String())
}

// Content joins all columns.
func (i Instruction) Content() string { return content(i) }

// Feed returns [Commands].
func (Command) Feed() Feed { return Commands }

// Number returns command_no.
func (c Command) Number() string { return c.CommandNo }

// Key is command_no.
func (c Command) Key() string { return c.CommandNo }

// Date returns the day of the command.
func (c Command) Date() schedules.Date { return c.Day }

// Material joins kind, subject and argument.
func (c Command) Material() string { return join(c.Kind, c.Subject, c.Argument) }

// Content joins all columns.
func (c Command) Content() string { return content(c) }

// content joins all fields of a record in the order of its columns. The debtor
// account and the consent to mail count only where they are given: they came
// later than rows that are booked without them, and these must stay what they
// are.
func content(r any) string {
	v := reflect.ValueOf(r)
	n := v.NumField()
	switch r := r.(type) {
	case Order:
		n -= absent(r.EmailConsent, r.DebtorAccount != "")
	case Invoice:
		n -= absent(r.DebtorAccount != "")
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(cell(v.Field(i)))
	}
	return b.String()
}

// absent counts the last columns, the last one first, up to one that is given.
func absent(given ...bool) (n int) {
	for _, is := range given {
		if is {
			break
		}
		n++
	}
	return n
}

func cell(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case interface{ String() string }:
		return x.String()
	}
	return ""
}
