package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Letter is what one debtor gets of one dunning run.
type Letter struct {
	Sender  purchase.Party    // the provider; without a name, the recipient of the payment
	Notices []purchase.Notice // of one customer and day, none of them held
}

// LetterName is the name of the n-th letter of a dunning run, from 1, in the
// order of the notices.
func LetterName(merchant string, day schedules.Date, n int64) string {
	return fmt.Sprintf("letter_%s_%s_%06d%s", merchant, day, n, PDF)
}

// LetterPDF writes a reminder, a dunning notice or the notice of a hand-over to
// collection as a business letter (DIN 5008, form B), for an envelope with a
// window. Claims of different levels stand in parts of their own, the highest
// level first. The same letter is the same bytes. Notices that are not of one
// letter, or whose sums do not agree, are an error; nothing is written then.
func (r Renderer) LetterPDF(w io.Writer, l Letter) error {
	d, err := r.dunningLetter(l)
	if err != nil {
		return err
	}
	total, transfers, err := d.sums()
	if err != nil {
		return err
	}
	d.paper = newPaper(d.subject(), d.sender.Name, d.notices[0].RunDate.Time())
	d.head()
	d.claims()
	d.ask(total)
	d.payments(transfers)
	d.notes()
	d.close()
	d.end(d.paper, withoutBank(d.sender))
	return d.write(w)
}

// dunningLetter is a letter that is not drawn yet.
func (r Renderer) dunningLetter(l Letter) (*dunningLetter, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	first := l.Notices[0]
	l.Sender.Name = cmp.Or(l.Sender.Name, first.Payment.Recipient)
	d := &dunningLetter{
		Renderer: r, sender: l.Sender, debtor: first.Debtor, b2b: first.Debtor.CustomerType == purchase.B2B,
		notices: slices.Clone(l.Notices),
	}
	slices.SortStableFunc(d.notices, func(a, b purchase.Notice) int { return cmp.Compare(stageOf(b), stageOf(a)) })
	return d, nil
}

// A dunningLetter is one that is being drawn.
type dunningLetter struct {
	Renderer
	*paper
	sender  purchase.Party
	debtor  purchase.Debtor
	b2b     bool
	notices []purchase.Notice // the highest stage first
}

func (d *dunningLetter) head() {
	first := d.notices[0]
	info := [][2]string{
		{d.say("Datum", "Date"), d.date(first.RunDate)},
		{d.say("Kundennummer", "Customer number"), first.CustomerNo},
		{d.say("Ihr Einkauf bei", "Your purchase at"), d.Name},
	}
	if !d.until().IsZero() {
		info = append(info, [2]string{d.say("Zahlbar bis", "Pay by"), d.date(d.until())})
	}
	d.begin(d.paper, letterhead{sender: d.sender, to: d.recipient(), info: info, next: d.subject()})
	body := font{size: 10}
	d.paragraph(font{bold: true, size: 11}, d.subject())
	d.y += 4 * mm
	d.paragraph(body, d.greeting())
	d.y += 2 * mm
}

// until is the first day by which something is to be paid; zero when nothing
// has a date.
func (d *dunningLetter) until() (until schedules.Date) {
	for _, n := range d.notices {
		if !n.PayUntil.IsZero() && (until.IsZero() || n.PayUntil < until) {
			until = n.PayUntil
		}
	}
	return until
}

// recipient is the address of the debtor.
func (d *dunningLetter) recipient() []string {
	b := d.debtor
	name := strings.Join(filled(b.Salutation, b.FirstName, b.LastName), " ")
	if d.Language == formats.English {
		name = strings.Join(filled(b.FirstName, b.LastName), " ")
	}
	address := d.address(purchase.Party{
		Street: strings.TrimSpace(b.Street + " " + b.HouseNo), Postcode: b.Postcode, City: b.City, Country: b.Country,
	}, d.sender.Country)
	return append(filled(b.Company, name), address...)
}

// subject names the levels and the invoice, or how many there are.
func (d *dunningLetter) subject() string {
	var levels []string
	for _, n := range d.notices {
		if name := d.levelName(n); !slices.Contains(levels, name) {
			levels = append(levels, name)
		}
	}
	subject := levels[len(levels)-1]
	if rest := levels[:len(levels)-1]; len(rest) > 0 {
		subject = strings.Join(rest, ", ") + d.say(" und ", " and ") + subject
	}
	if len(d.notices) == 1 {
		n := d.notices[0]
		return subject + fmt.Sprintf(d.say(": Rechnung %s vom %s", ": invoice %s of %s"), n.InvoiceNo, d.date(n.InvoiceDate))
	}
	return subject + fmt.Sprintf(d.say(": %d Rechnungen", ": %d invoices"), len(d.notices))
}

// withoutBank leaves out the sender's own account, to which nobody is to pay.
func withoutBank(sender purchase.Party) purchase.Party {
	sender.IBAN, sender.BIC = "", ""
	return sender
}

// close ends the letter.
func (d *dunningLetter) close() {
	body := font{size: 10}
	d.room(4 * body.height())
	d.y += 2 * mm
	d.paragraph(body, d.say("Mit freundlichen Grüßen", "Yours sincerely"))
	d.paragraph(body, d.sender.Name)
}
