package formats

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kontor-exchange/kontor/formats/camttest"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

const bankAccount = "DE02120300000000202051"

// statementOf is a camt.053 with these entries and balances.
func statementOf(inner string) string {
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>` +
		pageOf("1", "", inner) + "</BkToCstmrStmt></Document>\n"
}

// pageOf is one statement, or one page of it.
func pageOf(id, page, inner string) string {
	return "<Stmt><Id>" + id + "</Id>" + page + "<Acct><Id><IBAN>" + bankAccount + "</IBAN></Id><Ccy>EUR</Ccy></Acct>" + inner + "</Stmt>"
}

func balanceOf(code, amount string) string {
	return "<Bal><Tp><CdOrPrtry><Cd>" + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + "</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
}

func entryOf(reference, amount string) string {
	return `<Ntry><Amt Ccy="EUR">` + amount + "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-08</Dt></BookgDt>" +
		"<AcctSvcrRef>" + reference + "</AcctSvcrRef></Ntry>\n"
}

func TestBankFilesAsAWhole(t *testing.T) {
	good := statementOf(balanceOf("OPBD", "1.00") + entryOf("Z1", "2.00") + balanceOf("CLBD", "3.00"))
	swapped := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	tests := []struct {
		name string
		data string
		rows int
		want string // of the file, then of rows
	}{
		{"good", good, 1, ""},
		{"byte order mark", markUTF8 + good, 1, ""},
		{"blanks before", " \r\n" + good, 1, ""},
		{"declared utf-8", `<?xml version="1.0" encoding="utf-8"?>` + good, 1, ""},
		{"no entries", statementOf(""), 0, ""},
		{"other version, other namespace", swapped("camt.053.001.08", "camt.053.001.13"), 1, ""},
		{"with a prefix", `<c:Document xmlns:c="x">` + strings.NewReplacer("</", "</c:", "<", "<c:").Replace(strings.TrimSuffix(strings.TrimPrefix(good, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">`), "</Document>\n")) + "</c:Document>", 1, ""},
		{"in an envelope", "<Envelope><Header/>" + good + "</Envelope>", 1, ""},
		{"closing balance wrong", swapped(">3.00", ">3.01"), 1, "FILE_TRAILER"},
		{"opening balance is no amount", swapped(`<Amt Ccy="EUR">1.00`, `<Amt Ccy="EUR">1,00`), 1, "FILE_TRAILER"},
		{"closing balance in another currency", swapped(`<Amt Ccy="EUR">3.00`, `<Amt Ccy="SEK">3.01`), 1, ""},
		{"pending counts for no balance", swapped("BOOK", "PDNG"), 0, "FILE_TRAILER"},
		{"an amount that cannot be read proves nothing", swapped("2.00", "two"), 1, "1:FIELD_FORMAT amount"},
		{"amount of 0", statementOf(entryOf("Z1", "0.00")), 1, "1:FIELD_RANGE amount"},
		{"negative amount", statementOf(entryOf("Z1", "-5")), 1, "1:FIELD_FORMAT amount"},
		{"neither credit nor debit", swapped("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>"), 1, "1:FIELD_FORMAT amount"},
		{"no booking date", swapped("<BookgDt><Dt>2026-10-08</Dt></BookgDt>", ""), 1, "1:FIELD_REQUIRED booked_on"},
		{"booking date that does not exist", swapped("2026-10-08", "2026-02-30"), 1, "1:FIELD_FORMAT booked_on"},
		{"date with a zone", swapped("2026-10-08", "2026-10-08+02:00"), 1, ""},
		{"no account", swapped("<Acct><Id><IBAN>"+bankAccount+"</IBAN></Id><Ccy>EUR</Ccy></Acct>", ""), 0, "FILE_DIALECT"},
		{"no statement", `<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>`, 0, "FILE_DIALECT"},
		{"other message", `<Document><CstmrCdtTrfInitn/></Document>`, 0, "FILE_DIALECT"},
		{"intraday report", strings.NewReplacer("BkToCstmrStmt", "BkToCstmrAcctRpt", "Stmt>", "Rpt>").Replace(good), 0, "FILE_DIALECT"},
		{"login page", "<!DOCTYPE html>\n<html><body>login</body></html>", 0, "FILE_DIALECT"},
		{"entities", `<!DOCTYPE d [<!ENTITY a "aaaa">]>` + good, 0, "FILE_DIALECT"},
		{"two documents", good + good, 1, "FILE_DIALECT"},
		{"text behind", good + "so long", 1, "FILE_DIALECT"},
		{"cut", good[:len(good)-20], 1, "FILE_TRUNCATED"},
		{"cut in an entry", good[:strings.Index(good, "</Ntry>")], 0, "FILE_TRUNCATED"},
		{"crossed elements", swapped("</AcctSvcrRef></Ntry>", "</Ntry></AcctSvcrRef>"), 0, "FILE_DIALECT"},
		{"charset not known", `<?xml version="1.0" encoding="ebcdic"?>` + good, 0, "FILE_ENCODING"},
		{"wrong bytes", swapped("Z1", "Z\xfc"), 0, "FILE_ENCODING"},
		{"hole of windows-1252", `<?xml version="1.0" encoding="windows-1252"?>` + swapped("Z1", "Z\x81"), 0, "FILE_ENCODING"},
		{"umlaut in ascii", `<?xml version="1.0" encoding="US-ASCII"?>` + swapped("Z1", "Zü"), 0, "FILE_ENCODING"},
		{"nul", swapped("Z1", "Z\x00"), 0, "FILE_ENCODING"},
		{"one long element", swapped("Z1", strings.Repeat("x", maxLine+1)), 0, "FILE_TOO_LARGE"},
		{"too deep", "<Document>" + strings.Repeat("<a>", maxDepth), 0, "FILE_DIALECT"},
		{"many balances", statementOf(strings.Repeat("<Bal/>", maxBalances+1)), 0, "FILE_TOO_LARGE"},
		{"csv", "payment_id;account;booked_on;amount;currency\n", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range []*Profile{profile(t, "kontor"), profile(t, "actindo")} {
				if p.Name == "actindo" && tt.name == "csv" {
					continue
				}
				v := read(p, purchase.Payments, []byte(tt.data), ReadOptions{})
				if len(v.rows) != tt.rows || v.codes() != tt.want {
					t.Errorf("%s: %d rows, %s (%v); want %d, %s", p.Name, len(v.rows), v.codes(), v.err, tt.rows, tt.want)
				}
			}
		})
	}
}

