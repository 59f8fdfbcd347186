-- +goose Up
-- Entries that touch no claim, by which money is found that waits or has left.
CREATE INDEX ledger_posting_suspense ON ledger_posting (merchant, entry) WHERE class = 'suspense';
CREATE INDEX ledger_posting_transit ON ledger_posting (merchant, entry) WHERE class = 'transit';
