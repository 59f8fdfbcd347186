-- +goose Up

-- Every command with which a person changes something, or tries to: written
-- before it begins. Under the merchant it is about; _provider for all.
CREATE TABLE processor_audit (
	merchant_id TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	at BIGINT NOT NULL,
	verb TEXT NOT NULL,
	arguments TEXT NOT NULL,
	operator TEXT NOT NULL,
	reason TEXT NOT NULL,
	mode TEXT NOT NULL,
	plan TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, n)
) /* WITHOUT ROWID */;

-- How it ended, and the plan that a dry run has made. A command without an end
-- was cut off.
CREATE TABLE processor_audit_ends (
	merchant_id TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	at BIGINT NOT NULL,
	exit BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	plan TEXT COLLATE "C" NOT NULL,
	lines TEXT NOT NULL,
	PRIMARY KEY (merchant_id, n)
) /* WITHOUT ROWID */;
