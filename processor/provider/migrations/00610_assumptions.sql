-- +goose Up
-- A credit of exactly the amount of a return is taken to name it, or not: as it
-- was agreed when the claim was bought. It was the default until now.
ALTER TABLE provider_claims ADD COLUMN assume_return BIGINT NOT NULL DEFAULT 1;
