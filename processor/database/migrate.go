package database

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// numbered is the name of a migration: five digits that no other package uses.
var numbered = regexp.MustCompile(`^(\d{5})_[a-z0-9_]+\.sql$`)

// Migrate brings the schema up to date. It merges the *.sql files of all
// packages into one sequence by their five-digit numbers. A file whose name
// ends in _sqlite.sql or _postgres.sql is for that engine alone. Again has no
// effect. Two processes must not migrate one SQLite file at the same time.
func (db *DB) Migrate(ctx context.Context, sets ...fs.FS) error {
	files, err := merge(db.engine, sets)
	if err != nil {
		return fmt.Errorf("database: migrate: %w", err)
	}
	if db.engine == SQLite {
		if err := db.up(ctx, goose.DialectSQLite3, files); err != nil {
			return err
		}
		return db.estimate(ctx)
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("database: migrate: %w", err)
	}
	const lock = "(hashtextextended('kontor migrate', 0))"
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock"+lock); err != nil {
		return errors.Join(fmt.Errorf("database: migrate: %w", err), conn.Close())
	}
	err = db.up(ctx, goose.DialectPostgres, files)
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock"+lock)
	return errors.Join(err, unlock, conn.Close())
}

// up allows gaps: a later version of a package with low numbers adds to them.
func (db *DB) up(ctx context.Context, dialect goose.Dialect, files migrations) error {
	if len(files) == 0 {
		return nil
	}
	p, err := goose.NewProvider(dialect, db.writer, files, goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("database: migrate: %w", err)
	}
	_, err = p.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) && partial.Failed != nil {
		return fmt.Errorf("database: migrate: %s: %w", partial.Failed.Source.Path, partial.Err)
	}
	if err != nil {
		return fmt.Errorf("database: migrate: %w", err)
	}
	return nil
}

// merge reads the files of all sets that are for the engine, in its dialect.
func merge(engine Engine, sets []fs.FS) (migrations, error) {
	files, numbers := migrations{}, map[string]string{}
	for _, set := range sets {
		err := fs.WalkDir(set, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".sql" {
				return err
			}
			base := path.Base(name)
			m := numbered.FindStringSubmatch(base)
			if m == nil {
				return fmt.Errorf("file %s: want a name such as 00100_ledger.sql", base)
			}
			if other, taken := numbers[m[1]]; taken && !pair(base, other) {
				return fmt.Errorf("files %s and %s have one number", other, base)
			}
			numbers[m[1]] = base
			text, err := fs.ReadFile(set, name)
			if err == nil && isFor(engine, base) {
				files[base] = dialect(engine, text)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// pair reports whether two files are the two forms of one migration.
func pair(a, b string) bool {
	return strings.HasSuffix(a, "_sqlite.sql") && strings.HasSuffix(b, "_postgres.sql") ||
		strings.HasSuffix(b, "_sqlite.sql") && strings.HasSuffix(a, "_postgres.sql")
}

func isFor(engine Engine, name string) bool {
	if engine == SQLite {
		return !strings.HasSuffix(name, "_postgres.sql")
	}
	return !strings.HasSuffix(name, "_sqlite.sql")
}

func dialect(engine Engine, text []byte) []byte {
	if engine == SQLite {
		text = bytes.ReplaceAll(text, []byte(` COLLATE "C"`), nil)
		text = bytes.ReplaceAll(text, []byte("/* WITHOUT ROWID */"), []byte("WITHOUT ROWID"))
	}
	return text
}

// migrations are files in memory, by name.
type migrations map[string][]byte

// Open opens one file.
func (m migrations) Open(name string) (fs.File, error) {
	text, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &migration{name: name, size: len(text), Reader: bytes.NewReader(text)}, nil
}

// Glob lists the names that match.
func (m migrations) Glob(pattern string) (names []string, _ error) {
	for name := range m {
		if ok, err := path.Match(pattern, name); err != nil {
			return nil, err
		} else if ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// A migration is one open file, and what is known about it.
type migration struct {
	*bytes.Reader
	name string
	size int
}

func (m *migration) Stat() (fs.FileInfo, error) { return info{m}, nil }
func (m *migration) Close() error               { return nil }

type info struct{ m *migration }

func (i info) Name() string       { return i.m.name }
func (i info) Size() int64        { return int64(i.m.size) }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
