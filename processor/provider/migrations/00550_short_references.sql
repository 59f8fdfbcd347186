-- +goose Up
-- The reference that a debtor types by hand; one order of the provider has it.
-- Orders of the time before have none.
ALTER TABLE provider_orders ADD COLUMN short_reference TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX provider_orders_short ON provider_orders (short_reference) WHERE short_reference <> '';
