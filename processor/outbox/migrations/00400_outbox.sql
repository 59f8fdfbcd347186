-- +goose Up
-- One row per file that leaves; its bytes lie in the spool under sha256.
CREATE TABLE outbox (
	merchant     TEXT COLLATE "C" NOT NULL,
	target       TEXT COLLATE "C" NOT NULL,
	folder       TEXT COLLATE "C" NOT NULL,
	name         TEXT COLLATE "C" NOT NULL,
	seq          BIGINT NOT NULL,
	run          BIGINT NOT NULL,
	kind         TEXT COLLATE "C" NOT NULL,
	subject      TEXT COLLATE "C" NOT NULL,
	sha256       TEXT COLLATE "C" NOT NULL,
	size         BIGINT NOT NULL,
	added_at     BIGINT NOT NULL,
	waits        BIGINT NOT NULL,
	deliveries   BIGINT NOT NULL,
	delivered_at BIGINT NOT NULL,
	tries        BIGINT NOT NULL,
	tried_at     BIGINT NOT NULL,
	error        TEXT NOT NULL,
	removed_at   BIGINT NOT NULL,
	PRIMARY KEY (merchant, target, folder, name)
);
CREATE INDEX outbox_seq ON outbox (merchant, seq);
CREATE INDEX outbox_waits ON outbox (merchant, waits, seq);
CREATE INDEX outbox_kept ON outbox (merchant, target, removed_at, delivered_at);
CREATE INDEX outbox_name ON outbox (merchant, name);

-- What operators have sent again, and why.
CREATE TABLE outbox_resend (
	merchant TEXT COLLATE "C" NOT NULL,
	target   TEXT COLLATE "C" NOT NULL,
	folder   TEXT COLLATE "C" NOT NULL,
	name     TEXT COLLATE "C" NOT NULL,
	number   BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	operator TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (merchant, target, folder, name, number)
);
