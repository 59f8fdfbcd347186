package quirktest

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
)

// handlers answer the requests of one connection.
type handlers struct{ *server }

func local(file string) string { return path.Join(".", strings.TrimPrefix(path.Clean(file), "/")) }

// answer is an error as this server tells it.
func (h *handlers) answer(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist):
		return err
	case errors.Is(err, sftp.ErrSSHFxOpUnsupported):
		return err
	case h.quirks.VagueErrors:
		return sftp.ErrSSHFxFailure
	}
	return err
}

func (h *handlers) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	file := local(r.Filepath)
	f, err := h.root.Open(file)
	if err == nil && h.quirks.VanishOnRead {
		err = h.root.Remove(file)
	}
	if err != nil {
		return nil, h.answer(err)
	}
	return f, nil
}

func (h *handlers) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	asked, flags := r.Pflags(), os.O_WRONLY
	for flag, on := range map[int]bool{os.O_CREATE: asked.Creat, os.O_TRUNC: asked.Trunc, os.O_EXCL: asked.Excl} {
		if on {
			flags |= flag
		}
	}
	f, err := h.root.OpenFile(local(r.Filepath), flags, 0o644)
	if err != nil {
		return nil, h.answer(err)
	}
	return f, nil
}

func (h *handlers) Filecmd(r *sftp.Request) error { return h.answer(h.command(r)) }

func (h *handlers) command(r *sftp.Request) error {
	file, target := local(r.Filepath), local(r.Target)
	switch r.Method {
	case "Mkdir":
		return h.root.Mkdir(file, 0o755)
	case "Remove":
		return h.root.Remove(file)
	case "Rename":
		return h.rename(file, target)
	case "Setstat":
		if !h.quirks.NoSetstat {
			return h.root.Chmod(file, r.Attributes().FileMode())
		}
	}
	return sftp.ErrSSHFxOpUnsupported
}

// rename refuses a name that is in use, if this server does, in one step.
func (h *handlers) rename(file, target string) error {
	switch {
	case h.quirks.NoPlainRename:
		return sftp.ErrSSHFxOpUnsupported
	case h.quirks.RenameReplaces:
		return h.root.Rename(file, target)
	}
	if err := h.root.Link(file, target); err != nil {
		return err
	}
	return h.root.Remove(file)
}

// PosixRename is asked for by the extension; a client that asks though it was
// not offered is refused.
func (h *handlers) PosixRename(r *sftp.Request) error {
	if h.quirks.NoPosixRename {
		return sftp.ErrSSHFxOpUnsupported
	}
	return h.answer(h.root.Rename(local(r.Filepath), local(r.Target)))
}

func (h *handlers) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if r.Method == "Stat" {
		return h.entry(h.root.Stat(local(r.Filepath)))
	}
	dir, err := h.root.Open(local(r.Filepath))
	if err != nil {
		return nil, h.answer(err)
	}
	infos, err := dir.Readdir(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return nil, h.answer(err)
	}
	page := len(infos)
	if h.quirks.AnyOrder {
		rand.Shuffle(len(infos), func(i, j int) { infos[i], infos[j] = infos[j], infos[i] })
		page = 3
	}
	return listing{infos, page}, nil
}

func (h *handlers) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	return h.entry(h.root.Lstat(local(r.Filepath)))
}

func (h *handlers) entry(info fs.FileInfo, err error) (sftp.ListerAt, error) {
	if err != nil {
		return nil, h.answer(err)
	}
	return listing{[]fs.FileInfo{info}, 1}, nil
}

// A listing is handed out in pages.
type listing struct {
	infos []fs.FileInfo
	page  int
}

func (l listing) ListAt(to []fs.FileInfo, from int64) (int, error) {
	if from >= int64(len(l.infos)) {
		return 0, io.EOF
	}
	return copy(to[:min(len(to), max(l.page, 1))], l.infos[from:]), nil
}
