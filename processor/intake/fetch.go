package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// fetched is what became of copying a file into the spool.
type fetched struct {
	file    remote.File
	stored  spool.Stored
	read    bool // or tried to; a server may remove it then
	waiting bool // for the next run, since it is not complete
	err     error
}

// ErrGone says that a dry run has read a file that lies in its inbox no longer,
// as on a server that removes what is read: it must be put back by hand.
var ErrGone = errors.New("the file is not seen in the inbox any more since a dry run has read it")

// fetch copies one file into the spool, several at a time. A file that changed
// while it was copied, or is not what its sidecar says, waits for the next run.
func (in *Intake) fetch(ctx context.Context, box Inbox, f remote.File) fetched {
	if err := ctx.Err(); err != nil {
		return fetched{file: f, err: err}
	}
	if box.Archive != nil {
		ctx = context.WithoutCancel(ctx) // what it begins to read, it keeps
	}
	if box.MaxFile > 0 && f.Size > box.MaxFile {
		return fetched{file: f, stored: spool.Stored{Size: f.Size}}
	}
	stored, err := in.copy(ctx, box, f.Name)
	complete := false
	if err == nil {
		complete, err = in.entire(ctx, box, f, stored)
	}
	return fetched{file: f, stored: stored, read: true, waiting: !complete, err: err}
}

// entire reports whether the copy is the file that was listed, and that its
// sidecar tells of.
func (in *Intake) entire(ctx context.Context, box Inbox, f remote.File, stored spool.Stored) (bool, error) {
	if stored.Size != f.Size {
		in.log.Info("file is still being written", "file", f.Name, "listed", f.Size, "read", stored.Size)
		return false, nil
	}
	want, err := in.sidecarSum(ctx, box, f.Name)
	if err != nil {
		return false, err
	}
	if want != "" && !strings.EqualFold(want, stored.SHA256) {
		in.log.Warn("file is not what its sidecar says", "owner", box.Owner, "file", f.Name, "sha256", stored.SHA256, "sidecar", fmt.Sprintf("%.64q", want))
		return false, nil
	}
	return true, nil
}

// take registers a file that was fetched. One that was taken away before it was
// read is no error.
func (in *Intake) take(ctx context.Context, run Run, box Inbox, got fetched) error {
	if errors.Is(got.err, fs.ErrNotExist) {
		return nil
	}
	if got.err != nil || got.waiting {
		return got.err
	}
	return in.register(ctx, run, box, got.file, got.stored)
}

// vanished tells of files that were read, not taken for good, and do not lie in
// the inbox any more, as on a server that removes a file when it is read: no
// further run will see them.
func (in *Intake) vanished(ctx context.Context, box Inbox, open []fetched) (errs []error) {
	open = slices.DeleteFunc(open, func(got fetched) bool { return !got.read || errors.Is(got.err, fs.ErrNotExist) })
	if len(open) == 0 {
		return nil
	}
	dry := box.Archive != nil
	if dry {
		ctx = context.WithoutCancel(ctx)
	}
	files, err := box.Remote.List(ctx, box.Folder)
	switch {
	case err != nil && !dry:
		return nil // the next run sees
	case err != nil:
		errs = append(errs, at("look again into", "the inbox of "+box.Owner, err))
	}
	lies := byName(files)
	for _, got := range open {
		if _, there := lies[got.file.Name]; !there {
			errs = append(errs, at("take", got.file.Name, got.gone(dry)))
		}
	}
	return errs
}

// gone says what is left of a file that is gone, and what to do.
func (got fetched) gone(dry bool) error {
	kept := "nothing of it is here"
	if got.stored.SHA256 != "" {
		kept = fmt.Sprintf("%d of %d bytes are in the archive as %s", got.stored.Size, got.file.Size, got.stored.SHA256)
	}
	switch {
	case dry && got.stored.SHA256 != "" && got.stored.Size == got.file.Size:
		return fmt.Errorf("%w: put it back, %s of the archive is the whole file", ErrGone, got.stored.Path())
	case dry:
		return fmt.Errorf("%w: ask for it again (%s)", ErrGone, kept)
	}
	return fmt.Errorf("the file was not complete when it was read, and is gone from the inbox: ask for it again (%s)", kept)
}

func (in *Intake) copy(ctx context.Context, box Inbox, name string) (stored spool.Stored, err error) {
	r, err := box.Remote.Open(ctx, box.Folder, name)
	if err != nil {
		return spool.Stored{}, err
	}
	stored, err = cmp.Or(box.Archive, in.spool).Store(r)
	return stored, errors.Join(err, r.Close())
}
