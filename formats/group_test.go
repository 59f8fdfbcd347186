package formats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

const grouping = `
delimiter: ","
feeds:
  orders:
    group_by: order_no
    columns: {order_no: Name, customer_no: Mail, order_date: Date, currency: Cur, gross_amount: Total, city: Town}
`

// told is each row as "row/line-last@offset+length number gross, or its error".
func told(p *Profile, data string) (all []string) {
	r := p.Read(purchase.Orders, strings.NewReader(data), ReadOptions{File: "f"})
	for row := range r.Rows() {
		what := ""
		if len(row.Errors) > 0 {
			what = row.Errors[0].Error()
		} else {
			o := row.Record.(purchase.Order)
			what = fmt.Sprintf("%s %s %s", o.OrderNo, o.Gross, o.City)
		}
		all = append(all, fmt.Sprintf("%d/%d-%d@%d+%d %s", row.Row, row.Line, row.Last, row.Offset, row.Length, what))
	}
	if e := r.Err(); e != nil {
		all = append(all, e.Error())
	}
	return all
}

func TestLinesThatAreOneRow(t *testing.T) {
	const head = "Name,Mail,Date,Cur,Total,Town,Item\n" // 35 bytes
	tests := []struct {
		name, data string
		want       []string
	}{
		{"totals in the first line", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,,,b\n#2,m,2026-10-01,EUR,7.00,,c\n", []string{"1/2-3@35+38 #1 5.00 ", "2/4-4@74+27 #2 7.00 "}},
		{"every line in full", "#1,m,2026-10-01,EUR,5.00,Bonn,a\n#1,m,2026-10-01,EUR,5.00,Bonn,b\n", []string{"1/2-3@35+63 #1 5.00 Bonn"}},
		{"a value of a later line", "#1,m,2026-10-01,EUR,,,a\n#1,,,,5.00,Bonn,b\n", []string{"1/2-3@35+41 #1 5.00 Bonn"}},
		{"no number in later lines", "#1,m,2026-10-01,EUR,5.00,,a\n,,,,,,b\n\n,,,,,,c\n", []string{"1/2-5@35+44 #1 5.00 "}},
		{"a number that comes again later is a row of its own", "#1,m,2026-10-01,EUR,5.00,,a\n#2,m,2026-10-01,EUR,7.00,,c\n#1,m,2026-10-01,EUR,5.00,,b\n", []string{"1/2-2@35+27 #1 5.00 ", "2/3-3@63+27 #2 7.00 ", "3/4-4@91+27 #1 5.00 "}},
		{"lines that contradict each other", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,6.00,,b\n", []string{`1/2-3@35+42 f:3: column Total: "6.00" is not the same in all lines of the row, or empty`}},
		{"other cells may differ", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,,,b\n", []string{"1/2-3@35+38 #1 5.00 "}},
		{"a lost number does not swallow an order", "#1,m,2026-10-01,EUR,5.00,,a\n,n,2026-10-01,EUR,7.00,,b\n", []string{`1/2-3@35+53 f:3: column Mail: "n" is not the same in all lines of the row, or empty`}},
		{
			"a line break in a cell spoils its own row, which stays whole", "#1,m,2026-10-01,EUR,5.00,,a\n#2,m,2026-10-01,EUR,7.00,\"Bonn\nHaus 2, Hof\nlinks\",x\n#2,m,,,,,c\n#3,m,2026-10-01,EUR,8.00,,c\n",
			[]string{"1/2-2@35+27 #1 5.00 ", "2/3-6@63+62 f:3: row cannot be read: wanted a closing quote on the same line", "3/7-7@126+27 #3 8.00 "},
		},
		{"too few cells", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m\n", []string{"1/2-3@35+32 f:3: row cannot be read: wanted 7 columns, came 2"}},
		{"trailer counts rows, not lines", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,,,b\n#TRAILER,1,5.00\n", []string{"1/2-3@35+38 #1 5.00 "}},
		{"trailer that does not fit", "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,,,b\n#TRAILER,2,5.00\n", []string{"1/2-3@35+38 #1 5.00 ", "f:4: the trailer does not fit: wanted 1 rows, came 2"}},
		{"no rows", "", nil},
	}
	p := mustDescribe(t, grouping)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(p, head+tt.data)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// Rejected rows come back whole, and after they were corrected they are read.
func TestRejectedRowsOfManyLines(t *testing.T) {
	p := mustDescribe(t, grouping)
	const data = "Name,Mail,Date,Cur,Total,Town,Item\n#1,m,2026-10-01,EUR,5.00,,a\n#2,m,2026-10-01,EUR,x,,a\n#2,,,,,,b\n#3,m,2026-10-01,EUR,y,,a\n"
	var b bytes.Buffer
	w, err := p.NewRejectedWriter(&b, strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for row := range p.Read(purchase.Orders, strings.NewReader(data), ReadOptions{}).Rows() {
		if len(row.Errors) == 0 {
			continue
		}
		if err := w.Write(Reject{Offset: row.Offset, Length: row.Length, Code: row.Errors[0].Code, Message: "no amount"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	const want = "Name,Mail,Date,Cur,Total,Town,Item,kontor_code,kontor_message\n" +
		"#2,m,2026-10-01,EUR,x,,a\n#2,,,,,,b,FIELD_FORMAT,no amount\n#3,m,2026-10-01,EUR,y,,a,FIELD_FORMAT,no amount\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Fatalf("rejected rows (-want +got):\n%s", diff)
	}
	corrected := strings.NewReplacer(",x,", ",6.00,", ",y,", ",7.00,").Replace(b.String())
	rows := told(p, corrected)
	if len(rows) != 2 || !strings.Contains(rows[0], "#2 6.00") || !strings.Contains(rows[1], "#3 7.00") {
		t.Errorf("corrected: %q", rows)
	}
}

func TestGroupIsAColumnOfEveryRow(t *testing.T) {
	for _, c := range []string{`{feeds: {orders: {group_by: city}}}`, `{feeds: {orders: {group_by: nr}}}`, `{feeds: {orders: {group_by: order_no, derive: {order_no: {from: X}}}}}`} {
		if _, err := described(t, c); err == nil || !strings.Contains(err.Error(), "profiles.own.feeds.orders.group_by: ") {
			t.Errorf("%s: %v", c, err)
		}
	}
}

// Whatever the bytes, every line with something in it belongs to exactly one row
// of several lines, or the file is refused: spans follow each other, and nothing
// but blanks stands between them.
func FuzzGroups(f *testing.F) {
	const head = "Name,Mail,Date,Cur,Total,Town,Item\n"
	f.Add([]byte(head + "#1,m,2026-10-01,EUR,5.00,,a\n#1,m,,,,,b\n\n,,,,,,c\n#2,n,2026-10-01,EUR,1.00,,\"x\n"))
	f.Add([]byte(head + "#1,m,2026-10-01,EUR,5.00,\"Bonn\nHaus\",a\n#TRAILER,1,5.00\n"))
	p := mustDescribe(f, grouping)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := p.Read(purchase.Orders, bytes.NewReader(data), ReadOptions{File: "f"})
		end, last := int64(-1), int64(1)
		for row := range r.Rows() {
			if row.Line <= last || row.Last < row.Line || row.Offset+row.Length > int64(len(data)) {
				t.Fatalf("row %d: lines %d to %d after line %d, bytes %d+%d of %d", row.Row, row.Line, row.Last, last, row.Offset, row.Length, len(data))
			}
			if end >= 0 && len(bytes.Trim(data[end:row.Offset], "\r\n")) > 0 && !bytes.Contains(data[end:row.Offset], []byte(trailerMark)) {
				t.Fatalf("row %d: %q before it belongs to no row", row.Row, data[end:row.Offset])
			}
			if (row.Record == nil) == (len(row.Errors) == 0) {
				t.Fatalf("row %d: record %v, errors %v", row.Row, row.Record, row.Errors)
			}
			end, last = row.Offset+row.Length, row.Last
		}
		if r.Err() == nil && end >= 0 {
			rest := bytes.Trim(data[end:], "\r\n\x1a")
			if len(rest) > 0 && !bytes.Contains(rest, []byte(trailerMark)) {
				t.Fatalf("%q after the last row belongs to no row", rest)
			}
		}
	})
}
