package formats

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestAmounts(t *testing.T) {
	tests := []struct {
		profile, cell string
		want          money.Amount
		fault         parseFault
	}{
		{"kontor", "100.00", 10000, fine},
		{"kontor", "100", 10000, fine},
		{"kontor", "10.5", 1050, fine},
		{"kontor", "0.01", 1, fine},
		{"kontor", "007.50", 750, fine},
		{"kontor", "-5.00", -500, fine},
		{"kontor", "-0.00", 0, fine},
		{"kontor", "99999999999.99", 9_999_999_999_999, fine},
		{"kontor", "100000000000.00", 0, outOfRange},
		{"kontor", "92233720368547758.08", 0, outOfRange},
		{"kontor", "1,50", 0, malformed},
		{"kontor", "1.234", 0, malformed},
		{"kontor", "1,234.56", 0, malformed},
		{"kontor", "1.", 0, malformed},
		{"kontor", ".5", 0, malformed},
		{"kontor", "", 0, malformed},
		{"kontor", "-", 0, malformed},
		{"kontor", "--1", 0, malformed},
		{"kontor", "+1", 0, malformed},
		{"kontor", "1-", 0, malformed},
		{"kontor", "1e3", 0, malformed},
		{"kontor", "NaN", 0, malformed},
		{"kontor", "0x10", 0, malformed},
		{"kontor", "1 000", 0, malformed},
		{"kontor", "1.00 EUR", 0, malformed},
		{"kontor", "١٢", 0, malformed}, // Arabic digits
		{"actindo", "1.234,56", 123456, fine},
		{"actindo", "1234,56", 123456, fine},
		{"actindo", "1.234.567,8", 123456780, fine},
		{"actindo", "-1.050,55", -105055, fine},
		{"actindo", "1234", 123400, fine},
		{"actindo", "0,00", 0, fine},
		{"actindo", "1.234", 0, malformed},
		{"actindo", "1.50", 0, malformed},
		{"actindo", "12.34,50", 0, malformed},
		{"actindo", "1234.567,00", 0, malformed},
		{"actindo", ".123,00", 0, malformed},
		{"actindo", "1..234,00", 0, malformed},
		{"actindo", "1,234.56", 0, malformed},
		{"actindo", "1,2,3", 0, malformed},
	}
	for _, tt := range tests {
		got, fault := profile(t, tt.profile).dialect.parseAmount(tt.cell)
		if got != tt.want || fault != tt.fault {
			t.Errorf("%s: parseAmount(%q) = %d, %d; want %d, %d", tt.profile, tt.cell, got, fault, tt.want, tt.fault)
		}
	}
}

func TestDates(t *testing.T) {
	withTime := dialect{date: germanDates()}
	withTime.time, _ = compileTime("hh:mm:ss")
	loose := dialect{}
	loose.date, _ = compileDate("D/M/YYYY")
	iso, german := canonical(), dialect{date: germanDates()}
	tests := []struct {
		name  string
		d     *dialect
		cell  string
		want  string
		fault parseFault
	}{
		{"iso", &iso, "2026-10-02", "2026-10-02", fine},
		{"leap day", &iso, "2024-02-29", "2024-02-29", fine},
		{"no leap day", &iso, "2026-02-29", "", malformed},
		{"no leap day in 1900", &iso, "1900-02-29", "", malformed},
		{"31 April", &iso, "2026-04-31", "", malformed},
		{"month 13", &iso, "2026-13-01", "", malformed},
		{"day 0", &iso, "2026-01-00", "", malformed},
		{"first year", &iso, "1900-01-01", "1900-01-01", fine},
		{"last year", &iso, "2199-12-31", "2199-12-31", fine},
		{"year 0026", &iso, "0026-10-02", "", outOfRange},
		{"too late", &iso, "2200-01-01", "", outOfRange},
		{"one digit", &iso, "2026-1-2", "", malformed},
		{"serial number of a spreadsheet", &iso, "45306", "", malformed},
		{"german in iso", &iso, "02.10.2026", "", malformed},
		{"time without layout", &iso, "2026-10-02 12:00:00", "", malformed},
		{"german", &german, "02.10.2026", "2026-10-02", fine},
		{"two-digit year", &german, "02.10.26", "", malformed},
		{"rest", &german, "02.10.2026x", "", malformed},
		{"time", &withTime, "02.10.2026 23:59:59", "2026-10-02", fine},
		{"time left out", &withTime, "02.10.2026", "2026-10-02", fine},
		{"hour 24", &withTime, "02.10.2026 24:00:00", "", malformed},
		{"half a time", &withTime, "02.10.2026 12:00", "", malformed},
		{"one or two digits", &loose, "2/10/2026", "2026-10-02", fine},
		{"three digits", &loose, "002/10/2026", "", malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, fault := tt.d.parseDate(tt.cell)
			if got.String() != tt.want || fault != tt.fault {
				t.Errorf("parseDate(%q) = %q, %d; want %q, %d", tt.cell, got, fault, tt.want, tt.fault)
			}
		})
	}
	if got := loose.formatDate(schedules.NewDate(2026, 1, 2)); got != "2/1/2026" {
		t.Errorf("formatDate = %q; want 2/1/2026", got)
	}
}

