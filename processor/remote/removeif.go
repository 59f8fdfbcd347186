package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// ErrChanged says that another file stands under a name than the one meant.
var ErrChanged = errors.New("the file was written anew since it was listed")

// A Conditional remote looks at a file directly before it removes it.
type Conditional interface {
	RemoveIf(ctx context.Context, folder string, f File) error
}

// RemoveIf deletes a file as long as size and time are those that List told,
// and gives ErrChanged otherwise; that it is gone already is success.
//
// The look comes directly before the removal, but neither SFTP nor a file system
// removes on a condition: what replaces the file between the two (one answer of
// the server) is lost, and so is what has the same size and, on SFTP, comes
// within the same second. A writer is safe who never uses a name twice.
func RemoveIf(ctx context.Context, r Remote, folder string, f File) error {
	if c, ok := r.(Conditional); ok {
		return c.RemoveIf(ctx, folder, f)
	}
	files, err := r.List(ctx, folder)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(files, func(g File) bool { return g.Name == f.Name })
	if i < 0 {
		return nil
	}
	if err := f.unchanged(files[i].Size, files[i].ModTime); err != nil {
		return err
	}
	return r.Remove(ctx, folder, f.Name)
}

func (f File) unchanged(size int64, modified time.Time) error {
	if f.Size == size && f.ModTime.Equal(modified) {
		return nil
	}
	return fmt.Errorf("%w: %d bytes of %s; listed were %d of %s",
		ErrChanged, size, modified.UTC().Format(time.RFC3339Nano), f.Size, f.ModTime.UTC().Format(time.RFC3339Nano))
}

// A condition is what a file must be like to be removed.
type condition func(fs.FileInfo) error

func anyFile(fs.FileInfo) error { return nil }

func (f File) still(info fs.FileInfo) error { return f.unchanged(info.Size(), info.ModTime()) }
