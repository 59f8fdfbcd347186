package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// This file reads what came back, as the ERP and its accountant would: the
// JSON twins, and the column of amounts in each payout CSV.

// An ackRecord is a record of an acknowledgement: FILE, WARNING or ROW.
type ackRecord struct {
	Record, Name, Run, Feed, SHA256, Message                 string
	Supplementary                                            bool
	Status                                                   purchase.Verdict
	Code                                                     purchase.Code
	Row, Rows, Booked, Duplicate, Conflict, Parked, Rejected int64
}

// An ack is an acknowledgement: its record FILE, then the others.
type ackFile struct{ Records []ackRecord }

func (a ackFile) file() ackRecord { return a.Records[0] }

// readAcks reads all acknowledgements in a folder, by the run that wrote them.
func readAcks(folder string) (all []ackFile, err error) {
	all, err = readTwins[ackFile](folder)
	all = slices.DeleteFunc(all, func(a ackFile) bool { return len(a.Records) == 0 || a.Records[0].Record != "FILE" })
	slices.SortStableFunc(all, func(a, b ackFile) int { return strings.Compare(a.file().Run, b.file().Run) })
	return all, err
}

type decisionsFile struct {
	Decisions []struct {
		OrderNo  string        `json:"order_no"`
		Decision string        `json:"decision"`
		Code     purchase.Code `json:"code"`
		Approved money.Amount  `json:"approved_amount_cents"`
	}
}

type payoutFile struct {
	ID      string                               `json:"payout_id"`
	Date    schedules.Date                       `json:"payout_date"`
	Opening money.Amount                         `json:"opening_cents"`
	Payout  money.Amount                         `json:"payout_cents"`
	Closing money.Amount                         `json:"closing_cents"`
	Totals  map[purchase.LineType]purchase.Total `json:"totals"`
	Lines   []struct {
		Type    purchase.LineType `json:"line_type"`
		Invoice string            `json:"invoice_no"`
		Amount  money.Amount      `json:"amount_cents"`
	}
}

// readPayouts reads the twins of payouts, and not what lies beside them.
func readPayouts(folder string) ([]payoutFile, error) {
	all, err := readTwins[payoutFile](folder)
	return slices.DeleteFunc(all, func(p payoutFile) bool { return p.ID == "" }), err
}

type dunningFile struct {
	Notices []struct {
		ID          string       `json:"dunning_id"`
		Level       int          `json:"level"`
		Name        string       `json:"level_name"`
		Invoice     string       `json:"invoice_no"`
		Outstanding money.Amount `json:"outstanding_cents"`
		Fee         money.Amount `json:"fee_cents"`
		Flat        money.Amount `json:"flat_cents"`
		Interest    money.Amount `json:"interest_booked_cents"`
		Hold        string       `json:"hold"`
		Status      string       `json:"status"`
	}
}

// readTwins reads the JSON files of a folder, in the order of their names. A
// folder that is not there is empty.
func readTwins[T any](folder string) ([]T, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	all := make([]T, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &all[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// columnSum adds up the amounts of a payout CSV in the style excel-de: by the
// rules it is zero, since what is paid out and carried over is taken away.
func columnSum(file string) (sum money.Amount, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) == 0 {
		return 0, fmt.Errorf("%s: it is empty; want a heading", file)
	}
	column := slices.Index(rows[0], "Betrag")
	if column < 0 {
		return 0, fmt.Errorf("%s: there is no column Betrag", file)
	}
	for i, row := range rows[1:] {
		a, err := money.Parse(strings.Replace(row[column], ",", ".", 1))
		if err == nil {
			sum, err = sum.Add(a)
		}
		if err != nil {
			return 0, fmt.Errorf("%s:%d: %w", file, i+2, err)
		}
	}
	return sum, nil
}
