-- +goose Up
CREATE TABLE provider_terms (
	merchant_id TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	terms TEXT NOT NULL,
	PRIMARY KEY (merchant_id, n)
) /* WITHOUT ROWID */;

CREATE TABLE provider_batches (
	merchant_id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	taken_at BIGINT NOT NULL,
	records BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, number)
) /* WITHOUT ROWID */;

-- What the receipt of a batch says of its records, some at a time: JSON.
CREATE TABLE provider_receipts (
	merchant_id TEXT COLLATE "C" NOT NULL,
	batch BIGINT NOT NULL,
	n BIGINT NOT NULL,
	part TEXT NOT NULL,
	PRIMARY KEY (merchant_id, batch, n)
) /* WITHOUT ROWID */;

CREATE TABLE provider_statements (
	merchant_id TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, day)
) /* WITHOUT ROWID */;

CREATE TABLE provider_orders (
	merchant_id TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	customer_no TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	customer_type TEXT NOT NULL,
	gross BIGINT NOT NULL,
	term_days BIGINT NOT NULL,
	decision TEXT NOT NULL,
	code TEXT NOT NULL,
	approved BIGINT NOT NULL,
	invoiced BIGINT NOT NULL,
	cancelled BIGINT NOT NULL,
	valid_until TEXT COLLATE "C" NOT NULL,
	reference TEXT COLLATE "C" NOT NULL,
	match_key TEXT COLLATE "C" NOT NULL,
	claims_open BIGINT NOT NULL,
	overdue BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, order_no)
) /* WITHOUT ROWID */;
CREATE INDEX provider_orders_customer ON provider_orders (merchant_id, customer_no, person);
CREATE INDEX provider_orders_person ON provider_orders (merchant_id, person) WHERE person <> '';
CREATE INDEX provider_orders_reference ON provider_orders (merchant_id, reference);
CREATE INDEX provider_orders_match ON provider_orders (merchant_id, match_key);

CREATE TABLE provider_debtors (
	merchant_id TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	debtor TEXT NOT NULL,
	PRIMARY KEY (merchant_id, order_no)
) /* WITHOUT ROWID */;

CREATE TABLE provider_decisions (
	merchant_id TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	batch BIGINT NOT NULL,
	record BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	decision TEXT NOT NULL,
	code TEXT NOT NULL,
	approved BIGINT NOT NULL,
	valid_until TEXT NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (merchant_id, order_no, batch, record)
) /* WITHOUT ROWID */;

CREATE TABLE provider_claims (
	merchant_id TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	customer_no TEXT COLLATE "C" NOT NULL,
	match_key TEXT COLLATE "C" NOT NULL,
	invoice_date TEXT COLLATE "C" NOT NULL,
	due_given TEXT COLLATE "C" NOT NULL,
	term_days BIGINT NOT NULL,
	default_notice BIGINT NOT NULL,
	activated_on TEXT COLLATE "C" NOT NULL,
	due_on TEXT COLLATE "C" NOT NULL,
	due_moved BIGINT NOT NULL,
	guarantee_on TEXT COLLATE "C" NOT NULL,
	guarantee_days BIGINT NOT NULL,
	guarantee_anchor TEXT NOT NULL,
	invoiced BIGINT NOT NULL,
	reduced BIGINT NOT NULL,
	direct BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	guaranteed BIGINT NOT NULL,
	outstanding BIGINT NOT NULL,
	fees BIGINT NOT NULL,
	flat BIGINT NOT NULL,
	interest BIGINT NOT NULL,
	charges_paid BIGINT NOT NULL,
	charges BIGINT NOT NULL,
	fees_counted BIGINT NOT NULL,
	flat_counted BIGINT NOT NULL,
	waived_on TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	level_on TEXT COLLATE "C" NOT NULL,
	level1_on TEXT COLLATE "C" NOT NULL,
	next_level_on TEXT COLLATE "C" NOT NULL,
	exposure BIGINT NOT NULL,
	overdue BIGINT NOT NULL,
	changed_on TEXT COLLATE "C" NOT NULL,
	changed BIGINT NOT NULL,
	reported TEXT NOT NULL,
	PRIMARY KEY (merchant_id, invoice_no)
) /* WITHOUT ROWID */;
CREATE INDEX provider_claims_order ON provider_claims (merchant_id, order_no);
CREATE INDEX provider_claims_match ON provider_claims (merchant_id, match_key);
CREATE INDEX provider_claims_customer ON provider_claims (merchant_id, customer_no);
CREATE INDEX provider_claims_guarantee ON provider_claims (merchant_id, invoice_no, guarantee_on) WHERE guaranteed = 0 AND outstanding > 0 AND guarantee_on <> '';
CREATE INDEX provider_claims_dunning ON provider_claims (merchant_id, invoice_no, next_level_on) WHERE outstanding > 0 AND next_level_on <> '';
CREATE INDEX provider_claims_changed ON provider_claims (merchant_id, invoice_no) WHERE changed = 1;

