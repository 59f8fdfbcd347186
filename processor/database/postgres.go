package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConnections is how many connections one process holds at most.
const postgresConnections = 8

// postgresSettings hold unless the URL says otherwise. The keys of a chunk are
// looked up one by one in indexes, which the planner thinks dear on the disks
// of 1996 that its default stands for.
var postgresSettings = map[string]string{"application_name": "kontor", "random_page_cost": "1.1"}

func openPostgres(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	for name, value := range postgresSettings {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections / 2)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database: open %s: %w", config.Database, err), pool.Close())
	}
	return &DB{engine: PostgreSQL, writer: pool, reader: pool}, nil
}

// postgresBusy reports whether a transaction that was not committed yet failed
// for a reason that passes: another transaction was in the way, or the server
// or the connection to it went away.
func postgresBusy(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case "40001", "40P01", "55P03": // serialization failure, deadlock, lock not available
			return true
		case "57P01", "57P02", "57P03": // shut down, crashed, starting up
			return true
		}
		return false
	}
	return errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)
}

// postgresLost reports whether a connection is closed.
func postgresLost(conn *sql.Conn) bool {
	lost := false
	err := conn.Raw(func(c any) error {
		if pg, ok := c.(*stdlib.Conn); ok {
			lost = pg.Conn().IsClosed()
		}
		return nil
	})
	return lost || err != nil
}

// postgresUnknown reports whether a failed COMMIT may have taken effect: the
// server has not answered that it did not.
func postgresUnknown(err error) bool {
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return false
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return true
	}
	return e.Code[:2] == "08" || e.Code[:3] == "57P"
}
