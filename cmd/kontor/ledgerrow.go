package main

import (
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A ledgerRow is one row of the export.
type ledgerRow struct {
	record   string // OPENING, POSTING, CLOSING or HEAD
	entry    ledger.Entry
	line     int
	account  string
	amount   money.Amount // debit positive
	document string
	previous string
}

func ledgerExportColumns() []formats.Column {
	return []formats.Column{
		{Name: "record", Kind: formats.Text},
		{Name: "entry", Kind: formats.Int},
		{Name: "line", Kind: formats.Int},
		{Name: "booked_at", Kind: formats.Text},
		{Name: "business_date", Kind: formats.Date},
		{Name: "account", Kind: formats.Text},
		{Name: "debit", Kind: formats.Amount},
		{Name: "credit", Kind: formats.Amount},
		{Name: "document", Kind: formats.Text},
		{Name: "cause", Kind: formats.Text},
		{Name: "previous_hash", Kind: formats.Text},
		{Name: "hash", Kind: formats.Text},
	}
}

// cells are the row in the table; what a record does not have is empty.
func (r ledgerRow) cells() []any {
	var entry, line, booked, debit, credit any
	if r.entry.ID > 0 {
		entry = r.entry.ID
	}
	if r.line > 0 {
		line, booked = r.line, r.entry.BookedAt.UTC().Format(time.RFC3339)
	}
	switch {
	case r.record == "HEAD":
	case r.amount < 0:
		credit = -r.amount
	default:
		debit = r.amount
	}
	return []any{r.record, entry, line, booked, r.entry.BusinessDate, r.account, debit, credit, r.document, r.entry.Cause, r.previous, r.entry.Hash}
}

// object is the row as JSON: amounts in cents, debit positive.
func (r ledgerRow) object() any {
	switch r.record {
	case "POSTING":
		return struct {
			Record   string         `json:"record"`
			Entry    int64          `json:"entry"`
			Line     int            `json:"line"`
			BookedAt string         `json:"booked_at"`
			Date     schedules.Date `json:"business_date"`
			Account  string         `json:"account"`
			Amount   money.Amount   `json:"amount_cents"`
			Document string         `json:"document"`
			Cause    string         `json:"cause"`
			Previous string         `json:"previous_hash"`
			Hash     string         `json:"hash"`
		}{
			r.record, r.entry.ID, r.line, r.entry.BookedAt.UTC().Format(time.RFC3339), r.entry.BusinessDate, r.account, r.amount, r.document,
			r.entry.Cause, r.previous, r.entry.Hash,
		}
	case "HEAD":
		return struct {
			Record string `json:"record"`
			Entry  int64  `json:"entry"`
			Hash   string `json:"hash"`
		}{r.record, r.entry.ID, r.entry.Hash}
	}
	return struct {
		Record  string       `json:"record"`
		Account string       `json:"account"`
		Balance money.Amount `json:"balance_cents"`
	}{r.record, r.account, r.amount}
}
