package database

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// A kind is what a parameter stands for.
type kind byte

const (
	single  kind = '1'
	strs    kind = 's' // a list of strings
	numbers kind = 'n' // a list of integers
)

// A text is a statement as one engine reads it, cut at its parameters: between
// pieces i and i+1 stands the parameter i.
type text struct {
	pieces []string
	lists  []bool
}

// texts remembers what statements were translated to. The statements of a
// program are constants, so there are not many.
type texts struct {
	cut    sync.Map // query → text
	joined sync.Map // query and kinds → string
}

// of returns the statement for an engine, and which of its parameters are lists.
func (t *texts) of(engine Engine, query string, args []any) (string, []bool, error) {
	cut, ok := t.cut.Load(query)
	if !ok {
		cut, _ = t.cut.LoadOrStore(query, split(query))
	}
	parts := cut.(text)
	if len(args) != len(parts.lists) {
		return "", nil, named(query, fmt.Errorf("%d arguments came, %d are wanted", len(args), len(parts.lists)))
	}
	kinds := make([]byte, len(args), len(args)+len(query))
	for i, arg := range args {
		kinds[i] = byte(kindOf(parts.lists[i], arg))
	}
	key := string(append(kinds, query...))
	joined, ok := t.joined.Load(key)
	if !ok {
		joined, _ = t.joined.LoadOrStore(key, parts.join(engine, kinds))
	}
	return joined.(string), parts.lists, nil
}

func kindOf(list bool, arg any) kind {
	if !list {
		return single
	}
	if t := reflect.TypeOf(arg); t != nil && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String {
		return strs
	}
	return numbers
}

// join puts a statement together again. On PostgreSQL the inner SELECT hides
// the array from the planner: it then expects a few keys and looks each up by
// the index, whether or not it has statistics of the table. = ANY was seen to
// read the whole table.
func (t text) join(engine Engine, kinds []byte) string {
	var out strings.Builder
	for i, k := range kinds {
		out.WriteString(t.pieces[i])
		n := "$" + strconv.Itoa(i+1)
		switch {
		case engine == SQLite && kind(k) == single:
			out.WriteByte('?')
		case engine == SQLite:
			out.WriteString("(SELECT value FROM json_each(?))")
		case kind(k) == strs:
			out.WriteString("(SELECT unnest((SELECT " + n + "::text[])))")
		case kind(k) == numbers:
			out.WriteString("(SELECT unnest((SELECT " + n + "::bigint[])))")
		default:
			out.WriteString(n)
		}
	}
	return out.String() + t.pieces[len(kinds)]
}

// split cuts a statement at its parameters.
func split(query string) text {
	var t text
	from := 0
	for i := 0; i < len(query); {
		if n := literal(query[i:]); n > 0 {
			i += n
			continue
		}
		list := strings.HasPrefix(query[i:], "??")
		t.pieces, t.lists = append(t.pieces, query[from:i]), append(t.lists, list)
		i++
		if list {
			i++
		}
		from = i
	}
	t.pieces = append(t.pieces, query[from:])
	return t
}

// literal returns the length of what stands before the next parameter at the
// head of a statement: a quoted part, a comment, or plain text.
func literal(s string) int {
	for _, q := range [...]struct{ open, end string }{{"'", "'"}, {`"`, `"`}, {"--", "\n"}, {"/*", "*/"}} {
		if rest, ok := strings.CutPrefix(s, q.open); ok {
			if i := strings.Index(rest, q.end); i >= 0 {
				return len(q.open) + i + len(q.end)
			}
			return len(s)
		}
	}
	if s[0] == '?' {
		return 0
	}
	if i := strings.IndexAny(s[1:], `'"-/?`); i >= 0 {
		return i + 1
	}
	return len(s)
}
