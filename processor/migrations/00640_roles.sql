-- +goose Up

-- On which side the books of a merchant are kept: role of the configuration.
CREATE TABLE processor_roles (
	merchant_id TEXT COLLATE "C" NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (merchant_id)
) /* WITHOUT ROWID */;
