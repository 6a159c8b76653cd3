package expr

import (
	"fmt"
	"html"
	"io"
	"math"
	"reflect"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
)

// One unit of work is about 100 ns, so that a rendering ends within some 15 ms.
const (
	templateUnits   = 150_000
	maxOutput       = 512 << 10
	maxIntermediate = 256 << 10 // one string on the way: a filter's result, a capture
	maxItems        = 20_000    // one list on the way, one range
)

// run is one rendering: its scope, its remaining work and its output.
type run struct {
	scope   *Scope
	html    bool
	escape  func(string) string // of what is printed; nil: as it is
	strict  bool
	units   int
	written int
	target  io.Writer
	failure error  // the limit or missing value that ended the rendering
	missing string // the last path that led nowhere in this {{ }}
	noticed func(path string)
}

// Write counts the output.
func (r *run) Write(p []byte) (int, error) {
	if r.written += len(p); r.written > maxOutput {
		return 0, r.fail(limitError("the text grows over %d bytes", maxOutput))
	}
	return r.target.Write(p)
}

// fail notes why the rendering ends; the library hides the causes of its errors.
func (r *run) fail(err error) error {
	if r.failure == nil {
		r.failure = err
	}
	return err
}

// spend charges work; it fails once there is none left.
func (r *run) spend(units int) error {
	if r.units -= units; r.units < 0 {
		return r.fail(limitError("the template does too much work"))
	}
	return nil
}

// mustSpend is spend for the places where the library takes no error: it recovers this panic.
func (r *run) mustSpend(units int) {
	if err := r.spend(units); err != nil {
		panic(expressions.InterpreterError(err.Error()))
	}
}

// unitsOf is the work of walking, comparing or copying a value; it stops counting at what is left.
func (r *run) unitsOf(v any) int { return sizeOf(v, r.units+1) }

func sizeOf(v any, most int) int {
	switch v := v.(type) {
	case string:
		return 1 + len(v)/bytesPerUnit
	case values.SafeValue:
		return sizeOf(v.Value, most)
	case []any:
		units := 1
		for i := 0; i < len(v) && units < most; i++ {
			units += sizeOf(v[i], most-units)
		}
		return units
	case map[string]any:
		units := 1
		for key, item := range v {
			if units += sizeOf(key, most) + sizeOf(item, most-units); units >= most {
				return units
			}
		}
		return units
	case []string:
		units := 1
		for i := 0; i < len(v) && units < most; i++ {
			units += sizeOf(v[i], most-units)
		}
		return units
	default:
		return 1
	}
}

// checkSize refuses intermediate values that only exist to be multiplied.
func (r *run) checkSize(v any) error {
	switch v := v.(type) {
	case string:
		if len(v) > maxIntermediate {
			return r.fail(limitError("a value grows over %d bytes", maxIntermediate))
		}
	case []any, []string:
		if reflect.ValueOf(v).Len() > maxItems {
			return r.fail(limitError("a list grows over %d items", maxItems))
		}
	}
	return nil
}

// print writes a value into the text.
func (r *run) print(w io.Writer, v any) error {
	switch v := v.(type) {
	case values.SafeValue:
		_, err := io.WriteString(w, Text(v.Value))
		return err
	case values.Range:
		return r.print(w, fmt.Sprintf("%v..%v", v.Index(0), v.Index(v.Len()-1)))
	}
	if err := r.spend(r.unitsOf(v)); err != nil {
		return err
	}
	if r.escape != nil {
		w = escaper{w, r.escape}
	}
	return writeText(w, v)
}

// escape is how values are printed; nil: as they are.
func (o RenderOptions) escape() func(string) string {
	if o.HTML {
		return html.EscapeString
	}
	return o.Escape
}

type escaper struct {
	w      io.Writer
	escape func(string) string
}

func (e escaper) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.w, e.escape(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// value is a Liquid value that knows its path and pays for what is done with it.
type value struct {
	values.Value
	run  *run
	raw  any
	path string
}

// wrap makes a value of the scope, of a variable or of a filter a Liquid value.
func (r *run) wrap(raw any, path string) value {
	switch v := raw.(type) {
	case int64:
		if v >= math.MinInt && v <= math.MaxInt { // the library's ranges and indexes want int
			raw = int(v)
		}
	case values.SafeValue:
		return value{values.ValueOf(v.Value), r, v, path}
	case nil, string, bool, int, float64, []any, map[string]any, []string, values.Range:
	default:
		raw = plain(v)
	}
	return value{values.ValueOf(raw), r, raw, path}
}

// Interface returns the Go value, for filters and output.
func (v value) Interface() any {
	if v.raw == nil && v.path != "" {
		v.run.missing = v.path
	}
	return v.raw
}

// Int reads a whole number also where the data has 3.0.
func (v value) Int() int {
	if f, ok := v.raw.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return int(f)
	}
	return v.Value.Int()
}

// Equal pays for the comparison.
func (v value) Equal(other values.Value) bool {
	v.run.mustSpend(v.run.unitsOf(v.raw))
	return v.Value.Equal(other)
}

// Less pays for the comparison.
func (v value) Less(other values.Value) bool {
	v.run.mustSpend(v.run.unitsOf(v.raw))
	return v.Value.Less(other)
}

// Contains pays for the search.
func (v value) Contains(other values.Value) bool {
	v.run.mustSpend(v.run.unitsOf(v.raw))
	return v.Value.Contains(other)
}

// PropertyValue resolves v.key the way Lookup does; what Liquid adds (size of a text) comes after.
func (v value) PropertyValue(key values.Value) values.Value {
	return v.step(key, v.Value.PropertyValue)
}

// IndexValue resolves v[key].
func (v value) IndexValue(key values.Value) values.Value { return v.step(key, v.Value.IndexValue) }

func (v value) step(key values.Value, otherwise func(values.Value) values.Value) values.Value {
	v.run.mustSpend(1)
	name := Text(key.Interface())
	path := v.path + "." + name
	if found, ok := member(v.raw, name, v.path == "contact"); ok {
		return v.run.wrap(found, path)
	}
	return v.run.wrap(otherwise(key).Interface(), path)
}
