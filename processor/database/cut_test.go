package database_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// A wire stands between the program and PostgreSQL and cuts one connection.
type wire struct {
	network, server string
	marker          []byte // cut at the message that holds it
	deliver         bool   // the message still reaches the server, its answer is lost
	cut             atomic.Bool
	sessions        sync.WaitGroup
}

// listen returns the address of the database behind the wire.
func (w *wire) listen(t *testing.T, address string) string {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	w.network, w.server = pgconn.NetworkAddress(config.Host, config.Port)
	folder := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(folder, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	w.sessions.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // closed at the end of the test
			}
			w.sessions.Go(func() { w.carry(client) })
		}
	})
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		w.sessions.Wait()
	})
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + config.Database,
		RawQuery: url.Values{"host": {folder}, "sslmode": {"disable"}}.Encode(),
	}
	return u.String()
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(w.network, w.server)
	if err != nil {
		return // the client sees that it is closed
	}
	defer server.Close()
	answers := make(chan struct{})
	var silent atomic.Bool
	go func() {
		defer close(answers)
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if silent.Load() { // the server has done what was asked
				return
			}
			if _, failed := client.Write(buffer[:n]); err != nil || failed != nil {
				client.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if bytes.Contains(buffer[:n], w.marker) && w.cut.CompareAndSwap(false, true) {
			silent.Store(true)
			if w.deliver {
				if _, err := server.Write(buffer[:n]); err == nil {
					<-answers
				}
			}
			return
		}
		if _, failed := server.Write(buffer[:n]); err != nil || failed != nil {
			if errors.Is(err, io.EOF) {
				server.Close()
				<-answers
			}
			return
		}
	}
}

func TestCutCommit(t *testing.T) {
	for _, c := range []struct {
		name    string
		deliver bool
		want    int64
	}{
		{"before it arrives", false, 0},
		{"before the answer", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := databasetest.URL(t, database.PostgreSQL)
			w := &wire{marker: []byte("commit\x00"), deliver: c.deliver}
			db, err := database.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			migrate(t, db, schema(pairs))
			cut, err := database.Open(t.Context(), w.listen(t, address))
			if err != nil {
				t.Fatal(err)
			}
			defer cut.Close()
			runs := 0
			err = cut.Write(t.Context(), func(tx *database.Tx) error {
				runs++
				_, err := tx.Exec(t.Context(), "INSERT INTO pair (k, n) VALUES (?, ?)", "a", 1)
				return err
			})
			if !errors.Is(err, database.ErrUnknownOutcome) || runs != 1 {
				t.Errorf("Write = %v after %d runs; want ErrUnknownOutcome after one", err, runs)
			}
			if n := number(t, db, "SELECT COUNT(*) FROM pair"); n != c.want {
				t.Errorf("%d rows are there; want %d", n, c.want)
			}
			load(t, cut, []any{"b", 1}) // on a new connection
		})
	}
}

// TestCutBefore shows that a connection lost before the commit costs nothing.
func TestCutBefore(t *testing.T) {
	for _, deliver := range []bool{false, true} {
		w := &wire{marker: []byte("pair"), deliver: deliver}
		address := databasetest.URL(t, database.PostgreSQL)
		direct, err := database.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer direct.Close()
		migrate(t, direct, schema(pairs))
		db, err := database.Open(t.Context(), w.listen(t, address))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		runs := 0
		err = db.Write(t.Context(), func(tx *database.Tx) error {
			runs++
			_, err := tx.Exec(t.Context(), "INSERT INTO pair (k, n) VALUES (?, ?)", "a", runs)
			return err
		})
		if err != nil || runs != 2 {
			t.Errorf("Write = %v after %d runs; want none after two", err, runs)
		}
		if n := number(t, direct, "SELECT n FROM pair"); n != 2 {
			t.Errorf("n = %d; want that of the second run", n)
		}
	}
}
