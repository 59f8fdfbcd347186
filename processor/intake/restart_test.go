package intake

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
)

// pulled is a context that is done once the plug is pulled: a transaction looks
// at it before it commits.
type pulled struct {
	context.Context
	left *int
}

func (p pulled) Err() error {
	if *p.left--; *p.left < 0 {
		return context.Canceled
	}
	return p.Context.Err()
}

// state is everything that a run has decided, in one text.
func (w *world) state() string {
	w.t.Helper()
	var b strings.Builder
	must(w.t, w.db.Read(w.t.Context(), func(tx *database.Tx) error {
		for _, query := range []string{
			"SELECT id || '|' || n || '|' || status || '|' || code || '|' || warning || '|' || run FROM intake_verdicts ORDER BY merchant_id, id, n",
			"SELECT feed || '|' || doc_key || '|' || id || '|' || booked || '|' || invoice_no FROM intake_documents ORDER BY merchant_id, feed, doc_key, id",
			"SELECT order_no || '|' || decision || '|' || invoiced || '|' || invoices || '|' || cancelled FROM intake_orders ORDER BY merchant_id, order_no",
			"SELECT invoice_no || '|' || gross || '|' || credited || '|' || direct FROM intake_invoices ORDER BY merchant_id, invoice_no",
			"SELECT name || '|' || verdict || '|' || row_count || '|' || told FROM intake_files ORDER BY merchant_id, number",
			"SELECT id || '|' || code FROM intake_parked ORDER BY merchant_id, id",
			"SELECT parent || '|' || id FROM intake_waiting ORDER BY merchant_id, parent, id",
		} {
			rows, err := tx.Query(w.t.Context(), query)
			all, err := database.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, strings.Join(all, "\n"))
		}
		return nil
	}))
	return b.String()
}

// dropMixed drops a day with something of everything.
func dropMixed(w *world) {
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2"), "A3;x;EUR;1.00;K;x;1"))
	w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;60.00", "R2;A1;2026-10-01;EUR;50.00", "R9;A9;2026-10-01;EUR;1.00"))
	w.drop("invoices_2.csv", csv(invoicesHeader, "R9;A9;2026-10-01;EUR;1.00", "#TRAILER;7;1"))
	w.drop("shipments_1.csv", csv(shipmentsHeader, "L1;A1;2026-10-01;R1;"))
	w.drop("returns_1.csv", csv(returnsHeader, "T1;;;A1;2026-10-01;10.00"))
	w.drop("payments_1.csv", csv(paymentsHeader, paymentRow("Z1", "60.00"), paymentRow("Z1", "-60.00")))
}

// Cut off before any of its commits, a run that is called again comes to the
// same books as one that never was.
func TestRestart(t *testing.T) {
	const step = "2026-10-01T12-00"
	play := func(t *testing.T, cut int) (state string, whole bool) {
		w := sqlite(t)
		dropMixed(w)
		w.run = 1
		left := cut
		_, err := w.steps(pulled{t.Context(), &left}, step)
		if whole = err == nil; !whole {
			if _, err := w.steps(t.Context(), step); err != nil {
				t.Fatalf("cut %d, called again: %v", cut, err)
			}
		}
		w.verify(step)
		return w.state(), whole
	}
	want, _ := play(t, 1<<30)
	stride := 1
	if testing.Short() {
		stride = 7
	}
	for cut := 0; ; cut += stride {
		got, whole := play(t, cut)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cut %d (-want +got):\n%s", cut, diff)
		}
		if whole {
			if cut < 20 {
				t.Errorf("only %d places to cut", cut)
			}
			return
		}
	}
}

