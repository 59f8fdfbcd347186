package main

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/processor/outbox"
)

// printTrace shows a trace: for each thing how it stands, then each way, a step
// a line. On a terminal long lines go on below where their text begins.
func (p *program) printTrace(t tracing, zone *time.Location) error {
	w := tracePrinter{width: terminalWidth(p.out), zone: zone}
	for i, f := range t.Found {
		if i > 0 {
			w.b.WriteString("\n")
		}
		w.line(0, f.Kind+" "+f.ID+": ", f.Text)
		for _, one := range f.Ways {
			w.way(f, one)
		}
		if err := p.say(strings.TrimSuffix(w.b.String(), "\n")); err != nil {
			return err
		}
		w.b.Reset()
		if err := p.printTraceTables(f); err != nil {
			return err
		}
	}
	return nil
}

type tracePrinter struct {
	b     strings.Builder
	width int // 0: endless
	zone  *time.Location
}

// way shows one way. Of a payout that other things lead to the report alone is
// shown; kontor trace PAYOUT tells the rest.
func (w *tracePrinter) way(f finding, one *way) {
	if one != f.Ways[0] || one.Kind != f.Kind || one.ID != f.ID {
		w.b.WriteString("\n")
		text := ""
		if one.Text != "" && one.Text != f.Text {
			text = ": " + one.Text
		}
		w.line(0, one.Kind+" ", one.ID+text)
	}
	hidden := 0
	for _, s := range one.Steps {
		switch {
		case s.File != nil && one.hasTable(s.File.File):
		case s.File != nil && one.Kind == "payout" && f.Kind != "payout" && !isPayoutTable(s.File.File) && s.File.Kind != outbox.Answer:
			hidden++
		default:
			w.step(s)
		}
	}
	if hidden > 0 {
		w.line(2, strings.Repeat(" ", 29), fmt.Sprintf("and %s; kontor trace %s", count(hidden, "file more", "files more"), one.ID))
	}
}

func (w *tracePrinter) step(s traceStep) {
	when := "–"
	if s.At != nil {
		when = timeText(*s.At, w.zone)
	}
	w.line(2, fmt.Sprintf("%-16s  %-9s  ", when, stepName(s)), s.Text)
}

// stepName is the kind of a step as it is shown: of a file whether it has arrived.
func stepName(s traceStep) string {
	switch {
	case s.File == nil:
		return s.Kind
	case s.File.Delivered != nil:
		return "delivered"
	case s.File.Error != "":
		return "fails"
	}
	return "waits"
}

// hasTable reports whether a file is the twin for machines of a table that
// stands in the way too.
func (w *way) hasTable(file string) bool {
	base, isTwin := strings.CutSuffix(file, ".json")
	if !isTwin {
		return false
	}
	for _, s := range w.Steps {
		if s.File != nil && s.File.File == base+".csv" {
			return true
		}
	}
	return false
}

// line writes a text behind a head; lines that it is broken into begin below it.
func (w *tracePrinter) line(indent int, head, text string) {
	head = strings.Repeat(" ", indent) + head
	at := utf8.RuneCountInString(head)
	hang := min(at, 30)
	w.b.WriteString(head)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case w.width > 0 && at+1+n > w.width:
			w.b.WriteString("\n" + strings.Repeat(" ", hang))
			at = hang
		default:
			w.b.WriteString(" ")
			at++
		}
		w.b.WriteString(word)
		at += n
	}
	w.b.WriteString("\n")
}

func (p *program) printTraceTables(f finding) error {
	var err error
	switch {
	case len(f.Lines) > 0:
		err = p.printTraceLines(f.Lines)
	case len(f.Rows) > 0:
		err = p.printTraceRows(f.Kind, f.Rows)
	}
	if err != nil || f.LeftOut == 0 {
		return err
	}
	return p.say("", fmt.Sprintf("%d more: --limit %d shows all.", f.LeftOut, f.LeftOut+int64(len(f.Rows)+len(f.Lines))))
}

func (p *program) printTraceLines(lines []payoutLine) error {
	var rows [][]string
	for _, l := range lines {
		from, travelled := l.Source, ""
		if l.Row != nil {
			from = fmt.Sprintf("%s line %d", l.Row.Name, l.Row.Line)
			travelled = recordText(*l.Row)
		}
		rows = append(rows, []string{
			strconv.FormatInt(l.LineNo, 10), string(l.Type), dash(l.Invoice), signed(l.Amount), strconv.FormatInt(l.Entry, 10), from, dash(travelled),
		})
	}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable([]string{">LINE", "TYPE", "INVOICE", ">AMOUNT", ">ENTRY", "FROM", "BATCH"}, rows)
}

// recordText is where a row travelled, such as B000042:7.
func recordText(r traceRow) string {
	if r.Batch == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", batchName(r.Batch), r.Record)
}

func (p *program) printTraceRows(kind string, all []traceRow) error {
	var rows [][]string
	for _, r := range all {
		verdict := verdictText(r.Status, r.Code)
		if kind == "batch" {
			rows = append(rows, []string{r.Feed, strconv.FormatInt(r.Record, 10), dash(r.Document), fmt.Sprintf("%s line %d", r.Name, r.Line), verdict})
			continue
		}
		rows = append(rows, []string{strconv.FormatInt(r.Line, 10), dash(r.Document), verdict, dash(recordText(r))})
	}
	headings := []string{">LINE", "DOCUMENT", "VERDICT", "BATCH"}
	if kind == "batch" {
		headings = []string{"FEED", ">RECORD", "DOCUMENT", "FROM", "VERDICT"}
	}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable(headings, rows)
}

func isPayoutTable(file string) bool {
	return strings.HasPrefix(path.Base(file), "payout_") && strings.HasSuffix(file, ".csv")
}
