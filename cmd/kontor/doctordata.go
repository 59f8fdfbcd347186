package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Free space below which nothing can be promised, or somebody should look.
const (
	tooLittleSpace = 256 << 20
	littleSpace    = 2 << 30
)

// checkDataDir looks at the folder of all data, or where it will be made.
func (d *diagnosis) checkDataDir(c *Config) {
	const check = "data_dir"
	info, err := os.Stat(c.DataDir)
	there := c.DataDir
	for errors.Is(err, fs.ErrNotExist) && there != filepath.Dir(there) {
		there = filepath.Dir(there)
		_, err = os.Stat(there)
	}
	switch {
	case err != nil:
		d.fault(check, "correct data_dir in the configuration", "%v", err)
		return
	case info != nil && !info.IsDir():
		d.fault(check, "correct data_dir in the configuration", "%s is no folder", c.DataDir)
		return
	}
	if err := writable(there); err != nil {
		d.fault(check, "let the user that kontor runs as write there (ls -ld, chown, chmod)", "%v", err)
	} else if there != c.DataDir {
		d.ok(check, "%s is not there yet, and is made by the first command that needs it", c.DataDir)
	} else if info.Mode().Perm()&0o077 != 0 {
		d.warn(check, "chmod 700 "+c.DataDir, "%s can be entered by others (%s), and holds keys and personal data", c.DataDir, info.Mode().Perm())
	} else {
		d.ok(check, "%s is writable, by us alone", c.DataDir)
	}
	d.checkSpace(there)
}

// writable makes a hidden file and removes it.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".kontor-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (d *diagnosis) checkSpace(dir string) {
	const check = "disk"
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		d.warn(check, "", "%s: %v", dir, err)
		return
	}
	free := s.Bavail * uint64(s.Bsize)
	const enlarge = "make space or enlarge the disk; everything that was ever read or sent stays in data_dir"
	switch text := fmt.Sprintf("%s are free at %s", bytesText(free), dir); {
	case free < tooLittleSpace:
		d.fault(check, enlarge, "%s", text)
	case free < littleSpace:
		d.warn(check, enlarge, "%s", text)
	case s.Files > 0 && s.Ffree < 10_000:
		d.warn(check, "the file system has few inodes; remove small files or move data_dir", "%s, but only %d more files can be made", text, s.Ffree)
	default:
		d.ok(check, "%s", text)
	}
}

func bytesText(n uint64) string {
	if n >= 10<<30 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// checkDatabase reaches the database, and compares its schema with the program;
// then the clock with the last run that it knows.
func (d *diagnosis) checkDatabase(ctx context.Context, x *exchange) {
	const check = "database"
	url := x.config.DatabaseURL()
	if file, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			d.ok(check, "SQLite: %s is not there yet, and is made by the first command that needs it", file)
			return
		}
	}
	db, err := database.Open(ctx, url)
	if err != nil {
		d.fault(check, "see that the database runs, and that database in the configuration is right", "%v", err)
		return
	}
	defer func() {
		if err := db.Close(); err != nil {
			d.warn(check, "", "to close it: %v", err)
		}
	}()
	if d.checkSchema(ctx, db) {
		d.checkLastRun(ctx, x, db)
	}
}

// checkSchema reports whether the tables are those of this program.
func (d *diagnosis) checkSchema(ctx context.Context, db *database.DB) bool {
	const check = "database"
	sets, err := migrations()
	var pending []string
	var strange []int64
	if err == nil {
		pending, strange, err = db.Pending(ctx, sets...)
	}
	if err != nil {
		d.fault(check, "see that the database runs, and that database in the configuration is right", "%s: %v", db.Engine(), err)
		return false
	}
	if len(strange) > 0 {
		d.fault(check, "use the newer kontor, or restore the backup from before it", "%s: a newer kontor has changed the tables (%d)", db.Engine(), strange[0])
		return false
	}
	if err := tryWrite(ctx, db); err != nil {
		d.fault(check, "let our user make and fill tables, and see that the disk is not full", "%s: nothing can be written: %v", db.Engine(), err)
		return false
	}
	if len(pending) > 0 {
		d.ok(check, "%s: writable; the next command brings its schema up to date (%s)", db.Engine(), count(len(pending), "step", "steps"))
		return false
	}
	d.ok(check, "%s: writable, schema up to date", db.Engine())
	return true
}

var errTakeBack = errors.New("take it back")

// tryWrite makes and fills a table, and takes it back.
func tryWrite(ctx context.Context, db *database.DB) error {
	err := db.Write(ctx, func(tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TABLE kontor_doctor (x BIGINT NOT NULL)"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO kontor_doctor (x) VALUES (1)"); err != nil {
			return err
		}
		return errTakeBack
	})
	if errors.Is(err, errTakeBack) {
		return nil
	}
	return err
}
