-- +goose Up
-- The debtor in the merchant's own books (Debitorenkonto), for the booking batch.
ALTER TABLE provider_orders ADD COLUMN debtor_account TEXT NOT NULL DEFAULT '';
ALTER TABLE provider_claims ADD COLUMN debtor_account TEXT NOT NULL DEFAULT '';
