package report_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
)

// A checker of booking batches that knows nothing of the writer: it reads
// bytes and holds each field against the expression that DATEV publishes for
// it (developer.datev.de, DATEV-Format, format description), as far as the
// field may be filled by us, and against what the text beside it says.

// headerRules are the expressions of the 31 fields of the first line.
var headerRules = []string{
	`"EXTF"`, `700`, `21`, `"Buchungsstapel"`, `13`,
	`20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(2[0-3]|[01]\d)[0-5]\d[0-5]\d{4}`,
	``, `"\w{0,2}"`, `"\w{0,25}"`, `"\w{0,25}"`, `\d{4,7}`, `\d{1,5}`,
	`20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])`, `[4-8]`,
	`20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])`, `20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])`,
	`"[\w./ ]{0,30}"`, `"([A-Z]{2}){0,2}"`, `[12]`, `(0|30|40|50|64)`, `[01]`, `"[A-Z]{3}"`,
	``, `""`, ``, ``, `"(\d{2}){0,2}"`, `\d{0,4}`, ``, `""`, `".{0,16}"`,
}

// rowRules are the expressions of the columns that may be filled; the others
// must be empty, or empty quotes where they are text.
var rowRules = map[int]string{
	1: `\d{1,10},\d{2}`, 2: `"[SH]"`, 3: `"[A-Z]{3}"`, 7: `\d{1,9}`, 8: `\d{1,9}`,
	10: `(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])`, 11: `"[\w$&%*+\-/]{0,36}"`, 14: `".{0,60}"`, 114: `0`, 121: `".{0,50}"`,
}

// A booking is one row, as it moves the account in column 7.
type booking struct {
	amount  money.Amount
	counter string
}

// checkBatch reports every breach and returns the rows.
func checkBatch(t rapid.TB, file []byte) (bookings []booking) {
	t.Helper()
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(file)
	if err != nil || strings.ContainsRune(string(decoded), '\uFFFD') {
		t.Fatalf("not Windows-1252: %v", err)
	}
	lines := strings.Split(string(decoded), "\r\n")
	if len(lines) < 3 || lines[len(lines)-1] != "" || strings.ContainsAny(strings.Join(lines, ""), "\r\n\t\x00") {
		t.Fatalf("%d lines; want at least two and a row, each ended by CRLF", len(lines))
	}
	lines = lines[:len(lines)-1]
	head := splitBatch(lines[0])
	if len(head) != len(headerRules) {
		t.Fatalf("the header has %d fields; want %d", len(head), len(headerRules))
	}
	for i, rule := range headerRules {
		mustMatch(t, "header", i+1, rule, head[i])
	}
	if lines[1] != headings(t) {
		t.Errorf("the headings are %s", lines[1])
	}
	if len(lines)-2 > 99_999 {
		t.Errorf("%d bookings; want at most 99999", len(lines)-2)
	}
	for _, line := range lines[2:] {
		bookings = append(bookings, checkBooking(t, head, splitBatch(line)))
	}
	return bookings
}

func checkBooking(t rapid.TB, head, f []string) booking {
	t.Helper()
	if len(f) != 125 {
		t.Fatalf("a row has %d fields; want 125: %q", len(f), f)
	}
	for i, v := range f {
		column := i + 1
		rule, filled := rowRules[column]
		switch {
		case filled:
			mustMatch(t, "row", column, rule, v)
		case column >= 48 && column <= 87: // kind of 20 and content of 210 characters, both or none
			most := []string{`".{0,20}"`, `".{0,210}"`}[column%2]
			mustMatch(t, "row", column, most, v)
			if column%2 == 0 && (v == `""`) != (f[i+1] == `""`) {
				t.Errorf("column %d is %s and the next %s; want both or none", column, v, f[i+1])
			}
		case v != "" && v != `""`:
			t.Errorf("column %d is %s; want it empty", column, v)
		}
	}
	checkAccounts(t, head, f)
	checkDay(t, head, f[9])
	a, err := money.Parse(strings.Replace(f[0], ",", ".", 1))
	if err != nil || a <= 0 {
		t.Errorf("amount %s: %v; want it positive", f[0], err)
	}
	if f[1] == `"H"` {
		a = -a
	}
	return booking{amount: a, counter: f[7]}
}

// checkAccounts: at most one digit more than a ledger account has, not zero.
func checkAccounts(t rapid.TB, head, f []string) {
	t.Helper()
	length, err := strconv.Atoi(head[13])
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range f[6:8] {
		if n := len(account); n < length || n > length+1 || strings.Trim(account, "0") == "" {
			t.Errorf("account %q; want %d or %d digits", account, length, length+1)
		}
	}
}

// checkDay: the year of a day follows from the fiscal year, and the day must be
// in the batch's span, which must be in that year.
func checkDay(t rapid.TB, head []string, day string) {
	t.Helper()
	parse := func(s string) time.Time {
		d, err := time.Parse("20060102", s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	begin, from, to := parse(head[12]), parse(head[14]), parse(head[15])
	booked := parse(head[12][:4] + day[2:] + day[:2])
	if booked.Before(begin) {
		booked = parse(strconv.Itoa(begin.Year()+1) + day[2:] + day[:2])
	}
	if from.Before(begin) || to.Before(from) || !to.Before(begin.AddDate(1, 0, 0)) || booked.Before(from) || booked.After(to) {
		t.Errorf("day %s, batch from %s to %s, fiscal year from %s", day, head[14], head[15], head[12])
	}
}

func mustMatch(t rapid.TB, where string, column int, rule, value string) {
	t.Helper()
	inner := value
	if len(value) > 1 && value[0] == '"' { // a doubled quote is one character
		inner = `"` + strings.ReplaceAll(value[1:len(value)-1], `""`, `"`) + `"`
	}
	if !regexp.MustCompile(`^(?:` + rule + `)$`).MatchString(inner) {
		t.Errorf("%s: field %d is %s; want %s", where, column, value, rule)
	}
}

// splitBatch cuts a line at semicolons outside of quotes and keeps the quotes.
func splitBatch(line string) (fields []string) {
	quoted, begin := false, 0
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ';' && !quoted:
			fields, begin = append(fields, line[begin:i]), i+1
		}
	}
	return append(fields, line[begin:])
}

// headings are DATEV's own.
func headings(t rapid.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/datev/columns.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		_, name, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ";")
		names = append(names, name)
	}
	return strings.Join(names, ";")
}
