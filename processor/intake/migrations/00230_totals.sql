-- +goose Up
-- How often which verdict was given, since the beginning, to a file (what F) or
-- a row (R): for metrics, which never count the rows themselves.
CREATE TABLE intake_totals (
	merchant_id TEXT COLLATE "C" NOT NULL,
	what TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	total BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, what, status, code)
) /* WITHOUT ROWID */;
INSERT INTO intake_totals (merchant_id, what, status, code, total)
	SELECT merchant_id, 'R', status, code, COUNT(*) FROM intake_verdicts GROUP BY merchant_id, status, code;
INSERT INTO intake_totals (merchant_id, what, status, code, total)
	SELECT merchant_id, 'F', verdict, '', COUNT(*) FROM intake_files WHERE verdict <> '' AND told <> 0 GROUP BY merchant_id, verdict;

-- What came lately, and what waits for a person.
CREATE INDEX intake_files_as_of ON intake_files (merchant_id, as_of);
CREATE INDEX intake_files_held ON intake_files (merchant_id, number) WHERE verdict = 'HELD';
