-- +goose Up
-- Why the provider refused what an operator decided; '' when it did not.
ALTER TABLE batch_commands ADD COLUMN code TEXT NOT NULL DEFAULT '';
