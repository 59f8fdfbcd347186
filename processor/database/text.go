package database

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// A text is a statement as one engine reads it. lists says of each parameter
// whether it is a list.
type text struct {
	sql   string
	lists []bool
}

// texts remembers what statements were translated to. The statements of a
// program are constants, so there are not many.
type texts struct{ known sync.Map }

func (t *texts) of(engine Engine, query string) (text, error) {
	if v, ok := t.known.Load(query); ok {
		return v.(text), nil
	}
	v, err := translate(engine, query)
	if err == nil {
		t.known.Store(query, v)
	}
	return v, err
}

// translate rewrites the parameters of a statement. PostgreSQL takes a list as
// one array: "= ANY" is looked up in an index key by key, whatever the planner
// knows about the table.
func translate(engine Engine, query string) (text, error) {
	var t text
	var out strings.Builder
	for rest := query; rest != ""; {
		n := literal(rest)
		if n > 0 {
			out.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		list := strings.HasPrefix(rest, "??")
		t.lists = append(t.lists, list)
		if list && !strings.HasSuffix(strings.ToUpper(strings.TrimRight(out.String(), " \n\t")), "IN") {
			return text{}, fmt.Errorf("database: ?? must follow IN or NOT IN: %s", query)
		}
		write(&out, engine, list, len(t.lists))
		rest = strings.TrimPrefix(rest[1:], "?")
	}
	t.sql = out.String()
	return t, nil
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

func write(out *strings.Builder, engine Engine, list bool, n int) {
	switch {
	case engine == SQLite && list:
		out.WriteString("(SELECT value FROM json_each(?))")
	case engine == SQLite:
		out.WriteByte('?')
	case list:
		before := strings.TrimRight(out.String(), " \n\t")
		before = strings.TrimRight(before[:len(before)-len("IN")], " \n\t")
		operator := " = ANY("
		if strings.HasSuffix(strings.ToUpper(before), " NOT") {
			before, operator = before[:len(before)-len(" NOT")], " <> ALL("
		}
		out.Reset()
		out.WriteString(before + operator + "$" + strconv.Itoa(n) + ")")
	default:
		out.WriteString("$" + strconv.Itoa(n))
	}
}