// books is what a history comes to, without the way to it.
func (w *world) books() string {
	w.t.Helper()
	var all []string
	must(w.t, w.db.Read(w.t.Context(), func(tx *database.Tx) error {
		for _, query := range []string{
			"SELECT feed || '|' || doc_key || '|' || booked || '|' || material || '|' || invoice_no FROM intake_documents ORDER BY feed, doc_key",
			"SELECT order_no || '|' || decision || '|' || invoiced || '|' || invoices || '|' || cancelled FROM intake_orders ORDER BY order_no",
			"SELECT invoice_no || '|' || gross || '|' || credited || '|' || direct FROM intake_invoices ORDER BY invoice_no",
		} {
			rows, err := tx.Query(w.t.Context(), query)
			lines, err := database.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
			if err != nil {
				return err
			}
			all = append(all, lines...)
		}
		return nil
	}))
	return strings.Join(all, "\n")
}

// A history has rows by feed that do not compete with each other.
type history map[string][]string

func drawHistory(r *rapid.T) history {
	h := history{}
	add := func(feed, format string, args ...any) { h[feed] = append(h[feed], fmt.Sprintf(format, args...)) }
	for o := range rapid.IntRange(1, 4).Draw(r, "orders") {
		add("orders", "A%d;2026-10-01;EUR;100.00;K1;Hanna;1", o)
		invoices := rapid.IntRange(0, 2).Draw(r, "invoices")
		if invoices == 0 && rapid.Bool().Draw(r, "cancelled") {
			add("cancellations", "S%d;A%d;2026-10-02", o, o)
		}
		for i := range invoices {
			no := fmt.Sprintf("%d%d", o, i)
			add("invoices", "R%s;A%d;2026-10-0%d;EUR;50.00", no, o, 1+i)
			add("shipments", "L%s;A%d;2026-10-02;R%s;", no, o, no)
			for d := range rapid.IntRange(0, 2).Draw(r, "documents") {
				add("returns", "T%s%d;;R%s;;2026-10-03;8.00", no, d, no)
				add("credits", "G%s%d;%s;R%s;2026-10-04;8.00;%s", no, d, rapid.SampledFrom([]string{"", "VALUE"}).Draw(r, "kind"), no,
					rapid.SampledFrom([]string{"", "T" + no + "0", "T" + no + "1"}).Draw(r, "names"))
				add("instructions", "I%s%d;DIRECT_PAYMENT;R%s;2026-10-05;1.00", no, d, no)
			}
			add("payments", "%s", paymentRow("Z"+no, "50.00"))
			if rapid.Bool().Draw(r, "back") {
				add("payments", "%s", paymentRow("Z"+no, "-20.00"))
			}
		}
		if invoices == 1 {
			add("returns", "T%d;;;A%d;2026-10-03;2.00", o, o)
		}
	}
	return h
}

func headers() map[string]string {
	return map[string]string{
		"orders": ordersHeader, "invoices": invoicesHeader, "shipments": shipmentsHeader, "returns": returnsHeader,
		"credits": creditsHeader, "cancellations": cancellationsHeader, "payments": paymentsHeader, "instructions": instructionsHeader,
	}
}

// Whatever order rows come in, cut into whatever files, delivered however often:
// the end state is the same.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := drawHistory(r)
		straight, shuffled := sqlite(t), sqlite(t)
		for feed, rows := range h {
			straight.drop(feed+"_1.csv", csv(append([]string{headers()[feed]}, rows...)...))
		}
		straight.step("2026-10-01T12-00")
		days := rapid.IntRange(1, 4).Draw(r, "days")
		for day := range days + 1 {
			for feed := range headers() {
				for n, row := range h[feed] {
					last := day == days // then comes what has not come yet, and much of it again
					if last || rapid.IntRange(0, 2).Draw(r, feed) == 0 {
						shuffled.drop(fmt.Sprintf("%s_%d_%d.csv", feed, rapid.IntRange(0, 9).Draw(r, "file"), n), csv(headers()[feed], row, row))
					}
				}
			}
			shuffled.step(fmt.Sprintf("2026-10-0%dT12-00", day+1))
		}
		if diff := cmp.Diff(straight.books(), shuffled.books()); diff != "" {
			r.Fatalf("(-straight +shuffled):\n%s", diff)
		}
		shuffled.verify("2026-10-05T12-00")
	})
}