func TestSplit(t *testing.T) {
	doubled := canonical()
	masked, bare := doubled, doubled
	masked.backslash = true
	bare.quote = 0
	tests := []struct {
		name  string
		d     *dialect
		line  string
		want  string // cells joined by |
		fault splitFault
	}{
		{"plain", &doubled, `a;b;c`, "a|b|c", whole},
		{"empty cells", &doubled, `;;`, "||", whole},
		{"quoted", &doubled, `"a;b";"c"`, "a;b|c", whole},
		{"doubled quote", &doubled, `"say ""hi""";x`, `say "hi"|x`, whole},
		{"quotes around nothing", &doubled, `"";""`, "|", whole},
		{"only a quote inside", &doubled, `""""`, `"`, whole},
		{"not closed", &doubled, `a;"b;c`, "a", openQuote},
		{"closed by a doubled one", &doubled, `"a"";b`, "", openQuote},
		{"stray quote", &doubled, `a;b"c;d`, "a", strayQuote},
		{"text after the quote", &doubled, `"a"b;c`, "", strayQuote},
		{"blank before the quote", &doubled, `a; "b"`, "a", strayQuote},
		{"masked", &masked, `"a\"b";c`, `a"b|c`, whole},
		{"masked backslash", &masked, `"a\\";c`, `a\|c`, whole},
		{"backslash before a letter", &masked, `"C:\temp";c`, `C:\temp|c`, whole},
		{"backslash outside quotes", &masked, `a\;b`, `a\|b`, whole},
		{"doubled where it is masked", &masked, `"a""b";c`, "", strayQuote},
		{"masked to the end", &masked, `"a\`, "", openQuote},
		{"no quotes", &bare, `"a;b"`, `"a|b"`, whole},
		{"200 columns", &doubled, strings.Repeat(";", 199), strings.Repeat("|", 199), whole},
		{"201 columns", &doubled, strings.Repeat(";", 200), strings.Repeat("|", 199), tooManyCells},
		{"64 KiB", &doubled, strings.Repeat("x", maxField), strings.Repeat("x", maxField), whole},
		{"over 64 KiB", &doubled, strings.Repeat("x", maxField+1), "", fieldTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cells, fault := tt.d.split(tt.line, nil)
			if got := strings.Join(cells, "|"); got != tt.want || fault != tt.fault {
				t.Errorf("split(%.60q) = %.60q, %d; want %.60q, %d", tt.line, got, fault, tt.want, tt.fault)
			}
		})
	}
}

// Each rule of a cell, alone, in an otherwise good row of orders.
func TestCellsOfOrders(t *testing.T) {
	tests := []struct {
		name, column, cell, want string
	}{
		{"good", "order_no", "A1", ""},
		{"blanks around", "order_no", "  A1\u00a0", ""},
		{"blanks alone", "order_no", "   ", "1:FIELD_REQUIRED order_no"},
		{"64 characters", "order_no", strings.Repeat("ä", 64), ""},
		{"65 characters", "order_no", strings.Repeat("x", 65), "1:FIELD_LENGTH order_no"},
		{"formula", "order_no", "@A1", "1:FIELD_FORMAT order_no"},
		{"formula and too long", "order_no", "=" + strings.Repeat("x", 65), "1:FIELD_FORMAT order_no"},
		{"a customer number may begin with plus", "customer_no", "+49 40 1", ""},
		{"customer number too long", "customer_no", strings.Repeat("x", 65), "1:FIELD_LENGTH customer_no"},
		{"control character", "city", "Ham\x07burg", "1:FIELD_FORMAT city"},
		{"control character at the end", "city", "Hamburg\x07", "1:FIELD_FORMAT city"},
		{"C1 control character", "city", "Ham\u0085burg", "1:FIELD_FORMAT city"},
		{"tab", "city", "\tHamburg", "1:FIELD_FORMAT city"},
		{"carriage return inside", "city", "Ham\rburg", "1:FIELD_FORMAT city"},
		{"zero-width characters are text", "city", "Ham\u200bburg", ""},
		{"formula in text", "city", "=1+1", ""},
		{"255 characters", "street", strings.Repeat("ß", 255), ""},
		{"256 characters", "street", strings.Repeat("s", 256), "1:FIELD_LENGTH street"},
		{"lower-case currency", "currency", "eur", "1:FIELD_FORMAT currency"},
		{"currency that is no currency", "currency", "XYZ", ""},
		{"two letters", "currency", "EU", "1:FIELD_FORMAT currency"},
		{"lower-case country", "country", "de", ""},
		{"country by name", "country", "Deutschland", "1:FIELD_FORMAT country"},
		{"country of digits", "country", "49", "1:FIELD_FORMAT country"},
		{"no amount", "gross_amount", "", "1:FIELD_REQUIRED gross_amount"},
		{"zero", "gross_amount", "0.00", "1:FIELD_RANGE gross_amount"},
		{"tax of zero", "tax_amount", "0.00", ""},
		{"negative tax", "tax_amount", "-0.01", "1:FIELD_RANGE tax_amount"},
		{"type by default", "customer_type", "", ""},
		{"unknown type", "customer_type", "b2b", "1:FIELD_RANGE customer_type"},
		{"no days", "term_days", "", ""},
		{"0 days", "term_days", "0", ""},
		{"negative days", "term_days", "-3", "1:FIELD_RANGE term_days"},
		{"half a day", "term_days", "1.5", "1:FIELD_FORMAT term_days"},
		{"far too many days", "term_days", "99999999999999999999", "1:FIELD_RANGE term_days"},
		{"no birth date", "birth_date", "", ""},
		{"no word on mail", "email_consent", "", ""},
		{"consent to mail", "email_consent", "Y", ""},
		{"no consent to mail", "email_consent", "N", ""},
		{"perhaps mail", "email_consent", "?", "1:FIELD_FORMAT email_consent"},
		{"no debtor account", "debtor_account", "", ""},
		{"debtor account", "debtor_account", "10001", ""},
		{"long debtor account", "debtor_account", "123456789", ""},
		{"short debtor account", "debtor_account", "1234", "1:FIELD_FORMAT debtor_account"},
		{"debtor account of 10 digits", "debtor_account", "1234567890", "1:FIELD_FORMAT debtor_account"},
		{"debtor account with a letter", "debtor_account", "D10001", "1:FIELD_FORMAT debtor_account"},
		{"debtor account that begins with 0", "debtor_account", "010001", "1:FIELD_FORMAT debtor_account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cells := map[string]string{
				"order_no": "A1", "order_date": "2026-10-01", "currency": "EUR", "gross_amount": "10.00", "customer_no": "K1",
			}
			cells[tt.column] = tt.cell
			var head, row []string
			for name, cell := range cells {
				head, row = append(head, name), append(row, cell)
			}
			data := strings.Join(head, ";") + "\n" + strings.Join(row, ";") + "\n"
			if got := read(profile(t, "kontor"), purchase.Orders, []byte(data), ReadOptions{}).codes(); got != tt.want {
				t.Errorf("%s = %q: %s; want %s", tt.column, tt.cell, got, tt.want)
			}
		})
	}
}

// The first error of a row is that of the first bad column in the order of the
// specification, in whatever order the file has them.
func TestFirstErrorIsByColumnOrder(t *testing.T) {
	data := "customer_no;gross_amount;currency;order_date;order_no\n;-1;eur;2026-02-30;\n"
	v := read(profile(t, "kontor"), purchase.Orders, []byte(data), ReadOptions{})
	want := "1:FIELD_REQUIRED order_no, 1:FIELD_FORMAT order_date, 1:FIELD_FORMAT currency, 1:FIELD_RANGE gross_amount, 1:FIELD_REQUIRED customer_no"
	if got := v.codes(); got != want {
		t.Errorf("codes:\n%s; want\n%s", got, want)
	}
}

func TestRejectedColumnsAreIgnoredWhenTheyComeBack(t *testing.T) {
	data := "cancel_no;order_no;cancelled_on;kontor_code;kontor_message;kontor_code\nST1;A1;2026-10-01;FIELD_FORMAT;\"a; b\";\n"
	v := read(profile(t, "kontor"), purchase.Cancellations, []byte(data), ReadOptions{})
	if v.codes() != "" || len(v.unknown) > 0 || len(v.rows) != 1 {
		t.Errorf("codes %q, unknown %q, %d rows; want one good row and no warning", v.codes(), v.unknown, len(v.rows))
	}
}

func TestAccountOfBadRows(t *testing.T) {
	data := "payment_id;account;booked_on;amount;currency\n" +
		"Z1;de02 12;gestern;1.00;EUR\nZ2;DE02\nZ\"3;DE02;;;\nZ4;DE03;\"x;;\n"
	v := read(profile(t, "kontor"), purchase.Payments, []byte(data), ReadOptions{})
	var got []string
	for _, row := range v.rows {
		got = append(got, row.Account)
	}
	if want := "DE0212|DE02||DE03"; strings.Join(got, "|") != want {
		t.Errorf("accounts %q; want %s", got, want)
	}
}
