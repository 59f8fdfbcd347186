package formats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

const cancelHeader = "cancel_no;order_no;cancelled_on;reason\n"

func wide(order binary.AppendByteOrder, s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func build(t testing.TB, c Config) *Profile {
	t.Helper()
	p, err := c.Build("own", Lookup)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFilesAsAWhole(t *testing.T) {
	good := cancelHeader + "ST1;A1;2026-10-01;zu spät\n"
	tests := []struct {
		name    string
		charset string
		data    string
		rows    int
		want    string
	}{
		{"good", "", good, 1, ""},
		{"zero bytes", "", "", 0, "FILE_EMPTY"},
		{"a mark and nothing else", "", markUTF8, 0, "FILE_EMPTY"},
		{"header only", "", cancelHeader, 0, ""},
		{"crlf", "", strings.ReplaceAll(good, "\n", "\r\n"), 1, ""},
		{"mixed line ends", "", cancelHeader + "ST1;A1;2026-10-01;\r\nST2;A1;2026-10-01;\n", 2, ""},
		{"cr only", "", strings.ReplaceAll(good, "\n", "\r"), 0, "FILE_DIALECT"},
		{"cr only, long", "", strings.Repeat("a;b\r", 1<<20), 0, "FILE_DIALECT"},
		{"lines of nothing", "", cancelHeader + "\nST1;A1;2026-10-01;\n\n\r\n", 1, ""},
		{"byte order mark", "", markUTF8 + good, 1, ""},
		{"byte order mark of another charset", "windows-1252", markUTF8 + cancelHeader, 0, "FILE_ENCODING"},
		{"utf-16 with mark, not declared", "", markLE + string(wide(binary.LittleEndian, good)), 0, "FILE_ENCODING"},
		{"utf-16 with mark, in windows-1252", "windows-1252", markBE + string(wide(binary.BigEndian, good)), 0, "FILE_ENCODING"},
		{"utf-16 without mark, not declared", "windows-1252", string(wide(binary.LittleEndian, good)), 0, "FILE_ENCODING"},
		{"utf-16 by mark, little", "utf-16", markLE + string(wide(binary.LittleEndian, good)), 1, ""},
		{"utf-16 by mark, big", "utf-16", markBE + string(wide(binary.BigEndian, good)), 1, ""},
		{"utf-16le without mark", "utf-16le", string(wide(binary.LittleEndian, good)), 1, ""},
		{"utf-16be with the mark of the other", "utf-16be", markLE + string(wide(binary.LittleEndian, good)), 0, "FILE_ENCODING"},
		{
			"utf-16 with line-feed bytes inside characters", "utf-16le",
			string(wide(binary.LittleEndian, cancelHeader+"ST\u0a0a\u010a\u0a01;A1;2026-10-01;\u0a0a\nST2;A1;2026-10-01;\n")), 2, "",
		},
		{
			"utf-16be with line-feed bytes inside characters", "utf-16be",
			string(wide(binary.BigEndian, cancelHeader+"ST\u0a0a\u010a\u0a01;A1;2026-10-01;\u0a0a\r\nST2;A1;2026-10-01;\n")), 2, "",
		},
		{"half a surrogate", "utf-16le", string(wide(binary.LittleEndian, cancelHeader)) + "\x00\xd8;\x00\n\x00", 0, "FILE_ENCODING"},
		{"odd number of bytes", "utf-16le", string(wide(binary.LittleEndian, good)) + "x", 1, "FILE_TRUNCATED"},
		{"cut in a character", "", strings.TrimSuffix(good, "\xa4t\n"), 0, "FILE_TRUNCATED"},
		{"wrong byte at the end", "", strings.TrimSuffix(good, "\n") + "\xff", 0, "FILE_ENCODING"},
		{"utf-8 in windows-1252", "windows-1252", cancelHeader + "ST1;A1;2026-10-01;zu sp\u00e4t\n", 1, ""}, // mojibake cannot be told from text
		{"windows-1252 in utf-8", "", cancelHeader + "ST1;A1;2026-10-01;zu sp\xe4t\n", 0, "FILE_ENCODING"},
		{"hole of windows-1252", "windows-1252", cancelHeader + "ST1;A1;2026-10-01;\x81\n", 0, "FILE_ENCODING"},
		{"euro sign of iso-8859-15", "iso-8859-15", cancelHeader + "ST1;A1;2026-10-01;\xa4\n", 1, ""},
		{"cp850", "cp850", cancelHeader + "ST1;A1;2026-10-01;zu sp\x84t\n", 1, ""},
		{"nul", "", cancelHeader + "ST1;A1;2026-10-01;\x00\n", 0, "FILE_ENCODING"},
		{"nul behind umlauts at the end", "windows-1252", cancelHeader + "\xe4\xe4\x00", 0, "FILE_ENCODING"},
		{"nul behind umlauts, wide", "utf-16le", string(wide(binary.LittleEndian, cancelHeader+"€€€\x00\n")), 0, "FILE_ENCODING"},
		{"nul in the header", "windows-1252", "cancel_no\x00;order_no\n", 0, "FILE_ENCODING"},
		{"other delimiter", "", strings.ReplaceAll(good, ";", ","), 0, "FILE_DIALECT"},
		{"html", "", "<html>\n<body>login</body>\n", 0, "FILE_DIALECT"},
		{"no last line end", "", strings.TrimSuffix(good, "\n"), 0, "FILE_TRUNCATED"},
		{"cut before LF", "", cancelHeader + "ST1;A1;2026-10-01;\r", 0, "FILE_TRUNCATED"},
		{"cut in the header", "", "cancel_no;order", 0, "FILE_TRUNCATED"},
		{"ctrl-z at the end", "", good + "\x1a", 1, ""},
		{"ctrl-z at the end, wide", "utf-16le", string(wide(binary.LittleEndian, good+"\x1a")), 1, ""},
		{"two of them", "", good + "\x1a\x1a", 1, "FILE_TRUNCATED"},
		{"ctrl-z in a cell", "", cancelHeader + "ST1;A1;2026-10-01;x\x1a\n", 1, "1:FIELD_FORMAT reason"},
		{"required column missing", "", "cancel_no;cancelled_on\n", 0, "FILE_HEADER"},
		{"column twice", "", "cancel_no;order_no;cancelled_on;order_no\n", 0, "FILE_HEADER"},
		{"other case", "", "Cancel_No;order_no;cancelled_on\n", 0, "FILE_HEADER"},
		{"blanks around headings", "", " cancel_no ;order_no; cancelled_on\nST1;A1;2026-10-01\n", 1, ""},
		{"quoted headings", "", "\"cancel_no\";\"order_no\";\"cancelled_on\"\nST1;A1;2026-10-01\n", 1, ""},
		{"open quote in the header", "", "\"cancel_no;order_no;cancelled_on\n", 0, "FILE_HEADER"},
		{"other order", "", "reason;cancelled_on;order_no;cancel_no\nx;2026-10-01;A1;ST1\n", 1, ""},
		{"unknown columns", "", "cancel_no;x;order_no;;cancelled_on;x\nST1;1;A1;2;2026-10-01;3\n", 1, ""},
		{"201 columns", "", "cancel_no;order_no;cancelled_on" + strings.Repeat(";", 198) + "\n", 0, "FILE_TOO_LARGE"},
		{"line over 1 MiB", "", cancelHeader + "ST1;A1;2026-10-01;" + strings.Repeat("x", maxLine) + "\n", 0, "FILE_TOO_LARGE"},
		{"header over 1 MiB", "", strings.Repeat("ä;", maxLine), 0, "FILE_TOO_LARGE"},
		{"field over 64 KiB", "", cancelHeader + "ST1;A1;2026-10-01;" + strings.Repeat("x", maxField+1) + "\n", 0, "FILE_TOO_LARGE"},
		{"short row", "", cancelHeader + "ST1;A1\nST2;A1;2026-10-01;\n", 2, "1:ROW_COLUMNS"},
		{"long row", "", cancelHeader + "ST1;A1;2026-10-01;;\n", 1, "1:ROW_COLUMNS"},
		{"stray quote does not swallow rows", "", cancelHeader + "ST1;A1;2026-10-01;\"x\nST2;A1;2026-10-01;y\"\nST3;A1;2026-10-01;\n", 3, "1:ROW_COLUMNS, 2:ROW_COLUMNS"},
		{"line break in a field", "", cancelHeader + "ST1;A1;2026-10-01;\"x\ny\"\n", 2, "1:ROW_COLUMNS, 2:ROW_COLUMNS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := build(t, Config{Charset: tt.charset})
			v := read(p, purchase.Cancellations, []byte(tt.data), ReadOptions{})
			if got := v.codes(); got != tt.want || len(v.rows) != tt.rows {
				t.Errorf("%d rows, codes %q (%v); want %d, %q", len(v.rows), got, v.err, tt.rows, tt.want)
			}
		})
	}
}

func TestReturnsNeedAnInvoiceOrAnOrder(t *testing.T) {
	for header, want := range map[string]string{
		"return_no;returned_on;gross_amount\n":            "FILE_HEADER",
		"return_no;returned_on;gross_amount;order_no\n":   "",
		"return_no;returned_on;gross_amount;invoice_no\n": "",
	} {
		if got := read(profile(t, "kontor"), purchase.Returns, []byte(header), ReadOptions{}).codes(); got != want {
			t.Errorf("%s: %q; want %q", strings.TrimSpace(header), got, want)
		}
	}
}

func TestTrailers(t *testing.T) {
	const head = "payment_id;account;booked_on;amount;currency\n"
	const row = "Z1;DE1;2026-10-01;10.50;EUR\nZ2;DE1;2026-10-01;-0.50;EUR\n"
	tests := []struct {
		name      string
		trailer   string
		truncated string
		ignore    bool
		data      string
		want      string
	}{
		{"none", "", "", false, head + row, ""},
		{"right", "", "", false, head + row + "#TRAILER;2;10.00\n", ""},
		{"right, other form", "", "", false, head + row + "#TRAILER;2;10;;\n", ""},
		{"wrong number", "", "", false, head + row + "#TRAILER;3;10.00\n", "FILE_TRAILER"},
		{"wrong sum", "", "", false, head + row + "#TRAILER;2;10.01\n", "FILE_TRAILER"},
		{"no sum", "", "", false, head + row + "#TRAILER;2\n", "FILE_TRAILER"},
		{"not a number", "", "", false, head + row + "#TRAILER;two;10.00\n", "FILE_TRAILER"},
		{"stray quote in it", "", "", false, head + row + "#TRAILER;2;1\"0.00\n", "FILE_TRAILER"},
		{"twice", "", "", false, head + row + "#TRAILER;2;10.00\n#TRAILER;2;10.00\n", "FILE_TRAILER"},
		{"rows after it", "", "", false, head + "#TRAILER;2;10.00\n" + row, "FILE_TRAILER"},
		{"no rows", "", "", false, head + "#TRAILER;0;0.00\n", ""},
		{"demanded and there", "required", "", false, head + row + "#TRAILER;2;10.00\n", ""},
		{"demanded and missing", "required", "", false, head + row, "FILE_TRAILER"},
		{"released", "required", "", true, head + row + "#TRAILER;9;9.00\n", ""},
		{"released, none at all", "required", "", true, head + row, ""},
		{"bad row counts", "", "", false, head + row + "Z3;DE1;gestern;1.00;EUR\n#TRAILER;3;11.00\n", "3:FIELD_FORMAT booked_on"},
		{"amount that cannot be read", "", "", false, head + row + "Z3;DE1;2026-10-01;1,00;EUR\n#TRAILER;3;11.00\n", "3:FIELD_FORMAT amount"},
		{"that, and wrong number", "", "", false, head + row + "Z3;DE1;2026-10-01;1,00;EUR\n#TRAILER;2;11.00\n", "3:FIELD_FORMAT amount, FILE_TRAILER"},
		{"row of other length", "", "", false, head + row + "Z3;DE1\n#TRAILER;3;11.00\n", "3:ROW_COLUMNS"},
		{"not ended", "", "", false, head + row + "#TRAILER;2;10.00", "FILE_TRUNCATED"},
		{"not ended, proven", "", "allow_with_trailer", false, head + row + "#TRAILER;2;10.00", ""},
		{"not ended, not proven", "", "allow_with_trailer", false, head + row + "#TRAILER;2;10.0", ""},
		{"cut in the sum", "", "allow_with_trailer", false, head + row + "#TRAILER;2;1", "FILE_TRAILER"},
		{"cut in a row", "", "allow_with_trailer", false, head + strings.TrimSuffix(row, "\n"), "FILE_TRUNCATED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := build(t, Config{Feeds: map[string]FeedConfig{"payments": {Trailer: tt.trailer, Truncated: tt.truncated}}})
			v := read(p, purchase.Payments, []byte(tt.data), ReadOptions{IgnoreTrailer: tt.ignore})
			if got := v.codes(); got != tt.want {
				t.Errorf("codes %q (%v); want %q", got, v.err, tt.want)
			}
			if v.err != nil && (v.err.Verdict() == purchase.Held) != (v.err.Code == purchase.FileTrailer) {
				t.Errorf("%s gives %s", v.err.Code, v.err.Verdict())
			}
		})
	}
}

