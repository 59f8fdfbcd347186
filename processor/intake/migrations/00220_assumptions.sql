-- +goose Up
-- A credit of exactly the amount of a return is taken to name it, or not: as the
-- setting was when the invoice was booked. It was the default until now.
ALTER TABLE intake_invoices ADD COLUMN assume_return BIGINT NOT NULL DEFAULT 1;
