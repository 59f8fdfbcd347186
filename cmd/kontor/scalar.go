package main

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/kontor-exchange/kontor/processor/money"
)

// A scalar is a value of the configuration that is read from its text, as it
// stands in the file: an amount never passes through a float. A text that
// cannot be read is kept as a fault, so that Validate tells it with its key,
// together with all others.
type scalar[T any] struct {
	value T
	fault error
}

type (
	amount   = scalar[money.Amount]
	percent  = scalar[money.Rate]
	duration = scalar[time.Duration]
	size     = scalar[bytes64]
	number   = scalar[int] // the YAML reader would take 1.9 for 1
	mode     = scalar[fs.FileMode]
)

// bytes64 counts bytes.
type bytes64 int64

// UnmarshalYAML keeps the value of the text of a node.
func (s *scalar[T]) UnmarshalYAML(node ast.Node) error {
	*s = scalarOf[T](text(node))
	return nil
}

// reading returns why the text could not be read.
func (s scalar[T]) reading() error { return s.fault }

// text is what stands in the file for a node, without quotes and comments.
func text(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case ast.ScalarNode:
		return n.GetToken().Value
	}
	return node.String()
}

func scalarOf[T any](text string) (s scalar[T]) {
	switch v := any(&s.value).(type) {
	case *money.Amount:
		*v, s.fault = money.Parse(text)
	case *money.Rate:
		*v, s.fault = money.ParseRate(text)
	case *time.Duration:
		*v, s.fault = parseDuration(text)
	case *int:
		*v, s.fault = parseNumber(text)
	case *bytes64:
		*v, s.fault = parseSize(text)
	case *fs.FileMode:
		*v, s.fault = parseMode(text)
	}
	return s
}

func amountOf(s string) amount     { return scalarOf[money.Amount](s) }
func percentOf(s string) percent   { return scalarOf[money.Rate](s) }
func durationOf(s string) duration { return scalarOf[time.Duration](s) }
func sizeOf(s string) size         { return scalarOf[bytes64](s) }
func numberOf(n int) number        { return number{value: n} }

func parseNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number such as 14", s)
	}
	return n, nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 10s, 5m or 2h", s)
	}
	return d, nil
}

// parseMode reads who may read and write a file: the owner both, others at most
// what a file of reports may be given.
func parseMode(s string) (fs.FileMode, error) {
	n, err := strconv.ParseUint(s, 8, 16)
	if err != nil || n&^0o664 != 0 || n&0o600 != 0o600 {
		return 0, fmt.Errorf("%q is not a mode of files such as 0600, 0640 or 0644", s)
	}
	return fs.FileMode(n), nil
}

// units of sizes; the powers of 1024 are written with an i.
var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"B", 1}}

func parseSize(s string) (bytes64, error) {
	for _, u := range units {
		digits, found := strings.CutSuffix(s, u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil || n > uint64(math.MaxInt64/u.bytes) {
			break
		}
		return bytes64(n) * bytes64(u.bytes), nil
	}
	return 0, fmt.Errorf("%q is not a size such as 512KiB, 20MiB or 5GiB", s)
}
