package formats

import (
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

// trailerMark begins the last row, #TRAILER;<rows>;<sum>.
const trailerMark = "#TRAILER"

// A trailer compares what the last row promises with what was read.
//
// The sum is over gross_amount, in payments and instructions over amount, else
// 0; bad rows count too. Where a cell of that column could not be read the sum
// proves nothing, and only the number of rows is compared: one bad row never
// stops a file.
type trailer struct {
	line      int64 // 0: none came
	garbled   string
	rows      int64
	promised  money.Amount
	rowsAfter bool

	total   money.Amount
	unknown bool // the sum of what came
}

// add counts an amount that was read.
func (t *trailer) add(a money.Amount) {
	total, err := t.total.Add(a)
	t.total, t.unknown = total, t.unknown || err != nil
}

// unread notes a row whose amount is not known.
func (t *trailer) unread() { t.unknown = true }

// read takes the cells of a trailer. Empty cells after the third are what
// spreadsheets add.
func (t *trailer) read(d *dialect, line int64, cells []string) {
	if t.line > 0 {
		t.garbled = trailerMark
		return
	}
	t.line = line
	for len(cells) > 3 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	shown := shorten(strings.Join(cells, string(rune(d.delimiter))))
	if len(cells) != 3 {
		t.garbled = shown
		return
	}
	count := strings.TrimSpace(cells[1])
	rows, err := strconv.ParseInt(count, 10, 64)
	sum, fault := d.parseTrailerSum(strings.TrimSpace(cells[2]))
	if err != nil || !numeric(count) || fault != fine {
		t.garbled = shown
		return
	}
	t.rows, t.promised = rows, sum
}

// parseTrailerSum reads a sum, which may be larger than the amount of a row.
func (d *dialect) parseTrailerSum(s string) (money.Amount, parseFault) {
	a, fault := d.parseAmount(s)
	if fault != outOfRange {
		return a, fault
	}
	plain := strings.ReplaceAll(s, d.grouping, "")
	if d.grouping == "" {
		plain = s
	}
	a, err := money.Parse(strings.Replace(plain, string(d.decimal), ".", 1))
	if err != nil {
		return 0, outOfRange
	}
	return a, fine
}

// check returns what was wanted, what came and the line to blame; no want
// means that all is well.
func (t *trailer) check(required bool, rows int64) (want, came string, line int64) {
	switch {
	case t.line == 0 && required:
		return wantTrailer, "", 0
	case t.line == 0:
		return "", "", 0
	case t.garbled != "":
		return wantTrailerForm, t.garbled, t.line
	case t.rowsAfter:
		return wantTrailerLast, "", t.line
	case t.rows != rows:
		return strconv.FormatInt(rows, 10) + " rows", strconv.FormatInt(t.rows, 10), t.line
	case !t.unknown && t.promised != t.total:
		return wantSum + t.total.String(), t.promised.String(), t.line
	}
	return "", "", 0
}
