package remote

import (
	"context"
	"encoding/hex"
	"io/fs"
	"strings"
	"time"
)

// A temporary file of ours stays when a connection breaks for good, or kontor is
// killed, in the midst of a Put. It is hidden and does no harm, but nobody else
// knows that it may go: so a listing of the folder removes it when it is stale,
// and one Put in sixteen looks for others, since nobody lists the folders that we
// only write to.

const ownStart, ownEnd = ".kontor-", ".tmp"

// own reports whether the name is one that temporaryName makes.
func own(name string) bool {
	random, starts := strings.CutPrefix(name, ownStart)
	random, ends := strings.CutSuffix(random, ownEnd)
	b, err := hex.DecodeString(random)
	return starts && ends && err == nil && len(b) == ownBytes
}

// ownBytes is how many random bytes a temporary name has.
const ownBytes = 8

// looks reports whether the Put that used this temporary name looks for others.
func looks(temporary string) bool { return strings.HasPrefix(temporary, ownStart+"0") }

// stale reports whether a temporary file was left behind. The time of a folder is
// that of the last file that came or went, so both are by the clock of the remote,
// and something happened there an hour after the last byte was written. No upload
// takes so long between two blocks.
func stale(folder, temporary fs.FileInfo) bool {
	return temporary.Mode().IsRegular() && folder.ModTime().Sub(temporary.ModTime()) >= time.Hour
}

// leftovers are the entries that are temporary files of ours, in use or not.
func leftovers(entries []fs.FileInfo) (left []fs.FileInfo) {
	for _, e := range entries {
		if own(e.Name()) {
			left = append(left, e)
		}
	}
	return left
}

// sweepStale removes the stale ones of the entries. It fails nothing: what stays
// is told.
func (c Config) sweepStale(folder string, left []fs.FileInfo, stat func() (fs.FileInfo, error), remove func(name string) error) {
	if len(left) == 0 {
		return
	}
	at, err := stat()
	if err != nil {
		c.Skipped(folder, left[0].Name(), err)
		return
	}
	for _, f := range left {
		if !stale(at, f) {
			continue
		}
		if err := remove(f.Name()); err != nil {
			c.Skipped(folder, f.Name(), err)
		}
	}
}

// look lists a folder for what it sweeps.
func (c Config) look(ctx context.Context, folder string, list func() ([]File, error)) {
	if _, err := list(); err != nil && ctx.Err() == nil {
		c.Skipped(folder, "", err)
	}
}