func TestTrailerOfActindo(t *testing.T) {
	data := "Stornonummer;Auftragsnummer;Stornodatum\r\nS1;A1;01.10.2026\r\n#TRAILER;1;0,00\r\n"
	if got := read(profile(t, "actindo"), purchase.Cancellations, []byte(data), ReadOptions{}).codes(); got != "" {
		t.Errorf("codes %q; want none", got)
	}
}

// endless yields the same bytes for ever and counts them.
type endless struct {
	of   []byte
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.of)
	}
	e.read += int64(n)
	return n, nil
}

func TestEndlessInputIsRefusedEarly(t *testing.T) {
	for _, of := range []string{"x", ";", "\"", "x;\r", "\x00"} {
		input := &endless{of: []byte(of)}
		head := strings.NewReader(cancelHeader)
		r := profile(t, "kontor").Read(purchase.Cancellations, io.MultiReader(head, input), ReadOptions{})
		for range r.Rows() {
		}
		if r.Err() == nil || input.read > 2*maxLine {
			t.Errorf("endless %q: %v after %d bytes; want an error within 2 MiB", of, r.Err(), input.read)
		}
	}
	input := &endless{of: []byte("ST1;A1;2026-10-01;\n")}
	r := profile(t, "kontor").Read(purchase.Cancellations, io.MultiReader(strings.NewReader(cancelHeader), input), ReadOptions{MaxSize: 1 << 20})
	for range r.Rows() {
	}
	if r.Err() == nil || r.Err().Code != purchase.FileTooLarge || input.read > 2<<20 {
		t.Errorf("endless rows: %v after %d bytes; want FILE_TOO_LARGE soon after 1 MiB", r.Err(), input.read)
	}
}

