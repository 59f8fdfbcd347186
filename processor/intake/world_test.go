package intake

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

const account = "DE02120300000000202051"

// A world is one merchant, its bank and a provider that decides orders as told.
type world struct {
	t     *testing.T
	db    *database.DB
	in    *Intake
	spool *spool.Spool
	dir   string
	boxes []Inbox
	terms purchase.Terms
	zone  *time.Location
	run   int64
	log   bytes.Buffer
	// decide is the provider; a zero decision means ACCEPTED.
	decide func(purchase.Order) purchase.Decision
	// silent: the provider does not answer.
	silent bool
	// refuse says which records the provider does not take.
	refuse func(purchase.Record) purchase.Code
}

func newWorld(t *testing.T, db *database.DB, profile string) *world {
	t.Helper()
	w := &world{t: t, db: db, dir: t.TempDir()}
	must(t, db.Migrate(t.Context(), Migrations(), queueTable()))
	var err error
	w.spool, err = spool.Open(filepath.Join(w.dir, "spool"))
	must(t, err)
	t.Cleanup(func() { must(t, w.spool.Close()) })
	w.zone, err = time.LoadLocation("Europe/Berlin")
	must(t, err)
	w.terms = purchase.Terms{Merchant: "acme", Currency: "EUR", AssumeReturn: true, TermDays: 14, ParkDays: 14}
	w.in = New(db, w.spool, time.Now, func(context.Context, time.Duration) error { return nil }, queue, slog.New(slog.NewTextHandler(&w.log, nil)))
	p, ok := formats.Lookup(profile)
	if !ok {
		t.Fatalf("no profile %s", profile)
	}
	for _, owner := range []string{purchase.Provider, "acme"} {
		base := filepath.Join(w.dir, owner)
		must(t, os.MkdirAll(filepath.Join(base, "in"), 0o700))
		r, err := remote.Open(t.Context(), remote.Config{URL: "dir:" + base})
		must(t, err)
		t.Cleanup(func() { must(t, r.Close()) })
		box := Inbox{Owner: owner, Remote: r, Folder: "in", Profile: p, Feeds: purchase.Feeds(), Language: formats.English}
		if owner == purchase.Provider {
			box.Feeds, box.Accounts = []purchase.Feed{purchase.Payments}, map[string]string{account: "acme"}
		}
		w.boxes = append(w.boxes, box)
	}
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// queueTable is where accepted records wait in tests.
func queueTable() fs.FS {
	return fstest.MapFS{"00999_queue.sql": {Data: []byte(`-- +goose Up
CREATE TABLE queue (feed BIGINT NOT NULL, row_id BIGINT NOT NULL, PRIMARY KEY (feed, row_id));`)}}
}

func queue(ctx context.Context, tx *database.Tx, merchant string, ready []purchase.Ready) error {
	var rows [][]any
	for _, r := range ready {
		if merchant == "acme" {
			rows = append(rows, []any{int64(r.Feed), r.Row})
		}
	}
	return tx.Load(ctx, "queue", []string{"feed", "row_id"}, rows, "ON CONFLICT (feed, row_id) DO NOTHING")
}

// queued returns the records that wait for a batch.
func (w *world) queued(ctx context.Context) (refs []purchase.RowRef, err error) {
	err = w.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT feed, row_id FROM queue ORDER BY feed, row_id")
		refs, err = database.Collect(rows, err, func(r *sql.Rows) (ref purchase.RowRef, err error) { return ref, r.Scan(&ref.Feed, &ref.Row) })
		return err
	})
	return refs, err
}

// drop puts a file into the inbox of the merchant, or of the bank.
func (w *world) drop(name, content string) {
	w.t.Helper()
	owner := "acme"
	if strings.HasPrefix(name, "payments") {
		owner = purchase.Provider
	}
	w.dropAt(owner, name, content)
}

func (w *world) dropAt(owner, name, content string) {
	w.t.Helper()
	must(w.t, os.WriteFile(filepath.Join(w.dir, owner, "in", name), []byte(content), 0o600))
}

// at returns the run at a time such as 2026-10-02T12-00.
func (w *world) at(owner, step string) Run {
	w.t.Helper()
	asOf, err := time.ParseInLocation("2006-01-02T15-04", step, w.zone)
	must(w.t, err)
	return Run{
		Merchant: owner, Number: w.run, AsOf: asOf, Day: schedules.DateOf(asOf),
		Name: fmt.Sprintf("r%s-%06d", asOf.Format("20060102T1504"), w.run),
	}
}

