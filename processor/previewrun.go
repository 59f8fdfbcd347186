package processor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// PreviewRun does in a dry run ([database.DB.Dry]) what Run does at T: the engine
// must be on the view of the dry run, and its spool one that is thrown away. It
// takes copies of what lies in the inboxes, and writes what would be told; it
// delivers nothing, so that letters do not count as sent. outside is what failed
// outside, such as an inbox that does not answer, and stopped nothing.
func (e *Engine) PreviewRun(ctx context.Context, t time.Time, jobs []schedules.Job) (outside, err error) {
	t = t.Truncate(time.Second)
	last, outside, err := e.previewOpen(ctx)
	if err != nil || !last.Before(t) {
		return outside, err
	}
	begun, err := e.begin(ctx, t, jobs)
	if err != nil {
		return outside, err
	}
	more, err := e.previewWork(ctx, begun)
	return errors.Join(outside, more), err
}

// previewOpen is [Engine.finish] in a dry run.
func (e *Engine) previewOpen(ctx context.Context) (last time.Time, outside, err error) {
	if err := e.sameRole(ctx); err != nil {
		return last, nil, err
	}
	open, err := e.open(ctx)
	for len(open) > 0 && err == nil {
		last = open[0].at
		n := slices.IndexFunc(open, func(r run) bool { return !r.at.Equal(last) })
		if n < 0 {
			n = len(open)
		}
		var failed error
		failed, err = e.previewWork(ctx, open[:n])
		outside = errors.Join(outside, failed)
		open = open[n:]
	}
	return last, outside, err
}

// previewWork is [Engine.work] in a dry run: what fails inside ends it.
func (e *Engine) previewWork(ctx context.Context, runs []run) (outside, err error) {
	var bank *job
	jobs := make([]*job, 0, len(runs))
	for _, r := range runs {
		m := e.merchant(r.merchant)
		switch {
		case m == nil:
			continue // no longer in the config
		case e.isBank(m):
			bank = e.job(ctx, m, r)
		default:
			jobs = append(jobs, e.job(ctx, m, r))
		}
	}
	if bank != nil {
		err = bank.collectBank(ctx)
	}
	for _, j := range jobs {
		if err == nil {
			err = j.previewAll(ctx)
		}
		outside = errors.Join(outside, j.close())
	}
	if bank == nil {
		return outside, err
	}
	if err == nil {
		err = errors.Join(e.Intake.Close(ctx, bank.run), bank.acks(ctx))
	}
	if err == nil {
		err = errors.Join(bank.mark(ctx, bank.taken), bank.end(ctx, bank.r))
	}
	return errors.Join(outside, bank.close()), err
}

// previewAll is [job.all] without deliveries.
func (j *job) previewAll(ctx context.Context) error {
	d, err := j.dueNow(ctx)
	if err != nil {
		return err
	}
	for _, step := range j.previewSteps() {
		if err := step(ctx, d); err != nil {
			return err
		}
	}
	return j.end(ctx, j.r)
}

// previewReports writes what would be told.
func (j *job) previewReports(ctx context.Context, d due) error {
	if d.deliver == nil {
		if err := j.Intake.Close(ctx, j.run); err != nil {
			return err
		}
		return j.acks(ctx)
	}
	j.telling = d.deliver.At
	if err := j.Provider.Advance(ctx, j.m.ID(), *d.deliver); err != nil {
		return err
	}
	if err := errors.Join(j.receive(ctx), j.Intake.Close(ctx, j.run)); err != nil {
		return err
	}
	for _, write := range j.previewWrites() {
		err := write(ctx)
		var unwritable *unwritableError
		switch {
		case errors.As(err, &unwritable):
			j.fail("report", err)
		case err != nil:
			return err
		}
	}
	return j.mark(ctx, d.deliver)
}

// dueNow is what the run of the job has to do.
func (j *job) dueNow(ctx context.Context) (d due, err error) {
	err = j.DB.Read(ctx, func(tx *database.Tx) (err error) {
		d, err = j.due(ctx, tx, j.m, j.r)
		return err
	})
	return d, err
}
