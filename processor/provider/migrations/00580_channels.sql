-- +goose Up
-- How a notice leaves: '' on paper, else the mail that it belongs to.
ALTER TABLE provider_notices ADD COLUMN channel TEXT COLLATE "C" NOT NULL DEFAULT '';
