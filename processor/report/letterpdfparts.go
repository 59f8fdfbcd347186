package report

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// claims draws a part for each stage: what it is about, and the claims.
func (d *dunningLetter) claims() {
	for i := 0; i < len(d.notices); {
		end := i + 1
		for end < len(d.notices) && stageOf(d.notices[end]) == stageOf(d.notices[i]) {
			end++
		}
		part := d.notices[i:end]
		if len(part) < len(d.notices) {
			d.room(30 * mm)
			d.paragraph(font{bold: true, size: 10}, d.levelName(part[0]))
		}
		d.paragraph(font{size: 10}, d.intro(stageOf(part[0]), len(part), len(part) < len(d.notices)))
		d.y += 2 * mm
		d.table(part)
		i = end
	}
}

func (d *dunningLetter) table(notices []purchase.Notice) {
	g := grid{d.paper, font{size: 9}, []column{
		{34 * mm, left, d.say("Rechnung", "Invoice")},
		{20 * mm, left, d.say("vom", "Date")},
		{20 * mm, left, d.say("fällig am", "Due")},
		{24 * mm, right, d.say("Betrag", "Amount")},
		{23 * mm, right, d.say("offen", "Open")},
		{18 * mm, right, d.say("Kosten", "Costs")},
		{26 * mm, right, d.say("zu zahlen", "To pay")},
	}}
	g.head()
	for _, n := range notices {
		if d.room(4 * g.font.height()) {
			g.head()
		}
		g.row(g.font, n.InvoiceNo, d.date(n.InvoiceDate), d.date(n.DueDate), d.grouped(n.Invoiced), d.grouped(n.Outstanding),
			d.grouped(n.ChargesTotal), d.grouped(n.TotalDue))
		for _, text := range d.costs(n) {
			d.paragraph(font{size: 8, grey: 70}, text)
		}
	}
	d.rule(marginLeft, d.y+mm/2, bodyWidth)
	d.y += 3 * mm
}

// costs says how the costs of a claim come about; nothing if there are none.
func (d *dunningLetter) costs(n purchase.Notice) (texts []string) {
	var parts []string
	part := func(a money.Amount, text string) {
		if a != 0 {
			parts = append(parts, text+" "+d.Renderer.sum(a, d.Currency))
		}
	}
	part(n.Fee, d.say("Mahngebühr", "dunning fee"))
	part(n.Flat, d.say("Pauschale (§ 288 Absatz 5 BGB)", "lump sum (§ 288 (5) BGB)"))
	part(n.InterestBooked, d.say("Verzugszinsen", "default interest"))
	part(earlier(n), d.say("aus früheren Schreiben noch offen", "still open of earlier letters"))
	if len(parts) > 0 {
		texts = append(texts, fmt.Sprintf(d.say("Kosten zu %s: %s", "Costs of %s: %s"), n.InvoiceNo, strings.Join(parts, ", ")))
	}
	if len(n.Segments) > 0 && (n.InterestTotal != 0 || n.InterestBooked != 0) {
		texts = append(texts, fmt.Sprintf(d.say("Verzugszinsen insgesamt %s, je Jahr von 365 Tagen: %s", "Default interest in all %s, per year of 365 days: %s"),
			d.Renderer.sum(n.InterestTotal, d.Currency), d.segments(n.Segments)))
	}
	return texts
}

// earlier are the costs of earlier letters that are still open.
func earlier(n purchase.Notice) money.Amount {
	return n.ChargesTotal - n.Fee - n.Flat - n.InterestBooked
}

// ask says how much is to be paid and until when.
func (d *dunningLetter) ask(total money.Amount) {
	d.paragraph(font{bold: true, size: 10}, d.request(d.Renderer.sum(total, d.Currency)))
	body := font{size: 10}
	d.y += mm
	d.paragraph(body, d.crossed())
	d.y += 2 * mm
}

const qrSize = 32 * mm // with its quiet zone

// payments draws bank details and QR codes, one for each reference.
func (d *dunningLetter) payments(transfers []transfer) {
	many := len(transfers) > 1
	if many {
		d.paragraph(font{size: 10}, d.separately())
		d.y += 2 * mm
	}
	for _, t := range transfers {
		details := d.details(t.PaymentAdvice)
		if many {
			details = append(details, [2]string{d.say("für Rechnung", "for invoice"), strings.Join(t.invoices, ", ")})
		}
		d.pay(t.PaymentAdvice, details)
	}
	d.paragraph(font{size: 8, grey: 70}, d.how(d.Currency == "EUR"))
	d.y += mm
}

func (d *dunningLetter) details(a purchase.PaymentAdvice) [][2]string {
	details := [][2]string{
		{d.say("Empfänger", "Recipient"), a.Recipient},
		{"IBAN", spaced(a.IBAN)},
		{"BIC", strings.Join(filled(a.BIC, a.BankName), ", ")},
		{d.say("Betrag", "Amount"), d.Renderer.sum(a.Amount, d.Currency)},
		{d.say("Verwendungszweck", "Reference"), reference(a.Reference)},
	}
	if a.Short != "" {
		details = append(details, [2]string{d.say("oder kurz", "or in short"), a.Short})
	}
	return details
}

// pay draws the QR code of one reference, and beside it what it says.
func (d *dunningLetter) pay(a purchase.PaymentAdvice, details [][2]string) {
	const label = 32 * mm
	x, f := marginLeft, font{size: 9, bold: true}
	if d.Currency == "EUR" {
		x += qrSize + 4*mm
	}
	values, height := make([][]string, len(details)), 2*mm
	for i, item := range details {
		values[i] = d.wrap(f, bodyRight-x-label, item[1])
		height += length(len(values[i])) * f.height()
	}
	height = max(height, qrSize)
	d.room(height)
	if d.Currency == "EUR" {
		payload, err := EPCPayload(a, d.Currency)
		d.keep(err)
		d.qr(payload, marginLeft, d.y)
	}
	y := d.y + 2*mm
	for i, item := range details {
		d.text(font{size: 9, grey: 70}, x, y, label, left, item[0])
		d.lines(f, x+label, y, bodyRight-x-label, values[i]...)
		y += length(len(values[i])) * f.height()
	}
	d.y += height + mm
}

// reference prints a creditor reference in groups, and any other as it is.
func reference(s string) string {
	if purchase.ValidReference(s) {
		return spaced(s)
	}
	return s
}

// qr draws the code of a payment with a quiet zone of four modules; error
// correction level M (EPC069-12).
func (p *paper) qr(payload string, x, y length) {
	const quiet, overlap = 4, 2 // modules; and so that no light shines through between rows
	if p.err != nil {
		return
	}
	code, err := qr.Encode(payload, qr.M, qr.Unicode)
	if err != nil {
		p.keep(err)
		return
	}
	modules := code.Bounds().Dx()
	place := func(n int) length { return length(n+quiet) * qrSize / length(modules+2*quiet) }
	for row := range modules {
		for from := 0; from < modules; {
			to := from
			for to < modules && dark(code, to, row) {
				to++
			}
			if to > from {
				p.fill(x+place(from), y+place(row), place(to)-place(from), place(row+1)-place(row)+overlap, 0)
			}
			from = max(to, from+1)
		}
	}
}

func dark(code barcode.Barcode, x, y int) bool {
	grey, ok := color.GrayModel.Convert(code.At(x, y)).(color.Gray)
	return ok && grey.Y == 0
}
