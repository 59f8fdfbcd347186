package main

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// faults collects what is wrong with a configuration, each with its key.
type faults []error

func (f *faults) add(key, format string, args ...any) {
	*f = append(*f, fmt.Errorf("%s: %w", key, fmt.Errorf(format, args...)))
}

// check adds a fault unless ok.
func (f *faults) check(ok bool, key, format string, args ...any) {
	if !ok {
		f.add(key, format, args...)
	}
}

// oneOf adds a fault unless the value is one of those wanted.
func (f *faults) oneOf(key, value string, want ...string) {
	f.check(slices.Contains(want, value), key, "%q is not one of %s", value, strings.Join(want, ", "))
}

// between adds a fault unless low <= n <= high.
func (f *faults) between(key string, n number, low, high int) {
	f.check(n.fault != nil || low <= n.value && n.value <= high, key, "%d is not a number from %d to %d", n.value, low, high)
}

// positive adds a fault for a negative amount.
func (f *faults) positive(key string, a amount) {
	f.check(a.value >= 0, key, "%s is negative; want an amount from 0.00 on", a.value)
}

// share adds a fault unless 0 <= p <= 100 %.
func (f *faults) share(key string, p percent) {
	f.check(0 <= p.value && p.value <= 100_00, key, "%s is not a percentage from 0 to 100", p.value)
}

// scalars adds the faults of all values below v that were read from their text.
func (f *faults) scalars(key string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if s, ok := v.Interface().(interface{ reading() error }); ok {
			if err := s.reading(); err != nil {
				f.add(key, "%w", err)
			}
			return
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Tag.Get("yaml"); name != "" {
				f.scalars(join(key, name), v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.scalars(key+"["+strconv.Itoa(i)+"]", v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			f.scalars(join(key, k.String()), v.MapIndex(k))
		}
	}
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
