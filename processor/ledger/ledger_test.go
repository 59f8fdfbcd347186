package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const shop = "shop"

var (
	booked = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)
	date   = schedules.NewDate(2026, 10, 1)
)

func entry(cause string, postings ...ledger.Posting) ledger.Entry {
	return ledger.Entry{BookedAt: booked, BusinessDate: date, Cause: cause, Postings: postings}
}

func posting(class ledger.Class, claim string, amount money.Amount) ledger.Posting {
	return ledger.Posting{Account: ledger.Of(class, claim), Amount: amount}
}

// sale is the activation of a claim: the debtor owes, the merchant is owed.
func sale(claim string, amount money.Amount) ledger.Entry {
	return entry("ab12 row 3 "+claim, posting(ledger.Receivable, claim, amount), posting(ledger.Pending, "", -amount))
}

func payment(claim string, amount money.Amount) ledger.Entry {
	return entry("cd34 row 1", posting(ledger.Bank, "", amount), posting(ledger.Receivable, claim, -amount))
}

// each runs f on both engines, with the tables made.
func each(t *testing.T, f func(t *testing.T, db *database.DB)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := db.Migrate(t.Context(), ledger.Migrations); err != nil {
			t.Fatal(err)
		}
		f(t, db)
	})
}

// book books entries in one transaction and returns the head.
func book(ctx context.Context, db *database.DB, merchant string, entries ...ledger.Entry) (id int64, head string, err error) {
	err = db.Write(ctx, func(tx *database.Tx) error {
		b, err := ledger.Open(ctx, tx, merchant)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if _, err := b.Append(e); err != nil {
				return err
			}
		}
		id, head = b.Head()
		return b.Flush(ctx)
	})
	return id, head, err
}

func mustBook(t *testing.T, db *database.DB, entries ...ledger.Entry) (int64, string) {
	t.Helper()
	id, head, err := book(t.Context(), db, shop, entries...)
	if err != nil {
		t.Fatal(err)
	}
	return id, head
}

func verify(ctx context.Context, db *database.DB, merchant string) error {
	return db.Read(ctx, func(tx *database.Tx) error { return ledger.Verify(ctx, tx, merchant) })
}

func entries(t *testing.T, db *database.DB, f ledger.Filter) (all []ledger.Entry) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *database.Tx) error {
		for e, err := range ledger.Entries(t.Context(), tx, shop, f) {
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBook(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		if err := verify(t.Context(), db, shop); err != nil {
			t.Fatal("empty books:", err)
		}
		mustBook(t, db, sale("RE1", 4990), sale("RE2", 100))
		p := payment("RE1", 4990)
		p.Postings = append(p.Postings, posting(ledger.Suspense, "", 0))
		id, head := mustBook(t, db, p)
		if err := verify(t.Context(), db, shop); err != nil {
			t.Fatal(err)
		}
		want := []ledger.Entry{sale("RE1", 4990), payment("RE1", 4990)}
		want[0].ID, want[1].ID = 1, 3
		got := entries(t, db, ledger.Filter{Claim: "RE1"})
		if got[1].ID != id || got[1].Hash != head {
			t.Errorf("the last entry is %d %s; Head says %d %s", got[1].ID, got[1].Hash, id, head)
		}
		got[0].Hash, got[1].Hash = "", ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Entries of RE1 (-want +got):\n%s", diff)
		}
	})
}

func TestBalances(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		want := map[ledger.Class]money.Amount{}
		for _, class := range ledger.Classes() {
			want[class] = 0
		}
		for range 2 {
			var got map[ledger.Class]money.Amount
			err := db.Read(t.Context(), func(tx *database.Tx) (err error) {
				got, err = ledger.Balances(t.Context(), tx, shop)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Balances (-want +got):\n%s", diff)
			}
			mustBook(t, db, sale("RE1", 4990), sale("RE2", 100), payment("RE1", 4000))
			want[ledger.Receivable], want[ledger.Pending], want[ledger.Bank] = 1090, -5090, 4000
		}
	})
}

// TestChain compares with bytes and hashes that another program has computed.
func TestChain(t *testing.T) {
	first, second := sale("RE/1", 4990), payment("RE/1", 4990)
	first.ID, first.Cause = 1, "ab12 row 3 \"RE/1\" ä\x01\t<&>"
	const canonical = `{"id":1,"booked_at":1790942400,"business_date":"2026-10-01","cause":"ab12 row 3 \"RE/1\" ä\u0001\t<&>",` +
		`"postings":[{"account":"receivable/RE/1","amount":4990},{"account":"pending","amount":-4990}]}`
	if got := string(first.AppendCanonical(nil)); got != canonical {
		t.Errorf("canonical form %s; want %s", got, canonical)
	}
	each(t, func(t *testing.T, db *database.DB) {
		for i, want := range []string{
			"e88107bb4ea7f26c96899d9a4a5539c750cf054a05d8b9522d7365cc8e236525",
			"2ad5670064d2ac68341809d192a8c4eff81a5bc0d2e2fa2d5b9ca43b298368cc",
		} {
			id, head := mustBook(t, db, []ledger.Entry{first, second}[i])
			if id != int64(i+1) || head != want {
				t.Errorf("Head = %d %s; want %d %s", id, head, i+1, want)
			}
		}
	})
}

