-- +goose Up

-- How far the other side of the hand-over has come by its last turn, and how
-- far we have; since is when a run began to wait for it, 0: none waits.
CREATE TABLE courier_links (
	merchant_id TEXT COLLATE "C" NOT NULL,
	through BIGINT NOT NULL,
	next BIGINT NOT NULL,
	last BIGINT NOT NULL,
	have BIGINT NOT NULL,
	heard BIGINT NOT NULL,
	heard_at BIGINT NOT NULL,
	told_through BIGINT NOT NULL,
	told_next BIGINT NOT NULL,
	told_last BIGINT NOT NULL,
	told_have BIGINT NOT NULL,
	told_heard BIGINT NOT NULL,
	told BIGINT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (merchant_id)
) /* WITHOUT ROWID */;

-- A batch or an answer that came, or an answer that was sent; the bytes lie in
-- the spool. done is 1 when a batch that came was handed to the provider.
CREATE TABLE courier_files (
	merchant_id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	sha256 TEXT COLLATE "C" NOT NULL,
	size BIGINT NOT NULL,
	at BIGINT NOT NULL,
	done BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, kind, number)
) /* WITHOUT ROWID */;

-- What is wrong with the hand-over, until it is mended.
CREATE TABLE courier_alarms (
	merchant_id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	since BIGINT NOT NULL,
	code TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (merchant_id, kind, number)
) /* WITHOUT ROWID */;
