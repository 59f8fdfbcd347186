package formats

import (
	"fmt"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Row is one data row of a file, good or bad.
type Row struct {
	Row    int64           // data rows count from 1
	Line   int64           // lines of the file count from 1, the header is line 1
	Last   int64           // the last of its lines, where several are one row; else Line
	Offset int64           // of the row's first byte in the original file
	Length int64           // in bytes, without the line end
	Record purchase.Record // nil when Errors is not empty
	// Errors has every bad column of the row. The first one gives the code.
	Errors []RowError
	// Account is the cell of that name in the payments feed as far as it can
	// be read, upper case without blanks, also of a bad row.
	Account string

	cells []string // of a bank statement that is read for its rejected rows
}

// A RowError says what is wrong with one cell, or with the whole row when
// Column is empty.
type RowError struct {
	File    string
	Row     int64
	Line    int64
	Code    purchase.Code
	Column  string // canonical name
	Heading string // as in the file
	Value   string // what came
	Want    string // what was wanted, in English
}

// Error reads: orders.csv:3: column gross_amount: "49.90" is not an amount such as 1.234,56.
func (e RowError) Error() string { return e.at() + e.Message(English) }

func (e RowError) at() string { return fmt.Sprintf("%s:%d: ", e.File, e.Line) }

// A FileError says why a whole file is refused, or held (FILE_TRAILER).
type FileError struct {
	File   string
	Line   int64 // 0 when no line is to blame
	Code   purchase.Code
	Column string // heading, for FILE_HEADER
	Value  string
	Want   string
}

// Error reads: orders.csv:1: column order_no is missing.
func (e FileError) Error() string {
	where := ""
	if e.File != "" {
		where = e.File + ":"
	}
	if e.Line > 0 {
		where += strconv.FormatInt(e.Line, 10) + ":"
	}
	if where != "" {
		where += " "
	}
	return where + e.Message(English)
}

// Verdict is HELD for a wrong trailer, REJECTED for all else.
func (e FileError) Verdict() purchase.Verdict {
	if e.Code == purchase.FileTrailer {
		return purchase.Held
	}
	return purchase.Rejected
}