func TestAppendRefuses(t *testing.T) {
	const most = money.Amount(1<<63 - 1)
	without := func(change func(*ledger.Entry)) ledger.Entry {
		e := sale("RE1", 100)
		change(&e)
		return e
	}
	db := databasetest.Open(t, database.SQLite)
	if err := db.Migrate(t.Context(), ledger.Migrations); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		e    ledger.Entry
		want string
	}{
		{"a sum", entry("x", posting(ledger.Bank, "", 100), posting(ledger.Fees, "", -99)), "entry 1 (x): the postings sum to 0.01, want 0.00"},
		{"no postings", entry("x"), ledger.ErrEmpty.Error()},
		{"zeros", entry("x", posting(ledger.Bank, "", 0)), ledger.ErrEmpty.Error()},
		{"an unknown class", entry("x", posting("cash", "", 1), posting(ledger.Fees, "", -1)), "account cash is unknown"},
		{"no cause", without(func(e *ledger.Entry) { e.Cause = "" }), "has no cause"},
		{"no date", without(func(e *ledger.Entry) { e.BusinessDate = 0 }), "has no business date"},
		{"no time", without(func(e *ledger.Entry) { e.BookedAt = time.Time{} }), "has no time of booking"},
		{"a sum too large", entry("x", posting(ledger.Bank, "", most), posting(ledger.Bank, "", 1)), "out of range"},
	} {
		_, _, err := book(t.Context(), db, shop, c.e)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
		}
		if c.want == ledger.ErrEmpty.Error() && !errors.Is(err, ledger.ErrEmpty) {
			t.Errorf("%s: %v; want ErrEmpty", c.name, err)
		}
	}
}

func TestAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		mustBook(t, db, sale("RE1", 100))
		for _, statement := range []string{
			"UPDATE ledger_entry SET cause = 'x'", "DELETE FROM ledger_entry",
			"UPDATE ledger_posting SET amount = 0", "DELETE FROM ledger_posting WHERE line = 1",
		} {
			err := db.Write(t.Context(), func(tx *database.Tx) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "a mistake is corrected by a further entry") {
				t.Errorf("%s: %v; want that it is refused", statement, err)
			}
		}
		if err := verify(t.Context(), db, shop); err != nil {
			t.Error(err)
		}
	})
}

// TestMany shows that statements do not grow with entries, and reads pages.
func TestMany(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		mustBook(t, db, sale("RE0", 1))
		before := db.Statements()
		mustBook(t, db, sale("RE1", 1))
		one := db.Statements() - before
		var many []ledger.Entry
		for i := range 2500 {
			many = append(many, sale(fmt.Sprintf("RE%d", i%50), 1))
		}
		before = db.Statements()
		mustBook(t, db, append(many, payment("RE7", 50))...)
		if got := db.Statements() - before; got != one {
			t.Errorf("%d entries took %d statements, one took %d", len(many), got, one)
		}
		for _, c := range []struct {
			filter ledger.Filter
			want   int
		}{
			{ledger.Filter{}, 2503},
			{ledger.Filter{After: 2500}, 3},
			{ledger.Filter{Class: ledger.Receivable}, 2503},
			{ledger.Filter{Class: ledger.Bank}, 1},
			{ledger.Filter{Claim: "RE7"}, 51},
			{ledger.Filter{Claim: "RE7", Class: ledger.Receivable, After: 2000}, 11},
			{ledger.Filter{Claim: "RE7", Class: ledger.Charges}, 0},
		} {
			got := entries(t, db, c.filter)
			if len(got) != c.want {
				t.Errorf("%+v yields %d entries; want %d", c.filter, len(got), c.want)
			}
			for i := 1; i < len(got); i++ {
				if got[i].ID <= got[i-1].ID || len(got[i].Postings) != 2 {
					t.Fatalf("%+v yields %+v after %d", c.filter, got[i], got[i-1].ID)
				}
			}
		}
		if err := verify(t.Context(), db, shop); err != nil {
			t.Error(err)
		}
	})
}

func TestMovements(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		mustBook(t, db, sale("RE2", 100), sale("RE1", 4990), payment("RE1", 90), sale("RE3", 1))
		want := []ledger.Movement{
			{Claim: "RE1", Entry: 2, BusinessDate: date, Amount: 4990},
			{Claim: "RE1", Entry: 3, BusinessDate: date, Amount: -90},
			{Claim: "RE2", Entry: 1, BusinessDate: date, Amount: 100},
		}
		err := db.Read(t.Context(), func(tx *database.Tx) error {
			got, err := ledger.Movements(t.Context(), tx, shop, ledger.Receivable, []string{"RE1", "RE2", "RE9"})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Movements (-want +got):\n%s", diff)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestParseAccount(t *testing.T) {
	for s, want := range map[string]ledger.Account{
		"bank": {Class: ledger.Bank}, "receivable/RE1001": ledger.Of(ledger.Receivable, "RE1001"),
		"charges/a/b": ledger.Of(ledger.Charges, "a/b"),
	} {
		got, err := ledger.ParseAccount(s)
		if got != want || err != nil || got.String() != s {
			t.Errorf("ParseAccount(%q) = %+v, %v; want %+v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "cash", "bank/", "/x", "Bank"} {
		if got, err := ledger.ParseAccount(s); err == nil {
			t.Errorf("ParseAccount(%q) = %+v; want an error", s, got)
		}
	}
}
