package purchase_test

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestReference(t *testing.T) {
	tests := []struct{ name, order, want string }{
		{"simple", "A1001", "RF35A1001"},
		{"of the standard's own example", "539007547034", "RF18539007547034"},
		{"lower case and signs", "a-10/01", "RF35A1001"},
		{"umlauts are left out", "Ä1001ß", "RF401001"},
		{"the last 21", "X" + strings.Repeat("9", 21), purchase.Reference(strings.Repeat("9", 21))},
		{"nothing to use", "äöü-/", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		got := purchase.Reference(tt.order)
		if got != tt.want {
			t.Errorf("%s: Reference(%q) = %q; want %q", tt.name, tt.order, got, tt.want)
		}
		if got != "" && !purchase.ValidReference(got) {
			t.Errorf("%s: Reference(%q) = %q is not valid", tt.name, tt.order, got)
		}
	}
}

func TestValidReference(t *testing.T) {
	for s, want := range map[string]bool{
		"RF18539007547034": true, "RF19539007547034": false, "RF18539007547043": false, "rf18539007547034": false,
		"RF18 539007547034": false, "XX18539007547034": false, "RF": false, "": false, "RF18": false, "RFAB539007547034": false,
		purchase.Reference(strings.Repeat("Z", 21)): true, "RF00" + strings.Repeat("Z", 22): false, "RF18Ä39007547034": false,
	} {
		if got := purchase.ValidReference(s); got != want {
			t.Errorf("ValidReference(%q) = %t; want %t", s, got, want)
		}
	}
}

// Any one digit or letter that is changed is found.
func FuzzReference(f *testing.F) {
	f.Add("A-1001", uint8(6), byte('7'))
	f.Add("ordernummer 12", uint8(2), byte('0'))
	f.Fuzz(func(t *testing.T, order string, at uint8, with byte) {
		rf := purchase.Reference(order)
		if rf == "" {
			return
		}
		if !purchase.ValidReference(rf) || len(rf) > 25 {
			t.Fatalf("Reference(%q) = %q is not valid", order, rf)
		}
		changed := []byte(rf)
		i := 2 + int(at)%(len(rf)-2)
		digit := func(b byte) bool { return b >= '0' && b <= '9' }
		if digit(with) && digit(changed[i]) && with != changed[i] {
			changed[i] = with
			if purchase.ValidReference(string(changed)) {
				t.Errorf("%s and %s are both valid", rf, changed)
			}
		}
	})
}

func TestValidIBAN(t *testing.T) {
	for s, want := range map[string]bool{
		"DE02120300000000202051": true, "DE75512108001245126199": true, "GB82WEST12345698765432": true, "NO9386011117947": true,
		"MT84MALT011000012345MTLCAST001S": true, "DE03120300000000202051": false, "DE02120300000000202015": false, "de02120300000000202051": false,
		"DE02 1203 0000 0000 2020 51": false, "0202120300000000202051": false, "DEAB120300000000202051": false, "": false, "DE02": false,
		"DE0212030000000020205Ä": false, strings.Repeat("A", 35): false,
	} {
		if got := purchase.ValidIBAN(s); got != want {
			t.Errorf("ValidIBAN(%q) = %t; want %t", s, got, want)
		}
	}
}

// FuzzIBAN: an IBAN with one other character, or two neighbours exchanged, is
// none. MOD 97-10 counts a letter as two digits, so both are of the same kind.
func FuzzIBAN(f *testing.F) {
	for _, s := range []string{"DE02120300000000202051", "MT84MALT011000012345MTLCAST001S", "GB82WEST12345698765432", "DE", "", "de02 1203"} {
		f.Add(s, uint8(5), byte('7'))
	}
	f.Fuzz(func(t *testing.T, s string, at uint8, c byte) {
		if !purchase.ValidIBAN(s) {
			return
		}
		if len(s) < 15 || len(s) > 34 || strings.ToUpper(s) != s || strings.ContainsAny(s, " -") {
			t.Fatalf("ValidIBAN(%q) = true; want upper case, 15 to 34 characters, no blanks", s)
		}
		i := int(at) % len(s)
		isDigit := func(b byte) bool { return b >= '0' && b <= '9' }
		if other := s[:i] + string(rune(c)) + s[i+1:]; c != s[i] && isDigit(c) && isDigit(s[i]) && purchase.ValidIBAN(other) {
			t.Errorf("ValidIBAN(%q) and ValidIBAN(%q) = true; want one of them", s, other)
		}
		if i+1 < len(s) && i != 3 && s[i] != s[i+1] && isDigit(s[i]) && isDigit(s[i+1]) {
			if other := s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]; purchase.ValidIBAN(other) {
				t.Errorf("ValidIBAN(%q) and ValidIBAN(%q) = true; want one of them", s, other)
			}
		}
	})
}

