package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

func (d *localFolder) Put(ctx context.Context, folder, name string, size int64, content io.Reader) error {
	return d.PutInTurn(ctx, folder, name, size, content, nil)
}

// PutInTurn is [PutInTurn].
func (d *localFolder) PutInTurn(ctx context.Context, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	if err := errors.Join(ctx.Err(), checkPath(folder, name)); err != nil {
		return err
	}
	content = &contextReader{ctx: ctx, r: content}
	return d.in("put", path.Join(folder, name), func(root *os.Root) error {
		if err := d.makeFolders(root, folder); err != nil {
			return err
		}
		sub, err := root.OpenRoot(inBase(folder))
		if err != nil {
			return err
		}
		return errors.Join(d.putIn(ctx, folder, sub, name, size, content, turn), sub.Close())
	})
}

// makeFolders makes each missing element and forces its name to the disk.
func (d *localFolder) makeFolders(root *os.Root, folder string) error {
	if _, err := root.Stat(inBase(folder)); err == nil {
		return nil
	}
	above := "."
	for element := range strings.SplitSeq(folder, "/") {
		next := path.Join(above, element)
		err := root.Mkdir(next, 0o755)
		if errors.Is(err, fs.ErrExist) {
			above = next
			continue
		}
		if err == nil && d.config.Mode != 0 {
			err = admit(root, next, d.config.Mode)
		}
		if err := errors.Join(err, syncFolder(root, above)); err != nil {
			return err
		}
		above = next
	}
	return nil
}

// admit lets those enter a new folder who may read its files. That it hands on
// its group (setgid), as the folder above does, stays.
func admit(root *os.Root, folder string, files fs.FileMode) error {
	info, err := root.Stat(folder)
	if err != nil {
		return err
	}
	return root.Chmod(folder, files|files&0o444>>2|info.Mode()&fs.ModeSetgid)
}

// putIn writes, checks and publishes inside the folder of that path.
func (d *localFolder) putIn(ctx context.Context, at string, folder *os.Root, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	if _, err := folder.Lstat(name); err == nil {
		sum, err := digest(io.Discard, content, size)
		if err != nil {
			return err
		}
		return sameOrExists(folder, name, size, sum)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temporary, err := temporaryName(d.config.Rand)
	if err != nil {
		return err
	}
	sum, err := writeSynced(folder, temporary, d.config.Mode, size, content)
	if err == nil {
		err = await(ctx, turn)
	}
	if err == nil {
		err = publish(folder, temporary, name)
	}
	if errors.Is(err, fs.ErrExist) { // somebody was faster
		err = sameOrExists(folder, name, size, sum)
	}
	err = errors.Join(err, removeIfThere(folder, temporary), syncFolder(folder, "."))
	if err == nil && looks(temporary) {
		d.config.look(ctx, at, func() ([]File, error) { return d.listRoot(ctx, at, folder) })
	}
	return err
}

// writeSynced writes the content to a new file and forces it to the disk.
func writeSynced(folder *os.Root, temporary string, mode fs.FileMode, size int64, content io.Reader) ([]byte, error) {
	f, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	sum, err := digest(f, content, size)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = checkSize(f.Stat, size)
	}
	return sum, errors.Join(err, f.Close())
}

// publish gives the file its final name and never replaces another: a hard link
// fails when the name is taken. A file system without links gets the rename
// after a look.
func publish(folder *os.Root, temporary, name string) error {
	err := folder.Link(temporary, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if !errors.Is(err, syscall.EPERM) && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EMLINK) {
		return err
	}
	if _, err := folder.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	return folder.Rename(temporary, name)
}

// sameOrExists is nil when the file under the name has the given bytes.
func sameOrExists(folder *os.Root, name string, size int64, sum []byte) error {
	f, err := openRegular(folder, name)
	if err != nil {
		return errors.Join(ErrExists, err)
	}
	defer f.Close()
	if err := checkSize(f.Stat, size); err != nil {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	return compare(f, size, sum)
}

func removeIfThere(folder *os.Root, name string) error {
	if err := folder.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder forces the names of a folder to the disk.
func syncFolder(root *os.Root, folder string) error {
	dir, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
