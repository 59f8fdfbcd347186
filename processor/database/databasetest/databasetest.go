// Package databasetest gives tests fresh databases of both engines.
//
// PostgreSQL comes from the server that is installed: it is started once per
// test process, in a temporary folder, on a unix socket alone, and stopped by
// [Main]. When the environment variable KONTOR_TEST_POSTGRES holds the URL of a
// running server, with a user that may create databases, that one is used.
// Its databases sort text as German does where nothing else is said, so that a
// key without COLLATE "C" shows itself.
package databasetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/kontor-exchange/kontor/processor/database"
)

// external names the variable with the URL of a server that runs already.
const external = "KONTOR_TEST_POSTGRES"

// shared is the server of this test process; it starts when it is first asked
// for.
var shared lazy

// A lazy server is started at most once, and stopped only if it was.
type lazy struct {
	once   sync.Once
	server *server
	err    error
}

func (l *lazy) get() (*server, error) {
	l.once.Do(func() { l.server, l.err = launch() })
	return l.server, l.err
}

func (l *lazy) stop() error {
	if l.server == nil {
		return nil
	}
	return l.server.stop()
}

// Main runs the tests of a package and stops the server that they have used.
// Every package that uses databasetest calls it from TestMain.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a package that has something to do before the process ends.
func Run(m interface{ Run() int }) int {
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "databasetest:", err)
		code = max(code, 1)
	}
	return code
}

// Each runs f as a subtest on a fresh, empty database of each engine.
func Each(t *testing.T, f func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, engine := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) { f(t, Open(t, engine)) })
	}
}

// Open opens a fresh, empty database and closes it at the end of the test.
func Open(t *testing.T, engine database.Engine) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), URL(t, engine))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// URL returns the address of a fresh, empty database, for tests that start the
// whole program. It is gone at the end of the test.
func URL(t *testing.T, engine database.Engine) string {
	t.Helper()
	if engine == database.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "kontor.db")
	}
	server := os.Getenv(external)
	if server == "" {
		s, err := shared.get()
		if err != nil {
			t.Fatal(err)
		}
		server = s.url
	}
	name := "kontor_" + strings.ToLower(rand.Text())
	if err := create(t.Context(), server, name); err != nil {
		t.Fatalf("create a PostgreSQL database: %v", err)
	}
	t.Cleanup(func() {
		// The context of the test has ended by now.
		if err := command(context.WithoutCancel(t.Context()), server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop a PostgreSQL database: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// create makes a database with a default collation that is not the order of
// bytes, if the server knows one.
func create(ctx context.Context, server, name string) error {
	text := "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'"
	icu := command(ctx, server, text+" LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C'")
	if icu == nil {
		return nil
	}
	return command(ctx, server, text)
}

func command(ctx context.Context, server, text string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, text)
	return err
}
