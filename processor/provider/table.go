package provider

import (
	"context"
	"database/sql"
	"reflect"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
)

// A table maps the rows of one database table to structs of type T by their
// db tags, so that each concept is written down once: in its struct.
type table[T any] struct {
	name    string
	columns []string
	upsert  string
}

// tableOf describes a table; key are the columns of its primary key.
func tableOf[T any](name string, key ...string) table[T] {
	t := table[T]{name: name}
	typ := reflect.TypeFor[T]()
	var set []string
	for i := range typ.NumField() {
		column := typ.Field(i).Tag.Get("db")
		if column == "" {
			continue
		}
		t.columns = append(t.columns, column)
		if !strings.Contains(","+strings.Join(key, ",")+",", ","+column+",") {
			set = append(set, column+" = excluded."+column)
		}
	}
	t.upsert = "ON CONFLICT (" + strings.Join(key, ", ") + ") DO "
	if len(set) == 0 {
		t.upsert += "NOTHING"
	} else {
		t.upsert += "UPDATE SET " + strings.Join(set, ", ")
	}
	return t
}

// find reads the rows that a WHERE clause (and what follows it) selects.
func (t table[T]) find(ctx context.Context, tx *database.Tx, where string, args ...any) ([]*T, error) {
	rows, err := tx.Query(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.name+" WHERE "+where, args...)
	return database.Collect(rows, err, t.scan)
}

func (t table[T]) scan(rows *sql.Rows) (*T, error) {
	v := new(T)
	return v, rows.Scan(t.fields(reflect.ValueOf(v).Elem(), func(f reflect.Value) any { return f.Addr().Interface() })...)
}

// save inserts rows or replaces those with the same key, by one statement.
func (t table[T]) save(ctx context.Context, tx *database.Tx, rows []*T) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = t.fields(reflect.ValueOf(r).Elem(), func(f reflect.Value) any { return f.Interface() })
	}
	return tx.Load(ctx, t.name, t.columns, values, t.upsert)
}

func (t table[T]) fields(v reflect.Value, of func(reflect.Value) any) []any {
	all := make([]any, 0, len(t.columns))
	typ := v.Type()
	for i := range v.NumField() {
		if typ.Field(i).Tag.Get("db") != "" {
			all = append(all, of(v.Field(i)))
		}
	}
	return all
}
