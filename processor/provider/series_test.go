package provider

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// hand makes batches of records in business order: one of all, or one of what a
// merchant has said and one of what the bank and the operator have.
func (w *world) hand(records []purchase.Record) []purchase.Batch {
	w.Helper()
	if !w.apart {
		return []purchase.Batch{w.zip(records...)}
	}
	var said, own []purchase.Record
	var saidRows, ownRows []int64
	for _, r := range records {
		w.row++
		if r.Feed() == purchase.Payments || r.Feed() == purchase.Commands {
			own, ownRows = append(own, r), append(ownRows, w.row)
			continue
		}
		said, saidRows = append(said, r), append(saidRows, w.row)
	}
	var all []purchase.Batch
	if len(said) > 0 {
		w.number++
		all = append(all, w.pack(w.number, said, saidRows))
	}
	if len(own) > 0 {
		w.own++
		b := w.pack(w.own, own, ownRows)
		b.Own = true
		all = append(all, b)
	}
	return all
}

// books are all rows that the provider and the ledger keep of a merchant, but
// those of the batches themselves and the place of a decision in its receipt.
func (w *world) books() string {
	w.Helper()
	var b strings.Builder
	for _, table := range w.strings("SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'provider%' OR name LIKE 'ledger%') ORDER BY name") {
		columns := strings.Join(w.strings("SELECT 'quote(' || name || ')' FROM pragma_table_info('"+table+"') ORDER BY cid"), " || ' ' || ")
		where := w.strings("SELECT name FROM pragma_table_info('" + table + "') WHERE name IN ('merchant', 'merchant_id')")[0] + " = '" + w.terms.Merchant + "'"
		switch table {
		case "provider_batches", "provider_receipts":
			continue
		case "provider_documents":
			columns, where = "kind || ' ' || at || ' ' || ref || payload", where+" AND kind <> 'receipt'"
		case "provider_states":
			columns = "invoice_no || state" // not the position of the document
		case "provider_decisions":
			columns = "order_no || decided_at || decision || code || approved || valid_until || reasons"
		}
		fmt.Fprintf(&b, "%s\n", table)
		for _, row := range w.strings("SELECT " + columns + " FROM " + table + " WHERE " + where + " ORDER BY 1") {
			fmt.Fprintf(&b, "\t%s\n", row)
		}
	}
	return b.String()
}

// said are the results and decisions of all receipts, in the order in which a
// batch of all records would tell them.
func (w *world) said() (results, decisions []string) {
	w.Helper()
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
		if err != nil {
			w.Fatalf("Documents = %v", err)
		}
		if d.Receipt == nil {
			continue
		}
		for part, err := range d.Receipt.Parts(w.ctx) {
			if err != nil {
				w.Fatalf("Parts = %v", err)
			}
			for _, r := range part.Results {
				results = append(results, fmt.Sprint(d.Receipt.Taken.Unix(), r.Feed, r.Record, r.Number, r.Result, r.Code))
			}
			for _, x := range part.Decisions {
				decisions = append(decisions, fmt.Sprint(d.Receipt.Taken.Unix(), x))
			}
		}
	}
	return results, decisions
}

// A merchant's batch and the provider's own, taken together, are booked as one
// batch of the same records is: the same entries, lines and chain.
func TestTogether(t *testing.T) {
	var dbs [2]*database.DB
	for i := range dbs {
		dbs[i] = databasetest.Open(t, database.SQLite)
		migrate(t, dbs[i])
	}
	const histories = 8 // that random ones are sound is tested by others
	for n := range histories {
		all := rapid.Custom(history).Example(n)
		var whole [2]*world
		for i, db := range dbs {
			terms := testTerms()
			terms.Merchant = fmt.Sprint("m", n)
			whole[i] = newWorld(t, t.Context(), db, terms)
			whole[i].apart = i == 1
			whole[i].live(all, func(n int) int { return n })
		}
		if diff := cmp.Diff(strings.Split(whole[0].books(), "\n"), strings.Split(whole[1].books(), "\n")); diff != "" {
			t.Fatalf("(-one batch +two series):\n%s", diff)
		}
		results, decisions := whole[0].said()
		apart, decided := whole[1].said()
		if diff := cmp.Diff(decisions, decided); diff != "" {
			t.Fatalf("decisions (-one batch +two series):\n%s", diff)
		}
		if diff := cmp.Diff(asSet(results), asSet(apart)); diff != "" {
			t.Fatalf("results (-one batch +two series):\n%s", diff)
		}
	}
}

func asSet(all []string) map[string]int {
	set := map[string]int{}
	for _, s := range all {
		set[s]++
	}
	return set
}

