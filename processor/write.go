package processor

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// Readers of the provider's documents.
const (
	intakeReader   = "intake" // receipts
	letterReader   = "letters"
	reportReader   = "reports"
	decisionReader = "decisions"
)

func (j *job) position(ctx context.Context, reader string) (n int64, err error) {
	err = j.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT position FROM processor_positions WHERE merchant_id = ? AND reader = ?", j.m.ID(), reader).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return n, err
}

func setPosition(ctx context.Context, tx *database.Tx, merchant, reader string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO processor_positions (merchant_id, reader, position) VALUES (?, ?, ?)
		ON CONFLICT (merchant_id, reader) DO UPDATE SET position = excluded.position`, merchant, reader, n)
	return err
}

// A made file lies in the spool and is not registered yet.
type made struct {
	file   outbox.File
	stored spool.Stored
	base   string // the name of its first version
	plain  string // SHA-256 of the text, of one that is encrypted
}

// make writes a file into the spool, as the renderer's version of it.
func (j *job) make(target, folder, name, kind, subject string, write func(io.Writer) error) (made, error) {
	w, err := j.Spool.Create()
	if err != nil {
		return made{}, err
	}
	plain, ending, err := j.sealed(target, w, write)
	if err != nil {
		return made{}, fmt.Errorf("write %s: %w", name, errors.Join(err, w.Abort()))
	}
	name += ending
	stored, err := w.Commit()
	return made{outbox.File{
		Merchant: j.m.ID(), Target: target, Folder: folder, Name: report.Versioned(name, j.m.Renderer.Version), Run: j.r.number,
		Kind: kind, Subject: subject,
	}, stored, name, plain}, err
}

// add registers files, with what else is true from then on.
func (j *job) add(ctx context.Context, files []made, also func(*database.Tx) error) error {
	return j.DB.Write(ctx, func(tx *database.Tx) error {
		for _, f := range files {
			if err := j.register(ctx, tx, f); err != nil {
				return err
			}
		}
		return also(tx)
	})
}

// register takes a file that a run has written. Acknowledgements are written
// again when the run was cut off: where the program or the configuration that
// goes on uses other words, both stay, and the later one is a further version.
// All else is registered together with how far it was told, so never twice.
func (j *job) register(ctx context.Context, tx *database.Tx, f made) error {
	if err := keepSealed(ctx, tx, &f); err != nil {
		return err
	}
	err := j.Outbox.Add(ctx, tx, f.file, f.stored)
	for n := 2; errors.Is(err, outbox.ErrOtherBytes) && isAck(f.file.Kind); n++ {
		later := f
		later.file.Name = report.Versioned(f.base, n)
		if err := keepSealed(ctx, tx, &later); err != nil {
			return err
		}
		v := outbox.Version{Number: n, Supersedes: report.Versioned(f.base, n-1), Reason: "written anew after the run was cut off"}
		err = j.Outbox.AddVersion(ctx, tx, later.file, v, later.stored)
	}
	return err
}

func isAck(kind string) bool { return kind == outbox.Ack || kind == outbox.Rejected }

// An unwritableError is a document that no file could be written of.
type unwritableError struct {
	position int64
	err      error
}

func (e *unwritableError) Error() string {
	return fmt.Sprintf("document %d of the provider: %v", e.position, e.err)
}

func (e *unwritableError) Unwrap() error { return e.err }

// documents goes through what the provider has said since a reader was last
// here, writes files of it, and registers them together with the new position.
func (j *job) documents(ctx context.Context, reader string, write func(purchase.Document) ([]made, error)) error {
	position, err := j.position(ctx, reader)
	if err != nil {
		return err
	}
	for d, err := range j.Provider.Documents(ctx, j.m.ID(), position) {
		if err != nil {
			return err
		}
		files, err := write(d)
		if err != nil {
			return &unwritableError{d.Position, err}
		}
		if err := j.add(ctx, files, func(tx *database.Tx) error { return setPosition(ctx, tx, j.m.ID(), reader, d.Position) }); err != nil {
			return err
		}
	}
	return nil
}

// letters writes the notices for the print service and as mails, and what is
// handed over to collection.
func (j *job) letters(ctx context.Context) error {
	return j.documents(ctx, letterReader, func(d purchase.Document) ([]made, error) {
		if d.Dunning == nil {
			return nil, nil
		}
		var files []made
		for _, write := range []func(context.Context, purchase.Dunning) ([]made, error){j.notices, j.mails, j.collection} {
			some, err := write(ctx, *d.Dunning)
			if err != nil {
				return nil, err
			}
			files = append(files, some...)
		}
		return files, nil
	})
}

// notices writes the letters of a dunning run, for machines and as PDF; nil when
// there are none.
func (j *job) notices(ctx context.Context, d purchase.Dunning) ([]made, error) {
	letters := 0
	f, err := j.make(outbox.Letters, "", report.LettersName(j.m.ID(), d.RunDate), outbox.Letter, d.RunDate.String(), func(w io.Writer) (err error) {
		letters, err = j.m.Renderer.Letters(ctx, w, d)
		return err
	})
	if err != nil || letters == 0 {
		return nil, err
	}
	printed, err := j.printed(ctx, d)
	return append([]made{f}, printed...), err
}

// printed makes one PDF letter for each debtor of a dunning run, where the
// configuration has the provider's address. They are held in memory by debtor:
// about a kilobyte for each notice of the day.
func (j *job) printed(ctx context.Context, d purchase.Dunning) ([]made, error) {
	if !j.m.Provider.Complete() {
		return nil, nil
	}
	byDebtor := map[string][]purchase.Notice{}
	var order []string
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return nil, err
		}
		if n.Status == purchase.NoticeHeld || n.Channel != "" {
			continue
		}
		if byDebtor[n.CustomerNo] == nil {
			order = append(order, n.CustomerNo)
		}
		byDebtor[n.CustomerNo] = append(byDebtor[n.CustomerNo], n)
	}
	var files []made
	for i, customer := range order {
		f, err := j.make(outbox.Letters, "", report.LetterName(j.m.ID(), d.RunDate, int64(i+1)), outbox.Print, d.RunDate.String(), func(w io.Writer) error {
			return j.m.Renderer.LetterPDF(w, report.Letter{Sender: j.m.Provider, Notices: byDebtor[customer]})
		})
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// reports writes decisions, payouts, dunning, states and unmatched payments. What
// the ERP cannot be told keeps no payment order back.
func (j *job) reports(ctx context.Context) error {
	err := j.allReports(ctx)
	if !isUnsealed(err) || j.Role == MerchantSide {
		return err
	}
	return cmp.Or(j.transfers(ctx), err)
}

func (j *job) allReports(ctx context.Context) error {
	if j.Role != ProviderSide {
		if err := j.decisions(ctx); err != nil {
			return err
		}
	}
	return j.documents(ctx, reportReader, func(d purchase.Document) ([]made, error) {
		r := j.m.Renderer
		switch {
		case j.Role == ProviderSide && (d.Dunning != nil || d.States != nil):
			return nil, nil // answers, see answers.go
		case d.Payout != nil:
			return j.payout(ctx, d)
		case d.Refund != nil:
			return j.orderOnce(ctx, d)
		case d.Dunning != nil:
			return j.dunning(ctx, *d.Dunning)
		case d.States != nil:
			name := j.nameOf(d)
			return j.report(formats.StatesReport, outbox.States, name, map[string]string{"<run>": name},
				func(ending string) string { return report.StatesName(j.m.ID(), name, ending) },
				func(w io.Writer) error { return r.StatesCSV(ctx, w, *d.States) },
				func(w io.Writer) error { return r.StatesJSON(ctx, w, name, *d.States) })
		case d.Unmatched != nil:
			name := j.nameOf(d)
			return j.pair(outbox.Reports, "unmatched", outbox.Unmatched, name,
				func(ending string) string { return report.UnmatchedName(j.m.ID(), name, ending) },
				func(w io.Writer) error { return r.UnmatchedCSV(w, d.Unmatched.Payments) },
				func(w io.Writer) error { return r.UnmatchedJSON(w, *d.Unmatched) })
		}
		return nil, nil
	})
}

// nameOf is the name of the run for a document that is said in every run. One of
// an earlier run, which waited behind a document that could not be written, has
// its position too.
func (j *job) nameOf(d purchase.Document) string {
	if d.At.Equal(j.telling) {
		return j.run.Name
	}
	return fmt.Sprintf("%s.%d", j.run.Name, d.Position)
}

// dunning writes the report of a dunning run.
func (j *job) dunning(ctx context.Context, d purchase.Dunning) ([]made, error) {
	r := j.m.Renderer
	return j.report(formats.DunningReport, outbox.Dunning, d.RunDate.String(), map[string]string{"<date>": d.RunDate.String()},
		func(ending string) string { return report.DunningName(j.m.ID(), d.RunDate, ending) },
		func(w io.Writer) error { return r.DunningCSV(ctx, w, d) },
		func(w io.Writer) error { return r.DunningJSON(ctx, w, d) })
}

// pair makes a table and its JSON twin.
func (j *job) pair(target, folder, kind, subject string, name func(ending string) string, csv, twin func(io.Writer) error) ([]made, error) {
	table, err := j.make(target, folder, name(report.CSV), kind, subject, csv)
	if err != nil {
		return nil, err
	}
	other, err := j.make(target, folder, name(report.JSON), kind, subject, twin)
	return []made{table, other}, err
}

// report makes a table for the ERP, where and how its profile wants it, and the
// JSON twin, which is always the same.
func (j *job) report(
	rep formats.Report, kind, subject string, facts map[string]string, name func(ending string) string, csv, twin func(io.Writer) error,
) ([]made, error) {
	folder, file := j.m.Renderer.Place(rep, name(report.CSV), facts)
	table, err := j.make(outbox.ERP, folder, file, kind, subject, csv)
	if err != nil {
		return nil, err
	}
	other, err := j.make(outbox.ERP, rep.Folder(), name(report.JSON), kind, subject, twin)
	return []made{table, other}, err
}

// decisions writes all decisions of the run as one file; none, no file.
func (j *job) decisions(ctx context.Context) error {
	position, err := j.position(ctx, decisionReader)
	if err != nil {
		return err
	}
	last := position
	all := func(yield func(purchase.Decision, error) bool) {
		for d, err := range j.Provider.Documents(ctx, j.m.ID(), position) {
			if err != nil {
				yield(purchase.Decision{}, err)
				return
			}
			last = max(last, d.Position)
			if d.Receipt != nil && !decisionsOf(ctx, *d.Receipt, yield) {
				return
			}
		}
	}
	told := func(tx *database.Tx) error { return setPosition(ctx, tx, j.m.ID(), decisionReader, last) }
	if !anyOf(all) {
		return j.add(ctx, nil, told)
	}
	r := j.m.Renderer
	files, err := j.report(formats.DecisionsReport, outbox.Decisions, j.run.Name, map[string]string{"<run>": j.run.Name},
		func(ending string) string { return report.DecisionsName(j.m.ID(), j.run.Name, ending) },
		func(w io.Writer) error { return r.DecisionsCSV(w, all) },
		func(w io.Writer) error { return r.DecisionsJSON(w, j.run.Name, all) })
	if err != nil {
		return &unwritableError{last, err}
	}
	return j.add(ctx, files, told)
}

// decisionsOf yields the decisions of a receipt; false says that no more are
// wanted.
func decisionsOf(ctx context.Context, r purchase.Receipt, yield func(purchase.Decision, error) bool) bool {
	for part, err := range r.Parts(ctx) {
		if err != nil {
			yield(purchase.Decision{}, err)
			return false
		}
		for _, d := range part.Decisions {
			if !yield(d, nil) {
				return false
			}
		}
	}
	return true
}

func anyOf[T any](all iter.Seq2[T, error]) bool {
	for range all {
		return true
	}
	return false
}
