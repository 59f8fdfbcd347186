-- +goose Up

CREATE TRIGGER ledger_closing_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- +goose StatementBegin
CREATE FUNCTION ledger_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT 1 FROM booked b JOIN ledger_closing c ON c.merchant = b.merchant AND c.until_at > b.booked_at) THEN
		RAISE EXCEPTION 'ledger_entry: INSERT refused, the period is closed';
	END IF;
	RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER ledger_entry_closed AFTER INSERT ON ledger_entry
	REFERENCING NEW TABLE AS booked FOR EACH STATEMENT EXECUTE FUNCTION ledger_closed();

-- +goose Down
DROP TRIGGER ledger_entry_closed ON ledger_entry;
DROP FUNCTION ledger_closed;
DROP TRIGGER ledger_closing_refuse ON ledger_closing;