// Each series has its numbers; what was taken of it is told in receipts of its
// own, and a fault of one batch takes neither.
func TestSeries(t *testing.T) {
	each(t, nil, func(w *world) {
		w.apart = true
		records := w.sale("1001", "K1", 10_000)
		first := w.hand(append(records, w.payment("Z1", 4_000, "RE1001")))
		gap, reused := first[1], first[0]
		gap.Number, reused.SHA256 = 2, strings.Repeat("0", 64)
		if err := w.p.Submit(w.ctx, first[0], gap); !errors.Is(err, ErrGap) || !strings.Contains(err.Error(), "own batch 2 of acme") {
			t.Errorf("Submit with a gap in the own series = %v; want ErrGap", err)
		}
		lost := first[1]
		lost.Open = func() (purchase.ReadAtCloser, error) { return nil, os.ErrNotExist }
		if err := w.p.Submit(w.ctx, first[0], lost); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Submit without the own batch = %v; want %v", err, os.ErrNotExist)
		}
		if n := w.documents(); n != 0 {
			t.Fatalf("%d documents after batches that were not taken; want none", n)
		}
		for range 2 {
			if err := w.p.Submit(w.ctx, first...); err != nil {
				t.Fatalf("Submit = %v", err)
			}
			w.verify()
		}
		if err := w.p.Submit(w.ctx, reused); !errors.Is(err, ErrReused) {
			t.Errorf("Submit of other bytes = %v; want ErrReused", err)
		}
		var told []string
		for d, err := range w.p.Documents(w.ctx, "acme", 0) {
			if err != nil || d.Receipt == nil {
				t.Fatalf("Documents = %v, %v", d, err)
			}
			for part, err := range d.Receipt.Parts(w.ctx) {
				told = append(told, fmt.Sprintln(d.Receipt.Number, d.Receipt.Own, codes(part), err))
			}
		}
		if diff := cmp.Diff([]string{"1 false - <nil>\n", "1 false - <nil>\n", "1 false - <nil>\n", "1 true - <nil>\n"}, told); diff != "" {
			t.Errorf("receipts (-want +got):\n%s", diff)
		}
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 40.00 E 40.00 outstanding 60.00 refund 0.00 charges 0.00")
	})
}

// One batch of a series at a time, of one merchant and one slot.
func TestNotTogether(t *testing.T) {
	a := purchase.Batch{Merchant: "acme", Number: 1}
	other, later, own := a, a, a
	own.Own, other.Own, later.Own = true, true, true
	other.Merchant, later.Created = "bolt", a.Created.Add(1)
	for _, b := range []purchase.Batch{a, other, later} {
		if err := together([]purchase.Batch{a, b}); err == nil {
			t.Errorf("%+v may be taken together with %+v; want an error", b, a)
		}
	}
	if err := together([]purchase.Batch{a, own}); err != nil {
		t.Errorf("together = %v", err)
	}
}

// Books of before there were two series: what was taken is the merchant's.
func TestSeriesMigration(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		before, err := Migrations()
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), ledger.Migrations, without(t, before, "00615_series.sql")); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, t.Context(), db, testTerms())
		w.exec("INSERT INTO provider_batches (merchant_id, number, sha256, taken_at, records) VALUES ('acme', 1, 'ab', 2, 3)")
		w.exec(`INSERT INTO provider_receipts (merchant_id, batch, n, part) VALUES ('acme', 1, 1, '{"results":[{"feed":"orders","record":1,"number":"A1","result":"taken"}]}')`)
		w.exec(`INSERT INTO provider_decisions (merchant_id, order_no, batch, record, decided_at, decision, code, approved, valid_until, reasons)
			VALUES ('acme', 'A1', 1, 1, 2, 'ACCEPTED', 'OK', 5, '2026-12-01', '{}')`)
		w.exec(`INSERT INTO provider_documents (merchant_id, position, kind, at, ref, payload)
			VALUES ('acme', 1, 'receipt', 2, '1', '{"merchant":"acme","number":1,"sha256":"ab","taken":"2026-10-01T10:00:00Z"}')`)
		migrate(t, db)
		if got := codes(w.receipt(1)); got != "-" {
			t.Errorf("the receipt says %q; want that the record was taken", got)
		}
		if got := w.strings("SELECT merchant_id || own || batch || record || decision || valid_until FROM provider_decisions"); len(got) != 1 || got[0] != "acme011ACCEPTED2026-12-01" {
			t.Errorf("decisions are %q", got)
		}
		if err := w.p.Submit(w.ctx, purchase.Batch{Merchant: "acme", Number: 1, SHA256: "ab"}); err != nil {
			t.Errorf("Submit of what was taken before = %v", err)
		}
	})
}

// without copies files but one.
func without(t *testing.T, files fs.FS, name string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == name {
			return err
		}
		text, err := fs.ReadFile(files, path)
		all[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
