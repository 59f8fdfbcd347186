-- +goose Up

-- One row for each run of a merchant (and of the bank, under _provider).
CREATE TABLE processor_runs (
	merchant_id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	as_of BIGINT NOT NULL,
	jobs TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, number)
) /* WITHOUT ROWID */;

-- What was done when; a stretch of skipped slots is one row, and collect,
-- transmit and deliver keep only their last time.
CREATE TABLE processor_slots (
	merchant_id TEXT COLLATE "C" NOT NULL,
	job TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	run BIGINT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (merchant_id, job, at)
) /* WITHOUT ROWID */;

-- How far the provider's documents were taken, and reported.
CREATE TABLE processor_positions (
	merchant_id TEXT COLLATE "C" NOT NULL,
	reader TEXT COLLATE "C" NOT NULL,
	position BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, reader)
) /* WITHOUT ROWID */;
