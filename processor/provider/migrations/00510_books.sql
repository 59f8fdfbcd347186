-- +goose Up
ALTER TABLE provider_claims ADD COLUMN written_off BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provider_claims ADD COLUMN charges_off BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provider_claims ADD COLUMN recourse BIGINT NOT NULL DEFAULT 0;

-- What the guarantee will pay in the coming weeks, as the payout saw it (JSON).
ALTER TABLE provider_payouts ADD COLUMN upcoming TEXT NOT NULL DEFAULT '[]';

-- The provider's invoices for its fees (§ 14 UStG), gapless per year; kept
-- under _provider, since the numbers run over all merchants.
CREATE TABLE provider_invoices (
	merchant_id TEXT COLLATE "C" NOT NULL,
	year BIGINT NOT NULL,
	n BIGINT NOT NULL,
	buyer TEXT COLLATE "C" NOT NULL,
	payout_id TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	net BIGINT NOT NULL,
	rate BIGINT NOT NULL,
	vat BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, year, n)
) /* WITHOUT ROWID */;
CREATE UNIQUE INDEX provider_invoices_payout ON provider_invoices (merchant_id, buyer, payout_id);

-- Money that leaves: payouts and refunds, by the id that the bank gives back.
CREATE TABLE provider_transfers (
	merchant_id TEXT COLLATE "C" NOT NULL,
	transfer_id TEXT COLLATE "C" NOT NULL,
	purpose TEXT NOT NULL,
	amount BIGINT NOT NULL,
	invoice_no TEXT COLLATE "C" NOT NULL,
	iban TEXT NOT NULL,
	name TEXT NOT NULL,
	made_on TEXT COLLATE "C" NOT NULL,
	left_on TEXT COLLATE "C" NOT NULL,
	returned_on TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (merchant_id, transfer_id)
) /* WITHOUT ROWID */;
