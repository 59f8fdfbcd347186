package formats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// identities are the keys of the rows of a statement.
func identities(t testing.TB, data string) (keys []string) {
	t.Helper()
	v := read(profile(t, "kontor"), purchase.Payments, []byte(data), ReadOptions{})
	if v.codes() != "" {
		t.Fatal(v.codes(), v.err)
	}
	for _, row := range v.rows {
		keys = append(keys, strings.ReplaceAll(row.Record.Key(), "\x1f", " "))
	}
	return keys
}

func TestPaymentIDs(t *testing.T) {
	entry := func(references, details string) string {
		return `<Ntry>` + references + `<Amt Ccy="EUR">4.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-08</Dt></BookgDt>` +
			`<NtryDtls>` + details + `</NtryDtls></Ntry>`
	}
	two := func(first, second string) string {
		return `<TxDtls><Refs>` + first + `</Refs><Amt Ccy="EUR">1.00</Amt></TxDtls><TxDtls><Refs>` + second + `</Refs><Amt Ccy="EUR">3.00</Amt></TxDtls>`
	}
	bank := func(s string) string { return "<AcctSvcrRef>" + s + "</AcctSvcrRef>" }
	number := func(s string) string { return "<NtryRef>" + s + "</NtryRef>" }
	tests := []struct{ name, entry, want string }{
		{"of the transaction", entry(bank("E"), "<TxDtls><Refs>"+bank("T")+"</Refs></TxDtls>"), "T"},
		{"of the entry", entry(bank("E")+number("N"), ""), "E"},
		{"of the entry, no word for none", entry(bank("NONREF")+number("N-7"), ""), "N-7"},
		{"of the entry, not zeros", entry(bank("0000"), ""), "camt-"},
		{"a counter is no reference", entry(number("000012"), ""), "camt-"},
		{"seven digits are", entry(number("0000123"), ""), "0000123"},
		{"batch", entry(bank("E"), two(bank("T1"), bank("T2"))), "T1,T2"},
		{"batch, one reference for all", entry(bank("E"), two(bank("E"), bank("E"))), "E/1,E/2"},
		{"batch, some have none", entry(bank("E"), two(bank("T1"), "")), "T1,E/2"},
		{"batch, entry reference", entry(number("N-7"), two("", "")), "N-7/1,N-7/2"},
		{"no document number", entry(bank("=1+1"), ""), "camt-"},
		{"too long", entry(bank(strings.Repeat("x", maxNumber)), ""), "camt-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, row := range read(profile(t, "kontor"), purchase.Payments, []byte(statementOf(tt.entry)), ReadOptions{}).rows {
				id := row.Record.Number()
				if strings.HasPrefix(id, "camt-") {
					id = "camt-"
				}
				got = append(got, id)
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("%v; want %s", got, tt.want)
			}
		})
	}
}

