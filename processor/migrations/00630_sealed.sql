-- +goose Up

-- A file that left encrypted, and of what text it was made: it is encrypted once.
CREATE TABLE processor_sealed (
	merchant_id TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	folder TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	plain TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, target, folder, name)
) /* WITHOUT ROWID */;
