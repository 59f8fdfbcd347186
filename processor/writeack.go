package processor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// acks writes the acknowledgements of the run, after those that earlier runs owe.
// Where they cannot be encrypted, that is told, and a later run writes them.
func (j *job) acks(ctx context.Context) error {
	owing, err := j.owing(ctx)
	if err != nil {
		return err
	}
	for _, r := range append(owing, j.run) {
		err := j.acksOf(ctx, r)
		if isUnsealed(err) {
			j.fail("report", err)
			return j.owe(ctx, r.Number)
		}
		if err != nil {
			return err
		}
	}
	if len(owing) == 0 {
		return nil
	}
	return j.owe(ctx, 0)
}

// acksOf writes the acknowledgements of a run, and the rejected rows.
func (j *job) acksOf(ctx context.Context, r intake.Run) error {
	used := map[string]bool{}
	for a, err := range j.Intake.Acks(ctx, r) {
		if err != nil {
			return err
		}
		// Two files of one name may be told of in one run: an ERP that writes
		// orders.csv every day, and rows of yesterday's that were parked.
		name := a.Name
		if used[name] {
			name = fmt.Sprintf("%s.%d", name, a.File)
		}
		used[name] = true
		files, err := j.ack(ctx, a, name)
		if err != nil {
			return err
		}
		if err := j.add(ctx, files, func(*database.Tx) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) ack(ctx context.Context, a purchase.Ack, name string) ([]made, error) {
	r := j.m.Renderer
	subject := strconv.FormatInt(a.File, 10)
	csv := func(w io.Writer) error { return r.AckCSV(ctx, w, a) }
	twin := func(w io.Writer) error { return r.AckJSON(ctx, w, a) }
	names := func(ending string) string { return report.AckName(name, a.Run, ending) }
	files, err := j.ackFiles(subject, report.AckFacts(name, a.Run), names, csv, twin)
	if err != nil || a.Rejected == 0 {
		return files, err
	}
	original, err := j.Intake.Inside(a.Owner, a.Name, a.SHA256, a.Feed)
	if err != nil {
		return nil, err
	}
	rows := int64(0)
	target, folder, file := j.rejectedPlace(name, a.Run)
	f, err := j.make(target, folder, file, outbox.Rejected, subject, func(w io.Writer) (err error) {
		rows, err = r.RejectedCSV(ctx, w, a, original)
		return err
	})
	if err = errors.Join(err, original.Close()); err != nil || rows == 0 {
		return files, err
	}
	return append(files, f), nil
}

// ackFiles are the acknowledgement and its twin: for the ERP, or of a bank
// statement for the operator.
func (j *job) ackFiles(subject string, facts map[string]string, name func(string) string, csv, twin func(io.Writer) error) ([]made, error) {
	if j.isBank(j.m) {
		return j.pair(outbox.Reports, bankAcks, outbox.Ack, subject, name, csv, twin)
	}
	return j.report(formats.AckReport, outbox.Ack, subject, facts, name, csv, twin)
}

// bankAcks is the operator's folder with what became of bank statements.
const bankAcks = "ack"

func (j *job) rejectedPlace(name, run string) (target, folder, file string) {
	file = report.RejectedName(name, run)
	if j.isBank(j.m) {
		return outbox.Reports, bankAcks, file
	}
	folder, file = j.m.Renderer.Place(formats.RejectedReport, file, report.AckFacts(name, run))
	return outbox.ERP, folder, file
}
