package intake

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// Collect copies every complete file of the inbox into the spool, registers it
// and reads it. A file that is there already, because its removal failed or was
// not wanted, is known by name, size and time and is not taken again. A file
// that cannot be fetched or read stops no other, and an inbox that does not
// answer stops nothing that was registered; all errors come together.
//
// In a dry run ([Inbox.Archive]) files that are gone after they were read are
// told as [ErrGone].
//
// Calling it again for the same run reads to the end what was cut off, and
// takes what has arrived since.
func (in *Intake) Collect(ctx context.Context, run Run, box Inbox) error {
	taken := in.takeAll(ctx, run, box)
	return errors.Join(taken, at("read", "files of "+box.Owner, in.readNew(ctx, box)))
}

// takeAll registers the complete files of the inbox.
func (in *Intake) takeAll(ctx context.Context, run Run, box Inbox) error {
	files, err := in.complete(ctx, box)
	if err != nil {
		return at("look into", "the inbox of "+box.Owner, err)
	}
	var errs []error
	var open []fetched
	fetch := func(ctx context.Context, f remote.File, _ <-chan struct{}) fetched { return in.fetch(ctx, box, f) }
	dry := box.Archive != nil
	for f, got := range remote.Ahead(ctx, files, func(f remote.File) int64 { return f.Size }, fetch) {
		if got.waiting || dry {
			open = append(open, got)
		}
		if dry && ctx.Err() != nil {
			continue // all that was read is to be known
		}
		if err := in.take(ctx, run, box, got); err != nil {
			errs = append(errs, at("take", f.Name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append(errs, in.vanished(ctx, box, open)...)...)
}

// complete lists the files of the inbox that are new and are not being written.
func (in *Intake) complete(ctx context.Context, box Inbox) ([]remote.File, error) {
	files, sidecars, err := in.look(ctx, box)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	if box.Settle == 0 || !slices.ContainsFunc(files, func(f remote.File) bool { return !sidecars.has(f.Name) }) {
		return files, nil
	}
	if err := in.wait(ctx, box.Settle); err != nil {
		return nil, err
	}
	later, sidecars, err := in.look(ctx, box)
	if err != nil {
		return nil, err
	}
	before := byName(files)
	return slices.DeleteFunc(later, func(f remote.File) bool {
		return !sidecars.has(f.Name) && !same(f, before[f.Name])
	}), nil
}

func byName(files []remote.File) map[string]remote.File {
	m := make(map[string]remote.File, len(files))
	for _, f := range files {
		m[f.Name] = f
	}
	return m
}

func same(a, b remote.File) bool {
	return a.Name == b.Name && a.Size == b.Size && a.ModTime.Equal(b.ModTime)
}

// look lists the files that have an allowed name and are not known yet, and the
// sidecars. What does not lie there any more is forgotten, and what no feed takes
// is told once.
func (in *Intake) look(ctx context.Context, box Inbox) ([]remote.File, sidecars, error) {
	all, err := box.Remote.List(ctx, box.Folder)
	if err != nil {
		return nil, nil, err
	}
	known, err := in.known(ctx, box.Owner, all)
	if err != nil {
		return nil, nil, err
	}
	var fresh, strangers []remote.File
	for _, f := range all {
		switch {
		case sidecar(f.Name):
		case !box.takes(f.Name):
			strangers = append(strangers, f)
		case !known[f.Name].is(f):
			fresh = append(fresh, f)
		}
	}
	return fresh, sidecarsOf(all), in.ignore(ctx, box, strangers, known)
}

// takes reports whether files of that name are taken. A merchant's payments are:
// they are refused by name.
func (box Inbox) takes(name string) bool {
	feed, ours := box.Profile.FeedOf(name)
	return ours && (slices.Contains(box.Feeds, feed) || box.Owner != purchase.Provider)
}

// A lying file is in an inbox and was registered before.
type lying struct {
	size, modified, number int64
	state                  string
}

// States of a file that lies in an inbox.
const (
	waits = "WAITS" // for the delivery of its ack
	told  = "TOLD"  // its ack was delivered, it may be removed
	stays = "STAYS" // it could not be removed, or is to be kept
)

func (l lying) is(f remote.File) bool {
	return l.number != 0 && l.size == f.Size && l.modified == f.ModTime.UnixNano()
}

// known returns the files that were registered before, by name, and forgets
// those that are gone.
func (in *Intake) known(ctx context.Context, owner string, there []remote.File) (map[string]lying, error) {
	known, err := in.lying(ctx, owner)
	if err != nil {
		return nil, err
	}
	lies := byName(there)
	gone := []string{}
	for name := range known {
		if _, still := lies[name]; !still {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return known, nil
	}
	return known, in.write(ctx, owner, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM intake_lying WHERE merchant_id = ? AND name IN ??", owner, gone)
		return err
	})
}

// sidecars are the names of files that say that another one is complete.
type sidecars map[string]bool

const (
	doneEnd = ".done"
	sumEnd  = ".sha256"
)

func sidecar(name string) bool {
	return strings.HasSuffix(name, doneEnd) || strings.HasSuffix(name, sumEnd)
}

func sidecarsOf(files []remote.File) sidecars {
	s := sidecars{}
	for _, f := range files {
		if sidecar(f.Name) {
			s[f.Name] = true
		}
	}
	return s
}

func (s sidecars) has(name string) bool { return s[name+doneEnd] || s[name+sumEnd] }

// maxSidecar is how much of a sidecar is read: a hash and a name.
const maxSidecar = 4096

// sidecarSum returns the hash that the .sha256 of a file gives, in hex, as
// sha256sum writes it; "" when there is none, or none can be.
func (in *Intake) sidecarSum(ctx context.Context, box Inbox, name string) (string, error) {
	if remote.CheckName(name+sumEnd) != nil {
		return "", nil
	}
	text, err := readSmall(ctx, box, name+sumEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	sum, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if sum == "" {
		return "(empty)", nil
	}
	return strings.TrimPrefix(sum, "\\"), nil
}
