-- +goose Up
-- Days are numbers of schedules.Date. A row's id is file * 2^32 + row; files of
-- the bank have negative numbers and stand under the merchant id _provider,
-- their rows under the merchant whose account they name.

CREATE TABLE intake_files (
	merchant_id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	feed BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	sha256 TEXT COLLATE "C" NOT NULL,
	size BIGINT NOT NULL,
	profile TEXT NOT NULL,
	language TEXT NOT NULL,
	run BIGINT NOT NULL,
	run_name TEXT NOT NULL,
	as_of BIGINT NOT NULL,
	day BIGINT NOT NULL,
	state TEXT NOT NULL,
	verdict TEXT NOT NULL,
	reason TEXT NOT NULL,
	original BIGINT NOT NULL,
	row_count BIGINT NOT NULL,
	sum_gross BIGINT NOT NULL,
	unknown TEXT NOT NULL,
	released TEXT NOT NULL,
	told BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, number)
) /* WITHOUT ROWID */;
CREATE INDEX intake_files_sha256 ON intake_files (merchant_id, sha256, feed);
CREATE INDEX intake_files_run ON intake_files (merchant_id, run);
CREATE INDEX intake_files_told ON intake_files (merchant_id, told);
CREATE INDEX intake_files_new ON intake_files (merchant_id, number) WHERE state = 'NEW';

-- What lies in an inbox and is known: it is not taken again.
CREATE TABLE intake_lying (
	merchant_id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	size BIGINT NOT NULL,
	modified BIGINT NOT NULL,
	number BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (merchant_id, name)
) /* WITHOUT ROWID */;
CREATE INDEX intake_lying_number ON intake_lying (merchant_id, number);

CREATE TABLE intake_rows (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	feed BIGINT NOT NULL,
	date BIGINT NOT NULL,
	number TEXT COLLATE "C" NOT NULL,
	line BIGINT NOT NULL,
	start BIGINT NOT NULL,
	length BIGINT NOT NULL,
	record TEXT NOT NULL,
	code TEXT NOT NULL,
	errors TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id)
) /* WITHOUT ROWID */;

-- Rows to be tried, in the order in which they are tried.
CREATE TABLE intake_todo (
	merchant_id TEXT COLLATE "C" NOT NULL,
	feed BIGINT NOT NULL,
	date BIGINT NOT NULL,
	number TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, feed, date, number, name, id)
) /* WITHOUT ROWID */;

-- The history of verdicts; the one with the highest n holds.
CREATE TABLE intake_verdicts (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	status TEXT NOT NULL,
	code TEXT NOT NULL,
	warning TEXT NOT NULL,
	col TEXT NOT NULL,
	value TEXT NOT NULL,
	about TEXT NOT NULL,
	run BIGINT NOT NULL,
	day BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id, n)
) /* WITHOUT ROWID */;

-- Verdicts that changed after the first one, for supplementary acks; under the
-- owner of the file. Run 0: the next run of the bank tells it.
CREATE TABLE intake_changes (
	merchant_id TEXT COLLATE "C" NOT NULL,
	run BIGINT NOT NULL,
	id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	row_merchant TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, run, id, n)
) /* WITHOUT ROWID */;

CREATE TABLE intake_parked (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	since BIGINT NOT NULL,
	clock BIGINT NOT NULL,
	run BIGINT NOT NULL,
	code TEXT NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, id)
) /* WITHOUT ROWID */;
CREATE INDEX intake_parked_clock ON intake_parked (merchant_id, clock, id);
CREATE INDEX intake_parked_order ON intake_parked (merchant_id, order_no);

-- What a parked row waits for.
CREATE TABLE intake_waiting (
	merchant_id TEXT COLLATE "C" NOT NULL,
	parent TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, parent, id)
) /* WITHOUT ROWID */;
CREATE INDEX intake_waiting_row ON intake_waiting (merchant_id, id);

-- Which parked or booked row holds a business key.
CREATE TABLE intake_documents (
	merchant_id TEXT COLLATE "C" NOT NULL,
	feed BIGINT NOT NULL,
	doc_key TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	booked BIGINT NOT NULL,
	material TEXT NOT NULL,
	content TEXT NOT NULL,
	loose BIGINT NOT NULL,
	date BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, feed, doc_key, id)
) /* WITHOUT ROWID */;
CREATE INDEX intake_documents_row ON intake_documents (merchant_id, id, booked);

CREATE TABLE intake_orders (
	merchant_id TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	asked BIGINT NOT NULL,
	decision TEXT NOT NULL,
	code TEXT NOT NULL,
	approved BIGINT NOT NULL,
	valid_until BIGINT NOT NULL,
	invoiced BIGINT NOT NULL,
	invoices BIGINT NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	cancelled BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, order_no)
) /* WITHOUT ROWID */;

CREATE TABLE intake_invoices (
	merchant_id TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	date BIGINT NOT NULL,
	due BIGINT NOT NULL,
	gross BIGINT NOT NULL,
	credited BIGINT NOT NULL,
	direct BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, invoice_no)
) /* WITHOUT ROWID */;
CREATE INDEX intake_invoices_order ON intake_invoices (merchant_id, order_no);

-- Returns and credits of an invoice, for the fold K.
CREATE TABLE intake_reductions (
	merchant_id TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	number TEXT COLLATE "C" NOT NULL,
	kind TEXT NOT NULL,
	names TEXT COLLATE "C" NOT NULL,
	amount BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, invoice_no, id)
) /* WITHOUT ROWID */;

-- The rows that a file has of a merchant, and their verdicts at the end of the
-- run that read it.
CREATE TABLE intake_shares (
	merchant_id TEXT COLLATE "C" NOT NULL,
	file BIGINT NOT NULL,
	row_count BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	booked BIGINT NOT NULL,
	duplicate BIGINT NOT NULL,
	conflict BIGINT NOT NULL,
	rejected BIGINT NOT NULL,
	parked BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, file)
) /* WITHOUT ROWID */;
CREATE INDEX intake_shares_file ON intake_shares (file) WHERE file < 0;
CREATE INDEX intake_shares_open ON intake_shares (merchant_id, file) WHERE closed = 0;

-- Receipts that were applied.
CREATE TABLE intake_receipts (
	merchant_id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, number)
) /* WITHOUT ROWID */;
