package sftpd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

// uploads is the hidden folder of a home where files grow until they are whole.
// It is on the same file system as in, and no client sees it.
const uploads = ".uploads"

// userName is what a merchant's id may be (domain: § 13).
var userName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)

// home is a folder that nothing leads out of, whatever links stand in it.
type home struct {
	user string
	root *os.Root
	keys [][]byte // authorized, in wire format
}

// openHome makes the folders of a home and drops what uploads left behind.
func openHome(user string, h Home) (*home, error) {
	if !userName.MatchString(user) {
		return nil, fmt.Errorf("user %q: want lower-case letters, digits and hyphens, at most 20", user)
	}
	if err := os.MkdirAll(h.Dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(h.Dir)
	if err != nil {
		return nil, err
	}
	if err := prepare(root); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	opened := &home{user: user, root: root}
	for _, key := range h.AuthorizedKeys {
		opened.keys = append(opened.keys, key.Marshal())
	}
	return opened, nil
}

// folders are those that a home has.
func folders() []string {
	return []string{"in", "out", "out/ack", "out/decisions", "out/payouts", "out/dunning", "out/states"}
}

func prepare(root *os.Root) error {
	if err := root.RemoveAll(uploads); err != nil {
		return err
	}
	for _, folder := range append([]string{uploads}, folders()...) {
		if err := root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for _, folder := range folders() {
		if err := removeOrphans(root, folder); err != nil {
			return err
		}
	}
	return nil
}

// removeOrphans clears what was written under a temporary name and could not be
// removed when it was cut off: in in by another kontor, handing its batches over
// to this one, in out by us.
func removeOrphans(root *os.Root, folder string) error {
	dir, err := root.Open(folder)
	if err != nil {
		return err
	}
	names, err := dir.Readdirnames(-1)
	for _, name := range names {
		if strings.HasPrefix(name, ".kontor-") && strings.HasSuffix(name, ".tmp") {
			err = errors.Join(err, root.Remove(folder+"/"+name))
		}
	}
	return errors.Join(err, dir.Close())
}

// sync forces the names in a folder to the disk.
func (h *home) sync(folder string) error {
	dir, err := h.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// lstat sees regular files and folders only: a link, a pipe or a device does not
// exist for clients.
func (h *home) lstat(file string) (fs.FileInfo, error) {
	info, err := h.root.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, fs.ErrNotExist
	}
	return info, nil
}

// hides reports whether something stands under the name that lstat does not show.
func (h *home) hides(file string) bool {
	info, err := h.root.Lstat(file)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
