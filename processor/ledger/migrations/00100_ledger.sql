-- +goose Up

-- One row for each entry, numbered from 1 without a gap; hash is h(n) in hex.
CREATE TABLE ledger_entry (
	merchant      TEXT COLLATE "C" NOT NULL,
	id            BIGINT NOT NULL,
	booked_at     BIGINT NOT NULL,
	business_date TEXT COLLATE "C" NOT NULL,
	cause         TEXT NOT NULL,
	hash          TEXT NOT NULL,
	PRIMARY KEY (merchant, id)
) /* WITHOUT ROWID */;

-- The postings of an entry, numbered from 1 in its canonical order.
CREATE TABLE ledger_posting (
	merchant TEXT COLLATE "C" NOT NULL,
	entry    BIGINT NOT NULL,
	line     BIGINT NOT NULL,
	class    TEXT COLLATE "C" NOT NULL,
	claim    TEXT COLLATE "C" NOT NULL,
	amount   BIGINT NOT NULL,
	PRIMARY KEY (merchant, entry, line)
) /* WITHOUT ROWID */;

-- The life of a claim. Most postings of the other classes name none.
CREATE INDEX ledger_posting_claim ON ledger_posting (merchant, claim, class, entry) WHERE claim <> '';

-- The end of each chain.
CREATE TABLE ledger_head (
	merchant TEXT COLLATE "C" NOT NULL,
	id       BIGINT NOT NULL,
	hash     TEXT NOT NULL,
	PRIMARY KEY (merchant)
) /* WITHOUT ROWID */;

-- The sum of all postings of a class.
CREATE TABLE ledger_balance (
	merchant TEXT COLLATE "C" NOT NULL,
	class    TEXT COLLATE "C" NOT NULL,
	amount   BIGINT NOT NULL,
	PRIMARY KEY (merchant, class)
) /* WITHOUT ROWID */;

-- +goose Down
DROP TABLE ledger_balance;
DROP TABLE ledger_head;
DROP TABLE ledger_posting;
DROP TABLE ledger_entry;
