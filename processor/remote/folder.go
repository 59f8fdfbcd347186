package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// localFolder is a folder of this machine (or mounted into it). Nothing outside
// of it is reached, whatever links stand in it. A folder is shared with an ERP or
// a mail service under another account: its owner decides by [Config.Mode], or by
// the umask of the process, who may read.
type localFolder struct {
	base   string
	config Config
}

func openFolder(base string, c Config) (Remote, error) {
	if base == "" {
		return nil, fmt.Errorf("remote %q: after dir: comes the path of a folder", c.URL)
	}
	d := &localFolder{base: base, config: c}
	root, err := d.root()
	if err != nil {
		return nil, err
	}
	return d, root.Close()
}

// root opens the base anew for each call, so that a folder that was mounted
// again is found again.
func (d *localFolder) root() (*os.Root, error) {
	root, err := os.OpenRoot(d.base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remote %s: the folder does not exist; create it, or correct the path: %w", d.config.URL, err)
	}
	if err != nil {
		return nil, fmt.Errorf("remote %s: %w", d.config.URL, err)
	}
	return root, nil
}

// in runs f with the base open and names the step in its error.
func (d *localFolder) in(step, name string, f func(*os.Root) error) error {
	root, err := d.root()
	if err != nil {
		return err
	}
	err = errors.Join(f(root), root.Close())
	if err != nil {
		return fmt.Errorf("%s: %s %s: %w", d.config.URL, step, name, err)
	}
	return nil
}

func (d *localFolder) Close() error { return nil }

func (d *localFolder) List(ctx context.Context, folder string) ([]File, error) {
	if err := errors.Join(ctx.Err(), checkFolder(folder)); err != nil {
		return nil, err
	}
	var files []File
	err := d.in("list", folder, func(root *os.Root) error {
		sub, err := root.OpenRoot(inBase(folder))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		files, err = d.listRoot(ctx, folder, sub)
		return errors.Join(err, sub.Close())
	})
	return files, err
}

func (d *localFolder) listRoot(ctx context.Context, folder string, root *os.Root) ([]File, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var files []File
	var left []fs.FileInfo
	for seen := 0; ; {
		names, err := dir.Readdirnames(1000)
		if seen += len(names); seen > d.config.Limits.Entries {
			return nil, tooManyEntries(d.config.Limits.Entries)
		}
		for _, name := range names {
			info, err := root.Lstat(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // taken away meanwhile
			}
			if err != nil {
				return nil, err
			}
			files = appendFile(files, folder, name, info, d.config.Skipped)
			left = append(left, leftovers([]fs.FileInfo{info})...)
		}
		if err := errors.Join(noEOF(err), ctx.Err()); err != nil {
			return nil, err
		}
		if err == io.EOF {
			sortFiles(files)
			d.config.sweepStale(folder, left, dir.Stat, func(name string) error { return removeIfThere(root, name) })
			return files, nil
		}
	}
}

func (d *localFolder) Open(ctx context.Context, folder, name string) (io.ReadCloser, error) {
	if err := errors.Join(ctx.Err(), checkPath(folder, name)); err != nil {
		return nil, err
	}
	var reader io.ReadCloser
	err := d.in("open", path.Join(folder, name), func(root *os.Root) error {
		f, err := openRegular(root, path.Join(folder, name))
		if err != nil {
			return err
		}
		reader = &cappedReader{ctx: ctx, file: f, left: d.config.Limits.File}
		return nil
	})
	return reader, err
}

func (d *localFolder) Remove(ctx context.Context, folder, name string) error {
	return d.removeWhen(ctx, folder, name, anyFile)
}

// RemoveIf is [RemoveIf].
func (d *localFolder) RemoveIf(ctx context.Context, folder string, f File) error {
	return d.removeWhen(ctx, folder, f.Name, f.still)
}

func (d *localFolder) removeWhen(ctx context.Context, folder, name string, fits condition) error {
	if err := errors.Join(ctx.Err(), checkPath(folder, name)); err != nil {
		return err
	}
	file := path.Join(folder, name)
	return d.in("remove", file, func(root *os.Root) error {
		info, err := root.Lstat(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return notRegular(info.Mode())
		}
		if err := fits(info); err != nil {
			return err
		}
		if err := root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return syncFolder(root, inBase(folder))
	})
}

// openRegular opens a regular file and nothing else: no link is followed in the
// last element, and a pipe does not block.
func openRegular(root *os.Root, file string) (*os.File, error) {
	before, err := root.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, notRegular(before.Mode())
	}
	f, err := root.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(info.Mode())
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func notRegular(mode fs.FileMode) error {
	return fmt.Errorf("not a regular file but %s: only regular files are touched", mode.Type())
}

func inBase(folder string) string {
	if folder == "" {
		return "."
	}
	return folder
}

func noEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func tooManyEntries(limit int) error {
	return fmt.Errorf("%w: more than %d entries in the folder; move old files away", ErrLimit, limit)
}

// appendFile adds the entry if it is a file that we take.
func appendFile(files []File, folder, name string, info fs.FileInfo, skipped func(string, string, error)) []File {
	if Temporary(name) || info.IsDir() {
		return files
	}
	if err := CheckName(name); err != nil {
		skipped(folder, name, err)
		return files
	}
	if !info.Mode().IsRegular() {
		skipped(folder, name, notRegular(info.Mode()))
		return files
	}
	return append(files, File{Name: name, Size: info.Size(), ModTime: info.ModTime()})
}

func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}
