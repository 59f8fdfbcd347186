package formats

import (
	"bytes"
	"errors"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

var tableColumns = []Column{
	{Name: "invoice_no", German: "Rechnungsnummer", Kind: ID},
	{Name: "amount", German: "Betrag", Kind: Amount},
	{Name: "due_date", German: "Fällig", Kind: Date},
	{Name: "days", Kind: Int},
	{Name: "text", German: "Text", Kind: Text},
}

func fillTable(t *testing.T, table *Table) {
	t.Helper()
	day := schedules.NewDate(2026, 10, 2)
	rows := [][]any{
		{"RE1", money.Amount(-123456), day, 5, "schön; \"gut\""},
		{"=1+1", money.Amount(0), schedules.Date(0), int64(-3), "@SUM(A1)"},
		{nil, nil, nil, nil, "Łódź\r\n€"},
	}
	for _, row := range rows {
		if err := table.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
}

func TestTables(t *testing.T) {
	tests := []struct {
		name  string
		table func(*bytes.Buffer) *Table
		want  string
	}{
		{
			"excel-de", func(b *bytes.Buffer) *Table { return ExcelDE.NewTable(b, tableColumns) },
			"\uFEFFRechnungsnummer;Betrag;Fällig;days;Text\r\n" +
				"RE1;-1234,56;02.10.2026;5;\"schön; \"\"gut\"\"\"\r\n'=1+1;0,00;;-3;'@SUM(A1)\r\n;;;;\"Łódź\r\n€\"\r\n",
		},
		{
			"excel-en", func(b *bytes.Buffer) *Table { return ExcelEN.NewTable(b, tableColumns) },
			"\uFEFFinvoice_no,amount,due_date,days,text\r\n" +
				"RE1,-1234.56,2026-10-02,5,\"schön; \"\"gut\"\"\"\r\n'=1+1,0.00,,-3,'@SUM(A1)\r\n,,,,\"Łódź\r\n€\"\r\n",
		},
		{
			"rfc4180", func(b *bytes.Buffer) *Table { return RFC4180.NewTable(b, tableColumns) },
			"invoice_no,amount,due_date,days,text\r\n" +
				"RE1,-1234.56,2026-10-02,5,\"schön; \"\"gut\"\"\"\r\n'=1+1,0.00,,-3,'@SUM(A1)\r\n,,,,\"Łódź\r\n€\"\r\n",
		},
		{
			"kontor", func(b *bytes.Buffer) *Table { return profile(t, "kontor").NewTable(b, tableColumns) },
			"invoice_no;amount;due_date;days;text\n" +
				"RE1;-1234.56;2026-10-02;5;\"schön; \"\"gut\"\"\"\n=1+1;0.00;;-3;@SUM(A1)\n;;;;\"Łódź\r\n€\"\n",
		},
		{
			"actindo", func(b *bytes.Buffer) *Table { return profile(t, "actindo").NewTable(b, tableColumns) },
			"invoice_no;amount;due_date;days;text\r\n" +
				"RE1;-1234,56;02.10.2026;5;\"sch\xf6n; \"\"gut\"\"\"\r\n=1+1;0,00;;-3;@SUM(A1)\r\n;;;;\"?\xf3d?\r\n\x80\"\r\n",
		},
		{
			"without quotes", func(b *bytes.Buffer) *Table { return build(t, Config{Quote: none}).NewTable(b, tableColumns) },
			"invoice_no;amount;due_date;days;text\n" +
				"RE1;-1234.56;2026-10-02;5;schön  \"gut\"\n=1+1;0.00;;-3;@SUM(A1)\n;;;;Łódź  €\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			fillTable(t, tt.table(&b))
			if b.String() != tt.want {
				t.Errorf("table:\n%q; want\n%q", b.String(), tt.want)
			}
		})
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("disk full")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		return 0, errFull
	}
	d.left -= len(p)
	return len(p), nil
}

func TestTableErrors(t *testing.T) {
	table := ExcelDE.NewTable(&fullDisk{}, tableColumns)
	if err := table.Flush(); !errors.Is(err, errFull) {
		t.Errorf("Flush on a full disk: %v", err)
	}
	table = profile(t, "kontor").NewTable(&fullDisk{left: 10}, tableColumns)
	if err := table.Row("a", nil, nil, nil, nil); err != nil {
		t.Errorf("a buffered row: %v", err)
	}
	if err := table.Flush(); !errors.Is(err, errFull) {
		t.Errorf("Flush on a full disk: %v", err)
	}
	table = profile(t, "kontor").NewTable(&bytes.Buffer{}, tableColumns)
	if table.Row("one") == nil {
		t.Error("a row of one value in five columns")
	}
	if table.Row("a", 1.5, nil, nil, nil) == nil {
		t.Error("a float is written")
	}
}
