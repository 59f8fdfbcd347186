-- +goose Up
-- One row per file that supersedes another one: a report that was made anew with
-- other content.
CREATE TABLE outbox_versions (
	merchant   TEXT COLLATE "C" NOT NULL,
	target     TEXT COLLATE "C" NOT NULL,
	folder     TEXT COLLATE "C" NOT NULL,
	name       TEXT COLLATE "C" NOT NULL,
	version    BIGINT NOT NULL,
	supersedes TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	operator   TEXT NOT NULL,
	reason     TEXT NOT NULL,
	PRIMARY KEY (merchant, target, folder, name)
);
