-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION processor_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%: % refused, what was done stays written', TG_TABLE_NAME, TG_OP;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER processor_audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON processor_audit
	FOR EACH STATEMENT EXECUTE FUNCTION processor_audit_refuse();
CREATE TRIGGER processor_audit_ends_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON processor_audit_ends
	FOR EACH STATEMENT EXECUTE FUNCTION processor_audit_refuse();

-- +goose Down
DROP TRIGGER processor_audit_ends_refuse ON processor_audit_ends;
DROP TRIGGER processor_audit_refuse ON processor_audit;
DROP FUNCTION processor_audit_refuse;
