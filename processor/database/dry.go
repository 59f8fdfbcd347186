package database

import (
	"context"
	"errors"
)

// errDry ends a dry run: everything is rolled back.
var errDry = errors.New("a dry run is never committed")

// Dry runs f on a view of the database in which everything happens and nothing
// remains: all its transactions are parts of one that is rolled back when f
// ends, also when it returns nil. Others see nothing of it; on SQLite they wait
// with writing meanwhile. The view ends with f, and belongs to one goroutine.
func (db *DB) Dry(ctx context.Context, f func(*DB) error) error {
	err := db.once(ctx, db.writer, nil, func(tx *Tx) error {
		if err := f(&DB{engine: db.engine, dry: tx}); err != nil {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}

// part runs f as a part of a dry run's transaction: what f did before it
// returned an error is undone.
func (db *DB) part(ctx context.Context, f func(*Tx) error) error {
	if _, err := db.dry.Exec(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	if err := f(db.dry); err != nil {
		_, undone := db.dry.Exec(context.WithoutCancel(ctx), "ROLLBACK TO SAVEPOINT part")
		return errors.Join(err, undone)
	}
	_, err := db.dry.Exec(ctx, "RELEASE SAVEPOINT part")
	return err
}
