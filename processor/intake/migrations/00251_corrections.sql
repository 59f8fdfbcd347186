-- +goose Up

-- A row that an operator has replaced by one of a corrected file, which lies in
-- the archive; n is the verdict that the corrected row got. The latest holds.
CREATE TABLE intake_corrections (
	merchant_id TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	size BIGINT NOT NULL,
	name TEXT NOT NULL,
	row_no BIGINT NOT NULL,
	line BIGINT NOT NULL,
	run BIGINT NOT NULL,
	operator TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id, n)
) /* WITHOUT ROWID */;
