package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// verify fails when the books, the files or the rows contradict themselves.
func (g *stage) verify(t *testing.T) {
	t.Helper()
	for _, id := range []string{g.scenario.Merchant, purchase.Provider} {
		broken, err := g.x.verify(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range broken {
			t.Errorf("verify %s: %s", id, b)
		}
	}
	g.eachRowOnce(t)
}

// eachRowOnce fails when a file has a row without exactly one verdict, when it
// was read and now.
func (g *stage) eachRowOnce(t *testing.T) {
	t.Helper()
	for _, f := range g.files(t) {
		if f.ExportRows == nil {
			continue
		}
		if first := sum(f.First); first != f.Rows {
			t.Errorf("%s/%s: %d verdicts of %d rows when it was read: %+v", f.Step, f.Name, first, f.Rows, f.First)
		}
		if final := sum(f.Final); final != f.Rows {
			t.Errorf("%s/%s: %d verdicts of %d rows now: %+v", f.Step, f.Name, final, f.Rows, f.Final)
		}
	}
}

func sum(c intake.Counts) int64 {
	return c.Booked + c.Duplicate + c.Conflict + c.Rejected + c.Parked
}

// renamed replaces names of files in an export, and sorts its files by step and
// name.
func renamed(export any, names map[string]string) any {
	e, _ := rename(export, names).(map[string]any)
	files, _ := e["files"].([]any)
	slices.SortFunc(files, func(a, b any) int {
		return strings.Compare(fmt.Sprint(value(a, "step"), " ", value(a, "name")), fmt.Sprint(value(b, "step"), " ", value(b, "name")))
	})
	return e
}

// rename goes through generic JSON. A name stands alone, or with a row after it.
func rename(v any, names map[string]string) any {
	switch v := v.(type) {
	case string:
		name, _, _ := strings.Cut(v, ":")
		if own, known := names[name]; known {
			return own + v[len(name):]
		}
	case []any:
		for i := range v {
			v[i] = rename(v[i], names)
		}
	case map[string]any:
		for k := range v {
			v[k] = rename(v[k], names)
		}
	}
	return v
}

func value(v any, key string) any {
	m, _ := v.(map[string]any)
	return m[key]
}

// sortedValues returns the values in the order of their keys.
func sortedValues[V any](m map[string]V) []V {
	var all []V
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[k])
	}
	return all
}
