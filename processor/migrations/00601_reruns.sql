-- +goose Up

-- Who has asked for a run of archived files, and why.
CREATE TABLE processor_reruns (
	merchant_id TEXT COLLATE "C" NOT NULL,
	run BIGINT NOT NULL,
	at BIGINT NOT NULL,
	what TEXT NOT NULL,
	operator TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (merchant_id, run)
) /* WITHOUT ROWID */;
