-- +goose Up

-- +goose StatementBegin
CREATE TRIGGER ledger_closing_update BEFORE UPDATE ON ledger_closing
BEGIN
	SELECT RAISE(ABORT, 'ledger_closing: UPDATE refused, a closed period stays closed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_closing_delete BEFORE DELETE ON ledger_closing
BEGIN
	SELECT RAISE(ABORT, 'ledger_closing: DELETE refused, a closed period stays closed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_entry_closed BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_closing WHERE merchant = NEW.merchant AND until_at > NEW.booked_at)
BEGIN
	SELECT RAISE(ABORT, 'ledger_entry: INSERT refused, the period is closed');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_entry_closed;
DROP TRIGGER ledger_closing_delete;
DROP TRIGGER ledger_closing_update;
