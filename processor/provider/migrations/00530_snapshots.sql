-- +goose Up
-- What debtors owe when a payout is made, some claims at a time: JSON. Part 0
-- is the sum.
CREATE TABLE provider_open_items (
	merchant_id TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	part TEXT NOT NULL,
	PRIMARY KEY (merchant_id, seq, n)
) /* WITHOUT ROWID */;

-- What a collection agency is told of a claim that it takes over: JSON.
CREATE TABLE provider_handovers (
	merchant_id TEXT COLLATE "C" NOT NULL,
	run_date TEXT COLLATE "C" NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	handover TEXT NOT NULL,
	PRIMARY KEY (merchant_id, run_date, invoice_no)
) /* WITHOUT ROWID */;
