-- +goose Up
-- What was written off makes no room for new orders: the debtor owes what the
-- formula of the claim says.
UPDATE provider_orders SET claims_open = claims_open + (SELECT CAST(SUM(c.written_off) AS BIGINT) FROM provider_claims c
		WHERE c.merchant_id = provider_orders.merchant_id AND c.order_no = provider_orders.order_no)
	WHERE (merchant_id, order_no) IN (SELECT merchant_id, order_no FROM provider_claims WHERE written_off <> 0);
UPDATE provider_claims SET exposure = exposure + written_off WHERE written_off <> 0;
