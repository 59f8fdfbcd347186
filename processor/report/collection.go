package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The hand-over to collection is one file per dunning run, in which an agency
// finds what an application for a payment order must say (§ 690 ZPO): the
// parties, the claim with its number in the catalogue of the courts, principal
// and charges apart, the interest asked for and from which day on. Under each
// claim stand its history and its interest.

// The number of a claim from goods that were delivered, in the catalogue of main
// claims (Hauptforderungskatalog) of the dunning courts.
const (
	catalogueNo   = 43
	catalogueName = "Warenlieferung"
)

// Parties of a hand-over: who claims, and from whom it bought the claims.
type Parties struct {
	Creditor purchase.Party
	Seller   purchase.Party
}

// CollectionName is the name of the hand-over of a dunning run.
func CollectionName(merchant string, day schedules.Date, ending string) string {
	return "collection_" + merchant + "_" + day.String() + ending
}

func collectionColumns() []formats.Column {
	return []formats.Column{
		{Name: "record", German: "Satzart", Kind: formats.Text},
		{Name: "handover_id", German: "Vorgang", Kind: formats.ID},
		{Name: "invoice_no", German: "Rechnungsnummer", Kind: formats.ID},
		{Name: "date", German: "Datum", Kind: formats.Date},
		{Name: "kind", German: "Art", Kind: formats.Text},
		{Name: "document_no", German: "Belegnummer", Kind: formats.ID},
		{Name: "amount", German: "Betrag", Kind: formats.Amount},
		{Name: "principal", German: "Hauptforderung", Kind: formats.Amount},
		{Name: "charges", German: "Nebenforderungen", Kind: formats.Amount},
		{Name: "total", German: "Gesamt", Kind: formats.Amount},
		{Name: "currency", German: "Währung", Kind: formats.ID},
		{Name: "from", German: "Von", Kind: formats.Date},
		{Name: "to", German: "Bis", Kind: formats.Date},
		{Name: "days", German: "Tage", Kind: formats.Int},
		{Name: "rate", German: "Zinssatz %", Kind: formats.Amount},
		{Name: "text", German: "Text", Kind: formats.Text},
		{Name: "order_no", German: "Auftragsnummer", Kind: formats.ID},
		{Name: "customer_no", German: "Kundennummer", Kind: formats.ID},
		{Name: "invoice_date", German: "Rechnungsdatum", Kind: formats.Date},
		{Name: "due_date", German: "Fällig", Kind: formats.Date},
		{Name: "customer_type", German: "Kundenart", Kind: formats.ID},
		{Name: "salutation", German: "Anrede", Kind: formats.Text},
		{Name: "first_name", German: "Vorname", Kind: formats.Text},
		{Name: "last_name", German: "Nachname", Kind: formats.Text},
		{Name: "company", German: "Firma", Kind: formats.Text},
		{Name: "street", German: "Straße", Kind: formats.Text},
		{Name: "house_no", German: "Hausnummer", Kind: formats.ID},
		{Name: "postcode", German: "PLZ", Kind: formats.ID},
		{Name: "city", German: "Ort", Kind: formats.Text},
		{Name: "country", German: "Land", Kind: formats.ID},
		{Name: "email", German: "E-Mail", Kind: formats.Text},
		{Name: "creditor", German: "Gläubiger", Kind: formats.Text},
		{Name: "assigned_by", German: "Abgetreten von", Kind: formats.Text},
		{Name: "assigned_on", German: "Abgetreten am", Kind: formats.Date},
	}
}

// CollectionCSV writes the hand-over as one table: per claim a row CLAIM, a row
// INTEREST for each segment of the interest, and a row EVENT for each line of
// the history, whose columns principal, charges and total are what is open after
// it.
func (r Renderer) CollectionCSV(ctx context.Context, w io.Writer, d purchase.Dunning, p Parties) error {
	t := r.Style.NewTable(w, collectionColumns())
	for h, err := range d.Handovers(ctx) {
		if err != nil {
			return err
		}
		for _, cells := range r.handoverRows(h, p) {
			if err := t.Row(cells...); err != nil {
				return err
			}
		}
	}
	return t.Flush()
}

func (r Renderer) handoverRows(h purchase.Handover, p Parties) [][]any {
	rows := [][]any{r.handoverCells(h, p)}
	for _, s := range h.Segments {
		rows = append(rows, padded(r.word("Zinsen", "INTEREST"), h.ID, r.foreign(h.InvoiceNo), h.Day, "", "", nil, s.Outstanding, nil, nil,
			r.Currency, s.From, s.To, s.Days, money.Amount(s.BasisPoints), r.segments([]purchase.Segment{s})))
	}
	for _, e := range h.Events {
		rows = append(rows, padded(r.word("Verlauf", "EVENT"), h.ID, r.foreign(h.InvoiceNo), e.Date, r.eventKind(e.Kind), r.foreign(e.DocumentNo),
			e.Amount, e.PrincipalAfter, e.ChargesAfter, e.PrincipalAfter+e.ChargesAfter, r.Currency, schedules.Date(0), schedules.Date(0), nil, nil, r.eventText(e)))
	}
	return rows
}

// padded adds the empty cells that only a CLAIM fills.
func padded(cells ...any) []any {
	empty := make([]any, len(collectionColumns())-len(cells))
	return append(cells, empty...)
}

