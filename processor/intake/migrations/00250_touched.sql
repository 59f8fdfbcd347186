-- +goose Up
-- Rows and orders that needed a person, or wait for one; they are few.
CREATE INDEX intake_verdicts_refused ON intake_verdicts (merchant_id, id, n) WHERE status IN ('REJECTED', 'CONFLICT');
CREATE INDEX intake_orders_review ON intake_orders (merchant_id, order_no) WHERE decision = 'REVIEW';
