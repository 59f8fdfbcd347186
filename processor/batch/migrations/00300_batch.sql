-- +goose Up
-- Records that wait for a batch, in business order.
CREATE TABLE batch_ready (
	merchant_id TEXT COLLATE "C" NOT NULL,
	feed BIGINT NOT NULL,
	returned BIGINT NOT NULL,
	date BIGINT NOT NULL,
	number TEXT COLLATE "C" NOT NULL,
	row_id BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, feed, date, returned, number, row_id)
) /* WITHOUT ROWID */;

CREATE TABLE batches (
	merchant_id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	created BIGINT NOT NULL,
	run BIGINT NOT NULL,
	records BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	size BIGINT NOT NULL,
	taken BIGINT NOT NULL,
	refused BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, number)
) /* WITHOUT ROWID */;
CREATE INDEX batches_open ON batches (merchant_id, number) WHERE answered = 0;

-- Which record of which batch came from which row.
CREATE TABLE batch_records (
	merchant_id TEXT COLLATE "C" NOT NULL,
	batch BIGINT NOT NULL,
	feed BIGINT NOT NULL,
	position BIGINT NOT NULL,
	row_id BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, batch, feed, position)
) /* WITHOUT ROWID */;
CREATE INDEX batch_records_row ON batch_records (merchant_id, row_id, feed);

-- What operators decided.
CREATE TABLE batch_commands (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	command_no TEXT COLLATE "C" NOT NULL,
	kind TEXT NOT NULL,
	day BIGINT NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	argument TEXT NOT NULL,
	operator TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id)
) /* WITHOUT ROWID */;
CREATE UNIQUE INDEX batch_commands_no ON batch_commands (merchant_id, command_no);
