package report

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Places of a business letter after DIN 5008, form B.
const (
	fieldTop    = 45 * mm  // address field, as seen through the window
	returnLine  = 57 * mm  // address of the sender inside it
	addressTop  = 6270     // 17.7 mm below: the zone of the address
	addressWide = 80 * mm  //
	infoLeft    = 125 * mm // block of references
	infoTop     = 50 * mm
	infoLabel   = 27 * mm
	bodyTop     = 9846 // 8.46 mm below the address field
	foldUpper   = 105 * mm
	punch       = 14850
	foldLower   = 210 * mm
	footTop     = 270 * mm
)

// A letterhead is what stands around the body.
type letterhead struct {
	sender purchase.Party
	to     []string    // address
	info   [][2]string // references: label, value
	next   string      // in the head of further pages
}

// begin draws the first page's head and leaves the body at its top.
func (r Renderer) begin(p *paper, h letterhead) {
	small := font{size: 7, grey: 70}
	p.text(font{bold: true, size: 14}, marginLeft, 18*mm, bodyWidth, left, h.sender.Name)
	p.text(small, marginLeft, returnLine, addressWide, left, strings.Join(r.address(h.sender, ""), " · "))
	p.rule(marginLeft, returnLine+small.height(), addressWide)
	p.window(h.to)
	p.y = max(bodyTop, p.references(h.info)+4*mm)
	p.rule(4*mm, foldUpper, 4*mm)
	p.rule(4*mm, punch, 6*mm)
	p.rule(4*mm, foldLower, 4*mm)
	p.further = func() { p.text(small, marginLeft, 20*mm, bodyWidth, left, h.next+" · "+h.sender.Name) }
}

// window draws an address so that all of it is seen: long lines are broken,
// and many lines are smaller.
func (p *paper) window(address []string) {
	const height = 2730
	for _, f := range []font{{size: 10}, {size: 9}, {size: 8}, {size: 7}, {size: 6}} {
		var lines []string
		for _, line := range address {
			lines = append(lines, p.wrap(f, addressWide, line)...)
		}
		if length(len(lines))*f.height() <= height || f.size == 6 {
			p.lines(f, marginLeft, addressTop, addressWide, lines...)
			return
		}
	}
}

// references draws the block of references and returns where it ends.
func (p *paper) references(info [][2]string) length {
	const width = bodyRight - infoLeft - infoLabel
	y, f := infoTop, font{size: 8}
	for _, item := range info {
		p.text(font{size: 8, grey: 70}, infoLeft, y, infoLabel, left, item[0])
		values := p.wrap(f, width, item[1])
		p.lines(f, infoLeft+infoLabel, y, width, values...)
		y += length(len(values)) * f.height()
	}
	return y
}

// end draws the foot of all pages.
func (r Renderer) end(p *paper, sender purchase.Party) {
	const third = bodyWidth / 3
	f := font{size: 7, grey: 70}
	p.each(func(page int) {
		p.text(font{size: 8, grey: 70}, marginLeft, footTop-5*mm, bodyWidth, right, fmt.Sprintf(r.say("Seite %d von %d", "Page %d of %d"), page, p.pages))
		p.rule(marginLeft, footTop, bodyWidth)
		p.lines(f, marginLeft, footTop+mm, third-2*mm, r.address(sender, "")...)
		p.lines(f, marginLeft+third, footTop+mm, third-2*mm, r.contact(sender)...)
		p.lines(f, marginLeft+2*third, footTop+mm, third, r.bank(sender)...)
	})
}

// address are the lines of an address; a country other than home is named.
func (r Renderer) address(a purchase.Party, home string) []string {
	lines := filled(a.Name, a.Street, strings.TrimSpace(a.Postcode+" "+a.City))
	if home != "" && a.Country != "" && a.Country != home {
		lines = append(lines, strings.ToUpper(r.country(a.Country)))
	}
	return lines
}

// country is the name of a country in the language of the letter.
func (r Renderer) country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	namer := display.German.Regions
	if r.Language == formats.English {
		namer = display.English.Regions
	}
	if name := namer().Name(region); name != "" {
		return name
	}
	return code
}

func (r Renderer) contact(a purchase.Party) []string {
	return filled(a.Email, labelled(r.say("USt-IdNr. ", "VAT ID "), a.VATID), labelled(r.say("Steuernummer ", "Tax number "), a.TaxNo))
}

func (r Renderer) bank(a purchase.Party) []string {
	return filled(labelled("IBAN ", spaced(a.IBAN)), labelled("BIC ", a.BIC))
}

// filled leaves out what is empty.
func filled(lines ...string) []string {
	var full []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			full = append(full, line)
		}
	}
	return full
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + value
}

// spaced writes an IBAN or a creditor reference in groups of four.
func spaced(s string) string {
	var b strings.Builder
	for i, r := range strings.ReplaceAll(s, " ", "") {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// grouped prints an amount for people: 1.234,56.
func (r Renderer) grouped(a money.Amount) string {
	group, decimal := ".", ","
	if r.Language == formats.English {
		group, decimal = decimal, group
	}
	whole, cents, _ := strings.Cut(a.String(), ".")
	whole, negative := strings.CutPrefix(whole, "-")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if negative {
		whole = "-" + whole
	}
	return whole + decimal + cents
}

// percent prints a rate: 19 %, 10,52 %.
func (r Renderer) percent(rate money.Rate) string {
	return strings.TrimSuffix(r.grouped(money.Amount(rate)), r.say(",", ".")+"00") + "\u00A0%"
}

// sum prints an amount with its currency: 1.234,56 €. It does not break.
func (r Renderer) sum(a money.Amount, currency string) string {
	const noBreak = "\u00A0"
	if currency == "EUR" {
		currency = "€"
	}
	return r.grouped(a) + noBreak + currency
}
