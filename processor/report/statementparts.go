package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// composition shows how the payout comes about: opening, what came in, what
// went out, payout, closing.
func (s statement) composition() {
	p := s.doc.Payout
	s.heading(s.say("So setzt sich der Betrag zusammen", "How the amount comes about"))
	g := grid{s.paper, font{size: 9}, []column{
		{105 * mm, left, ""},
		{25 * mm, right, s.say("Anzahl", "Number")},
		{35 * mm, right, fmt.Sprintf(s.say("Betrag in %s", "Amount in %s"), p.Currency)},
	}}
	g.head()
	g.row(g.font, s.say("Vortrag aus der vorigen Abrechnung", "Brought forward from the previous payout"), "", s.grouped(p.Opening))
	known := s.group(g, s.say("Was hereinkam", "What came in"), cameIn())
	known = append(known, s.group(g, s.say("Was abging", "What went out"), wentOut())...)
	if len(p.Totals) == 0 {
		g.row(g.font, s.say("In dieser Woche gab es keine Buchungen.", "There were no bookings this week."), "", s.grouped(0))
	}
	s.group(g, s.say("Sonstiges", "Other"), s.others(known))
	g.sum(g.font.strong(), s.paidText(), "", s.grouped(p.Amount))
	g.row(g.font, s.say("Übertrag in die nächste Abrechnung", "Carried forward to the next payout"), "", s.grouped(p.Closing))
	s.y += 4 * mm
}

func (s statement) paidText() string {
	if s.doc.Payout.Amount == 0 {
		return s.say("Auszahlung", "Payout")
	}
	return fmt.Sprintf(s.say("Auszahlung am %s", "Payout on %s"), s.date(s.doc.Payout.Date))
}

func cameIn() []purchase.LineType {
	return []purchase.LineType{purchase.LineCollection, purchase.LineGuarantee, purchase.LineAfterGuarantee, purchase.LineReinstated, purchase.LinePayoutReturned}
}

func wentOut() []purchase.LineType {
	return []purchase.LineType{
		purchase.LineReturn, purchase.LineCredit, purchase.LineDirectPayment, purchase.LineChargeback, purchase.LineReversal,
		purchase.LineFee, purchase.LineVAT,
	}
}

// others are the types that belong to no group, so that the page always adds up.
func (s statement) others(known []purchase.LineType) []purchase.LineType {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.doc.Payout.Totals)), func(t purchase.LineType) bool { return slices.Contains(known, t) })
}

// group draws the types that have lines, under a heading, and returns them.
func (s statement) group(g grid, heading string, types []purchase.LineType) (drawn []purchase.LineType) {
	for _, t := range types {
		total, found := s.doc.Payout.Totals[t]
		if !found {
			continue
		}
		if len(drawn) == 0 {
			g.row(font{size: 9, grey: 70}, heading, "", "")
		}
		drawn = append(drawn, t)
		g.row(g.font, s.label(t), strconv.FormatInt(total.Count, 10), s.grouped(total.Cents))
	}
	return drawn
}

// feeInvoice is the part that § 14 UStG asks for.
func (s statement) feeInvoice() {
	i := s.doc.Invoice
	if i.Number == "" {
		return
	}
	s.heading(fmt.Sprintf(s.say("Rechnung %s vom %s", "Invoice %s of %s"), i.Number, s.date(i.Date)))
	g := grid{s.paper, font{size: 9}, []column{
		{67 * mm, left, s.say("Leistung", "Service")},
		{26 * mm, right, s.say("Netto", "Net")},
		{18 * mm, right, s.say("USt-Satz", "VAT rate")},
		{26 * mm, right, s.say("USt", "VAT")},
		{28 * mm, right, s.say("Brutto", "Gross")},
	}}
	g.head()
	g.row(g.font, s.service(), s.grouped(i.Net), s.percent(i.Rate), s.grouped(i.VAT), s.Renderer.sum(i.Gross, s.doc.Payout.Currency))
	s.paragraph(font{size: 8, grey: 70}, fmt.Sprintf(s.say(
		"Leistungszeitraum %s–%s. Der Rechnungsbetrag ist oben schon abgezogen; Sie müssen nichts überweisen.",
		"Period of the service %s–%s. The amount is deducted above already; you do not have to pay anything."),
		s.date(s.doc.Payout.PeriodFrom), s.date(s.doc.Payout.PeriodTo)))
	if i.Rate == 0 && s.doc.Exemption != "" {
		s.paragraph(font{size: 8, grey: 70}, s.doc.Exemption)
	}
	s.y += 4 * mm
}

