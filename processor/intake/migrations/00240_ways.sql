-- +goose Up
-- The rows of a document by its own number, whatever became of them.
CREATE INDEX intake_rows_number ON intake_rows (merchant_id, number);
CREATE INDEX intake_files_name ON intake_files (merchant_id, name);
-- Rows that could not be read have no number; they are few.
CREATE INDEX intake_rows_unreadable ON intake_rows (merchant_id, id) WHERE code <> '';
