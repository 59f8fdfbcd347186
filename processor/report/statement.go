package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// PDF is the ending of statements and letters, see [PayoutName].
const PDF = ".pdf"

// A StatementDocument is a statement of a payout (Abrechnung), which is the
// invoice for its fees too (§ 14 UStG).
type StatementDocument struct {
	Payout   purchase.Payout
	Invoice  purchase.FeeInvoice // without number: nothing was charged
	Provider purchase.Party
	Merchant purchase.Party      // its IBAN, if given, is where the payout goes
	Upcoming []purchase.Maturity // in the order of weeks
	// Exemption is why there is no VAT, where the rate is 0.
	Exemption string
}

// listed is how many lines a statement shows; all of them are in the tables
// beside it.
const listed = 200

// PayoutPDF writes the statement of a payout: what a merchant wants to know on
// the first page, then the first 200 lines. The same document is the same bytes.
// A payout whose numbers do not agree, or do not agree with the fee invoice, and
// a fee invoice that lacks what § 14 UStG asks for, are errors; nothing is
// written then.
func (r Renderer) PayoutPDF(ctx context.Context, w io.Writer, d StatementDocument) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("payout %s: %w", d.Payout.ID, err)
	}
	s := statement{r, newPaper(r.statementTitle(d), d.Provider.Name, d.Payout.Cutoff), d}
	s.first()
	if err := s.lines(ctx); err != nil {
		return err
	}
	r.end(s.paper, d.Provider)
	return s.write(w)
}

// A statement is one that is being drawn.
type statement struct {
	Renderer
	*paper
	doc StatementDocument
}

func (r Renderer) statementTitle(d StatementDocument) string {
	_, week := d.Payout.PeriodTo.ISOWeek()
	return fmt.Sprintf(r.say("Abrechnung für Kalenderwoche %d: %s", "Statement of week %d: %s"), week, d.Payout.ID)
}

// first draws the first page; what does not fit goes on.
func (s statement) first() {
	s.begin(s.paper, letterhead{
		sender: s.doc.Provider, to: s.address(s.doc.Merchant, s.doc.Provider.Country), info: s.references(),
		next: s.statementTitle(s.doc),
	})
	s.title()
	s.result()
	s.composition()
	s.feeInvoice()
	s.upcoming()
	s.evidence()
}

func (s statement) references() [][2]string {
	p := s.doc.Payout
	info := [][2]string{
		{s.say("Auszahlung", "Payout"), p.ID},
		{s.say("Zeitraum", "Period"), s.date(p.PeriodFrom) + "–" + s.date(p.PeriodTo)},
		{s.say("Stichtag", "Cutoff"), p.Cutoff.Format(s.say("02.01.2006, 15:04 Uhr", "2006-01-02, 15:04"))},
	}
	if p.Version > 1 {
		info = append(info, [2]string{"Version", fmt.Sprintf(s.say("%d, ersetzt Version %d", "%d, supersedes version %d"), p.Version, p.Version-1)})
	}
	if s.doc.Invoice.Number == "" {
		return append(info, [2]string{s.say("Datum", "Date"), s.date(schedules.DateOf(p.Cutoff))})
	}
	return append(info,
		[2]string{s.say("Rechnungsnummer", "Invoice number"), s.doc.Invoice.Number},
		[2]string{s.say("Rechnungsdatum", "Invoice date"), s.date(s.doc.Invoice.Date)},
		[2]string{s.say("Ihre USt-IdNr.", "Your VAT ID"), s.doc.Merchant.VATID})
}

func (s statement) title() {
	s.paragraph(font{bold: true, size: 13}, s.statementTitle(s.doc))
	if s.doc.Invoice.Number != "" {
		s.paragraph(font{size: 9, grey: 70}, fmt.Sprintf(s.say("zugleich Rechnung %s über unsere Gebühren", "and invoice %s for our fees"), s.doc.Invoice.Number))
	}
	s.y += 3 * mm
}

