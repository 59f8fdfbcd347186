package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func (p *program) printStatus(s standing) error {
	var rows [][]string
	for _, m := range s.Merchants {
		rows = append(rows, []string{
			m.Merchant, m.lastRun(), fmt.Sprint(m.FilesUnread + int64(len(m.FilesHeld))), fmt.Sprint(m.ParkedRows),
			fmt.Sprint(m.RecordsWaiting), m.Suspense.String(), fmt.Sprint(len(m.Outbox)),
		})
	}
	if s.Bank != nil {
		rows = append(rows, []string{"(bank)", s.Bank.lastRun(), fmt.Sprint(s.Bank.FilesUnread + int64(len(s.Bank.FilesHeld))), "–", "–", "–", fmt.Sprint(len(s.Bank.Outbox))})
	}
	err := p.printTable([]string{"MERCHANT", "LAST RUN", ">FILES WAITING", ">ROWS PARKED", ">TO TRANSMIT", ">SUSPENSE", ">TO DELIVER"}, rows)
	if err != nil {
		return err
	}
	if err := p.say(""); err != nil {
		return err
	}
	if err := p.printNext(s); err != nil {
		return err
	}
	if err := p.printTouchless(s); err != nil {
		return err
	}
	lines := []string{"", fmt.Sprintf("Base rates are known until %s.", s.Rates.KnownUntil)}
	if needs := s.needs(); len(needs) > 0 {
		lines = append(append(lines, ""), needs...)
	}
	if len(s.Alarms) > 0 {
		lines = append(append(lines, "", "Alarms:"), alarmLines(s.Alarms)...)
	}
	return p.say(lines...)
}

func (s inboxStanding) lastRun() string {
	if s.LastRun == nil {
		return "never"
	}
	return timeText(*s.LastRun, s.LastRun.Location())
}

// printNext shows when each job is due next, a line for each merchant.
func (p *program) printNext(s standing) error {
	headings := []string{"NEXT"}
	for _, job := range schedules.Jobs() {
		headings = append(headings, strings.ToUpper(string(job)))
	}
	var rows [][]string
	for _, m := range s.Merchants {
		row := []string{m.Merchant}
		for _, job := range schedules.Jobs() {
			cell := "–" // of the provider's
			if i := slices.IndexFunc(m.Next, func(d dueJob) bool { return d.Job == job }); i >= 0 {
				cell = timeText(m.Next[i].At, m.Next[i].At.Location())
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return p.printTable(headings, rows)
}

// needs are the lines about what a person should look at.
func (s standing) needs() (lines []string) {
	if s.Rates.Warning != "" {
		lines = append(lines, "! "+s.Rates.Warning)
	}
	for _, m := range s.Merchants {
		lines = append(lines, m.needs()...)
	}
	if s.Bank == nil {
		return lines
	}
	return append(lines, s.Bank.needs("bank")...)
}

func (m merchantStanding) needs() []string {
	lines := m.inboxStanding.needs(m.Merchant)
	if m.ParkedRows > 0 {
		lines = append(lines, fmt.Sprintf("  %s: %s parked until order or invoice comes, the oldest since %s", m.Merchant, count(m.ParkedRows, "row is", "rows are"), m.ParkedSince))
	}
	if m.SuspenseCount > 0 {
		lines = append(lines, fmt.Sprintf("! %s: %s of %s in suspense; kontor payments list", m.Merchant, count(m.SuspenseCount, "payment", "payments"), m.Suspense))
	}
	for _, c := range m.CommandsWaiting {
		lines = append(lines, fmt.Sprintf("  %s: %s decided %s for %s; the next run tells the provider", m.Merchant, c.Operator, wording(c), c.Subject))
	}
	for _, c := range m.CommandsRefused {
		lines = append(lines, fmt.Sprintf("! %s: on %s %s decided %s for %s, and the provider refused it: %s; %s", m.Merchant, c.Day, c.Operator, wording(c.Command), c.Subject, c.Code, refusedHint(c.Command)))
	}
	if m.HandOver != nil {
		return append(lines, m.handOver()...)
	}
	if m.BatchOpen != 0 {
		lines = append(lines, fmt.Sprintf("! %s: batch %d has no receipt; kontor run finishes the run that was cut off", m.Merchant, m.BatchOpen))
	}
	return lines
}

func (s inboxStanding) needs(name string) (lines []string) {
	if s.OpenRun != nil {
		lines = append(lines, fmt.Sprintf("! %s: the run at %s has not ended: it is going on, or was cut off, and kontor run finishes it or says why not", name, timeText(*s.OpenRun, s.OpenRun.Location())))
	}
	for _, f := range s.FilesHeld {
		lines = append(lines, fmt.Sprintf("! %s: file %s (%s) is HELD: %s; kontor files show %s", name, f.File, f.Name, f.Code, f.File))
	}
	for _, file := range s.Ignored {
		lines = append(lines, fmt.Sprintf("! %s: %q lies in in/ and matches no feed, so nobody takes it; rename it, or name it under profiles", name, file))
	}
	for _, f := range s.Outbox {
		if f.Error != "" {
			lines = append(lines, fmt.Sprintf("! %s: %s was not delivered in %s: %s", name, f.File, count(f.Tries, "try", "tries"), clip(f.Error, 200)))
		}
	}
	return lines
}

// refusedHint says where to look at what a refused decision was about.
func refusedHint(c purchase.Command) string {
	switch c.Kind {
	case purchase.Decide:
		return "look at kontor orders show " + c.Subject + ", and decide again"
	case purchase.Assign:
		return "kontor payments show " + c.Subject + " tells where it is"
	}
	return "kontor claims show " + c.Subject + " tells how it stands"
}
