package formats

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// described builds a profile from text, on top of a shipped one.
func described(t testing.TB, text string) (*Profile, error) {
	t.Helper()
	var c Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c.Build("own", Lookup)
}

func mustDescribe(t testing.TB, text string) *Profile {
	t.Helper()
	p, err := described(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stateTable writes two claims as the profile wants them.
func stateTable(t *testing.T, p *Profile) string {
	t.Helper()
	var b bytes.Buffer
	table := p.NewReport(&b, StatesReport)
	for _, state := range []string{"PAID", "OPEN"} {
		err := table.Row("A;1", "Ä\"1", state, money.Amount(123450), money.Amount(0), money.Amount(-5), exampleDate, 2, exampleDate)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportsAsTheERPWants(t *testing.T) {
	tests := []struct {
		name, config, want string
	}{
		{
			"nothing said: as ever", `{base: actindo}`,
			"order_no;invoice_no;state;outstanding;paid;credited;due_date;dunning_level;changed_on\r\n" +
				"\"A;1\";\"\xc4\"\"1\";PAID;1234,50;0,00;-0,05;01.10.2026;2;01.10.2026\r\n" +
				"\"A;1\";\"\xc4\"\"1\";OPEN;1234,50;0,00;-0,05;01.10.2026;2;01.10.2026\r\n",
		},
		{
			"only a name: the same table", `{out: {states: {file: "x_<run>.csv"}}}`,
			"order_no;invoice_no;state;outstanding;paid;credited;due_date;dunning_level;changed_on\n" +
				"\"A;1\";\"Ä\"\"1\";PAID;1234.50;0.00;-0.05;2026-10-01;2;2026-10-01\n" +
				"\"A;1\";\"Ä\"\"1\";OPEN;1234.50;0.00;-0.05;2026-10-01;2;2026-10-01\n",
		},
		{
			"columns in the order of the file, words, signs", `
base: actindo
out:
  states:
    columns: {state: Zustand, invoice_no: "Rechnung Nr.", outstanding: , dunning_level: Stufe}
    values: {state: {PAID: "9", OPEN: offen}, dunning_level: {"2": M1}}
    delimiter: tab
    charset: utf-8
    bom: yes
    line_end: lf
    decimal: "."
`,
			"\ufeffZustand\tRechnung Nr.\toutstanding\tStufe\n9\t\"Ä\"\"1\"\t1234.50\tM1\noffen\t\"Ä\"\"1\"\t1234.50\tM1\n",
		},
		{
			"no header, no quotes", `{out: {states: {columns: {order_no: , state: }, header: no, quote: none, date: DDMMYYYY}}}`,
			"A 1;PAID\nA 1;OPEN\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, stateTable(t, mustDescribe(t, tt.config))); diff != "" {
				t.Errorf("table (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlaceOfReports(t *testing.T) {
	facts := map[string]string{"<merchant>": "acme", "<run>": "r1", "<file>": "orders_1.csv"}
	p := mustDescribe(t, `{out: {ack: {file: "Q-<run>_<file>.txt", folder: out/import}, states: {folder: out/import/}}}`)
	tests := []struct {
		report       Report
		folder, name string
	}{
		{AckReport, "out/import", "Q-r1_orders_1.csv.txt"},
		{StatesReport, "out/import", "canonical.csv"},
		{DecisionsReport, "out/decisions", "canonical.csv"},
	}
	for _, tt := range tests {
		if folder, name := p.Place(tt.report, "canonical.csv", facts); folder != tt.folder || name != tt.name {
			t.Errorf("Place(%s) = %s, %s; want %s, %s", tt.report, folder, name, tt.folder, tt.name)
		}
	}
	if folder, _ := p.Inbound().Place(AckReport, "x", nil); folder != "out/ack" {
		t.Errorf("Inbound keeps folder %s", folder)
	}
}

// What a profile says of a report goes on in those that start from it, but in
// their dialect.
func TestReportsOfABase(t *testing.T) {
	first := mustDescribe(t, `{base: actindo, out: {states: {columns: {state: Z}, decimal: ".", values: {state: {PAID: "1"}}}}}`)
	var c Config
	if err := yaml.Unmarshal([]byte(`{base: first, line_end: lf, out: {states: {values: {state: {OPEN: "0"}}}}}`), &c); err != nil {
		t.Fatal(err)
	}
	p, err := c.Build("second", func(string) (*Profile, bool) { return first, true })
	if err != nil {
		t.Fatal(err)
	}
	if got := stateTable(t, p); got != "Z\n1\n0\n" {
		t.Errorf("second: %q", got)
	}
	if got := stateTable(t, first); got != "Z\r\n1\r\nOPEN\r\n" {
		t.Errorf("the base was changed: %q", got)
	}
}

func TestFaultsOfReports(t *testing.T) {
	tests := []struct{ config, want string }{
		{`{out: {invoices: {}}}`, `out.invoices: no such report; there are [ack rejected decisions states dunning payouts]`},
		{`{out: {states: {columns: {stat: x}}}}`, `out.states.columns.stat: no such column; there are order_no,`},
		{`{out: {states: {columns: {state: x, paid: x}}}}`, `out.states.columns.paid: heading "x" is that of column state too`},
		{`{out: {states: {columns: {state: " "}}}}`, `out.states.columns.state: " " is not a heading`},
		{`{out: {states: {values: {sate: {PAID: x}}}}}`, `out.states.values.sate: no such column`},
		{`{out: {states: {values: {state: {PAYED: x}}}}}`, `out.states.values.state.PAYED: the column has no such word; there are OPEN,`},
		{`{out: {states: {values: {paid: {"1": x}}}}}`, `out.states.values.paid: the column holds any text`},
		{`{out: {states: {values: {state: {PAID: "a\nb"}}}}}`, `out.states.values.state.PAID: "a\nb" is not text`},
		{`{out: {states: {delimiter: ab}}}`, `out.states.delimiter: "ab" is not one character`},
		{`{out: {states: {charset: ebcdic}}}`, `out.states.charset: "ebcdic" is none of`},
		{`{base: actindo, out: {states: {bom: yes}}}`, `out.states.bom: only utf-8 has one to choose, not windows-1252`},
		{`{out: {states: {header: maybe}}}`, `out.states.header: "maybe" is neither yes nor no`},
		{`{out: {states: {file: "states.csv"}}}`, `out.states.file: "states.csv" needs <run>, so that no name is used twice`},
		{`{out: {ack: {file: "<run>.csv"}}}`, `out.ack.file: "<run>.csv" needs <file>`},
		{`{out: {payouts: {file: "p_<year>_<week>.csv"}}}`, `needs <payout_id> or <seq>`},
		{`{out: {states: {file: "<run>_<seq>.csv"}}}`, `"states" has no <seq>; it may hold <merchant>, <run>`},
		{`{out: {states: {file: "<run>_<run>.csv"}}}`, `<run> comes twice`},
		{`{out: {states: {file: "<merchant><run>.csv"}}}`, `two placeholders need a character between them`},
		{`{out: {states: {file: "a/<run>.csv"}}}`, `only letters, digits, and . _ - may stand in a name`},
		{`{out: {states: {file: ".<run>.csv"}}}`, `no dot first`},
		{`{out: {states: {file: "s_<run>.json"}}}`, `must end in .csv, .txt, .tsv, .asc or .dat`},
		{`{out: {states: {file: "s_<run>.csv.part"}}}`, `must end in .csv`},
		{`{out: {states: {folder: "in/x"}}}`, `out.states.folder: "in/x" is not a folder below out/`},
		{`{out: {states: {folder: "out/../in"}}}`, `is not a folder below out/`},
		{`{out: {states: {file: "<run>.csv", folder: out/x}, decisions: {file: "<run>.csv", folder: out/X}}}`, `<run>.csv could be the name of decisions (<run>.csv) too`},
		{`{out: {ack: {file: "<file>-<run>.csv"}}}`, `out.rejected.file: <file>.<run>.rejected.csv could be the name of ack (<file>-<run>.csv) too`},
		{`{out: {states: {file: "open<run>.csv", folder: out/payouts}}}`, `could be the name of openitems_<merchant>_<date>.csv too, in out/payouts`},
		{`{out: {rejected: {columns: {order_no: x}}}}`, `out.rejected.file: rejected rows leave as they came; only file and folder can be set`},
	}
	for _, tt := range tests {
		_, err := described(t, tt.config)
		if err == nil || !strings.Contains(err.Error(), "profiles.own.") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.config, err, tt.want)
		}
	}
}

// A profile that names every report and every word is without fault, so nothing
// in the lists is misspelt.
func TestAllReports(t *testing.T) {
	all := map[string]OutConfig{}
	for _, r := range Reports() {
		c := OutConfig{File: r.pattern(), Folder: r.Folder()}
		for _, column := range r.Columns() {
			c.Columns = append(c.Columns, OutColumn{column.Name, column.Name})
			for _, word := range column.Values {
				if c.Values == nil {
					c.Values = map[string]map[string]string{}
				}
				if c.Values[column.Name] == nil {
					c.Values[column.Name] = map[string]string{}
				}
				c.Values[column.Name][word] = "x"
			}
		}
		all[string(r)] = c
	}
	p, err := Config{Out: all}.Build("own", Lookup)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(PayoutsReport.Columns()[3].Values, string(purchase.LinePayoutReturned)) || !p.Describes(PayoutsReport) {
		t.Error("payouts are not described")
	}
	if p.Describes(RejectedReport) {
		t.Error("rejected rows are described")
	}
}
