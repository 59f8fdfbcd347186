package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// naughtyStrings are those of our own, and of the well-known list; one line each.
func naughtyStrings(t *testing.T) (all []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range []string{"testdata/naughty/strings.txt", "../../formats/testdata/torture/blns/blns.txt"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if own := strings.HasPrefix(line, `"`) && filepath.Base(name) == "strings.txt"; own {
				if line, err = strconv.Unquote(line); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
			}
			if line == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "#\t") || seen[line] || !utf8.ValidString(line) {
				continue
			}
			seen[line] = true
			all = append(all, line)
		}
	}
	if len(all) < 400 {
		t.Fatalf("only %d strings", len(all))
	}
	return all
}

// A naughtyShop drops files in which each string stands in every column of text.
type naughtyShop struct {
	*stage
	strings []string
	numbers []string // as document numbers: what may be one, made unique
}

// documentNo is a string as a number of a document: one that may not be is put behind
// a letter.
func documentNo(s string, i int) string {
	n := strings.TrimSpace(s)
	if n == "" || strings.ContainsAny(n[:1], "=+-@") || strings.HasPrefix(n, "#TRAILER") {
		n = "N" + n
	}
	for utf8.RuneCountInString(n) > 50 {
		_, size := utf8.DecodeLastRuneInString(n)
		n = n[:len(n)-size]
	}
	return strings.TrimSpace(n) + " " + strconv.Itoa(i)
}

// table writes a CSV as others do.
func (g *naughtyShop) table(name, header string, row func(i int, s, no string) []string) {
	g.t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	all := [][]string{strings.Split(header, ";")}
	for i, s := range g.strings {
		if strings.Contains(s, "\x00") {
			continue // a file with NUL is refused as a whole
		}
		all = append(all, row(i, s, g.numbers[i]))
	}
	if err := w.WriteAll(all); err != nil {
		g.t.Fatal(err)
	}
	g.deliver(name, b.Bytes())
}

func (g *naughtyShop) orders() {
	g.table("orders_1.csv", "order_no;order_date;currency;gross_amount;customer_no;salutation;first_name;last_name;company;vat_id;birth_date;email;phone;street;house_no;postcode;city;country;ship_first_name;ship_last_name;ship_company;ship_street;ship_house_no;ship_postcode;ship_city;ship_country",
		func(_ int, s, no string) []string {
			return []string{no, "2026-10-01", "EUR", "6.10", no, s, "Ada " + s, "Byron " + s, s, s, "1980-05-05", s, "040 " + s, s + " Weg", s, "20095 " + s, "Köln " + s, "DE", s, s, s, s, s, s, s, ""}
		})
}

func (g *naughtyShop) deliveries() {
	g.table("invoices_1.csv", "invoice_no;order_no;invoice_date;currency;gross_amount", func(_ int, _, no string) []string { return []string{no, no, "2026-10-02", "EUR", "6.00"} })
	g.table("shipments_1.csv", "shipment_no;order_no;shipped_on;invoice_no;carrier;tracking_no", func(_ int, s, no string) []string { return []string{no, no, "2026-10-02", no, s, s} })
}

func (g *naughtyShop) rest() {
	g.table("returns_1.csv", "return_no;invoice_no;returned_on;gross_amount;reason", func(i int, s, no string) []string { return []string{no, no, "2026-10-06", "0.01", s} })
	g.table("credits_1.csv", "credit_no;invoice_no;credited_on;gross_amount;return_no;reason", func(i int, s, no string) []string { return []string{no, no, "2026-10-06", "0.01", no, s} })
	g.table("cancellations_1.csv", "cancel_no;order_no;cancelled_on;reason", func(i int, s, no string) []string { return []string{no, no, "2026-10-06", s} })
	g.table("instructions_1.csv", "instruction_no;kind;invoice_no;date;amount;reason", func(i int, s, no string) []string {
		return []string{no, "DIRECT_PAYMENT", no, "2026-10-06", "0.01", s}
	})
	g.table("payments_1.csv", "payment_id;account;booked_on;amount;currency;debtor_name;debtor_iban;reference", func(i int, s, no string) []string {
		return []string{no, "DE02120300000000202051", "2026-10-06", "0.01", "EUR", s, s, s}
	})
	g.table("payments_2.csv", "payment_id;account;booked_on;amount;currency;debtor_name;reference", func(i int, s, no string) []string {
		return []string{"2 " + no, "DE02120300000000202051", "2026-10-06", "0.01", "EUR", s, no}
	})
}

