package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func camtFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "camt", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// bankRows lists what a statement says: a line for each row, then what holds
// for the file.
func bankRows(t testing.TB, data []byte, o ReadOptions) string {
	t.Helper()
	var b strings.Builder
	r := profile(t, "actindo").Read(purchase.Payments, bytes.NewReader(data), o)
	for row := range r.Rows() {
		fmt.Fprintf(&b, "row %d, line %d: ", row.Row, row.Line)
		if row.Record == nil {
			fmt.Fprintf(&b, "%s\n  %s\n", Messages(English, row.Errors), Messages(German, row.Errors))
			continue
		}
		text, err := json.Marshal(row.Record)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	fmt.Fprintf(&b, "accounts %v, not read %q\n", r.Accounts(), r.UnknownColumns())
	if e := r.Err(); e != nil {
		fmt.Fprintf(&b, "%s %s\n  %s\n", e.Code, e.Error(), e.Message(German))
	}
	return b.String()
}

func TestBankStatements(t *testing.T) {
	for _, name := range []string{"statement.08", "statement.02", "notification.08"} {
		t.Run(name, func(t *testing.T) {
			got := bankRows(t, camtFile(t, name+".xml"), ReadOptions{File: name + ".xml"})
			golden(t, filepath.Join("camt", name+".golden"), []byte(got))
		})
	}
}

// A row's bytes are those of its element, its line is where this begins.
func TestBytesOfEntries(t *testing.T) {
	for _, name := range []string{"statement.08", "statement.02", "notification.08"} {
		data := camtFile(t, name+".xml")
		for _, row := range read(profile(t, "kontor"), purchase.Payments, data, ReadOptions{}).rows {
			element := string(data[row.Offset : row.Offset+row.Length])
			tag, _, _ := strings.Cut(element, ">")
			if tag != "<Ntry" && tag != "<TxDtls" || !strings.HasSuffix(element, "</"+tag[1:]+">") {
				t.Errorf("%s: row %d is %q", name, row.Row, element)
			}
			if line := int64(bytes.Count(data[:row.Offset], []byte("\n"))) + 1; line != row.Line {
				t.Errorf("%s: row %d: line %d, want %d", name, row.Row, row.Line, line)
			}
		}
	}
}

// walked is a file as the twins of the samples describe it.
type walked struct {
	Account, Sequence string
	Balances          []string
	Entries           []walkedEntry
}

type walkedEntry struct {
	Amount, Currency, Sign, Status, Booked, Valued, Servicer string
	Details                                                  []walkedDetail
}

type walkedDetail struct{ EndToEnd, Debtor, DebtorAccount, Message string }

func walkThrough(t *testing.T, data []byte) (w walked) {
	t.Helper()
	r := profile(t, "kontor").Read(purchase.Payments, bytes.NewReader(data), ReadOptions{})
	walk := newBankWalk(r.lines.r, 0)
	for {
		switch walk.next() {
		case documentFails:
			t.Fatal(walk.refused)
		case documentEnds:
			return w
		case statementEnds:
			s := walk.statement
			w.Account, w.Sequence = s.account, s.sequence
			for _, b := range s.balances {
				a, _ := b.signed()
				w.Balances = append(w.Balances, fmt.Sprint(b.code, " ", a, " ", b.amount.currency, " ", dayOf(b.date)))
			}
		case entryEnds:
			w.Entries = append(w.Entries, walkedOf(walk.entry))
		}
	}
}

func walkedOf(e *bankEntry) walkedEntry {
	amount, _ := e.whole("").signed()
	w := walkedEntry{
		Amount: amount.String(), Currency: e.amount.currency, Sign: e.sign, Status: e.status,
		Booked: dayOf(e.booked), Valued: dayOf(e.valued), Servicer: e.servicer,
	}
	for i := range e.details {
		d := &e.details[i]
		w.Details = append(w.Details, walkedDetail{d.endToEnd, d.debtor.name, d.debtor.account, d.remittance(e)})
	}
	return w
}

// The samples say what their twins say that another library reads from them.
func TestSamplesSayWhatTheirTwinsSay(t *testing.T) {
	names, err := filepath.Glob("testdata/camt/samples/*.xml")
	if err != nil || len(names) != 6 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(strings.TrimSuffix(name, ".xml") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var twin any
			if err := json.Unmarshal(text, &twin); err != nil {
				t.Fatal(err)
			}
			want, got := twinOf(twin), walkThrough(t, data)
			for i := range got.Entries {
				for j := range got.Entries[i].Details {
					d := &got.Entries[i].Details[j]
					// The twin gives one of the parts of the text.
					if part := want.Entries[i].Details[j].Message; strings.Contains(d.Message, part) {
						d.Message = part
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("differs (-twin +ours):\n%s", diff)
			}
		})
	}
}

// A node is a place in a twin.
type node struct{ v any }

func (n node) at(path ...any) node {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := n.v.(map[string]any)
			n = node{m[p]}
		case int:
			l, _ := n.v.([]any)
			n = node{nil}
			if p < len(l) {
				n = node{l[p]}
			}
		}
	}
	return n
}

