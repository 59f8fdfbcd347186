-- +goose Up

-- +goose StatementBegin
CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry
BEGIN
	SELECT RAISE(ABORT, 'ledger_entry: UPDATE refused, a mistake is corrected by a further entry');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry
BEGIN
	SELECT RAISE(ABORT, 'ledger_entry: DELETE refused, a mistake is corrected by a further entry');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_posting_update BEFORE UPDATE ON ledger_posting
BEGIN
	SELECT RAISE(ABORT, 'ledger_posting: UPDATE refused, a mistake is corrected by a further entry');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_posting_delete BEFORE DELETE ON ledger_posting
BEGIN
	SELECT RAISE(ABORT, 'ledger_posting: DELETE refused, a mistake is corrected by a further entry');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_posting_delete;
DROP TRIGGER ledger_posting_update;
DROP TRIGGER ledger_entry_delete;
DROP TRIGGER ledger_entry_update;