// Other feeds know no XML.
func TestOnlyTheBankSendsXML(t *testing.T) {
	v := read(profile(t, "kontor"), purchase.Orders, camtFile(t, "statement.08.xml"), ReadOptions{})
	if v.codes() != "FILE_DIALECT" {
		t.Error(v.codes())
	}
}

func TestAReleasedStatementIsRead(t *testing.T) {
	data := []byte(statementOf(balanceOf("OPBD", "1.00") + balanceOf("CLBD", "2.00") + entryOf("Z1", "2.00")))
	v := read(profile(t, "kontor"), purchase.Payments, data, ReadOptions{File: "payments_1.xml"})
	if v.err == nil || v.err.Verdict() != purchase.Held {
		t.Fatal(v.err)
	}
	want := "payments_1.xml:1: the balances of account " + bankAccount + " do not fit the booked entries: wanted a closing balance of 3.00, came 2.00"
	if v.err.Error() != want {
		t.Errorf("%s; want %s", v.err, want)
	}
	if v := read(profile(t, "kontor"), purchase.Payments, data, ReadOptions{IgnoreTrailer: true}); v.err != nil || len(v.rows) != 1 {
		t.Error(v.err)
	}
}

func TestPagesOfAStatement(t *testing.T) {
	page := func(n, last, inner string) string {
		return pageOf("7", "<StmtPgntn><PgNb>"+n+"</PgNb><LastPgInd>"+last+"</LastPgInd></StmtPgntn>", inner)
	}
	message := func(pages ...string) string {
		return "<Document><BkToCstmrStmt>" + strings.Join(pages, "") + "</BkToCstmrStmt></Document>"
	}
	whole := balanceOf("OPBD", "1.00") + balanceOf("CLBD", "6.00")
	first, second := page("1", "false", whole+entryOf("Z1", "2.00")), page("2", "true", whole+entryOf("Z2", "3.00"))
	tests := []struct{ name, data, want string }{
		{"both pages, balances of the whole", message(first, second), ""},
		{"both pages, wrong", message(first, strings.Replace(second, "3.00", "3.50", 1)), "FILE_TRAILER"},
		{"the last page alone", message(second), ""},
		{"the first page alone", message(first), ""},
		{"each page with its own balances", message(
			page("1", "false", balanceOf("OPBD", "1.00")+balanceOf("ITBD", "3.00")+entryOf("Z1", "2.00")),
			page("2", "true", balanceOf("ITBD", "3.00")+balanceOf("CLBD", "6.00")+entryOf("Z2", "3.00"))), ""},
		{"a page with its own balances, wrong", message(
			page("2", "true", balanceOf("ITBD", "3.00")+balanceOf("CLBD", "6.00")+entryOf("Z2", "3.10"))), "FILE_TRAILER"},
		{"page of the message", strings.Replace(message(pageOf("7", "", whole+entryOf("Z1", "2.00"))),
			"<Stmt>", "<GrpHdr><MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn></GrpHdr><Stmt>", 1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if v := read(profile(t, "kontor"), purchase.Payments, []byte(tt.data), ReadOptions{}); v.codes() != tt.want {
				t.Errorf("%v; want %s", v.err, tt.want)
			}
		})
	}
}

