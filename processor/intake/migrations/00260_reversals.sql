-- +goose Up

-- A booked row that an operator has taken back, and the command that does it at
-- the provider. The row stays booked.
CREATE TABLE intake_reversals (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	command_no TEXT COLLATE "C" NOT NULL,
	what TEXT NOT NULL,
	at BIGINT NOT NULL,
	operator TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id)
) /* WITHOUT ROWID */;
