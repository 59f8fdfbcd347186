package formats

import (
	"reflect"
	"time"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/schedules"
)

// fillValue draws what p points to, by its type; functions stay nil.
func fillValue(t *rapid.T, name string, p any) {
	fillReflect(t, name, reflect.ValueOf(p).Elem())
}

func fillReflect(t *rapid.T, name string, v reflect.Value) {
	switch field := v.Addr().Interface().(type) {
	case *time.Time:
		*field = time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, name), 0).UTC()
		return
	case *schedules.Date:
		days := rapid.Int32Range(int32(schedules.NewDate(1900, 1, 1)), int32(schedules.NewDate(2199, 12, 31)))
		*field = schedules.Date(rapid.OneOf(days, rapid.Just(int32(0))).Draw(t, name))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillReflect(t, v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.String:
		v.SetString("x" + rapid.OneOf(plainText, rapid.String()).Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, name))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name+" given") {
			v.Set(reflect.New(v.Type().Elem()))
			fillReflect(t, name, v.Elem())
		}
	case reflect.Slice:
		if n := rapid.IntRange(-1, 3).Draw(t, name+" length"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fillReflect(t, name, v.Index(i))
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 3).Draw(t, name+" size") {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillReflect(t, name, key)
			fillReflect(t, name, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Func: // the long parts are drawn by the caller
	default:
		t.Fatalf("%s: a field of kind %s cannot be drawn; teach this test", name, v.Kind())
	}
}
