package processor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// A job is one run of one merchant. What fails outside (a remote that is down,
// a file that cannot be delivered) is collected and told, and stops nothing;
// what fails inside stops the run, which stays open.
type job struct {
	*Engine
	m       *Merchant
	r       run
	run     intake.Run
	remotes map[string]remote.Remote
	outside []error
	taken   *schedules.Slot // of the bank, when its files were read
	unheard bool            // what the bank has said could not be read
	telling time.Time       // of the deliver slot
}

func (e *Engine) job(_ context.Context, m *Merchant, r run) *job {
	at := r.at.In(m.Zone)
	return &job{
		Engine: e, m: m, r: r, remotes: map[string]remote.Remote{},
		run: intake.Run{Merchant: m.ID(), Number: r.number, AsOf: at, Day: schedules.DateOf(at), Name: report.Run(at, r.number)},
	}
}

// open opens a target once per run.
func (j *job) open(ctx context.Context, target string) (remote.Remote, error) {
	if r := j.remotes[target]; r != nil {
		return r, nil
	}
	r, err := j.m.Open(ctx, target)
	if err != nil {
		return nil, err
	}
	j.remotes[target] = r
	return r, nil
}

// close closes what was opened, and returns what failed outside.
func (j *job) close() error {
	errs := j.outside
	for _, r := range j.remotes {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

func (j *job) fail(step string, err error) {
	if err != nil {
		j.outside = append(j.outside, fmt.Errorf("merchant %s: %s: %w", j.m.ID(), step, err))
	}
}

// all does what is due, in the order of the package comment.
func (j *job) all(ctx context.Context) error {
	var d due
	err := j.DB.Read(ctx, func(tx *database.Tx) (err error) {
		d, err = j.due(ctx, tx, j.m, j.r)
		return err
	})
	if err != nil {
		return err
	}
	for _, step := range j.steps() {
		if err := step(ctx, d); err != nil {
			return err
		}
	}
	return j.end(ctx, j.r)
}

// box is the inbox on an open remote.
func (j *job) box(ctx context.Context) (intake.Inbox, error) {
	target := outbox.ERP
	if j.isBank(j.m) {
		target = outbox.Bank
	}
	box := j.m.Inbox
	r, err := j.open(ctx, target)
	box.Remote = r
	return box, err
}

// read collects the inbox, and reports whether all went well: a remote that is
// down, or a file that cannot be fetched, stops nothing.
func (j *job) read(ctx context.Context) (bool, error) {
	j.step(j.m.ID(), "collect")
	if j.again() {
		return true, j.readArchived(ctx)
	}
	box, err := j.box(ctx)
	if err == nil {
		err = j.Intake.Collect(ctx, j.run, box)
	}
	j.fail("collect", err)
	if errors.Is(err, intake.ErrGone) { // a dry run, which must not go on in silence
		return false, err
	}
	return err == nil, ctx.Err()
}

// readArchived reads what is registered; a file that the archive does not give
// back stops no other.
func (j *job) readArchived(ctx context.Context) error {
	err := j.Intake.ReadArchived(ctx, j.m.Inbox)
	if errors.Is(err, intake.ErrUnreadable) {
		j.fail("read", err)
		return ctx.Err()
	}
	return err
}

func (j *job) collect(ctx context.Context, d due) error {
	whole := true
	if d.collect != nil || j.again() {
		var err error
		if whole, err = j.read(ctx); err != nil {
			return err
		}
	}
	// The set of files is closed; the bank's rows are there too.
	j.step(j.m.ID(), "try")
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil || !whole {
		return err
	}
	return j.mark(ctx, d.collect)
}

func (j *job) mark(ctx context.Context, s *schedules.Slot) error {
	if s == nil {
		return nil
	}
	return j.done(ctx, j.m.ID(), j.r.number, *s)
}

// settle does every guarantee and payout slot since the last run.
func (j *job) settle(ctx context.Context, d due) error {
	for _, s := range d.settle {
		j.step(j.m.ID(), s.String())
		if err := j.Provider.Advance(ctx, j.m.ID(), s); err != nil {
			return err
		}
		if err := j.mark(ctx, &s); err != nil {
			return err
		}
	}
	return nil
}

// transmit hands over batches until no accepted event waits: what a receipt
// makes bookable goes into a further batch of the same slot.
func (j *job) transmit(ctx context.Context, d due) error {
	if d.transmit == nil {
		return nil
	}
	for {
		j.step(j.m.ID(), "transmit")
		b, found, err := j.Batches.Cut(ctx, batch.Cut{Merchant: j.m.ID(), Run: j.r.number, Created: d.transmit.At, Max: j.BatchMax}, j.Intake.Records(j.m.Terms.Currency))
		if err != nil {
			return err
		}
		if !found {
			return j.mark(ctx, d.transmit)
		}
		b.Own = j.Role == ProviderSide
		if err := j.Provider.Submit(ctx, b); err != nil {
			return err
		}
		if err := j.receive(ctx); err != nil {
			return err
		}
		if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil {
			return err
		}
	}
}

// receive takes the receipts that the provider has given.
func (j *job) receive(ctx context.Context) error {
	position, err := j.position(ctx, intakeReader)
	if err != nil {
		return err
	}
	for d, err := range j.Provider.Documents(ctx, j.m.ID(), position) {
		if err != nil {
			return err
		}
		err = j.DB.Write(ctx, func(tx *database.Tx) error {
			if d.Receipt != nil {
				if err := j.apply(ctx, tx, d); err != nil {
					return err
				}
			}
			return setPosition(ctx, tx, j.m.ID(), intakeReader, d.Position)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// apply takes a receipt. On one of two sides there are those of the other's
// batches too: beside the ERP only what was decided in them matters, at the
// provider nothing.
func (j *job) apply(ctx context.Context, tx *database.Tx, d purchase.Document) error {
	receipt := *d.Receipt
	if theirs := receipt.Own != (j.Role == ProviderSide); theirs {
		if j.Role == ProviderSide {
			return nil
		}
		receipt.Number = -d.Position // a series of its own
		return j.Intake.Apply(ctx, tx, j.run, j.m.Terms, receipt, nil)
	}
	refusals, err := j.Batches.Answered(ctx, tx, j.m.ID(), receipt)
	if err != nil {
		return err
	}
	return j.Intake.Apply(ctx, tx, j.run, j.m.Terms, receipt, refusals)
}

func (j *job) dun(ctx context.Context, d due) error {
	if j.unheard {
		return nil // the slot stays due
	}
	if err := j.skip(ctx, j.m.ID(), j.r.number, d.skipped); err != nil || d.dunning == nil {
		return err
	}
	j.step(j.m.ID(), d.dunning.String())
	if err := j.Provider.Advance(ctx, j.m.ID(), *d.dunning); err != nil {
		return err
	}
	return j.mark(ctx, d.dunning)
}

// deliver writes what there is to say, letters first, so that the dunning
// report can tell which were sent, and puts it where it belongs.
func (j *job) deliver(ctx context.Context, d due) error {
	if d.deliver == nil {
		return j.acknowledge(ctx)
	}
	j.telling = d.deliver.At
	if err := j.Provider.Advance(ctx, j.m.ID(), *d.deliver); err != nil {
		return err
	}
	if err := j.receive(ctx); err != nil {
		return err
	}
	if err := j.Intake.Close(ctx, j.run); err != nil {
		return err
	}
	if err := j.write(ctx, j.letters, j.reports, j.acks); err != nil {
		return err
	}
	if err := j.tidy(ctx); err != nil {
		return err
	}
	return j.mark(ctx, d.deliver)
}

// write writes files, and puts each kind before the next is written. A document
// of which none can be written waits for the next run, and the rest goes on.
func (j *job) write(ctx context.Context, kinds ...func(context.Context) error) error {
	for _, write := range kinds {
		j.step(j.m.ID(), "report")
		err := write(ctx)
		var unwritable *unwritableError
		switch {
		case errors.As(err, &unwritable) && ctx.Err() == nil:
			j.fail("report", err)
		case err != nil:
			return err
		}
		if err := j.put(ctx); err != nil {
			return err
		}
	}
	return nil
}

// acknowledge tells what became of the files of a run that has no deliver slot:
// the acks wait for the next one, but those of a rerun leave at once.
func (j *job) acknowledge(ctx context.Context) error {
	if err := j.Intake.Close(ctx, j.run); err != nil {
		return err
	}
	if err := j.acks(ctx); err != nil || !j.again() {
		return err
	}
	return j.put(ctx)
}

// put delivers what waits; what fails waits for the next run.
func (j *job) put(ctx context.Context) error {
	j.step(j.m.ID(), "deliver")
	to := func(target string) (remote.Remote, error) { return j.open(ctx, target) }
	j.fail("deliver", j.Outbox.Deliver(ctx, j.m.ID(), to, j.delivered))
	return ctx.Err()
}

// delivered books what follows from a delivery: notices are sent, and a file
// whose ack is there may leave the inbox.
func (j *job) delivered(ctx context.Context, tx *database.Tx, d outbox.Delivered) error {
	switch {
	case d.Again:
		return nil
	case d.Kind == outbox.Letter:
		day, err := schedules.ParseDate(d.Subject)
		if err != nil {
			return err
		}
		return j.Provider.Sent(ctx, tx, j.m.ID(), day, j.leftOn(d, day))
	case d.Kind == outbox.Message:
		return j.mailed(ctx, tx, d)
	case d.Kind == outbox.Ack:
		file, err := strconv.ParseInt(d.Subject, 10, 64)
		if err != nil {
			return err
		}
		return j.Intake.Delivered(ctx, tx, j.m.ID(), file)
	}
	return nil
}

// tidy removes from the inbox what was acknowledged, and from out/ what nobody
// took; that it may fail changes nothing.
func (j *job) tidy(ctx context.Context) error {
	box, err := j.box(ctx)
	if err != nil {
		j.fail("tidy", err)
		return ctx.Err()
	}
	j.fail("tidy in/", j.Intake.Tidy(ctx, box))
	j.fail("tidy out/", j.Outbox.Expire(ctx, j.m.ID(), j.m.KeepDays, func(t string) (remote.Remote, error) { return j.open(ctx, t) }))
	return ctx.Err()
}

// collectBank reads the account statements; each merchant tries its own rows.
func (j *job) collectBank(ctx context.Context) error {
	var d due
	err := j.DB.Read(ctx, func(tx *database.Tx) (err error) {
		d, err = j.due(ctx, tx, j.m, j.r)
		return err
	})
	if err != nil {
		return err
	}
	if d.collect != nil || j.again() {
		whole, err := j.read(ctx)
		if err != nil {
			return err
		}
		if whole {
			j.taken = d.collect
		}
	}
	return j.hearBank(ctx)
}

// hearBank tries the bank's own rows, and tells the provider for whom the bank
// has spoken.
func (j *job) hearBank(ctx context.Context) error {
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil {
		return err
	}
	spoken, everyone, err := j.Intake.Statements(ctx, j.run)
	if err != nil {
		return err
	}
	return j.DB.Write(ctx, func(tx *database.Tx) error {
		for _, m := range j.Merchants {
			if !everyone && !slices.Contains(spoken, m.ID()) {
				continue
			}
			if err := j.Provider.Statement(ctx, tx, m.ID(), schedules.DateOf(j.r.at.In(m.Zone))); err != nil {
				return err
			}
		}
		return nil
	})
}

// reportBank tells what became of the statements, when all merchants have tried
// their rows.
func (j *job) reportBank(ctx context.Context) error {
	if err := j.tellBank(ctx); err != nil {
		return err
	}
	if err := j.mark(ctx, j.taken); err != nil {
		return err
	}
	return j.end(ctx, j.r)
}

func (j *job) tellBank(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return j.Intake.Close(ctx, j.run) }, j.acks, j.put, j.tidy,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
