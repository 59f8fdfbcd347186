-- +goose Up
-- What of the charges was interest, and the order by which a payment was
-- divided: C charges, I interest, P principal (§ 367 BGB).
ALTER TABLE provider_allocations ADD COLUMN interest BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provider_allocations ADD COLUMN paid_in TEXT NOT NULL DEFAULT 'CIP';
ALTER TABLE provider_claims ADD COLUMN interest_paid BIGINT NOT NULL DEFAULT 0;

-- Why a payment went where it went, each decision as it was made (JSON).
ALTER TABLE provider_payments ADD COLUMN steps TEXT NOT NULL DEFAULT '';
