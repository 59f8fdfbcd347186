package samples

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/kontor-exchange/kontor/schedules"
)

// Write writes the files of [Generate] below dir: what the ERP drops into
// dir/<yyyy-mm-dd>/in, the bank's statements into dir/<yyyy-mm-dd>/bank. A day
// without files has no folder. Files that are there already are replaced. When
// it fails, it removes the files of the day at which it stopped: the folders
// that are left are complete.
func Write(ctx context.Context, o Options, dir string) error {
	var latest schedules.Date
	var written []string // on the latest day
	err := Generate(ctx, o, func(day schedules.Date, bank bool, name string) (io.WriteCloser, error) {
		if day != latest {
			latest, written = day, nil
		}
		folder := filepath.Join(dir, day.String(), "in")
		if bank {
			folder = filepath.Join(dir, day.String(), "bank")
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
		path := filepath.Join(folder, name)
		written = append(written, path)
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	})
	if err == nil {
		return nil
	}
	errs := []error{err}
	for _, path := range written {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