func TestBrokenReaderIsTruncated(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, n := range []int{0, 10, len(cancelHeader), len(cancelHeader) + 5} {
		data := (cancelHeader + "ST1;A1;2026-10-01;\n")[:n]
		r := profile(t, "kontor").Read(purchase.Cancellations, io.MultiReader(strings.NewReader(data), iotest.ErrReader(broken)), ReadOptions{})
		for range r.Rows() {
			t.Errorf("a row after %d bytes", n)
		}
		if r.Err() == nil || r.Err().Code != purchase.FileTruncated || !strings.Contains(r.Err().Error(), "fire") {
			t.Errorf("after %d bytes: %v; want FILE_TRUNCATED with the reason", n, r.Err())
		}
	}
}

func TestCheckHeader(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"good", cancelHeader + "never read \x00", ""},
		{"missing", "cancel_no;secret;cancelled_on\n", "1: column order_no is missing"},
		{"twice", "cancel_no;cancel_no\n", "1: column cancel_no comes twice"},
		{"empty", "", "the file is empty: wanted a header line"},
		{"encoding", "cancel\xff;secret\n", "1: wrong charset: wanted text in utf-8"},
		{"dialect", "secret,order_no\n", "1: not the format of the profile: wanted columns separated by ;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := profile(t, "kontor").CheckHeader(purchase.Cancellations, strings.NewReader(tt.data), ReadOptions{})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("CheckHeader = %q; want %q", got, tt.want)
			}
		})
	}
}

// One byte at a time, the reader finds the same as at once.
func TestSmallReads(t *testing.T) {
	data := []byte(cancelHeader + strings.Repeat("ST1;A1;2026-10-01;\"a;\"\"b\"\nST2;A1\n", 50))
	p := profile(t, "kontor")
	want := read(p, purchase.Cancellations, data, ReadOptions{})
	r := p.Read(purchase.Cancellations, iotest.OneByteReader(bytes.NewReader(data)), ReadOptions{File: "f.csv"})
	i := 0
	for row := range r.Rows() {
		if w := want.rows[i]; w.Record != row.Record || w.Offset != row.Offset || w.Line != row.Line {
			t.Errorf("row %d differs: %+v; want %+v", i, row, w)
		}
		i++
	}
	if i != len(want.rows) {
		t.Errorf("%d rows; want %d", i, len(want.rows))
	}
}
