package report

import (
	"context"
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A letter is a notice with all that is printed on it.
type letter struct {
	LevelName string `json:"level_name"`
	purchase.Notice
	SegmentsText string `json:"interest_text"`
}

// Letters writes the notices of a dunning run for the print or mail service,
// with debtors, sums and payment advice. What was held is no letter, and what
// leaves by mail none for paper; letters reports how many there are, so that a
// file without any need not leave.
func (r Renderer) Letters(ctx context.Context, w io.Writer, d purchase.Dunning) (letters int, err error) {
	t := r.twin(w, "run_date", d.RunDate)
	t.superseding(r.Version, LettersName(r.Merchant, d.RunDate))
	t.field("merchant_name", r.Name)
	t.field("language", r.Language)
	t.list("letters")
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return letters, err
		}
		if n.Status == purchase.NoticeHeld || n.Channel != "" {
			continue
		}
		letters++
		if n.Status == purchase.NoticeSent {
			n.Status = purchase.NoticeIssued // a letter does not know that it has left
		}
		n.Segments = append([]purchase.Segment{}, n.Segments...)
		t.item(letter{LevelName: r.levelName(n), Notice: n, SegmentsText: r.segments(n.Segments)})
	}
	t.endList()
	return letters, t.close()
}
