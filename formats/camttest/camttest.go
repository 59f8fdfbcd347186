// Package camttest writes bank statements for tests: what a payments CSV says,
// as camt.053 or camt.054 in the versions that banks send. Nothing but tests
// imports it.
package camttest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Options say how a bank writes.
type Options struct {
	Message string // "053" or "054"; default 053
	Version string // "02" or "08"; default 08
	ID      string // of the message, at most 30 characters
	// Account is named when there are no payments.
	Account string
	// Returns that repeat only the end-to-end id of their payment and have a
	// reference of their own; else they have the reference of their payment.
	ByEndToEnd bool
}

func (o Options) new() bool { return o.Version != "02" }

// Write writes payments in their order: one statement for each run of one
// account, opening at 0.00 and closing at the sum. The payment_id is the bank's
// reference.
func Write(w io.Writer, payments []purchase.Payment, o Options) error {
	d := &document{o: o}
	name, inner := "BkToCstmrStmt", "Stmt"
	if o.Message == "054" {
		name, inner = "BkToCstmrDbtCdtNtfctn", "Ntfctn"
	} else {
		d.o.Message = "053"
	}
	if d.o.Version == "" {
		d.o.Version = "08"
	}
	fmt.Fprintf(&d.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.%s.001.%s\">\n", d.o.Message, d.o.Version)
	d.b.WriteString("<" + name + ">\n")
	d.element("GrpHdr", func() {
		d.text("MsgId", o.ID)
		d.text("CreDtTm", created)
	})
	statements := byAccount(payments)
	if len(statements) == 0 {
		statements = [][]purchase.Payment{nil}
	}
	for i, s := range statements {
		d.element(inner, func() { d.statement(i, s) })
	}
	d.b.WriteString("</" + name + ">\n</Document>\n")
	_, err := w.Write(d.b.Bytes())
	return err
}

// created is when every message was made.
const created = "2026-10-01T06:00:00+02:00"

// byAccount cuts payments where the account changes.
func byAccount(payments []purchase.Payment) (all [][]purchase.Payment) {
	for i, p := range payments {
		if i == 0 || p.Account != payments[i-1].Account {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], p)
	}
	return all
}

// A document is the text so far.
type document struct {
	o Options
	b bytes.Buffer
}

func (d *document) element(name string, inner func()) {
	d.b.WriteString("<" + name + ">")
	inner()
	d.b.WriteString("</" + name + ">\n")
}

// text writes an element of text, none for an empty one.
func (d *document) text(name, text string) {
	if text == "" {
		return
	}
	d.b.WriteString("<" + name + ">")
	_ = xml.EscapeText(&d.b, []byte(text)) // a buffer takes all
	d.b.WriteString("</" + name + ">")
}

func (d *document) statement(i int, payments []purchase.Payment) {
	accountNo := d.o.Account
	currencies, sums := []string{"EUR"}, map[string]money.Amount{}
	for _, p := range payments {
		accountNo = p.Account
		sums[p.Currency] += p.Amount
		if !slices.Contains(currencies, p.Currency) {
			currencies = append(currencies, p.Currency)
		}
	}
	d.text("Id", fmt.Sprintf("%s-%d", d.o.ID, i+1))
	d.text("ElctrncSeqNb", fmt.Sprint(i+1))
	d.text("CreDtTm", created)
	d.element("Acct", func() { d.account(accountNo) })
	for _, c := range currencies {
		if d.o.Message == "053" {
			d.balance("OPBD", 0, c)
			d.balance("CLBD", sums[c], c)
		}
	}
	for _, p := range payments {
		d.element("Ntry", func() { d.entry(p) })
	}
}