-- What was said about an invoice: returns, credits and instructions.
CREATE TABLE provider_papers (
	merchant_id TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	feed BIGINT NOT NULL,
	number TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	amount BIGINT NOT NULL,
	names TEXT COLLATE "C" NOT NULL,
	source TEXT NOT NULL,
	cause TEXT NOT NULL,
	PRIMARY KEY (merchant_id, invoice_no, feed, number, kind)
) /* WITHOUT ROWID */;

CREATE TABLE provider_payments (
	merchant_id TEXT COLLATE "C" NOT NULL,
	payment_id TEXT COLLATE "C" NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	amount BIGINT NOT NULL,
	waiting BIGINT NOT NULL,
	returned BIGINT NOT NULL,
	booked_on TEXT COLLATE "C" NOT NULL,
	value_on TEXT COLLATE "C" NOT NULL,
	debtor_name TEXT NOT NULL,
	debtor_iban TEXT COLLATE "C" NOT NULL,
	reference TEXT NOT NULL,
	matched_by TEXT NOT NULL,
	source TEXT NOT NULL,
	cause TEXT NOT NULL,
	PRIMARY KEY (merchant_id, payment_id, account)
) /* WITHOUT ROWID */;
CREATE INDEX provider_payments_waiting ON provider_payments (merchant_id, booked_on, payment_id) WHERE waiting > 0;

CREATE TABLE provider_allocations (
	merchant_id TEXT COLLATE "C" NOT NULL,
	payment_id TEXT COLLATE "C" NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	principal BIGINT NOT NULL,
	charges BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, payment_id, account, n)
) /* WITHOUT ROWID */;
CREATE INDEX provider_allocations_invoice ON provider_allocations (merchant_id, invoice_no);

CREATE TABLE provider_payers (
	merchant_id TEXT COLLATE "C" NOT NULL,
	iban TEXT COLLATE "C" NOT NULL,
	customer_no TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, iban, customer_no)
) /* WITHOUT ROWID */;

CREATE TABLE provider_lines (
	merchant_id TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	entry BIGINT NOT NULL,
	line_type TEXT COLLATE "C" NOT NULL,
	booked_on TEXT COLLATE "C" NOT NULL,
	order_no TEXT NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	document_no TEXT NOT NULL,
	customer_no TEXT NOT NULL,
	gross_claim BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	guarantee_on TEXT COLLATE "C" NOT NULL,
	invoice_date TEXT COLLATE "C" NOT NULL,
	due_on TEXT COLLATE "C" NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (merchant_id, n)
) /* WITHOUT ROWID */;
CREATE INDEX provider_lines_invoice ON provider_lines (merchant_id, invoice_no);

CREATE TABLE provider_payouts (
	merchant_id TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	payout_id TEXT COLLATE "C" NOT NULL,
	period_from TEXT COLLATE "C" NOT NULL,
	period_to TEXT COLLATE "C" NOT NULL,
	cutoff BIGINT NOT NULL,
	payout_date TEXT COLLATE "C" NOT NULL,
	opening BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	closing BIGINT NOT NULL,
	first_line BIGINT NOT NULL,
	last_line BIGINT NOT NULL,
	ledger_head TEXT NOT NULL,
	PRIMARY KEY (merchant_id, seq)
) /* WITHOUT ROWID */;
CREATE UNIQUE INDEX provider_payouts_id ON provider_payouts (merchant_id, payout_id);

CREATE TABLE provider_notices (
	merchant_id TEXT COLLATE "C" NOT NULL,
	run_date TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	sent_on TEXT COLLATE "C" NOT NULL,
	notice TEXT NOT NULL,
	PRIMARY KEY (merchant_id, run_date, invoice_no, level)
) /* WITHOUT ROWID */;
CREATE INDEX provider_notices_invoice ON provider_notices (merchant_id, invoice_no, run_date);

CREATE TABLE provider_states (
	merchant_id TEXT COLLATE "C" NOT NULL,
	document BIGINT NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (merchant_id, document, invoice_no)
) /* WITHOUT ROWID */;

CREATE TABLE provider_documents (
	merchant_id TEXT COLLATE "C" NOT NULL,
	position BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	ref TEXT NOT NULL,
	payload TEXT NOT NULL,
	PRIMARY KEY (merchant_id, position)
) /* WITHOUT ROWID */;
