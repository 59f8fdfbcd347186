package report

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// An archive is the zip of a workbook: written straight to where it belongs,
// its parts dated as the payout and always in the same order. The library asks
// for the sheets in an order that changes from run to run, so all but the first
// are parked in temporary files until the end.
type archive struct {
	zip    *zip.Writer
	at     time.Time
	parked []parked
}

type parked struct {
	name string
	file *os.File
}

func newArchive(w io.Writer, at time.Time) *archive {
	return &archive{zip: zip.NewWriter(w), at: at.UTC()}
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	const sheets, first = "xl/worksheets/", "xl/worksheets/sheet1.xml"
	if !strings.HasPrefix(name, sheets) || name == first {
		return a.part(name)
	}
	file, err := os.CreateTemp("", "kontor-sheet-*")
	if err != nil {
		return nil, err
	}
	a.parked = append(a.parked, parked{name, file})
	return file, nil
}

func (a *archive) part(name string) (io.Writer, error) {
	return a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
}

// AddFS is never asked for.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes what was parked, and ends the archive.
func (a *archive) Close() error {
	slices.SortFunc(a.parked, func(x, y parked) int { return strings.Compare(x.name, y.name) })
	var err error
	for _, p := range a.parked {
		if err == nil {
			err = a.unpark(p)
		}
		err = errors.Join(err, p.file.Close(), os.Remove(p.file.Name()))
	}
	a.parked = nil
	return errors.Join(err, a.zip.Close())
}

func (a *archive) unpark(p parked) error {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w, err := a.part(p.name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, p.file)
	return err
}