func (s statement) service() string {
	count := s.doc.Payout.Totals[purchase.LineFee].Count
	if count == 1 {
		return s.say("Gebühr für den Ankauf einer Rechnung", "Fee for the purchase of one invoice")
	}
	return fmt.Sprintf(s.say("Gebühren für den Ankauf von %d Rechnungen", "Fees for the purchase of %d invoices"), count)
}

// upcoming is what is still to come.
func (s statement) upcoming() {
	s.heading(s.say("Was noch kommt", "What is still to come"))
	f := font{size: 8, grey: 70}
	if len(s.doc.Upcoming) == 0 {
		s.paragraph(f, s.say("Zurzeit ist keine Rechnung offen, für die eine Garantie fällig wird.", "At present no invoice is open for which a guarantee falls due."))
		s.y += 4 * mm
		return
	}
	g := grid{s.paper, font{size: 9}, []column{
		{30 * mm, left, s.say("Woche", "Week")},
		{75 * mm, left, s.say("Garantie fällig", "Guarantee due")},
		{25 * mm, right, s.say("Rechnungen", "Invoices")},
		{35 * mm, right, fmt.Sprintf(s.say("Offen in %s", "Open in %s"), s.doc.Payout.Currency)},
	}}
	g.head()
	for _, m := range s.doc.Upcoming {
		year, week := m.Week.ISOWeek()
		g.row(g.font, fmt.Sprintf(s.say("KW %d/%d", "%d/%d"), week, year), s.date(m.Week)+"–"+s.date(m.Week+6), strconv.FormatInt(m.Claims, 10), s.grouped(m.Amount))
	}
	s.paragraph(f, s.say(
		"Zahlt ein Kunde früher, kommt der Betrag entsprechend früher. Retouren, Rechnungskorrekturen und offene Reklamationen verringern oder verschieben ihn.",
		"If a customer pays before, the amount comes so much sooner. Returns, credit notes and open disputes reduce or delay it."))
	s.y += 4 * mm
}

// lines draws the first lines on pages of their own; all are read, since the
// proof needs them.
func (s statement) lines(ctx context.Context) error {
	count := int64(0)
	for _, t := range s.doc.Payout.Totals {
		count += t.Count
	}
	g := grid{s.paper, font{size: 8}, []column{
		{11 * mm, right, s.say("Zeile", "Line")},
		{19 * mm, left, s.say("Datum", "Date")},
		{89 * mm, left, s.say("Vorgang", "Event")},
		{23 * mm, right, s.say("Betrag", "Amount")},
		{23 * mm, right, s.say("Saldo", "Balance")},
	}}
	for line, err := range checkedLines(ctx, s.doc.Payout) {
		if err != nil {
			return err
		}
		if line.LineNo == 1 {
			s.listing(g, count)
		}
		if line.LineNo <= listed {
			g.row(g.font, strconv.FormatInt(line.LineNo, 10), s.date(line.BookedOn), s.lineText(s.doc.Payout, line), s.grouped(line.Amount), s.grouped(line.Balance))
		}
	}
	return nil
}

// listing begins the pages of lines.
func (s statement) listing(g grid, count int64) {
	s.room(bodyBottom)
	s.paragraph(font{bold: true, size: 10}, s.say("Die Buchungen im Einzelnen", "The bookings one by one"))
	if count > listed {
		s.paragraph(font{size: 8, grey: 70}, fmt.Sprintf(s.say(
			"Die ersten %d von %d Zeilen; alle stehen in der Tabelle %s und in %s.",
			"The first %d of %d lines; all of them are in the table %s and in %s."),
			listed, count, PayoutName(s.doc.Payout, XLSX), PayoutName(s.doc.Payout, CSV)))
	}
	s.y += 2 * mm
	g.head()
}