// step is one whole run: collect, try, batches and receipts until nothing
// waits, close, acks delivered, inboxes tidied.
func (w *world) step(step string) (acks []purchase.Ack) {
	w.t.Helper()
	w.run++
	acks, err := w.steps(w.t.Context(), step)
	must(w.t, err)
	return acks
}

func (w *world) steps(ctx context.Context, step string) (acks []purchase.Ack, err error) {
	for _, box := range w.boxes {
		if err := w.in.Collect(ctx, w.at(box.Owner, step), box); err != nil {
			return nil, err
		}
	}
	if err := w.exchange(ctx, w.at("acme", step)); err != nil {
		return nil, err
	}
	for _, owner := range []string{"acme", purchase.Provider} {
		if err := w.in.Close(ctx, w.at(owner, step)); err != nil {
			return nil, err
		}
		for a, err := range w.in.Acks(ctx, w.at(owner, step)) {
			if err != nil {
				return nil, err
			}
			acks = append(acks, a)
		}
	}
	err = w.db.Write(ctx, func(tx *database.Tx) (err error) {
		for _, a := range acks {
			err = errors.Join(err, w.in.Delivered(ctx, tx, a.Owner, a.File))
		}
		return err
	})
	for _, box := range w.boxes {
		err = errors.Join(err, w.in.Tidy(ctx, box))
	}
	return acks, err
}

// exchange tries rows and transmits what is booked, until nothing waits.
func (w *world) exchange(ctx context.Context, run Run) error {
	for {
		if err := w.in.Try(ctx, run, w.terms); err != nil {
			return err
		}
		refs, err := w.queued(ctx)
		if err != nil || len(refs) == 0 || w.silent {
			return err
		}
		if err := w.transmit(ctx, run, refs); err != nil {
			return err
		}
	}
}

// transmit hands over what waits, as one batch, and takes the receipt.
func (w *world) transmit(ctx context.Context, run Run, refs []purchase.RowRef) error {
	records, err := w.in.Records(w.terms.Currency)(ctx, "acme", refs)
	if err != nil {
		return err
	}
	receipt, part := purchase.Receipt{Merchant: "acme"}, purchase.ReceiptPart{}
	var refusals []purchase.Refusal
	for i, r := range records {
		if w.refuse != nil {
			if code := w.refuse(r.Record); code != "" {
				refusals = append(refusals, purchase.Refusal{RowRef: refs[i], Code: code})
				continue
			}
		}
		if o, ok := r.Record.(purchase.Order); ok {
			part.Decisions = append(part.Decisions, w.decision(o))
		}
	}
	return w.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) + 1 FROM intake_receipts").Scan(&receipt.Number); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM queue"); err != nil {
			return err
		}
		return w.in.Apply(ctx, tx, run, w.terms, receipt.In(part), refusals)
	})
}

func (w *world) decision(o purchase.Order) purchase.Decision {
	d := purchase.Decision{OrderNo: o.OrderNo, Decision: purchase.DecisionAccepted, Code: purchase.OK, Approved: o.Gross}
	if w.decide != nil {
		if told := w.decide(o); told.Decision != "" {
			d = told
			d.OrderNo = o.OrderNo
		}
	}
	if d.Decision != purchase.DecisionAccepted {
		d.Approved = money.Amount(0)
	}
	d.ValidUntil = o.OrderDate + 60
	return d
}

// files returns the export of the merchant.
func (w *world) files() (all []ExportFile) {
	w.t.Helper()
	for f, err := range w.in.ExportFiles(w.t.Context(), "acme", w.zone) {
		must(w.t, err)
		all = append(all, f)
	}
	return all
}

// verify fails when the books of intake do not agree with themselves.
func (w *world) verify(step string) {
	w.t.Helper()
	for _, owner := range []string{"acme", purchase.Provider} {
		broken, err := w.in.Verify(w.t.Context(), owner, w.terms, w.at(owner, step).Day)
		must(w.t, err)
		for _, b := range broken {
			w.t.Errorf("%s: %s", owner, b)
		}
	}
}