func (n node) text() string {
	s, _ := n.v.(string)
	return s
}

func (n node) list() (all []node) {
	l, _ := n.v.([]any)
	for _, v := range l {
		all = append(all, node{v})
	}
	return all
}

func (n node) day() string { return dayOf(n.at("0").text()) }

// amount prints minor units as ours are printed: of JPY, which has none, as if
// it had.
func (n node) amount() (amount, currency string) {
	digits, minus := strings.CutPrefix(n.at("getAmount").text(), "-")
	currency = n.at("getCurrency", "getCode").text()
	if currency == "JPY" {
		digits += "00"
	}
	digits = strings.Repeat("0", max(0, 3-len(digits))) + digits
	amount = digits[:len(digits)-2] + "." + digits[len(digits)-2:]
	if minus {
		amount = "-" + amount
	}
	return amount, currency
}

func twinOf(twin any) (w walked) {
	message := node{twin}
	record := message.at("getRecords", 0)
	if entries := message.at("getEntries").list(); len(entries) > 0 {
		record = entries[0].at("getRecord")
	}
	w.Account = record.at("getAccount", "getIdentification").text()
	w.Sequence = record.at("getElectronicSequenceNumber").text()
	codes := map[string]string{"opening": "OPBD", "closing": "CLBD", "opening_available": "OPAV", "closing_available": "CLAV"}
	for _, b := range record.at("getBalances").list() {
		amount, currency := b.at("getAmount").amount()
		w.Balances = append(w.Balances, fmt.Sprint(codes[b.at("getType").text()], " ", amount, " ", currency, " ", b.at("getDate").day()))
	}
	for _, e := range message.at("getEntries").list() {
		w.Entries = append(w.Entries, twinEntry(e))
	}
	return w
}

func twinEntry(e node) walkedEntry {
	w := walkedEntry{
		Sign: e.at("getCreditDebitIndicator").text(), Status: e.at("getStatus").text(),
		Booked: e.at("getBookingDate").day(), Valued: e.at("getValueDate").day(), Servicer: e.at("getAccountServicerReference").text(),
	}
	w.Amount, w.Currency = e.at("getAmount").amount()
	for _, d := range e.at("getTransactionDetails").list() {
		if d.text() != "" {
			d = e.at("getTransactionDetail") // the first one stands there
		}
		detail := walkedDetail{EndToEnd: d.at("getReference", "getEndToEndId").text(), Message: d.at("getRemittanceInformation", "getMessage").text()}
		for _, p := range d.at("getRelatedParties").list() {
			if strings.HasSuffix(p.at("getRelatedPartyType", "__CLASS__").text(), `\Debtor`) {
				detail.Debtor = p.at("getRelatedPartyType", "getName").text()
				detail.DebtorAccount = p.at("getAccount", "getIdentification").text()
			}
		}
		w.Details = append(w.Details, detail)
	}
	return w
}