// result says in a box what is paid, when and where.
func (s statement) result() {
	const height, inset = 17 * mm, 4 * mm
	s.fill(marginLeft, s.y, bodyWidth, height, 235)
	big, small := font{bold: true, size: 16}, font{size: 9}
	s.text(big, marginLeft+inset, s.y+2*mm, bodyWidth-2*inset, right, s.Renderer.sum(s.doc.Payout.Amount, s.doc.Payout.Currency))
	s.text(font{bold: true, size: 12}, marginLeft+inset, s.y+2*mm+60, bodyWidth/2, left, s.say("Auszahlung", "Payout"))
	s.text(small, marginLeft+inset, s.y+10*mm, bodyWidth-2*inset, left, s.where())
	s.y += height + 4*mm
}

func (s statement) where() string {
	p := s.doc.Payout
	switch {
	case p.Amount > 0:
	case p.Closing == 0:
		return s.payoutText(p) + "."
	default:
		return s.payoutText(p) + fmt.Sprintf(s.say("; %s gehen in die nächste Abrechnung ein.", "; %s go into the next payout."), s.Renderer.sum(p.Closing, p.Currency))
	}
	return fmt.Sprintf(s.say("Wir überweisen am %s auf Ihr Konto%s.", "We transfer it on %s to your account%s."),
		s.date(p.Date), labelled(" ", strings.Join(filled(spaced(s.doc.Merchant.IBAN), labelled("BIC ", s.doc.Merchant.BIC)), ", ")))
}

// heading begins a part of the page, which has at least some height.
func (s statement) heading(text string) {
	const least = 16 * mm
	s.room(least)
	s.paragraph(font{bold: true, size: 10}, text)
	s.y += mm / 2
}

// evidence lets an auditor find the payout in the books.
func (s statement) evidence() {
	s.room(14 * mm)
	f := font{size: 7, grey: 70}
	s.paragraph(f, fmt.Sprintf(s.say(
		"Die Bücher sind eine Kette: jede Buchung trägt die Prüfsumme (SHA-256) aller vorigen. Stand der Kette bei dieser Abrechnung:\n%s",
		"The books are a chain: each entry carries the checksum (SHA-256) of all before it. Head of the chain at this payout:\n%s"), s.doc.Payout.LedgerHead))
}

// label names a type of lines, for a sum of several.
func (r Renderer) label(t purchase.LineType) string {
	switch t {
	case purchase.LineCollection:
		return r.say("Zahlungen Ihrer Kunden", "Payments of your customers")
	case purchase.LineGuarantee:
		return r.say("Garantie nach Ablauf der Frist", "Guarantee after the term")
	case purchase.LineAfterGuarantee:
		return r.say("Zahlungen nach der Garantie (Ihnen schon gutgeschrieben)", "Payments after the guarantee (credited to you before)")
	case purchase.LinePayoutReturned:
		return r.say("Auszahlungen, die Ihre Bank zurückgab", "Payouts that your bank gave back")
	case purchase.LineReinstated:
		return r.say("Wiederauflebung nach Rechnungskorrekturen", "Reinstated by corrections")
	case purchase.LineReturn:
		return r.say("Retouren", "Returns")
	case purchase.LineCredit:
		return r.say("Rechnungskorrekturen", "Credit notes")
	case purchase.LineDirectPayment:
		return r.say("Direktzahlungen an Sie", "Paid directly to you")
	case purchase.LineChargeback:
		return r.say("Rücküberweisungen", "Payments returned by the bank")
	case purchase.LineReversal:
		return r.say("Rückgriff: Garantie zurückgenommen", "Recourse: guarantee taken back")
	case purchase.LineFee:
		return r.say("Gebühren, netto", "Fees, net")
	case purchase.LineVAT:
		return r.say("Umsatzsteuer auf die Gebühren", "VAT on the fees")
	}
	other := r
	other.Style = formats.ExcelDE
	if r.Language == formats.English {
		other.Style = formats.ExcelEN
	}
	return other.lineType(t)
}
