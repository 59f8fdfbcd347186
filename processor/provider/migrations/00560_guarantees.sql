-- +goose Up
-- What the provider has written off is guaranteed all the same.
DROP INDEX provider_claims_guarantee;
CREATE INDEX provider_claims_guarantee ON provider_claims (merchant_id, invoice_no, guarantee_on) WHERE guaranteed = 0 AND outstanding + written_off > 0 AND guarantee_on <> '';
