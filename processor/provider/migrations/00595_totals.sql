-- +goose Up
-- How many claims are in which state, as the merchant was told last: for
-- metrics, which never count the claims themselves.
CREATE TABLE provider_totals (
	merchant_id TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	claims BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, state)
) /* WITHOUT ROWID */;
INSERT INTO provider_totals (merchant_id, state, claims)
	SELECT c.merchant_id, s.state, COUNT(*) FROM provider_claims c JOIN (
		SELECT 'OPEN' AS state UNION ALL SELECT 'PARTIALLY_PAID' UNION ALL SELECT 'PAID' UNION ALL SELECT 'OVERPAID'
		UNION ALL SELECT 'GUARANTEED' UNION ALL SELECT 'IN_DUNNING' UNION ALL SELECT 'COLLECTION' UNION ALL SELECT 'CREDITED'
	) s ON c.reported LIKE '%"state":"' || s.state || '",%' GROUP BY c.merchant_id, s.state;
