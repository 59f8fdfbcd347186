package provider

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// eventful has a claim of every kind, two payouts, and payments in every state.
func eventful(w *world) {
	w.taken(w.b2b("1001", "K1", 10_000)...) // dunned twice, charges paid in part
	w.taken(w.sale("1002", "K2", 20_000)...)
	due := w.sale("1003", "K3", 30_000)
	given, _ := due[1].(purchase.Invoice)
	given.DueDate = w.day("2026-11-12")
	due[1] = given
	w.taken(due...)
	w.taken(w.sale("1004", "K4", 9_000)...)                                     // waived
	w.taken(w.order("A1005", "K5", 5_000), w.invoice("RE1005", "A1005", 5_000)) // not active
	w.at("2026-10-05 12:00")
	known := w.payment("Z1", 15_000, "Rechnung RE1002")
	known.DebtorIBAN, known.DebtorName = "DE75512108001245126199", "Erika Muster"
	w.taken(known, w.payment("Z2", 3_300, "ohne Angabe"), w.payment("Z3", 4_000, "A1003"), w.payment("Z4", 1_000, purchase.Reference("A1003")))
	w.taken(w.received("R1", "RE1002", 2_000), w.credit("G1", purchase.Correction, "RE1002", 1_500, "R1"),
		w.instruction("I1", purchase.DirectPayment, "RE1003", 500), w.payment("Z2", -300, ""), w.payment("Z3", -1_500, ""))
	w.at("2026-10-12 06:00")
	w.advance(schedules.Payout)
	w.dun("2026-10-22")
	w.dun("2026-10-29")
	w.taken(w.payment("Z0", 100, "RE1003"))
	w.taken(w.payment("Z5", 2_000, "RE1001"), w.received("R4", "RE1004", 9_000), w.instruction("I2", purchase.DueChange, "RE1002", 0))
	w.at("2026-10-31 04:00")
	w.advance(schedules.Guarantee)
	rest := w.payment("Z6", w.claim("RE1002").open(), "")
	rest.DebtorIBAN = "DE75512108001245126199"
	w.taken(rest)
	w.at("2026-11-02 06:00")
	w.advance(schedules.Payout)
}

// once is what is written down once: nothing else says it.
var once = map[string]string{
	"provider_claims default_notice":      "the invoice",
	"provider_claims term_days":           "the invoice, where the due date does not depend on it",
	"provider_claims due_given":           "the invoice, where the due date does not depend on it",
	"provider_claims RE1005 invoice_date": "the invoice, until it is active",
	"provider_claims debtor_account":      "the invoice",
	"provider_payouts upcoming":           "a forecast of its day",
	"provider_papers R1 amount":           "the return, which a credit has replaced",
	"provider_papers I2 amount":           "nobody: a due date has no amount",
	"provider_claims changed_on":          "only for the states report",
	"provider_claims changed":             "only for the states report",
	"provider_claims reported":            "only for the states report",
	"provider_payments debtor_name":       "the bank",
	"provider_payments account":           "the bank, of a payment that waits",
	"provider_payments booked_on":         "the bank, of a payment that waits or has a value date",
	"provider_payments value_on":          "the bank, of a payment that waits",
	"provider_payments reference":         "the bank, of a payment that waits or was found by its IBAN",
	"provider_payments debtor_iban":       "the bank, of a payment that waits",
	"provider_payments source":            "the file, whose name is not in the books",
	"provider_payments matched_by":        "of a payment that waits",
}

// Whoever changes a field behind the books' back is found, and the row named.
func TestVerifyFindsDamage(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	migrate(t, db)
	w := newWorld(t, t.Context(), db, testTerms())
	eventful(w)
	damage(w, "provider_claims", "invoice_no", claims.columns, reflect.TypeFor[claim]())
	damage(w, "provider_lines", "n", lines.columns, reflect.TypeFor[line]())
	damage(w, "provider_payouts", "payout_id", payouts.columns, reflect.TypeFor[payout]())
	damage(w, "provider_payments", "payment_id", payments.columns, reflect.TypeFor[payment]())
	damage(w, "provider_allocations", "payment_id", []string{"invoice_no", "principal", "charges", "interest", "paid_in"}, reflect.TypeFor[allocation]())
	damage(w, "provider_papers", "number", []string{"amount"}, reflect.TypeFor[paper]())
	w.verify()
}

// damage changes each column of each row of a table, one after the other, and
// puts it back.
func damage(w *world, table, key string, columns []string, row reflect.Type) {
	w.Helper()
	text, flag := map[string]bool{}, map[string]bool{}
	for i := range row.NumField() {
		f := row.Field(i)
		text[f.Tag.Get("db")] = f.Type.Kind() == reflect.String || f.Type == reflect.TypeFor[schedules.Date]()
		flag[f.Tag.Get("db")] = f.Type.Kind() == reflect.Bool
	}
	for _, id := range w.strings("SELECT CAST(" + key + " AS TEXT) FROM " + table + " ORDER BY 1") {
		for _, column := range columns {
			if column == "merchant_id" || column == key {
				continue
			}
			change := column + " + 1"
			switch {
			case column == "seq":
				change = "seq + 1000"
			case flag[column]:
				change = "1 - " + column
			case text[column]:
				change = fmt.Sprintf("CASE WHEN length(%[1]s) = 10 AND %[1]s LIKE '20__-__-__' THEN date(%[1]s, '+1 day') WHEN %[1]s = '' THEN '2026-10-09' ELSE %[1]s || 'X' END", column)
			}
			broken := w.damaged(table, column, change, "CAST("+key+" AS TEXT) = '"+id+"'")
			of := map[string]string{"provider_papers": "", "provider_allocations": ""} // told by their claim
			if _, of := of[table]; of && len(broken) > 0 {
				continue
			}
			if named := slices.ContainsFunc(broken, func(s string) bool { return strings.Contains(s, id) }); !named && once[table+" "+column] == "" && once[table+" "+id+" "+column] == "" {
				w.Errorf("%s %s: Verify does not name it when %s is changed: %q", table, id, column, broken)
			}
		}
	}
}

// damaged returns what Verify says of a change, which is then undone.
func (w *world) damaged(table, column, value, where string) (broken []string) {
	w.Helper()
	var old string
	w.scalar(&old, "SELECT CAST("+column+" AS TEXT) FROM "+table+" WHERE "+where)
	w.exec("UPDATE " + table + " SET " + column + " = " + value + " WHERE " + where)
	broken = w.broken()
	w.exec("UPDATE " + table + " SET " + column + " = '" + old + "' WHERE " + where)
	return broken
}

func (w *world) exec(text string) {
	w.Helper()
	w.write(func(tx *database.Tx) error {
		_, err := tx.Exec(w.ctx, text)
		return err
	})
}

func (w *world) strings(query string) (all []string) {
	w.Helper()
	w.write(func(tx *database.Tx) error {
		rows, err := tx.Query(w.ctx, query)
		all, err = database.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		return err
	})
	return all
}
