package database

import "fmt"

// A column gathers values of one type.
type column struct {
	text    bool
	texts   []string
	numbers []int64
}

// check refuses a value that has not the type of the column.
func (c *column) check(v any) error {
	if _, text := v.(string); text != c.text {
		return fmt.Errorf("%T came, the values before it are of the other type", v)
	}
	return nil
}

func (c *column) add(v any) error {
	switch v := v.(type) {
	case string:
		c.texts = append(c.texts, v)
	case int64:
		c.numbers = append(c.numbers, v)
	}
	return c.check(v)
}

func (c *column) cast() string {
	if c.text {
		return "::text[]"
	}
	return "::bigint[]"
}

// array is never nil: a nil slice would be NULL.
func (c *column) array() any {
	if c.text {
		return append([]string{}, c.texts...)
	}
	return append([]int64{}, c.numbers...)
}
