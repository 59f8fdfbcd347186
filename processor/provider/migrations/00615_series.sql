-- +goose Up

-- The provider has batches of its own beside the merchant's: payments and what
-- its operator decided. Each series has its own numbers.
ALTER TABLE provider_batches RENAME TO provider_batches_before;
CREATE TABLE provider_batches (
	merchant_id TEXT COLLATE "C" NOT NULL,
	own BIGINT NOT NULL,
	number BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	taken_at BIGINT NOT NULL,
	records BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, own, number)
) /* WITHOUT ROWID */;
INSERT INTO provider_batches (merchant_id, own, number, sha256, taken_at, records)
	SELECT merchant_id, 0, number, sha256, taken_at, records FROM provider_batches_before ORDER BY merchant_id, number;
DROP TABLE provider_batches_before;

ALTER TABLE provider_receipts RENAME TO provider_receipts_before;
CREATE TABLE provider_receipts (
	merchant_id TEXT COLLATE "C" NOT NULL,
	own BIGINT NOT NULL,
	batch BIGINT NOT NULL,
	n BIGINT NOT NULL,
	part TEXT NOT NULL,
	PRIMARY KEY (merchant_id, own, batch, n)
) /* WITHOUT ROWID */;
INSERT INTO provider_receipts (merchant_id, own, batch, n, part)
	SELECT merchant_id, 0, batch, n, part FROM provider_receipts_before ORDER BY merchant_id, batch, n;
DROP TABLE provider_receipts_before;

ALTER TABLE provider_decisions RENAME TO provider_decisions_before;
CREATE TABLE provider_decisions (
	merchant_id TEXT COLLATE "C" NOT NULL,
	order_no TEXT COLLATE "C" NOT NULL,
	own BIGINT NOT NULL,
	batch BIGINT NOT NULL,
	record BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	decision TEXT NOT NULL,
	code TEXT NOT NULL,
	approved BIGINT NOT NULL,
	valid_until TEXT NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (merchant_id, order_no, own, batch, record)
) /* WITHOUT ROWID */;
INSERT INTO provider_decisions (merchant_id, order_no, own, batch, record, decided_at, decision, code, approved, valid_until, reasons)
	SELECT merchant_id, order_no, 0, batch, record, decided_at, decision, code, approved, valid_until, reasons
	FROM provider_decisions_before ORDER BY merchant_id, order_no, batch, record;
DROP TABLE provider_decisions_before;
