-- +goose Up
-- Payments by their end-to-end id (order_no), by which returns find them.
CREATE INDEX intake_documents_trace ON intake_documents (merchant_id, order_no) WHERE feed = 7 AND order_no <> '';
