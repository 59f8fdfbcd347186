package report

import (
	"context"
	"io"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Records of an acknowledgement.
const (
	recordFile    = "FILE"
	recordWarning = "WARNING"
	recordRow     = "ROW"
)

// AckCSV writes the acknowledgement (Quittung) of a file: the record FILE, then
// WARNINGs and ROWs as they come.
func (r Renderer) AckCSV(ctx context.Context, w io.Writer, a purchase.Ack) error {
	t := r.Profile.NewReport(w, formats.AckReport)
	err := t.Row(recordFile, nil, some(a.Line), "", string(a.Verdict), string(a.Code), a.Column, a.Value, a.Message,
		a.Rows, a.Booked, a.Duplicate, a.Conflict, a.Parked, a.Rejected, a.SumGross, a.SHA256, a.Received.Format(time.RFC3339))
	if err != nil {
		return err
	}
	for l, err := range a.Lines(ctx) {
		if err != nil {
			return err
		}
		err = t.Row(record(l), some(l.Row), some(l.Line), l.DocumentNo, string(l.Status), string(l.Code), l.Column, l.Value, l.Message,
			nil, nil, nil, nil, nil, nil, nil, "", "")
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// some is nil, an empty cell, for 0.
func some(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func record(l purchase.AckLine) string {
	if l.Warning {
		return recordWarning
	}
	return recordRow
}

// ackFile is the record FILE of the twin, and what a program wants to know
// besides.
type ackFile struct {
	Record        string           `json:"record"`
	Name          string           `json:"name"`
	Run           string           `json:"run"`
	Feed          string           `json:"feed"`
	Profile       string           `json:"profile"`
	Supplementary bool             `json:"supplementary"`
	Line          int64            `json:"line,omitempty"`
	Status        purchase.Verdict `json:"status"`
	Code          purchase.Code    `json:"code"`
	Column        string           `json:"column"`
	Value         string           `json:"value"`
	Message       string           `json:"message"`
	Rows          int64            `json:"rows"`
	Booked        int64            `json:"booked"`
	Duplicate     int64            `json:"duplicate"`
	Conflict      int64            `json:"conflict"`
	Parked        int64            `json:"parked"`
	Rejected      int64            `json:"rejected"`
	SumGross      money.Amount     `json:"sum_gross_cents"`
	SHA256        string           `json:"sha256"`
	Received      string           `json:"received"`
}

// ackLine is a record WARNING or ROW of the twin.
type ackLine struct {
	Record     string           `json:"record"`
	Row        int64            `json:"row,omitempty"`
	Line       int64            `json:"line,omitempty"`
	DocumentNo string           `json:"document_no"`
	Status     purchase.Verdict `json:"status"`
	Code       purchase.Code    `json:"code"`
	Column     string           `json:"column"`
	Value      string           `json:"value"`
	Message    string           `json:"message"`
}

// AckJSON writes the twin of [Renderer.AckCSV].
func (r Renderer) AckJSON(ctx context.Context, w io.Writer, a purchase.Ack) error {
	t := newTwin(w)
	t.field("merchant", a.Owner)
	t.field("currency", r.Currency)
	t.list("records")
	t.item(ackFile{
		Record: recordFile, Name: a.Name, Run: a.Run, Feed: a.Feed.String(), Profile: a.Profile, Supplementary: a.Supplementary,
		Line: a.Line, Status: a.Verdict, Code: a.Code, Column: a.Column, Value: a.Value, Message: a.Message,
		Rows: a.Rows, Booked: a.Booked, Duplicate: a.Duplicate, Conflict: a.Conflict, Parked: a.Parked, Rejected: a.Rejected,
		SumGross: a.SumGross, SHA256: a.SHA256, Received: a.Received.Format(time.RFC3339),
	})
	for l, err := range a.Lines(ctx) {
		if err != nil {
			return err
		}
		t.item(ackLine{
			Record: record(l), Row: l.Row, Line: l.Line, DocumentNo: l.DocumentNo, Status: l.Status, Code: l.Code,
			Column: l.Column, Value: l.Value, Message: l.Message,
		})
	}
	t.endList()
	return t.close()
}

// RejectedCSV writes the REJECTED rows of an acknowledged file as they came,
// each with its code and message, to be corrected and dropped in again. It
// returns how many there are; a file without any need not leave, and of one
// that was refused as a whole the original is not read.
func (r Renderer) RejectedCSV(ctx context.Context, w io.Writer, a purchase.Ack, original io.ReaderAt) (rows int64, err error) {
	var out *formats.RejectedWriter
	for l, err := range a.Lines(ctx) {
		if err != nil {
			return rows, err
		}
		if l.Warning || l.Status != purchase.Rejected {
			continue
		}
		if out == nil {
			if out, err = r.Profile.NewRejectedWriter(w, original); err != nil {
				return rows, err
			}
			defer out.Close()
		}
		rows++
		if err := out.Write(formats.Reject{Offset: l.Offset, Length: l.Length, Code: l.Code, Message: l.Message}); err != nil {
			return rows, err
		}
	}
	if out == nil {
		return 0, nil
	}
	return rows, out.Flush()
}