// packedFiles is a ZIP of files by name, in order.
func packedFiles(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStatementsInAZIP(t *testing.T) {
	data := packedFiles(t, "a.xml", statementOf(entryOf("Z1", "1.00")), "read me.txt", "hello", "sub/", "", "sub/B.XML",
		statementOf(entryOf("Z2", "x")+entryOf("Z3", "3.00")), "__MACOSX/a.xml", "junk", "sub/._a.xml", "junk")
	for name, r := range map[string]io.Reader{"file": bytes.NewReader(data), "stream": iotest.OneByteReader(bytes.NewReader(data))} {
		t.Run(name, func(t *testing.T) {
			reader := profile(t, "kontor").Read(purchase.Payments, r, ReadOptions{File: "p.zip"})
			var got []string
			end := int64(0)
			for row := range reader.Rows() {
				if row.Offset < end {
					t.Errorf("row %d begins at %d, the one before ends at %d", row.Row, row.Offset, end)
				}
				end = row.Offset + row.Length
				if row.Record != nil {
					got = append(got, fmt.Sprint(row.Row, " ", row.Record.Number()))
				}
				for _, e := range row.Errors {
					got = append(got, e.Error())
				}
			}
			want := `[1 Z1 p.zip/sub/B.XML:1: column amount: "x" is not an amount such as 1234.56 3 Z3] ["read me.txt"] ` + "[" + bankAccount + "] <nil>"
			if got := fmt.Sprintf("%v %q %v %v", got, reader.UnknownColumns(), reader.Accounts(), reader.Err()); got != want {
				t.Errorf("%s; want %s", got, want)
			}
		})
	}
}

func TestBadZIPs(t *testing.T) {
	good := packedFiles(t, "a.xml", statementOf(entryOf("Z1", "1.00")))
	locked := bytes.Clone(good)
	central := bytes.Index(locked, []byte("PK\x01\x02"))
	locked[central+8] |= 1
	odd := bytes.Clone(good)
	odd[central+10] = 99
	sums := bytes.Clone(good)
	copy(sums[central+16:], []byte{1, 2, 3, 4})
	bomb := packedFiles(t, "a.xml", statementOf(entryOf("Z1", "1.00")+strings.Repeat(" <!-- -->", 1<<20)))
	var many []string
	for i := range maxMembers + 1 {
		many = append(many, fmt.Sprint(i, ".xml"), "")
	}
	tests := []struct {
		name string
		data []byte
		max  int64
		want string
	}{
		{"good", good, 0, ""},
		{"without end", good[:len(good)-30], 0, "FILE_TRUNCATED"},
		{"nothing inside", packedFiles(t), 0, "FILE_EMPTY"},
		{"no XML inside", packedFiles(t, "a.pdf", "x"), 0, "FILE_EMPTY"},
		{"password", locked, 0, "FILE_DIALECT"},
		{"packed in another way", odd, 0, "FILE_DIALECT"},
		{"wrong sum", sums, 0, "FILE_TRUNCATED"},
		{"one member is bad", packedFiles(t, "a.xml", statementOf(entryOf("Z1", "1.00")), "b.xml", "<x/>"), 0, "FILE_DIALECT"},
		{"a bomb", bomb, 0, "FILE_TOO_LARGE"},
		{"larger than allowed", good, int64(len(good)) - 1, "FILE_TOO_LARGE"},
		{"unpacks to more than allowed", packedFiles(t, "a.xml", statementOf(strings.Repeat(entryOf("Z1", "1.00"), 100))), 2000, "FILE_TOO_LARGE"},
		{"many files", packedFiles(t, many...), 0, "FILE_TOO_LARGE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := read(profile(t, "kontor"), purchase.Payments, tt.data, ReadOptions{MaxSize: tt.max})
			got := ""
			if v.err != nil {
				got = string(v.err.Code)
			}
			if got != tt.want {
				t.Errorf("%s (%v); want %s", got, v.err, tt.want)
			}
		})
	}
}