func (r Renderer) handoverCells(h purchase.Handover, p Parties) []any {
	d := h.Debtor
	return []any{
		r.word("Forderung", "CLAIM"), h.ID, r.foreign(h.InvoiceNo), h.Day, fmt.Sprintf("%s (%d)", catalogueName, catalogueNo), "",
		h.Invoiced, h.Principal, h.Charges, h.Total, r.Currency, h.InterestFrom, schedules.Date(0), nil, money.Amount(h.Rate), r.demand(h),
		r.foreign(h.OrderNo), r.foreign(h.CustomerNo), h.InvoiceDate, h.DueDate,
		d.CustomerType, r.foreign(d.Salutation), r.foreign(d.FirstName), r.foreign(d.LastName), r.foreign(d.Company), r.foreign(d.Street),
		r.foreign(d.HouseNo), r.foreign(d.Postcode), r.foreign(d.City), d.Country, r.foreign(d.Email),
		r.foreign(oneLine(p.Creditor)), r.foreign(oneLine(p.Seller)), h.AssignedOn,
	}
}

// oneLine is a party with its address in one line.
func oneLine(p purchase.Party) string {
	return strings.Join(filled(p.Name, p.Street, strings.Join(filled(p.Postcode, p.City), " ")), ", ")
}

// demand is the claim in a sentence, as an application for a payment order
// words it.
func (r Renderer) demand(h purchase.Handover) string {
	return fmt.Sprintf(r.say(
		"Warenlieferung gemäß Rechnung %s vom %s; Zinsen in Höhe von %s Prozentpunkten über dem Basiszinssatz (zurzeit %s %%) aus %s seit dem %s, täglich %s; Nebenforderungen: Mahnkosten %s, Pauschale § 288 Abs. 5 BGB %s, ausgerechnete Zinsen %s, darauf gezahlt %s, erlassen %s",
		"Goods delivered, invoice %s of %s; interest of %s percentage points above the base rate (now %s %%) on %s from %s on, %s a day; charges: dunning fees %s, flat sum § 288 (5) BGB %s, interest worked out %s, paid on them %s, given up %s"),
		h.InvoiceNo, r.date(h.InvoiceDate), r.amount(money.Amount(h.Points)), r.amount(money.Amount(h.BaseRate)), r.amount(h.Principal),
		r.date(h.InterestFrom), r.tenThousandths(h.Daily), r.amount(h.Fees), r.amount(h.Flat), r.amount(h.Interest), r.amount(h.ChargesPaid), r.amount(h.ChargesGiven))
}

// tenThousandths prints a number with four decimals.
func (r Renderer) tenThousandths(n int64) string {
	return fmt.Sprintf("%d%s%04d", n/10_000, r.say(",", "."), n%10_000)
}

// eventKind names an event as the style does.
func (r Renderer) eventKind(k purchase.EventKind) string {
	german := map[purchase.EventKind]string{
		purchase.EventInvoice: "Rechnung", purchase.EventPayment: "Zahlung", purchase.EventReturned: "Rücküberweisung",
		purchase.EventReturn: "Retoure", purchase.EventCredit: "Rechnungskorrektur", purchase.EventReinstated: "Wiederauflebung",
		purchase.EventDirectPayment: "Direktzahlung", purchase.EventNotice: "Mahnung", purchase.EventWaiver: "Erlass von Nebenforderungen",
		purchase.EventWriteOff: "Ausbuchung", purchase.EventAnnounced: "Retoure angekündigt", purchase.EventBooking: "Buchung",
		purchase.EventKind(purchase.DueChange): "Fälligkeit verlegt", purchase.EventKind(purchase.Hold): "Mahnsperre",
		purchase.EventKind(purchase.Release): "Mahnsperre aufgehoben", purchase.EventKind(purchase.Dispute): "Reklamation",
		purchase.EventKind(purchase.DisputeClosed): "Reklamation erledigt",
	}[k]
	if german == "" {
		german = string(k)
	}
	return r.word(german, string(k))
}

// eventText tells what the other columns do not.
func (r Renderer) eventText(e purchase.HandoverEvent) string {
	switch {
	case e.Kind == purchase.EventNotice:
		sent := r.say("noch nicht versandt", "not sent yet")
		if !e.SentOn.IsZero() {
			sent = fmt.Sprintf(r.say("versandt am %s", "sent on %s"), r.date(e.SentOn))
		}
		return fmt.Sprintf(r.say("Stufe %d, %s", "level %d, %s"), e.Level, sent)
	case e.Kind == purchase.EventKind(purchase.DueChange):
		return fmt.Sprintf(r.say("fällig am %s", "due on %s"), r.date(e.Date))
	case e.Entry == 0:
		return ""
	}
	return fmt.Sprintf(r.say("Hauptforderung %s, Nebenforderungen %s, Buchung %d", "principal %s, charges %s, entry %d"), r.signed(e.Principal), r.signed(e.Charges), e.Entry)
}

// signed prints an amount with its sign.
func (r Renderer) signed(a money.Amount) string {
	switch {
	case a > 0:
		return "+" + r.amount(a)
	case a < 0:
		return "−" + r.amount(-a)
	}
	return r.amount(a)
}

// CollectionJSON writes the twin of [Renderer.CollectionCSV].
func (r Renderer) CollectionJSON(ctx context.Context, w io.Writer, d purchase.Dunning, p Parties) error {
	t := r.twin(w, "run_date", d.RunDate)
	t.field("creditor", p.Creditor)
	t.field("assigned_by", p.Seller)
	t.field("catalogue_no", catalogueNo)
	t.field("catalogue_name", catalogueName)
	t.list("claims")
	for h, err := range d.Handovers(ctx) {
		if err != nil {
			return err
		}
		t.item(h)
	}
	t.endList()
	return t.close()
}