func TestNormalize(t *testing.T) {
	for s, want := range map[string]string{
		"Müller": "mueller", "MÜLLER": "mueller", "Mu\u0308ller": "mueller", "Groß": "gross", "GROẞ": "gross", "Ærø": "r",
		"García-López": "garcialopez", "Hauptstr. 12 a": "hauptstr12a", "D-10115": "d10115", "Šárka": "sarka", "Łódź": "odz", "": "", "东京": "",
		"Ａ１": "",
	} {
		if got := purchase.Normalize(s); got != want {
			t.Errorf("Normalize(%q) = %q; want %q", s, got, want)
		}
	}
}

func TestPerson(t *testing.T) {
	born := schedules.NewDate(1980, 5, 6)
	o := purchase.Order{FirstName: "Jürgen", LastName: "Groß", Postcode: "10115", BirthDate: born}
	same := purchase.Order{FirstName: "JUERGEN", LastName: "Gross", Postcode: "10 115", BirthDate: born}
	if o.Person() != same.Person() || o.Person() == "" {
		t.Errorf("Person() = %q and %q; want the same", o.Person(), same.Person())
	}
	for name, edit := range map[string]func(*purchase.Order){
		"first name": func(o *purchase.Order) { o.FirstName = "" },
		"last name":  func(o *purchase.Order) { o.LastName = "-" },
		"postcode":   func(o *purchase.Order) { o.Postcode = "" },
		"birth date": func(o *purchase.Order) { o.BirthDate = 0 },
	} {
		x := o
		edit(&x)
		if got := x.Person(); got != "" {
			t.Errorf("without %s: Person() = %q; want none", name, got)
		}
	}
	for name, edit := range map[string]func(*purchase.Order){
		"first name": func(o *purchase.Order) { o.FirstName = "Georg" },
		"last name":  func(o *purchase.Order) { o.LastName = "Klein" },
		"postcode":   func(o *purchase.Order) { o.Postcode = "10117" },
		"birth date": func(o *purchase.Order) { o.BirthDate++ },
		"no border":  func(o *purchase.Order) { o.FirstName, o.LastName = "ssjuergen", "Gro" },
	} {
		x := o
		edit(&x)
		if x.Person() == o.Person() {
			t.Errorf("another %s: Person() = %q for both", name, x.Person())
		}
	}
}

func TestLetters(t *testing.T) {
	for s, want := range map[string]int{"": 0, "M.": 1, "O": 1, "Bo": 2, "É-1": 1, "12": 0, "ßü": 2} {
		if got := purchase.Letters(s); got != want {
			t.Errorf("Letters(%q) = %d; want %d", s, got, want)
		}
	}
}

func TestFeeds(t *testing.T) {
	for _, f := range append(purchase.Feeds(), purchase.Commands) {
		if got, ok := purchase.ParseFeed(f.String()); got != f || !ok {
			t.Errorf("ParseFeed(%s) = %v, %t", f, got, ok)
		}
	}
	for _, s := range []string{"", "unknown", "Orders"} {
		if got, ok := purchase.ParseFeed(s); ok {
			t.Errorf("ParseFeed(%q) = %v; want none", s, got)
		}
	}
	if got := purchase.Feed(99).String(); got != "unknown" {
		t.Errorf("Feed(99) = %s; want unknown", got)
	}
}

// Material columns make a conflict; the others do not.
func TestMaterial(t *testing.T) {
	day := schedules.NewDate(2026, 10, 1)
	tests := []struct {
		name      string
		a, b      purchase.Record
		conflict  bool
		identical bool
	}{
		{"an order again", purchase.Order{OrderNo: "A1", Gross: 1}, purchase.Order{OrderNo: "A1", Gross: 1}, false, true},
		{"another phone", purchase.Order{OrderNo: "A1", Phone: "1"}, purchase.Order{OrderNo: "A1", Phone: "2"}, false, false},
		{"another amount", purchase.Order{OrderNo: "A1", Gross: 1}, purchase.Order{OrderNo: "A1", Gross: 2}, true, false},
		{"another customer", purchase.Order{CustomerNo: "K1"}, purchase.Order{CustomerNo: "K2"}, true, false},
		{"a term of 0 days", purchase.Invoice{TermDays: purchase.Days{Given: true}}, purchase.Invoice{}, true, false},
		{"another warning of default", purchase.Invoice{DefaultNotice: true}, purchase.Invoice{}, false, false},
		{"another carrier", purchase.Shipment{Carrier: "DHL"}, purchase.Shipment{Carrier: "GLS"}, false, false},
		{"a shipment's amount", purchase.Shipment{Gross: 1}, purchase.Shipment{Gross: 2}, false, false},
		{"another day of shipping", purchase.Shipment{ShippedOn: day}, purchase.Shipment{ShippedOn: day + 1}, true, false},
		{"another reason", purchase.Return{Reason: "a"}, purchase.Return{Reason: "b"}, false, false},
		{"another kind of credit", purchase.Credit{Kind: purchase.Value}, purchase.Credit{Kind: purchase.Goodwill}, true, false},
		{"another return of a credit", purchase.Credit{ReturnNo: "R1"}, purchase.Credit{ReturnNo: "R2"}, true, false},
		{"another day of cancelling", purchase.Cancellation{CancelledOn: day}, purchase.Cancellation{}, false, false},
		{"another payer", purchase.Payment{DebtorName: "a"}, purchase.Payment{DebtorName: "b"}, false, false},
		{"another value date", purchase.Payment{ValueOn: day}, purchase.Payment{}, false, false},
		{"another reference", purchase.Payment{Reference: "a"}, purchase.Payment{Reference: "b"}, true, false},
		{"another amount of an instruction", purchase.Instruction{Amount: 1}, purchase.Instruction{Amount: 2}, true, false},
		{"another operator", purchase.Command{Operator: "a"}, purchase.Command{Operator: "b"}, false, false},
	}
	for _, tt := range tests {
		if got := tt.a.Material() != tt.b.Material(); got != tt.conflict {
			t.Errorf("%s: conflict is %t; want %t", tt.name, got, tt.conflict)
		}
		if got := tt.a.Content() == tt.b.Content(); got != tt.identical {
			t.Errorf("%s: identical is %t; want %t", tt.name, got, tt.identical)
		}
	}
}

