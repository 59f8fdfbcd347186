package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func (p *program) printDunned(v forecastView, all bool) error {
	const none = "Nobody is dunned."
	var rows [][]string
	if all {
		for _, n := range v.Dunned {
			rows = append(rows, []string{n.Date.String(), strconv.Itoa(n.Level), n.told(), n.InvoiceNo, n.CustomerNo, n.Charges.String(), n.TotalDue.String()})
		}
		return p.section("Dunned", none, []string{"ON", ">LEVEL", "STATUS", "INVOICE", "CUSTOMER", ">CHARGES", ">DUE"}, rows)
	}
	type step struct {
		day   schedules.Date
		level int
	}
	issued := slices.DeleteFunc(slices.Clone(v.Dunned), func(n futureNotice) bool { return n.held() })
	slices.SortStableFunc(issued, func(a, b futureNotice) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Level, b.Level))
	})
	for _, notices := range grouped(issued, func(n futureNotice) step { return step{n.Date, n.Level} }) {
		charges, due := money.Amount(0), money.Amount(0)
		for _, n := range notices {
			charges, due = charges+n.Charges, due+n.TotalDue
		}
		rows = append(rows, []string{notices[0].Date.String(), strconv.Itoa(notices[0].Level), strconv.Itoa(len(notices)), charges.String(), due.String()})
	}
	if err := p.section("Dunned", none, []string{"ON", ">LEVEL", ">NOTICES", ">CHARGES", ">DUE"}, rows); err != nil {
		return err
	}
	return p.printHeld(v)
}

// printHeld tells for how many claims a notice was due and held, and why.
func (p *program) printHeld(v forecastView) error {
	claims := map[string]map[string]bool{}
	for _, n := range v.Dunned {
		if !n.held() {
			continue
		}
		if claims[n.Hold] == nil {
			claims[n.Hold] = map[string]bool{}
		}
		claims[n.Hold][n.InvoiceNo] = true
	}
	for _, why := range sortedKeys(claims) {
		if err := p.say(fmt.Sprintf("held for %s: %s", why, count(len(claims[why]), "claim", "claims"))); err != nil {
			return err
		}
	}
	return nil
}

func (n futureNotice) held() bool { return n.Status == purchase.NoticeHeld }

// told is the status of a notice, or why it is held.
func (n futureNotice) told() string {
	if n.held() {
		return "HELD " + n.Hold
	}
	return n.Status
}
