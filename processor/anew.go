package processor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// anew makes the report that a file belongs to.
func (j *job) anew(ctx context.Context, of outbox.Entry, version int) ([]made, error) {
	write := map[string]func(context.Context, purchase.Document) ([]made, error){
		outbox.Payout: j.payoutAgain, outbox.DATEV: j.payoutAgain, outbox.EInvoice: j.payoutAgain,
		outbox.OpenItems: j.payoutAgain, outbox.Guarantee: j.payoutAgain,
		outbox.Dunning: j.dunningAgain, outbox.Letter: j.lettersAgain, outbox.Print: j.lettersAgain,
	}[of.Kind]
	if write == nil {
		return nil, fmt.Errorf("%s (%s): %w", of.File, of.Kind, ErrNotMade)
	}
	j.m.Renderer.Version = version
	for d, err := range j.Provider.Documents(ctx, of.Merchant, 0) {
		if err != nil {
			return nil, err
		}
		files, err := j.ifSubject(ctx, d, of.Subject, write)
		if err != nil {
			return nil, err
		}
		if files == nil {
			continue
		}
		return j.parts(ctx, of, files)
	}
	return nil, fmt.Errorf("%s: the books know no %s %s; kontor verify tells more", of.File, of.Kind, of.Subject)
}

// parts keeps the files that belong to the report of one of them.
func (j *job) parts(ctx context.Context, of outbox.Entry, files []made) ([]made, error) {
	base, err := j.base(ctx, of.File)
	return slices.DeleteFunc(files, func(f made) bool { return !belongs(of.Kind, base, f.file.Kind, f.base) }), err
}

// belongs reports whether a file is part of the same report as another one: a
// letter stands by itself, so that a corrected one does not make all be printed
// again.
func belongs(kind, base, otherKind, otherBase string) bool {
	switch kind {
	case outbox.Print:
		return base == otherBase
	case outbox.Letter:
		return otherKind == outbox.Letter
	}
	return true
}

// base is the name of the first version of a file.
func (j *job) base(ctx context.Context, f outbox.File) (string, error) {
	v, err := j.Outbox.Version(ctx, f)
	return report.Unversioned(f.Name, v.Number), err
}

func (j *job) ifSubject(ctx context.Context, d purchase.Document, subject string, write func(context.Context, purchase.Document) ([]made, error)) ([]made, error) {
	if d.Payout != nil && d.Payout.ID == subject || d.Dunning != nil && d.Dunning.RunDate.String() == subject {
		return write(ctx, d)
	}
	return nil, nil
}

// payoutAgain leaves out the payment order: it left once.
func (j *job) payoutAgain(ctx context.Context, d purchase.Document) ([]made, error) {
	if d.Payout == nil {
		return nil, nil
	}
	p := *d.Payout
	p.Version = max(j.m.Renderer.Version, 1)
	return j.settlement(ctx, p)
}

func (j *job) dunningAgain(ctx context.Context, d purchase.Document) ([]made, error) {
	if d.Dunning == nil {
		return nil, nil
	}
	return j.dunning(ctx, *d.Dunning)
}

func (j *job) lettersAgain(ctx context.Context, d purchase.Document) ([]made, error) {
	if d.Dunning == nil {
		return nil, nil
	}
	return j.notices(ctx, *d.Dunning)
}

// compared finds the newest version of a file that left, up to a number: in the
// clear or encrypted, whatever the configuration says now. Text is compared with
// text.
func (j *job) compared(ctx context.Context, f made, version int) (Rebuilt, error) {
	r := Rebuilt{File: f.file, Anew: f.stored}
	for n := version; n > 0; n-- {
		old, found, err := j.left(ctx, f, n)
		if err != nil {
			return r, err
		}
		if !found {
			continue
		}
		r.File.Name, r.Left, r.Number = old.Name, spool.Stored{SHA256: old.SHA256, Size: old.Size}, n
		text, err := j.textOf(ctx, old)
		if text == cmp.Or(f.plain, f.stored.SHA256) {
			r.Anew = r.Left
		}
		return r, err
	}
	return r, nil
}

// left finds a version of a file, however it was encrypted.
func (j *job) left(ctx context.Context, f made, version int) (outbox.Entry, bool, error) {
	name := f.base
	if f.plain != "" {
		name = strings.TrimSuffix(name, j.m.Recipients.Ending())
	}
	for _, ending := range append(container.Endings(), "") {
		old, found, err := j.registered(ctx, f.file, report.Versioned(name+ending, version))
		if err != nil || found {
			return old, found, err
		}
	}
	return outbox.Entry{}, false, nil
}

func (j *job) registered(ctx context.Context, f outbox.File, name string) (outbox.Entry, bool, error) {
	all, err := j.Outbox.List(ctx, f.Merchant, outbox.Filter{Target: f.Target, Kind: f.Kind, Name: name})
	for _, e := range all {
		if e.Folder == f.Folder {
			return e, true, err
		}
	}
	return outbox.Entry{}, false, err
}

// version is the newest version of the report that a file belongs to.
func (j *job) version(ctx context.Context, of outbox.Entry) (newest int, err error) {
	base, err := j.base(ctx, of.File)
	if err != nil {
		return 0, err
	}
	all, err := j.Outbox.List(ctx, of.Merchant, outbox.Filter{Target: of.Target, Subject: of.Subject})
	if err != nil {
		return 0, err
	}
	newest = 1
	for _, e := range all {
		v, err := j.Outbox.Version(ctx, e.File)
		if err != nil {
			return 0, err
		}
		if !belongs(of.Kind, base, e.Kind, report.Unversioned(e.Name, v.Number)) {
			continue
		}
		if e.Waits && e.Deliveries == 0 {
			return 0, fmt.Errorf("%s: %w", e.File, outbox.ErrWaits)
		}
		newest = max(newest, v.Number)
	}
	return newest, nil
}
