-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%: % refused, a mistake is corrected by a further entry', TG_TABLE_NAME, TG_OP;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER ledger_entry_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_posting_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- +goose Down
DROP TRIGGER ledger_posting_refuse ON ledger_posting;
DROP TRIGGER ledger_entry_refuse ON ledger_entry;
DROP FUNCTION ledger_refuse;
