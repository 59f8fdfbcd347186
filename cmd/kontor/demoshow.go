package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// show prints the summary: for a merchant and an accountant, or as JSON.
func (d *demo) show(s *demoSummary) error {
	if d.json {
		return d.printJSON(s)
	}
	v := &screen{width: min(max(terminalWidth(d.out), 40), 100), bold: terminalWidth(d.out) > 0 && os.Getenv("NO_COLOR") == ""}
	if terminalWidth(d.out) == 0 {
		v.width = 80
	}
	v.intro(s)
	v.handOver(s)
	v.files(s)
	v.decisions(s)
	v.payouts(s)
	v.guarantee(s)
	v.dunning(s)
	v.books(s)
	v.proof(s)
	v.next(s, invocation(os.Args[0]))
	_, err := fmt.Fprint(d.out, v.String())
	return err
}

// invocation is how the user called the program, to be called so again.
func invocation(name string) string {
	if strings.Contains(name, "go-build") {
		return "go run ./cmd/kontor"
	}
	return name
}

func (v *screen) intro(s *demoSummary) {
	v.title("kontor demo", "ACME Handels GmbH sells on invoice, from %s to %s.", s.From, s.To)
	v.line("Its ERP uploaded %s by SFTP as acme@%s and fetched %s; its bank dropped %s. Nobody typed anything.",
		count(s.Uploaded, "file", "files"), s.Server, count(s.Returned, "file", "files"), count(s.Bank, "statement", "statements"))
}

func (v *screen) files(s *demoSummary) {
	v.title("FILES AND ROWS", "every row has exactly one verdict")
	var rows [][]string
	sum := feedCount{Feed: "all"}
	for _, f := range s.Feeds {
		rows = append(rows, f.cells())
		sum = sum.plus(f)
	}
	v.table([]string{"feed", ">files", ">rows", ">booked", "?>duplicate", "?>conflict", "?>parked", ">rejected"}, append(rows, sum.cells()))
	var verdicts []string
	for _, verdict := range []purchase.Verdict{purchase.Accepted, purchase.Partial, purchase.Duplicate, purchase.Held, purchase.Rejected} {
		if n := s.Verdicts[verdict]; n > 0 {
			verdicts = append(verdicts, fmt.Sprintf("%s %d", verdict, n))
		}
	}
	v.line("Files: %s.", strings.Join(verdicts, ", "))
	if len(s.Codes) > 0 {
		v.line("Rows that were not booked: %s.", codeList(s.Codes))
	}
	for _, r := range s.Refused {
		v.line("Refused at the upload: %s: %s", r.Name, r.Reason)
	}
	for _, r := range s.Rejected {
		v.line("Refused as a whole: %s: %s", r.Name, r.Reason)
	}
}

func (f feedCount) cells() []string {
	cells := []string{f.Feed}
	for _, n := range []int64{f.Files, f.Rows, f.Booked, f.Duplicate, f.Conflict, f.Parked, f.Rejected} {
		cells = append(cells, strconv.FormatInt(n, 10))
	}
	return cells
}

func (f feedCount) plus(o feedCount) feedCount {
	return feedCount{
		f.Feed, f.Files + o.Files, f.Rows + o.Rows, f.Booked + o.Booked, f.Duplicate + o.Duplicate,
		f.Conflict + o.Conflict, f.Parked + o.Parked, f.Rejected + o.Rejected,
	}
}

func codeList(all []codeCount) string {
	var texts []string
	for _, c := range all {
		name := c.Code
		if name == "" || name == c.Status {
			name = c.Status
		}
		texts = append(texts, fmt.Sprintf("%s %d", name, c.Count))
	}
	return strings.Join(texts, ", ")
}

func (v *screen) decisions(s *demoSummary) {
	v.title("CREDIT DECISIONS", "on every order, in the run that reads it")
	var rows [][]string
	for _, x := range s.Decisions {
		rows = append(rows, []string{x.Decision, string(x.Code), strconv.FormatInt(x.Orders, 10), x.Approved.String()})
	}
	v.table([]string{"decision", "code", ">orders", ">approved EUR"}, rows)
}

func (v *screen) payouts(s *demoSummary) {
	v.title("PAYOUTS", "weekly, in EUR; opening + lines = payout + closing, and the column Betrag sums to zero")
	var rows [][]string
	var total money.Amount
	for _, p := range s.Payouts {
		rows = append(rows, []string{
			p.ID, p.Date.String(), p.Opening.String(), strconv.Itoa(p.Lines), p.Sum.String(), p.Payout.String(), p.Closing.String(), p.Column.String(),
		})
		total += p.Payout
	}
	if len(rows) == 0 {
		v.line("None: no Monday was played.")
		return
	}
	v.table([]string{"payout", "?paid on", ">opening", "?>n", ">lines", ">payout", ">closing", "?>Σ"}, rows)
	v.line("ACME was paid %s EUR. All these lines by type:", total)
	rows = nil
	all := lineCount{Type: "all"}
	for _, l := range s.Lines {
		rows = append(rows, l.cells())
		all = lineCount{all.Type, all.Lines + l.Lines, all.Sum + l.Sum}
	}
	rows = append(rows, all.cells())
	v.table([]string{"line type", ">lines", ">EUR"}, rows)
}