// A transaction is the same one in the notification and in the statement, in a
// statement that was sent again and in one that overlaps; two that are equal
// stay two.
func TestATransactionHasOneID(t *testing.T) {
	plain := func(name string) string {
		return `<Ntry><Amt Ccy="EUR">4.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-08</Dt></BookgDt>` +
			`<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>` + name + `</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>`
	}
	monday := identities(t, statementOf(entryOf("Z1", "1.00")+plain("Anna")+plain("Anna")))
	notified := strings.NewReplacer("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "Stmt>", "Ntfctn>").Replace(statementOf(plain("Anna") + entryOf("Z1", "1.0") + plain("Anna")))
	overlap := identities(t, statementOf(plain("Bert")+plain("Anna")+plain("Anna")+entryOf("Z1", "1.00000")+plain("Anna")))
	if len(monday) != 3 || monday[1] == monday[2] {
		t.Fatal(monday)
	}
	for _, key := range monday {
		for what, keys := range map[string][]string{"notification": identities(t, notified), "overlap": overlap} {
			if n := strings.Count(strings.Join(keys, "\n")+"\n", key+"\n"); n != 1 {
				t.Errorf("%s is %d times in the %s: %q", key, n, what, keys)
			}
		}
	}
	if len(overlap) != 5 {
		t.Error(overlap)
	}
}

func TestPurposes(t *testing.T) {
	tests := []struct {
		sign, reversal, id, more string
		purpose, trace           string
	}{
		{"CRDT", "", "NOTPROVIDED", "", "", ""},
		{"CRDT", "", "P-acme-2026W41", "", "", "P-acme-2026W41"},
		{"DBIT", "", "P-acme-2026W41", "", "PAYOUT", "P-acme-2026W41"},
		{"DBIT", "", "p-ACME-2026w41", "", "PAYOUT", "P-acme-2026W41"},
		{"DBIT", "", "P-acme-2026W4", "", "OTHER", "P-acme-2026W4"},
		{"CRDT", "", "P-acme-2026W41", "<RtrInf/>", "PAYOUT", "P-acme-2026W41"},
		{"CRDT", "true", "P-acme-2026W41", "", "PAYOUT", "P-acme-2026W41"},
		{"DBIT", "", "R-acme-RE1009", "", "REFUND", "R-acme-RE1009"},
		{"DBIT", "", "r-ACME-000001", "", "REFUND", "R-acme-000001"},
		{"DBIT", "", "R-1", "", "OTHER", "R-1"},
		{"DBIT", "", "E1", "", "OTHER", "E1"},
		{"DBIT", "", "E1", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", "", "E1"},
		{"DBIT", "1", "E1", "", "", "E1"},
		{"DBIT", "false", "E1", "", "OTHER", "E1"},
		{"CRDT", "true", "E1", "", "OTHER", "E1"},
	}
	for _, tt := range tests {
		data := statementOf(`<Ntry><Amt Ccy="EUR">4.00</Amt><CdtDbtInd>` + tt.sign + `</CdtDbtInd><RvslInd>` + tt.reversal +
			`</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-08</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>` + tt.id +
			`</EndToEndId></Refs>` + tt.more + `</TxDtls></NtryDtls></Ntry>`)
		v := read(profile(t, "kontor"), purchase.Payments, []byte(data), ReadOptions{})
		p, _ := v.rows[0].Record.(purchase.Payment)
		if p.Purpose != tt.purpose || p.EndToEndID != tt.trace {
			t.Errorf("%+v: %q, %q (%s)", tt, p.Purpose, p.EndToEndID, v.codes())
		}
	}
}

// What is rejected of a statement comes back as a payments CSV, which can be
// corrected and dropped in.
func TestRejectedEntries(t *testing.T) {
	statement := camtFile(t, "statement.08.xml")
	for name, original := range map[string][]byte{"xml": statement, "zip": packedFiles(t, "a.xml", statementOf(entryOf("Z0", "1.00")), "b.xml", string(statement))} {
		for _, p := range []*Profile{profile(t, "kontor"), profile(t, "actindo")} {
			t.Run(name+"/"+p.Name, func(t *testing.T) {
				v := read(p, purchase.Payments, original, ReadOptions{})
				var b bytes.Buffer
				w, err := p.NewRejectedWriter(&b, bytes.NewReader(original))
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
				for _, row := range v.rows {
					fee := row.Record != nil && row.Record.Number() == "FEE-10"
					if row.Record != nil && !fee {
						continue
					}
					r := Reject{Offset: row.Offset, Length: row.Length, Code: purchase.UnknownInvoice, Message: "nobody knows; what \"this\" is"}
					if !fee {
						r.Code, r.Message = row.Errors[0].Code, Messages(English, row.Errors)
					}
					if err := w.Write(r); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
				golden(t, fmt.Sprintf("camt/rejected.%s.csv", p.Name), b.Bytes())
				if again := read(p, purchase.Payments, b.Bytes(), ReadOptions{}); again.err != nil || len(again.rows) != 4 {
					t.Errorf("read again: %d rows, %v", len(again.rows), again.err)
				}
			})
		}
	}
}

func TestRejectedEntriesThatAreNotThere(t *testing.T) {
	w, err := profile(t, "kontor").NewRejectedWriter(&bytes.Buffer{}, bytes.NewReader(camtFile(t, "statement.02.xml")))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(Reject{Offset: 1}); err == nil {
		t.Error("a row that is not there was written")
	}
	if err := w.Flush(); err == nil {
		t.Error("the error is forgotten")
	}
}

// Whoever gives up before the last reject leaves nothing running: the statement
// is read by a goroutine of its own.
func TestRejectedEntriesLeaveNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	original := camtFile(t, "statement.02.xml")
	rows := read(profile(t, "kontor"), purchase.Payments, original, ReadOptions{}).rows
	w, err := profile(t, "kontor").NewRejectedWriter(&bytes.Buffer{}, bytes.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Reject{Offset: rows[0].Offset, Length: rows[0].Length}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	w.Close()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// FuzzBankStatement: whatever comes, it ends, each row is a record or has
// errors, rows do not overlap, and what was read is read again as the same.
func FuzzBankStatement(f *testing.F) {
	for _, name := range []string{"statement.08.xml", "statement.02.xml", "notification.08.xml", "samples/camt054.v4.xml"} {
		data := camtFile(f, name)
		f.Add(data)
		f.Add(packedFiles(f, "a.xml", string(data)))
	}
	p := profile(f, "kontor")
	f.Fuzz(func(t *testing.T, data []byte) {
		if kindOf(data) == textFile {
			return
		}
		v := read(p, purchase.Payments, data, ReadOptions{MaxSize: 1 << 20})
		end := int64(0)
		for i, row := range v.rows {
			if row.Row != int64(i)+1 || row.Offset < end || row.Length <= 0 || (row.Record == nil) == (len(row.Errors) == 0) {
				t.Fatalf("row %d: %+v after byte %d", i+1, row, end)
			}
			end = row.Offset + row.Length
			if row.Record == nil {
				continue
			}
			var b bytes.Buffer
			w := p.NewWriter(&b, purchase.Payments)
			if err := w.Write(row.Record); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if again := read(p, purchase.Payments, b.Bytes(), ReadOptions{}); len(again.rows) != 1 || again.rows[0].Record != ofFile(row.Record) {
				t.Fatalf("%+v as CSV is read as %+v, %v", row.Record, again.rows, again.err)
			}
		}
	})
}
