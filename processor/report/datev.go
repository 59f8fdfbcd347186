package report

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// The booking batch (Buchungsstapel) is a file in DATEV's format for programs
// of others, EXTF: header version 700, category 21, format version 13, a header
// of 31 fields, 125 columns, Windows-1252, CRLF. The rules of its fields are
// those of DATEV's description of the format. It is always in German.
//
// Each row books one line of the payout on the clearing account, in debit
// (Soll) when the merchant gets, in credit (Haben) when it gives, so that the
// rows on that account sum to closing − opening. No row has a tax key: fees are
// booked net and their VAT beside them, and revenue was booked by the ERP.

// datevHighest is the largest amount of a booking: ten digits before the comma.
const datevHighest money.Amount = 9_999_999_999_99

// DATEV writes one part of the bookings of a payout, see [DATEVParts]. The same
// payout and config give the same bytes: what the header calls the time of
// making is the payout's cutoff. A payout whose numbers do not agree is an
// error; what was written by then must not leave.
func DATEV(ctx context.Context, w io.Writer, p purchase.Payout, c DATEVConfig, part DATEVPart) error {
	b := bufio.NewWriter(w)
	if err := datevLines(b, datevHeader(p, c, part), strings.Join(datevColumns(), ";")); err != nil {
		return err
	}
	rows := int64(0)
	fields := datevFields{}
	for row, err := range datevRows(ctx, p, c) {
		if err != nil {
			return err
		}
		if row.year != part.YearStart || row.chunk != part.chunk {
			continue
		}
		rows++
		if err := datevLines(b, fields.of(p, c, row)); err != nil {
			return err
		}
	}
	if rows != part.Rows {
		return fmt.Errorf("payout %s: booking batch: part %d has %d rows, %d were counted before; take the parts of this payout", p.ID, part.Number, rows, part.Rows)
	}
	return b.Flush()
}

// datevLines writes lines as Windows-1252.
func datevLines(w *bufio.Writer, lines ...string) error {
	for _, line := range lines {
		if _, err := w.WriteString(windows1252(line) + "\r\n"); err != nil {
			return err
		}
	}
	return nil
}

// datevHeader is the first line: whose books, which year, which days.
func datevHeader(p purchase.Payout, c DATEVConfig, part DATEVPart) string {
	const day = "20060102"
	// A hyphen is not among the characters of a description.
	description := strings.ReplaceAll(p.ID, "-", " ")
	note := ""
	if part.Of > 1 {
		note = fmt.Sprintf("Teil %d/%d", part.Number, part.Of)
	}
	return strings.Join([]string{
		`"EXTF"`, "700", "21", `"Buchungsstapel"`, "13",
		p.Cutoff.Format(day+"150405") + "000", // made at
		"",                                    // imported at
		`"RE"`, `"kontor"`, `""`,              // origin, exported by, imported by
		strconv.Itoa(c.Consultant), strconv.Itoa(c.Client),
		part.YearStart.Format(day), strconv.Itoa(c.AccountLength), part.From.Format(day), part.To.Format(day),
		datevText(description, 30), `""`, // description, initials
		"1", "0", "0", // financial accounting, for every purpose, not fixed (Festschreibung)
		datevText(p.Currency, 3), "", `""`, "", "",
		datevText(strings.TrimPrefix(c.Chart, "SKR"), 2), "", "", `""`, datevText(note, 16),
	}, ";")
}

// datevFields are the fields of a row. Each one is used for row after row.
type datevFields []string

// set fills a column by DATEV's number of it.
func (f datevFields) set(column int, value string) { f[column-1] = value }

// of is the line of a row.
func (f *datevFields) of(p purchase.Payout, c DATEVConfig, row datevRow) string {
	*f = datevEmpty(*f)
	side := `"S"`
	if row.line.Amount < 0 {
		side = `"H"`
	}
	f.set(1, row.line.Amount.Abs().Format(','))
	f.set(2, side)
	f.set(3, datevText(p.Currency, 3))
	f.set(7, c.Clearing)
	f.set(8, row.account)
	f.set(10, row.line.BookedOn.Format("0201"))
	f.set(11, datevText(datevDocument(datevNumber(row.line)), 36))
	f.set(14, datevText(datevSentence(row.line), 60))
	for i, info := range datevInfos(p, row) {
		f.set(48+2*i, datevText(info[0], 20))
		f.set(49+2*i, datevText(info[1], 210))
	}
	f.set(114, "0") // an empty one would be fixed
	f.set(121, datevText(p.ID, 50))
	return strings.Join(*f, ";")
}

// datevNumber is what Belegfeld 1 says: the key under which an invoice is
// cleared. VAT and payout belong to no invoice and have the payout's id.
func datevNumber(l purchase.Line) string {
	if l.InvoiceNo != "" {
		return l.InvoiceNo
	}
	return l.DocumentNo
}

// datevSentence is the text of a booking, such as "Retoure RT-9, RE-1001".
func datevSentence(l purchase.Line) string {
	text := Renderer{}.lineType(l.Type) + " " + l.DocumentNo
	if l.InvoiceNo != "" && l.InvoiceNo != l.DocumentNo {
		text += ", " + l.InvoiceNo
	}
	return text
}

// datevInfos are the slips (Zusatzinformation) of a booking: all that leads
// back to the line, in full where a field before was too short for it.
func datevInfos(p purchase.Payout, row datevRow) [][2]string {
	all := [][2]string{
		{"Auszahlung", p.ID},
		{"Zeile", strconv.FormatInt(row.line.LineNo, 10)},
		{"Rechnung", row.line.InvoiceNo},
		{"Beleg", row.line.DocumentNo},
		{"Auftrag", row.line.OrderNo},
		{"Kunde", row.line.CustomerNo},
		{"Herkunft", row.line.Source},
		{"Debitor ungültig", row.refused},
	}
	filled := all[:0]
	for _, info := range all {
		if info[1] != "" {
			filled = append(filled, info)
		}
	}
	return filled
}
