// Package provider is the embedded invoice-purchase provider (Rechnungskauf):
// it decides on orders, buys invoices, matches payments, guarantees, pays the
// merchant out once a week, and duns (mahnt) the debtors.
//
// Everything about one merchant is ordered: batches come one after the other,
// each is applied in one transaction, and each event changes the one formula of
// a claim ([purchase.Claim]); the differences are posted to the books (package
// ledger) and written as lines of the next payout. Every call may be repeated
// without a further effect: a batch by its number, a slot by its instant.
//
// The rules are pure functions, a file each: decide.go (credit decision),
// due.go (due date, fee, guarantee, holds), reference.go (what a payment names),
// interest.go, level.go (dunning). session.go loads, changes and saves.
package provider

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations creates the tables of this package.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// ErrGap is returned for a batch whose number is not the next one.
var ErrGap = errors.New("a batch before this one is missing")

// ErrReused is returned for a batch number that came before with other bytes.
var ErrReused = errors.New("a batch with this number but other bytes was taken before")

// A Provider is the embedded provider of some merchants.
type Provider struct {
	db    *database.DB
	terms map[string]purchase.Terms
	rates []purchase.BaseRate
}

// New returns the provider of the merchants with these terms; rates are the
// base rates of § 247 BGB.
func New(db *database.DB, terms map[string]purchase.Terms, rates []purchase.BaseRate) *Provider {
	rates = slices.Clone(rates)
	slices.SortFunc(rates, func(a, b purchase.BaseRate) int { return cmp.Compare(a.From, b.From) })
	return &Provider{db: db, terms: terms, rates: rates}
}

func (p *Provider) termsOf(merchant string) (purchase.Terms, error) {
	t, ok := p.terms[merchant]
	if !ok {
		return t, fmt.Errorf("provider: merchant %q is not in the config", merchant)
	}
	return t, nil
}

// rememberTerms stores the terms with the first run that saw them.
func (p *Provider) rememberTerms(ctx context.Context, tx *database.Tx, t purchase.Terms, at time.Time) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	var n int64
	var known string
	err = tx.QueryRow(ctx, "SELECT n, terms FROM provider_terms WHERE merchant_id = ? ORDER BY n DESC LIMIT 1", t.Merchant).Scan(&n, &known)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || known == string(text) {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO provider_terms (merchant_id, n, seen_at, terms) VALUES (?, ?, ?, ?)", t.Merchant, n+1, at.Unix(), string(text))
	return err
}

// Statement says that the bank has spoken on a day: a payments file, be it
// empty, was accepted. Without it notices are held. It runs in the caller's
// transaction and only adds a row, so it needs no lock.
func (p *Provider) Statement(ctx context.Context, tx *database.Tx, merchant string, day schedules.Date) error {
	_, err := tx.Exec(ctx, "INSERT INTO provider_statements (merchant_id, day) VALUES (?, ?) ON CONFLICT (merchant_id, day) DO NOTHING", merchant, day)
	return err
}

// say appends a document for the merchant.
func say(ctx context.Context, tx *database.Tx, merchant, kind string, at time.Time, ref string, payload any) (int64, error) {
	text := ""
	if payload != nil {
		b, err := json.Marshal(payload)
		if err != nil {
			return 0, err
		}
		text = string(b)
	}
	d := document{Merchant: merchant, Kind: kind, At: at.Unix(), Ref: ref, Payload: text}
	err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(position), 0) + 1 FROM provider_documents WHERE merchant_id = ?", merchant).Scan(&d.Position)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO provider_documents (merchant_id, position, kind, at, ref, payload) VALUES (?, ?, ?, ?, ?, ?)",
		d.Merchant, d.Position, d.Kind, d.At, d.Ref, d.Payload)
	return d.Position, err
}