// A returned payment, and a return of the other kind, are documents of their own.
func TestKeys(t *testing.T) {
	in, out := purchase.Payment{Account: "DE1", PaymentID: "Z1", Amount: 1}, purchase.Payment{Account: "DE1", PaymentID: "Z1", Amount: -1}
	if in.Key() == out.Key() || in.Key() != purchase.PaymentKey("DE1", "Z1", false) || out.Key() != purchase.PaymentKey("DE1", "Z1", true) {
		t.Errorf("keys of a payment and its return are %q and %q", in.Key(), out.Key())
	}
	a, b := purchase.Return{ReturnNo: "R1", Kind: purchase.ReturnAnnounced}, purchase.Return{ReturnNo: "R1", Kind: purchase.ReturnReceived}
	if a.Key() == b.Key() {
		t.Errorf("an announced and a received return have the key %q", a.Key())
	}
	valued := purchase.Payment{BookedOn: 5, ValueOn: 3}
	if valued.Valued() != 3 || (purchase.Payment{BookedOn: 5}).Valued() != 5 || valued.Date() != 5 {
		t.Errorf("Valued() = %d, %d; want value_on, else booked_on", valued.Valued(), (purchase.Payment{BookedOn: 5}).Valued())
	}
}

func TestDays(t *testing.T) {
	for text, want := range map[string]purchase.Days{"": {}, "0": {Given: true}, "14": {N: 14, Given: true}} {
		var d purchase.Days
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want || d.String() != text {
			t.Errorf("Days of %q = %+v (%q), %v; want %+v", text, d, d, err, want)
		}
	}
	var d purchase.Days
	if err := d.UnmarshalText([]byte("x")); err == nil || d.Given {
		t.Errorf("Days of x = %+v, %v; want an error", d, err)
	}
}

// A row that was booked before there were the columns debtor_account and
// email_consent has the same content now; one with them differs, but in nothing
// material.
func TestContentWithoutLaterColumns(t *testing.T) {
	tests := []struct {
		name          string
		without, with purchase.Record
		last, more    string
	}{
		{"order with account", purchase.Order{OrderNo: "A1", DebtorAccount: "10001"}, purchase.Order{OrderNo: "A1", DebtorAccount: "10001", EmailConsent: true}, "10001", "true"},
		{"order with consent", purchase.Order{OrderNo: "A1", TermDays: purchase.Days{N: 14, Given: true}}, purchase.Order{OrderNo: "A1", TermDays: purchase.Days{N: 14, Given: true}, EmailConsent: true}, "14", "\x1ftrue"},
		{"order", purchase.Order{OrderNo: "A1", TermDays: purchase.Days{N: 14, Given: true}}, purchase.Order{OrderNo: "A1", TermDays: purchase.Days{N: 14, Given: true}, DebtorAccount: "10001"}, "14", "10001"},
		{"invoice", purchase.Invoice{InvoiceNo: "RE1", DefaultNotice: true}, purchase.Invoice{InvoiceNo: "RE1", DefaultNotice: true, DebtorAccount: "10001"}, "true", "10001"},
	}
	for _, tt := range tests {
		if !strings.HasSuffix(tt.without.Content(), "\x1f"+tt.last) {
			t.Errorf("%s: Content() = %q; want it to end with the last column before", tt.name, tt.without.Content())
		}
		if tt.with.Content() != tt.without.Content()+"\x1f"+tt.more || tt.with.Material() != tt.without.Material() {
			t.Errorf("%s: a later column changes Content() to %q, Material() to %q", tt.name, tt.with.Content(), tt.with.Material())
		}
	}
}
