-- +goose Up
-- Whether a later file of a name was read, and files by name for those who look.
CREATE INDEX intake_files_name ON intake_files (merchant_id, name);
