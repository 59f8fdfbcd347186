package report

import (
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Statements and letters are drawn on A4 with the Go fonts, of which only the
// letters that occur are embedded; their licence is in the file FONTS. The same
// document is always the same bytes: the date of creation is that of the
// document, nothing is taken from a clock.

// A length is in hundredths of a millimetre. Places count from the upper left
// corner of the page.
type length int

const mm length = 100

// Lines of the page (DIN 5008).
const (
	marginLeft = 25 * mm
	bodyRight  = 190 * mm
	bodyWidth  = bodyRight - marginLeft
	bodyBottom = 262 * mm
	bodyNext   = 32 * mm // where the body goes on, on a further page
)

// A font is a face and its size in points.
type font struct {
	bold bool
	size int
	grey uint8 // 0 is black
}

// height of a line of text.
func (f font) height() length { return length(f.size) * 48 } // 1.36 of the size

// strong is the font in bold.
func (f font) strong() font { f.bold = true; return f }

// An align says on which side of its box a text stands.
type align int

const (
	left  align = gopdf.Left
	right align = gopdf.Right
)

// A paper is a document that is being drawn. The first error ends it; write
// tells it.
type paper struct {
	pdf     gopdf.GoPdf
	err     error
	y       length // where the body goes on
	pages   int
	further func() // draws the head of a further page
}

// newPaper begins a document; at is its date.
func newPaper(title, author string, at time.Time) *paper {
	p := &paper{further: func() {}}
	p.pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: 210, H: 297}})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: title, Author: author, Creator: "kontor", Producer: "kontor", CreationDate: at.UTC()})
	p.keep(p.pdf.AddTTFFontData("regular", goregular.TTF))
	p.keep(p.pdf.AddTTFFontData("bold", gobold.TTF))
	p.page()
	return p
}

func (p *paper) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

// page begins a page.
func (p *paper) page() {
	p.pdf.AddPage()
	p.pages++
	p.pdf.SetLineWidth(0.2)
}

// room begins a further page unless a height is left on this one, and reports
// whether it did.
func (p *paper) room(height length) bool {
	if p.y+height <= bodyBottom {
		return false
	}
	p.page()
	p.y = bodyNext
	p.further()
	return true
}

// each calls draw once more on each page, for what needs to know how many there
// are.
func (p *paper) each(draw func(page int)) {
	for page := 1; page <= p.pages; page++ {
		p.keep(p.pdf.SetPage(page))
		draw(page)
	}
}

// write ends the document.
func (p *paper) write(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	b, err := p.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// at is a place, or a size, as the library wants it.
func at(x, y length) gopdf.Point {
	px, _ := big.NewRat(int64(x), int64(mm)).Float64()
	py, _ := big.NewRat(int64(y), int64(mm)).Float64()
	return gopdf.Point{X: px, Y: py}
}

// use makes a font the current one.
func (p *paper) use(f font) {
	family := "regular"
	if f.bold {
		family = "bold"
	}
	p.keep(p.pdf.SetFont(family, "", f.size))
	p.pdf.SetTextColor(f.grey, f.grey, f.grey)
}

// text draws one line with its upper edge at y. What does not fit into the
// width is smaller, and ends with an ellipsis if that does not help.
func (p *paper) text(f font, x, y, width length, to align, s string) {
	const smallest = 5
	place, box := at(x, y), at(width, f.height())
	p.use(f)
	for s = p.printable(s); p.width(s) > width && f.size > smallest; p.use(f) {
		f.size--
	}
	if p.width(s) > width {
		runes := []rune(s)
		for len(runes) > 0 && p.width(string(runes)+"…") > width {
			runes = runes[:len(runes)-1]
		}
		s = strings.TrimRight(string(runes), " ") + "…"
	}
	p.pdf.SetXY(place.X, place.Y)
	p.keep(p.pdf.CellWithOption(&gopdf.Rect{W: box.X, H: box.Y}, s, gopdf.CellOption{Align: int(to) | gopdf.Middle}))
}

// width of a text in the current font.
func (p *paper) width(s string) length {
	w, err := p.pdf.MeasureTextWidth(s)
	p.keep(err)
	return length(w*100) + 1
}

// rule draws a horizontal line.
func (p *paper) rule(x, y, width length) {
	from, to := at(x, y), at(x+width, y)
	p.pdf.Line(from.X, from.Y, to.X, to.Y)
}

// fill draws a rectangle of a grey.
func (p *paper) fill(x, y, width, height length, grey uint8) {
	p.pdf.SetFillColor(grey, grey, grey)
	place, box := at(x, y), at(width, height)
	p.pdf.RectFromUpperLeftWithStyle(place.X, place.Y, box.X, box.Y, "F")
}
