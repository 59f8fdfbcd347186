package database

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// refused is an argument that gives its error to whoever asks for its value.
type refused struct{ err error }

func (r refused) Value() (driver.Value, error) { return nil, r.err }

// arguments turns the arguments of a statement into what the driver takes.
func arguments(engine Engine, query string, lists []bool, args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		var err error
		if lists[i] {
			values[i], err = list(engine, arg)
		} else {
			values[i], err = plain(arg)
		}
		if err != nil {
			return nil, named(query, fmt.Errorf("argument %d: %w", i+1, err))
		}
	}
	return values, nil
}

// plain returns a value as string or int64, the two that columns hold.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return v, checkText(v)
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case bool:
		return number(v), nil
	case []byte:
		return string(v), checkText(string(v))
	case driver.Valuer:
		inner, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := inner.(driver.Valuer); again || inner == nil {
			return nil, fmt.Errorf("%T gives %T, want a string, an integer or a bool", v, inner)
		}
		return plain(inner)
	}
	return byKind(v)
}

func byKind(v any) (any, error) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String(), checkText(r.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), nil
	case reflect.Bool:
		return number(r.Bool()), nil
	}
	return nil, fmt.Errorf("a value of type %T cannot be stored, want a string, an integer or a bool", v)
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// checkText refuses what one of the engines cannot hold.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("text %.60q holds a NUL character, which cannot be stored", s)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("text %.60q is not UTF-8", s)
	}
	return nil
}

// list returns a slice as the one argument that stands for it.
func list(engine Engine, arg any) (any, error) {
	slice := reflect.ValueOf(arg)
	if slice.Kind() != reflect.Slice {
		return nil, fmt.Errorf("%T came for a list, want a slice of strings or integers", arg)
	}
	c := column{text: slice.Type().Elem().Kind() == reflect.String}
	var json []byte
	for i := range slice.Len() {
		v, err := plain(slice.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		if engine == SQLite {
			json = appendJSON(append(json, ','), v)
		} else if err := c.add(v); err != nil {
			return nil, err
		}
	}
	if engine == SQLite {
		return "[" + strings.TrimPrefix(string(json), ",") + "]", nil
	}
	return c.array(), nil
}

// appendJSON appends a string or an int64 so that SQLite reads back the same.
func appendJSON(b []byte, v any) []byte {
	if n, ok := v.(int64); ok {
		return strconv.AppendInt(b, n, 10)
	}
	const hex = "0123456789abcdef"
	s, _ := v.(string)
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if c < ' ' {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, '\\', c)
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}