var iban = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}$`)

func (d *document) account(no string) {
	d.element("Id", func() {
		if iban.MatchString(no) {
			d.text("IBAN", no)
			return
		}
		d.element("Othr", func() { d.text("Id", no) })
	})
}

func (d *document) amount(a money.Amount, currency string) {
	fmt.Fprintf(&d.b, "<Amt Ccy=%q>%s</Amt>", currency, a.Abs())
	d.sign(a)
}

func (d *document) sign(a money.Amount) {
	if a < 0 {
		d.text("CdtDbtInd", "DBIT")
	} else {
		d.text("CdtDbtInd", "CRDT")
	}
}

func (d *document) balance(code string, a money.Amount, currency string) {
	d.element("Bal", func() {
		d.element("Tp", func() { d.element("CdOrPrtry", func() { d.text("Cd", code) }) })
		d.amount(a, currency)
		d.element("Dt", func() { d.text("Dt", created[:10]) })
	})
}

func (d *document) entry(p purchase.Payment) {
	returned := p.Amount < 0 && p.Purpose == ""
	d.amount(p.Amount, p.Currency)
	if returned && !d.o.new() {
		d.text("RvslInd", "true")
	}
	if d.o.new() {
		d.element("Sts", func() { d.text("Cd", "BOOK") })
	} else {
		d.text("Sts", "BOOK")
	}
	d.element("BookgDt", func() { d.text("Dt", p.BookedOn.String()) })
	if !p.ValueOn.IsZero() {
		d.element("ValDt", func() { d.text("Dt", p.ValueOn.String()) })
	}
	d.text("AcctSvcrRef", d.reference(p))
	d.element("BkTxCd", func() {
		d.element("Domn", func() {
			d.text("Cd", "PMNT")
			d.element("Fmly", func() {
				d.text("Cd", "RCDT")
				d.text("SubFmlyCd", "ESCT")
			})
		})
	})
	d.element("NtryDtls", func() { d.element("TxDtls", func() { d.details(p, returned) }) })
}

func (d *document) reference(p purchase.Payment) string {
	if p.Amount < 0 && p.Purpose == "" && d.o.ByEndToEnd {
		return "R" + p.PaymentID
	}
	return p.PaymentID
}

func (d *document) details(p purchase.Payment, returned bool) {
	d.element("Refs", func() {
		switch {
		case p.EndToEndID != "":
			d.text("EndToEndId", p.EndToEndID)
		case d.o.ByEndToEnd:
			d.text("EndToEndId", "E"+p.PaymentID)
		default:
			d.text("EndToEndId", "NOTPROVIDED")
		}
	})
	if d.o.new() {
		d.amount(p.Amount, p.Currency)
	}
	d.parties(p)
	d.remittance(p.Reference)
	if returned && d.o.new() {
		d.element("RtrInf", func() { d.element("Rsn", func() { d.text("Cd", "AC04") }) })
	}
}

// parties puts the other side where a credit and its return have it.
func (d *document) parties(p purchase.Payment) {
	name, account := "Dbtr", "DbtrAcct"
	if p.Purpose != "" {
		name, account = "Cdtr", "CdtrAcct"
	}
	if p.DebtorName == "" && p.DebtorIBAN == "" {
		return
	}
	d.element("RltdPties", func() {
		if p.DebtorName != "" {
			d.element(name, func() {
				if d.o.new() {
					d.element("Pty", func() { d.text("Nm", p.DebtorName) })
				} else {
					d.text("Nm", p.DebtorName)
				}
			})
		}
		if p.DebtorIBAN != "" {
			d.element(account, func() { d.account(p.DebtorIBAN) })
		}
	})
}

var creditorReference = regexp.MustCompile(`^RF[0-9]{2}[A-Z0-9]{1,21}$`)

// maxLine is how many characters one line of remittance information has.
const maxLine = 140

// remittance writes a creditor reference as one, other text in lines that break
// between words.
func (d *document) remittance(text string) {
	if text == "" {
		return
	}
	d.element("RmtInf", func() {
		if creditorReference.MatchString(text) {
			d.element("Strd", func() {
				d.element("CdtrRefInf", func() {
					d.element("Tp", func() { d.element("CdOrPrtry", func() { d.text("Cd", "SCOR") }) })
					d.text("Ref", text)
				})
			})
			return
		}
		line := ""
		for _, word := range strings.Fields(text) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > maxLine {
				d.text("Ustrd", line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		d.text("Ustrd", line)
	})
}
