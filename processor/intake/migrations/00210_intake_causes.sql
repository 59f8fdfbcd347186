-- +goose Up
-- Why a row has its verdict, as JSON; '' where the code says it. It takes the
-- place of the document that is to blame.
ALTER TABLE intake_verdicts ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE intake_verdicts DROP COLUMN about;
-- What the file calls its columns, where that is not the canonical name; JSON.
ALTER TABLE intake_files ADD COLUMN headings TEXT NOT NULL DEFAULT '';
