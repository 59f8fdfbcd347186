-- +goose Up

-- +goose StatementBegin
CREATE TRIGGER processor_audit_update BEFORE UPDATE ON processor_audit
BEGIN
	SELECT RAISE(ABORT, 'processor_audit: UPDATE refused, what was done stays written');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER processor_audit_delete BEFORE DELETE ON processor_audit
BEGIN
	SELECT RAISE(ABORT, 'processor_audit: DELETE refused, what was done stays written');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER processor_audit_ends_update BEFORE UPDATE ON processor_audit_ends
BEGIN
	SELECT RAISE(ABORT, 'processor_audit_ends: UPDATE refused, what was done stays written');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER processor_audit_ends_delete BEFORE DELETE ON processor_audit_ends
BEGIN
	SELECT RAISE(ABORT, 'processor_audit_ends: DELETE refused, what was done stays written');
END;
-- +goose StatementEnd
