-- +goose Up

-- A closed month: no entry may be booked before until_at any more. entry and
-- hash are the end of the chain when it was closed.
CREATE TABLE ledger_closing (
	merchant  TEXT COLLATE "C" NOT NULL,
	period    TEXT COLLATE "C" NOT NULL,
	until_at  BIGINT NOT NULL,
	closed_at BIGINT NOT NULL,
	entry     BIGINT NOT NULL,
	hash      TEXT NOT NULL,
	operator  TEXT NOT NULL,
	reason    TEXT NOT NULL,
	PRIMARY KEY (merchant, period)
) /* WITHOUT ROWID */;

-- +goose Down
DROP TABLE ledger_closing;