// Strings that break software, in every column of text of every feed: the books
// are right, each row has a verdict, nothing that is written fails, and in no
// table that people open does a cell begin a formula, or is anything else than
// what came, but for one apostrophe before it.
func TestNaughtyStringsThroughTheBooks(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.more = "    address: {street: Hauptstraße 1, postcode: \"24103\", city: Kiel, vat_id: DE987654321}\n" +
		"    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: \"1361\"}\n" +
		"    dunning: {after: [7, 30, 30, 30]}\n" // one letter to each: they are PDFs
	s.Settings = nil
	g := &naughtyShop{stage: newStage(t, s, "sqlite"), strings: naughtyStrings(t)}
	g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n")
	for i, s := range g.strings {
		g.numbers = append(g.numbers, documentNo(s, i))
	}
	g.orders()
	g.run("2026-10-01T12:00")
	g.deliveries()
	g.run("2026-10-02T12:00")
	g.rest()
	g.run("2026-10-06T12:00")
	for _, day := range []string{"2026-10-12", "2026-10-23", "2026-10-26", "2026-11-02"} {
		g.deliver("payments_"+day+"_none.csv", []byte("payment_id;account;booked_on;amount;currency;reference\n"))
		g.run(day + "T12:00")
	}
	for _, f := range g.files(t) {
		if strings.Contains(f.Name, "_none") {
			continue
		}
		t.Logf("%s: %s, %d rows, %+v", f.Name, f.Verdict, f.Rows, f.Final)
		if f.Rows < int64(len(g.strings))-2 {
			t.Errorf("%s is %s with %d rows of %d", f.Name, f.Verdict, f.Rows, len(g.strings))
		}
	}
	g.verify(t)
	g.judge(t)
}

// opened are the tables that people open with a spreadsheet, by the beginning of
// their names.
var opened = []string{"payout_", "dunning_", "openitems_", "guarantees_", "unmatched_"}

// judge looks at each cell of these tables.
func (g *naughtyShop) judge(t *testing.T) {
	t.Helper()
	found, files := map[string]bool{}, map[string]int{}
	for _, dir := range []string{filepath.Join(g.dir, "erp", "out"), filepath.Join(g.dir, "data", "reports")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			begins := slices.IndexFunc(opened, func(b string) bool { return strings.HasPrefix(d.Name(), b) })
			if err != nil || begins < 0 || filepath.Ext(path) != ".csv" {
				return err
			}
			files[opened[begins]]++
			return g.judgeTable(t, path, found)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range opened {
		if files[b] == 0 {
			t.Errorf("no table %s….csv was written", b)
		}
	}
	t.Logf("%d texts reached a table: %v", len(found), files)
	if len(found) < 2*len(g.strings) {
		t.Errorf("only %d texts of %d strings reached a table that people open", len(found), len(g.strings))
	}
}

var germanNumber = regexp.MustCompile(`^-?[0-9]+(,[0-9]+)?$`)

// Columns that hold what others wrote.
var (
	numberColumns = []string{"Auftragsnummer", "Rechnungsnummer", "Belegnummer", "Kundennummer", "Zahlung"}
	textColumns   = []string{"Zahler", "Verwendungszweck"}
)

func (g *naughtyShop) judgeTable(t *testing.T, path string, found map[string]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = ';', 0
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	name := filepath.Base(path)
	for _, row := range rows[1:] {
		which := -1 // of the strings, as its numbers say
		for i, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") && !germanNumber.MatchString(cell) {
				t.Errorf("%s: a cell begins a formula: %q", name, cell)
			}
			as := strings.TrimPrefix(cell, "'")
			switch {
			case cell == "" || strings.HasPrefix(cell, "P-acme"):
			case slices.Contains(numberColumns, rows[0][i]):
				n, err := strconv.Atoi(as[strings.LastIndexByte(as, ' ')+1:])
				if err != nil || n >= len(g.numbers) || strings.TrimPrefix(as, "2 ") != g.numbers[n] && as != g.numbers[n] || which >= 0 && n != which {
					t.Errorf("%s: column %s: %q is no number that came", name, rows[0][i], cell)
				}
				which = n
				found[as] = true
			case slices.Contains(textColumns, rows[0][i]) && which >= 0:
				if as != strings.TrimSpace(g.strings[which]) && as != g.numbers[which] {
					t.Errorf("%s: column %s: %q; came %q", name, rows[0][i], cell, g.strings[which])
				}
				found[as] = true
			}
		}
	}
	return nil
}
