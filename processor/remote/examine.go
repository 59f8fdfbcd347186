package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// A Replacing says what a rename does when the new name is in use.
type Replacing string

// What servers do.
const (
	Refuses  Replacing = "refuses" // a name in use, as the protocol wants it
	Replaces Replacing = "replaces"
	Posix    Replacing = "posix-rename" // the only rename that there is; it replaces
)

// An Examination is what was seen of a folder by trying. What it could not get to
// because of an error before is zero.
type Examination struct {
	Missing   bool // the folder; it was not made
	Files     int  // that lie in it and would be taken
	ListErr   error
	WriteErr  error // to write a small file and to see its size
	RenameErr error // [ErrNoRename] where there is none
	Rename    Replacing
	Vanishes  bool // a file is removed when it is read
	ReadErr   error
	RemoveErr error
	// Modified is when the file was written by the clock of the remote, Before
	// and After by that of [Config.Now].
	Modified, Before, After time.Time
}

// Skew is how far the clock of the remote is ahead of ours; what lies within the
// time of writing, and the seconds to which times are told, is none.
func (e Examination) Skew() time.Duration {
	const told = 2 * time.Second
	early, late := e.Modified.Sub(e.Before), e.Modified.Sub(e.After)
	switch {
	case e.Modified.IsZero():
		return 0
	case early < -told:
		return early
	case late > told:
		return late
	}
	return 0
}

// Examine tries what kontor needs in a folder: to list it, and to write, rename,
// read and remove a small file, under hidden names that nobody takes and that a
// later listing would sweep. The error says that the remote cannot be reached,
// or that its base is not there; nothing is different afterwards.
func Examine(ctx context.Context, r Remote, folder string) (Examination, error) {
	if err := checkFolder(folder); err != nil {
		return Examination{}, err
	}
	switch r := r.(type) {
	case *server:
		return r.examine(ctx, folder)
	case *localFolder:
		return r.examine(ctx, folder)
	}
	return Examination{}, fmt.Errorf("examine: a remote of this kind (%T) cannot be tried", r)
}

// A ground is where an examination takes place: one folder, by bare names.
type ground struct {
	now    func() time.Time
	name   func() (string, error) // a hidden one
	write  func(name, content string) error
	stat   func(name string) (fs.FileInfo, error)
	rename func(from, to string) (posix bool, err error)
	read   func(name string) error
	remove func(name string) error
}

const trial = "kontor\n"

// try does all steps and removes what it made.
func (g ground) try(e *Examination) {
	var names [3]string
	for i := range names {
		if names[i], e.WriteErr = g.name(); e.WriteErr != nil {
			return
		}
	}
	a, b, c := names[0], names[1], names[2]
	e.Before = g.now()
	e.WriteErr = g.write(a, trial)
	e.After = g.now()
	if e.WriteErr == nil {
		e.WriteErr = g.written(e, a)
	}
	if e.WriteErr == nil {
		a = g.tryRename(e, a, b, c)
		g.tryRead(e, a)
	}
	for _, name := range names {
		if err := g.remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) && e.WriteErr == nil {
			e.RemoveErr = errors.Join(e.RemoveErr, fmt.Errorf("%s: %w", name, err))
		}
	}
}

func (g ground) written(e *Examination, name string) error {
	info, err := g.stat(name)
	if err == nil && info.Size() != int64(len(trial)) {
		err = fmt.Errorf("the file has %d bytes; %d were written", info.Size(), len(trial))
	}
	if err == nil {
		e.Modified = info.ModTime()
	}
	return err
}

// tryRename moves a to b, sees what a third file c does to a name in use, and
// returns where the first one is.
func (g ground) tryRename(e *Examination, a, b, c string) string {
	posix, err := g.rename(a, b)
	if err != nil {
		e.RenameErr = err
		return a
	}
	if posix {
		e.Rename = Posix
		return b
	}
	if err := g.write(c, trial); err != nil {
		e.WriteErr = err
		return b
	}
	if _, err := g.rename(c, b); err != nil {
		e.Rename = Refuses
	} else {
		e.Rename = Replaces
	}
	return b
}

func (g ground) tryRead(e *Examination, name string) {
	if e.ReadErr = g.read(name); e.ReadErr != nil {
		return
	}
	_, err := g.stat(name)
	e.Vanishes = errors.Is(err, fs.ErrNotExist)
}
