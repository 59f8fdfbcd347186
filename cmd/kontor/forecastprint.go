package main

import (
	"fmt"
	"strconv"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// assumptions say what a forecast takes for granted.
func assumptions(f processor.Forecast) []string {
	bank := "the bank says on each bank day that nobody paid"
	if f.Silent {
		bank = "the bank sends no statement any more, so notices are held"
	}
	return []string{
		"the worst case: no payment is expected, the guarantee pays",
		"no further file comes from the ERP",
		bank,
		"letters leave on their day",
	}
}

func (p *program) printForecast(v forecastView, all bool) error {
	head := []string{fmt.Sprintf("Forecast for %s from %s until %s. Nothing is written or sent.", v.Merchant, timeText(v.AsOf, v.AsOf.Location()), timeText(v.Until, v.Until.Location())), "It takes for granted:"}
	for _, a := range v.Assumes {
		head = append(head, "- "+a)
	}
	if err := p.say(head...); err != nil {
		return err
	}
	for _, print := range []func(forecastView, bool) error{p.printArrived, p.printFuturePayouts, p.printGuaranteed, p.printDunned, p.printSums} {
		if err := print(v, all); err != nil {
			return err
		}
	}
	return nil
}

// section prints a heading, and a table or what to say when it is empty.
func (p *program) section(heading, none string, columns []string, rows [][]string) error {
	if len(rows) == 0 {
		return p.say("", none)
	}
	if err := p.say("", heading); err != nil {
		return err
	}
	return p.printTable(columns, rows)
}

// printArrived tells what became of the files of --what-if.
func (p *program) printArrived(v forecastView, _ bool) error {
	if v.WhatIf == nil {
		return nil
	}
	for _, f := range v.WhatIf.Files {
		err := p.say("", fmt.Sprintf("%s (%s) arrives: %s, %d rows: %d booked, %d duplicate, %d conflict, %d rejected, %d parked",
			f.Name, f.Feed, f.verdict(), f.Rows, f.Now.Booked, f.Now.Duplicate, f.Now.Conflict, f.Now.Rejected, f.Now.Parked))
		if err != nil {
			return err
		}
		if f.Code != "" {
			if err := p.say(string(f.Code) + ": " + f.Message); err != nil {
				return err
			}
		}
		if err := p.printRows(f.NotBooked); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) printFuturePayouts(v forecastView, all bool) error {
	var rows, lines [][]string
	for _, w := range v.Payouts {
		change := money.Amount(0)
		for _, l := range w.Lines {
			change += l.Amount
			lines = append(lines, []string{w.ID, strconv.FormatInt(l.LineNo, 10), string(l.Type), dateText(l.BookedOn), dash(l.InvoiceNo), dash(l.DocumentNo), signed(l.Amount), l.Balance.String()})
		}
		rows = append(rows, []string{w.ID, w.Date.String(), w.Opening.String(), strconv.Itoa(len(w.Lines)), signed(change), w.Amount.String(), w.Closing.String()})
	}
	err := p.section("Payouts", "No payout.", []string{"PAYOUT", "ON", ">OPENING", ">LINES", ">SUM", ">PAID", ">CLOSING"}, rows)
	if err != nil || !all || len(lines) == 0 {
		return err
	}
	return p.section("Lines of the payouts", "", []string{"PAYOUT", ">LINE", "TYPE", "BOOKED", "INVOICE", "DOCUMENT", ">AMOUNT", ">BALANCE"}, lines)
}

func (p *program) printGuaranteed(v forecastView, all bool) error {
	const none = "No claim is guaranteed."
	var rows [][]string
	if all {
		for _, c := range v.Guaranteed {
			rows = append(rows, []string{c.Date.String(), c.InvoiceNo, c.CustomerNo, c.Amount.String()})
		}
		return p.section("Guaranteed", none, []string{"ON", "INVOICE", "CUSTOMER", ">AMOUNT"}, rows)
	}
	byDay := grouped(v.Guaranteed, func(c futureClaim) schedules.Date { return c.Date })
	for _, claims := range byDay {
		sum := money.Amount(0)
		for _, c := range claims {
			sum += c.Amount
		}
		rows = append(rows, []string{claims[0].Date.String(), strconv.Itoa(len(claims)), sum.String()})
	}
	return p.section("Guaranteed", none, []string{"ON", ">CLAIMS", ">AMOUNT"}, rows)
}

// grouped puts values with the same key together, in the order of their first.
func grouped[T any, K comparable](all []T, key func(T) K) (groups [][]T) {
	at := map[K]int{}
	for _, v := range all {
		i, known := at[key(v)]
		if !known {
			i = len(groups)
			at[key(v)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

func (p *program) printSums(v forecastView, _ bool) error {
	heading := []string{"", ">UNTIL " + schedules.DateOf(v.Until).String()}
	cells := func(s sums, text func(money.Amount) string) []string {
		n := func(i int64) string { return strconv.FormatInt(i, 10) }
		return []string{text(s.Paid), text(s.Guaranteed), n(s.Claims), n(s.Notices), n(s.HeldClaims), text(s.DebtorCharges), text(s.Owed)}
	}
	columns := [][]string{
		{"paid out", "guaranteed", "  claims", "notices", "claims with a notice held", "dunning charges, owed by debtors", "credited, still to be paid"},
		cells(v.Totals, money.Amount.String),
	}
	if v.WhatIf != nil {
		heading = append(heading, ">WITHOUT THE FILES", ">DIFFERENCE")
		columns = append(columns, cells(v.WhatIf.Without, money.Amount.String), cells(v.WhatIf.Difference, signed))
	}
	rows := make([][]string, len(columns[0]))
	for i := range rows {
		for _, c := range columns {
			rows[i] = append(rows[i], c[i])
		}
	}
	if err := p.section("Together", "", heading, rows); err != nil || v.WhatIf == nil {
		return err
	}
	if err := p.say("", "What the files change until then."); err != nil {
		return err
	}
	return p.printEffects(v.WhatIf.Effects)
}
