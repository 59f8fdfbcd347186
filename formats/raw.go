package formats

// The string-only structs that gocsv maps a row onto. Typed fields are not for
// gocsv: it reads "1.9" into an int as 1 and leaves a renamed column empty
// without an error. So it sees checked, canonical headings and moves text;
// cells.go makes values of it. Fields and tags are those of package purchase
// in the same order, which a test holds.

type rawOrder struct {
	OrderNo       string `csv:"order_no"`
	OrderDate     string `csv:"order_date"`
	Currency      string `csv:"currency"`
	Gross         string `csv:"gross_amount"`
	Tax           string `csv:"tax_amount"`
	CustomerNo    string `csv:"customer_no"`
	CustomerType  string `csv:"customer_type"`
	Salutation    string `csv:"salutation"`
	FirstName     string `csv:"first_name"`
	LastName      string `csv:"last_name"`
	Company       string `csv:"company"`
	VATID         string `csv:"vat_id"`
	BirthDate     string `csv:"birth_date"`
	Email         string `csv:"email"`
	Phone         string `csv:"phone"`
	Street        string `csv:"street"`
	HouseNo       string `csv:"house_no"`
	Postcode      string `csv:"postcode"`
	City          string `csv:"city"`
	Country       string `csv:"country"`
	ShipFirstName string `csv:"ship_first_name"`
	ShipLastName  string `csv:"ship_last_name"`
	ShipCompany   string `csv:"ship_company"`
	ShipStreet    string `csv:"ship_street"`
	ShipHouseNo   string `csv:"ship_house_no"`
	ShipPostcode  string `csv:"ship_postcode"`
	ShipCity      string `csv:"ship_city"`
	ShipCountry   string `csv:"ship_country"`
	TermDays      string `csv:"term_days"`
	DebtorAccount string `csv:"debtor_account"`
	EmailConsent  string `csv:"email_consent"`
}

type rawInvoice struct {
	InvoiceNo     string `csv:"invoice_no"`
	OrderNo       string `csv:"order_no"`
	InvoiceDate   string `csv:"invoice_date"`
	Currency      string `csv:"currency"`
	Gross         string `csv:"gross_amount"`
	Tax           string `csv:"tax_amount"`
	DueDate       string `csv:"due_date"`
	TermDays      string `csv:"term_days"`
	DefaultNotice string `csv:"default_notice"`
	DebtorAccount string `csv:"debtor_account"`
}

type rawShipment struct {
	ShipmentNo  string `csv:"shipment_no"`
	OrderNo     string `csv:"order_no"`
	ShippedOn   string `csv:"shipped_on"`
	InvoiceNo   string `csv:"invoice_no"`
	InvoiceDate string `csv:"invoice_date"`
	Currency    string `csv:"currency"`
	Gross       string `csv:"gross_amount"`
	Tax         string `csv:"tax_amount"`
	DueDate     string `csv:"due_date"`
	Carrier     string `csv:"carrier"`
	TrackingNo  string `csv:"tracking_no"`
}

type rawReturn struct {
	ReturnNo   string `csv:"return_no"`
	Kind       string `csv:"kind"`
	InvoiceNo  string `csv:"invoice_no"`
	OrderNo    string `csv:"order_no"`
	ReturnedOn string `csv:"returned_on"`
	Currency   string `csv:"currency"`
	Gross      string `csv:"gross_amount"`
	Reason     string `csv:"reason"`
}

type rawCredit struct {
	CreditNo   string `csv:"credit_no"`
	Kind       string `csv:"kind"`
	InvoiceNo  string `csv:"invoice_no"`
	CreditedOn string `csv:"credited_on"`
	Currency   string `csv:"currency"`
	Gross      string `csv:"gross_amount"`
	Tax        string `csv:"tax_amount"`
	ReturnNo   string `csv:"return_no"`
	Reason     string `csv:"reason"`
}

type rawCancellation struct {
	CancelNo    string `csv:"cancel_no"`
	OrderNo     string `csv:"order_no"`
	CancelledOn string `csv:"cancelled_on"`
	Reason      string `csv:"reason"`
}

type rawPayment struct {
	PaymentID  string `csv:"payment_id"`
	Account    string `csv:"account"`
	BookedOn   string `csv:"booked_on"`
	ValueOn    string `csv:"value_on"`
	Amount     string `csv:"amount"`
	Currency   string `csv:"currency"`
	DebtorName string `csv:"debtor_name"`
	DebtorIBAN string `csv:"debtor_iban"`
	Reference  string `csv:"reference"`
	Purpose    string `csv:"purpose"`
	EndToEndID string `csv:"end_to_end_id"`
}

type rawInstruction struct {
	InstructionNo string `csv:"instruction_no"`
	Kind          string `csv:"kind"`
	InvoiceNo     string `csv:"invoice_no"`
	Day           string `csv:"date"`
	Amount        string `csv:"amount"`
	Reason        string `csv:"reason"`
}
