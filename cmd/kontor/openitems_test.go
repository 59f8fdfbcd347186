package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

type openItemsFile struct {
	Outstanding money.Amount `json:"outstanding_cents"`
	Buckets     []struct {
		Outstanding money.Amount `json:"outstanding_cents"`
	} `json:"buckets"`
}

type guaranteesFile struct {
	Date    schedules.Date `json:"date"`
	Payouts []struct {
		Date   schedules.Date `json:"payout_date"`
		Claims int64          `json:"claims"`
		Amount money.Amount   `json:"amount_cents"`
	} `json:"payouts"`
	Claims []struct {
		Payout  schedules.Date `json:"payout_date"`
		Invoice string         `json:"invoice_no"`
		Amount  money.Amount   `json:"amount_cents"`
	} `json:"claims"`
}

// With each payout the merchant has its open items, by age, and the forecast of
// guarantees; and what was foretold for a payout is in it, unless something
// happened to the claim. What would break it: a list of another instant than the
// payout's, ages that do not sum up, a forecast by another calendar.
func TestOpenItemsOfPayouts(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.play(t, nil)
	folder := filepath.Join(g.dir, "erp", "out", "payouts")
	payouts, err := readPayouts(folder)
	if err != nil || len(payouts) == 0 {
		t.Fatalf("readPayouts = %d, %v", len(payouts), err)
	}
	foretold := map[schedules.Date]guaranteesFile{} // by the day of the payout that it foretells
	checked := 0
	for _, p := range payouts {
		if before, known := foretold[p.Date]; known {
			checked += checkForecast(t, before, p)
		}
		var items openItemsFile
		readTwin(t, filepath.Join(folder, "openitems_acme_"+p.Date.String()+".json"), &items)
		var sum money.Amount
		for _, b := range items.Buckets {
			sum += b.Outstanding
		}
		rows := readTable(t, filepath.Join(folder, "openitems_acme_"+p.Date.String()+".csv"), ';')
		if column := total(column(t, rows, "Offen", ",")); sum != items.Outstanding || column != sum {
			t.Errorf("payout %s: open items of %s, by age %s, in the table %s", p.ID, items.Outstanding, sum, column)
		}
		var forecast guaranteesFile
		readTwin(t, filepath.Join(folder, "guarantees_acme_"+p.Date.String()+".json"), &forecast)
		for _, week := range forecast.Payouts {
			foretold[week.Date] = forecast // the last one that foretells the day
		}
	}
	if checked == 0 {
		t.Error("no guarantee was foretold")
	}
}

// checkForecast compares a forecast with the payout of the day, and returns how
// many guarantees came as foretold.
func checkForecast(t *testing.T, f guaranteesFile, p payoutFile) (came int) {
	t.Helper()
	lines := map[string]bool{}
	given := map[string]money.Amount{}
	for _, l := range p.Lines {
		lines[l.Invoice] = true
		if l.Type == "GUARANTEE" {
			given[l.Invoice] = l.Amount
		}
	}
	for _, c := range f.Claims {
		if c.Payout != p.Date {
			continue
		}
		amount, guaranteed := given[c.Invoice]
		if !lines[c.Invoice] {
			t.Errorf("payout %s: %s of %s was foretold on %s, and nothing of it came", p.ID, c.Amount, c.Invoice, f.Date)
		}
		if guaranteed && amount == c.Amount {
			came++
		}
		delete(given, c.Invoice)
	}
	for invoice, amount := range given {
		t.Errorf("payout %s: the guarantee of %s over %s was not foretold on %s", p.ID, invoice, amount, f.Date)
	}
	return came
}

func readTwin(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
