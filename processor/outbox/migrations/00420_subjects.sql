-- +goose Up
-- What left about a file, a payout or a dunning run, and the files of a kind by run.
CREATE INDEX outbox_subject ON outbox (merchant, subject, seq);
CREATE INDEX outbox_kind ON outbox (merchant, kind, run);