func (l lineCount) cells() []string {
	return []string{string(l.Type), strconv.FormatInt(l.Lines, 10), l.Sum.String()}
}

func (v *screen) guarantee(s *demoSummary) {
	v.title("GUARANTEE", "after 30 days the merchant is paid, whoever does not pay")
	if s.Guarantee.Claims == 0 {
		v.line("None: no claim is 30 days old.")
		return
	}
	v.line("%s EUR for %s of debtors who had not paid; %s came later, for the provider.",
		s.Guarantee.Paid, count(s.Guarantee.Claims, "claim", "claims"), count(s.Guarantee.Later, "payment", "payments"))
}

func (v *screen) dunning(s *demoSummary) {
	v.title("DUNNING", "%s of notices for the print or mail service", count(s.Letters, "file", "files"))
	if len(s.Dunning)+len(s.Held) == 0 {
		v.line("None: nobody is a week late.")
	}
	var rows [][]string
	for _, l := range s.Dunning {
		rows = append(rows, []string{strconv.Itoa(l.Level), l.Name, strconv.FormatInt(l.Notices, 10), l.Outstanding.String(), l.Charges.String()})
	}
	if len(rows) > 0 {
		v.table([]string{"level", "name", ">notices", "?>outstanding EUR", "?>new charges EUR"}, rows)
	}
	if len(s.Held) > 0 {
		v.line("Held back, some for a time: %s.", codeList(s.Held))
	}
}

func (v *screen) books(s *demoSummary) {
	v.title("BOOKS OF THE PROVIDER", "double entry, debit positive, in EUR")
	var accounts []string
	for _, class := range ledger.Classes() {
		if a := s.Balances[class]; a != 0 {
			accounts = append(accounts, string(class)+" "+a.String())
		}
	}
	v.line("%s; together 0.00.", strings.Join(accounts, ", "))
	if len(s.Unmatched) == 0 {
		v.line("Every payment found its claim.")
		return
	}
	var rows [][]string
	for i, u := range s.Unmatched {
		if i == 3 {
			break
		}
		rows = append(rows, []string{u.PaymentID, u.BookedOn.String(), u.Waiting.String(), dash(clip(u.Reference, 40))})
	}
	v.line("%s found no claim for sure, and a person decides; the first:", count(len(s.Unmatched), "payment", "payments"))
	v.table([]string{"payment", "booked on", ">EUR", "reference"}, rows)
}

func (v *screen) proof(s *demoSummary) {
	if len(s.Broken) > 0 {
		v.title("VERIFY", "this does not agree:")
		for _, b := range s.Broken {
			v.line("%s", b)
		}
		return
	}
	v.title("VERIFY", "all agrees")
	v.line("✓ All %d files that went in are acknowledged, and in/ is empty.", s.Uploaded+s.Bank)
	v.line("✓ The %d files that came back are, byte for byte, those that were sent.", s.Returned)
	v.line("✓ Each of %s agrees in itself, to the cent.", count(len(s.Payouts), "payout", "payouts"))
	v.line("✓ The books, computed anew from what came in, are the same; their chain is whole, their sum zero.")
}

// next says where to look and what to try.
func (v *screen) next(s *demoSummary, kontor string) {
	if s.Dir == "" {
		v.title("NEXT", "the folder of this play is removed; to look around in one:")
		v.WriteString("  " + kontor + " demo " + s.partiesFlag() + "--dir ./kontor-demo\n")
		v.line("To begin in earnest:")
		v.WriteString("  " + kontor + " init ./kontor\n")
		return
	}
	if s.HandOver != nil {
		v.nextOfParties(s, kontor)
		return
	}
	v.title("WHERE TO LOOK", "in %s", s.Dir)
	v.table([]string{"folder", "what lies there"}, [][]string{
		{"drops/", "what ERP and bank dropped, a folder for each day"},
		{"download/payouts/", "for the accountant: PDF that is the fee invoice, CSV and XLSX, DATEV, open items, JSON"},
		{"download/", "ack, decisions, dunning and states, as the ERP fetched them"},
		{"letters/", "notices to debtors, as PDF letters and as JSON"},
		{"data/reports/", "for the operator: payments without a claim, claims for collection, acks of the bank's files"},
	})
	v.title("WHAT TO TRY", "")
	base := "  " + kontor + " --config " + s.Dir + "/kontor.yaml "
	tries := []string{"status", "payouts", "payments list", "verify", "run --as-of " + (s.To + 7).String() + "T18:00"}
	if s.Example != "" {
		tries = append([]string{"claims show " + s.Example}, tries...)
	}
	for _, t := range tries {
		v.WriteString(base + t + "\n")
	}
}
