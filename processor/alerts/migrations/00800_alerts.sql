-- +goose Up
-- An alarm that a channel is to be told or was told of: told_at 0 until it was,
-- times how often. It goes when the channel was told that it is over.
CREATE TABLE alerts_told (
	merchant_id TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	text TEXT NOT NULL,
	told_at BIGINT NOT NULL,
	times BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, code, subject, channel)
) /* WITHOUT ROWID */;

-- A channel that could not be reached, under _provider.
CREATE TABLE alerts_channels (
	merchant_id TEXT COLLATE "C" NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	tried_at BIGINT NOT NULL,
	error TEXT NOT NULL,
	PRIMARY KEY (merchant_id, channel)
) /* WITHOUT ROWID */;