// What breaks off is an incomplete file, wherever it breaks off.
func TestAStatementThatBreaksOff(t *testing.T) {
	data := camtFile(t, "statement.02.xml")
	root := bytes.LastIndex(data, []byte(">")) + 1
	for n := 1; n < root; n += 7 {
		v := read(profile(t, "kontor"), purchase.Payments, data[:n], ReadOptions{})
		if v.err == nil || v.err.Code != purchase.FileTruncated {
			t.Fatalf("the first %d bytes: %v", n, v.err)
		}
		r := profile(t, "kontor").Read(purchase.Payments, io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(io.ErrNoProgress)), ReadOptions{})
		for range r.Rows() {
		}
		if e := r.Err(); e == nil || e.Code != purchase.FileTruncated {
			t.Fatalf("an error after %d bytes: %v", n, e)
		}
	}
}

func TestHeaderOfAStatement(t *testing.T) {
	p := profile(t, "kontor")
	for data, want := range map[string]string{
		statementOf(""):          "",
		"<html></html>":          "not the format of the profile: wanted a statement of an account, camt.053 or camt.054",
		string(packedFiles(t)):   "",
		"payment_id;account\nx;": "column booked_on is missing",
	} {
		got := ""
		if err := p.CheckHeader(purchase.Payments, strings.NewReader(data), ReadOptions{}); err != nil {
			got = strings.TrimPrefix(err.Error(), "1: ")
		}
		if got != want {
			t.Errorf("CheckHeader(%.20q) = %q; want %q", data, got, want)
		}
	}
}

// A statement of any length is read in the same memory.
func TestALongStatement(t *testing.T) {
	entry := entryOf("Z", "0.01")
	body := io.MultiReader(strings.NewReader(strings.SplitAfter(statementOf("|"), "</Acct>")[0]),
		&repeated{text: entry, n: 50_000}, strings.NewReader("</Stmt></BkToCstmrStmt></Document>"))
	r := profile(t, "kontor").Read(purchase.Payments, body, ReadOptions{})
	rows := int64(0)
	for row := range r.Rows() {
		rows = row.Row
	}
	if r.Err() != nil || rows != 50_000 {
		t.Error(r.Err(), rows)
	}
}

type repeated struct {
	text string
	n    int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// What the writer for tests writes is read as it was, in all versions.
func TestWrittenStatementsAreReadBack(t *testing.T) {
	v := read(profile(t, "kontor"), purchase.Payments, camtFile(t, "statement.08.xml"), ReadOptions{})
	var want []purchase.Payment
	for _, row := range v.rows {
		if p, ok := row.Record.(purchase.Payment); ok && p.Purpose == "" && p.Amount > 0 {
			want = append(want, p)
		}
	}
	for _, o := range []camttest.Options{{Version: "02"}, {Version: "08"}, {Message: "054", Version: "02"}, {Message: "054", Version: "08"}} {
		var b bytes.Buffer
		if err := camttest.Write(&b, want, o); err != nil {
			t.Fatal(err)
		}
		v := read(profile(t, "kontor"), purchase.Payments, b.Bytes(), ReadOptions{})
		if v.codes() != "" || len(v.rows) != len(want) {
			t.Fatalf("%+v: %d rows, %s\n%s", o, len(v.rows), v.codes(), b.Bytes())
		}
		for i, row := range v.rows {
			if row.Record != want[i] {
				t.Errorf("%+v: %+v; want %+v", o, row.Record, want[i])
			}
		}
	}
}
