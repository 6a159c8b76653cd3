package expr

import (
	"errors"
	"html"
	"maps"
	"math/bits"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/osteele/liquid/filters"
	"github.com/osteele/liquid/values"

	"fermata/interpreter/calendar"
)

// The standard filters, each behind a price and a limit. Those that show Go's insides are left out.
var withoutFilters = []string{"type", "inspect"}

// filterSet collects the library's filters by name.
type filterSet map[string]any

// AddFilter implements the library's FilterDictionary.
func (f filterSet) AddFilter(name string, fn any) {
	if !slices.Contains(withoutFilters, name) {
		f[name] = fn
	}
}

var standardFilters = sync.OnceValue(func() filterSet {
	set := filterSet{}
	filters.AddStandardFilters(set)
	return set
})

var filterNames = sync.OnceValue(func() []string {
	return slices.Sorted(maps.Keys(standardFilters()))
})

// filterRunner applies filters for whatever rendering holds it.
type filterRunner struct{ run *run }

// filter wraps one filter: it makes ranges lists, pays, applies it and checks what comes out.
func (f *filterRunner) filter(name string, fn any) func(args ...any) (any, error) {
	call := reflect.ValueOf(fn)
	return func(args ...any) (any, error) {
		r := f.run
		args = slices.Clone(args)
		for i, arg := range args {
			var err error
			if args[i], err = r.argument(arg); err != nil {
				return nil, err
			}
		}
		if err := r.spend(filterUnits(name, r, args)); err != nil {
			return nil, err
		}
		if own, done, err := r.ownFilter(name, args); done || err != nil {
			return r.result(own, err)
		}
		out, err := values.Call(call, args)
		return r.result(out, err)
	}
}

func (r *run) argument(arg any) (any, error) {
	switch v := arg.(type) {
	case values.SafeValue:
		return v.Value, nil
	case values.Range:
		items, err := r.itemsOf(v)
		return items, err
	case []any:
		return v, r.checkSize(v)
	default:
		return arg, nil
	}
}

func (r *run) result(out any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if text, ok := out.([]byte); ok {
		out = string(text)
	}
	if err := errors.Join(r.checkSize(out), r.spend(r.unitsOf(out))); err != nil {
		return nil, err
	}
	return r.wrap(out, ""), nil
}

// filterUnits is the price of applying a filter to these arguments.
func filterUnits(name string, r *run, args []any) int {
	units := 20
	for _, arg := range args {
		units += r.unitsOf(arg)
	}
	list, isList := args[0].([]any)
	if texts, ok := args[0].([]string); ok {
		list, isList = listOf(texts), true
	}
	if isList {
		units *= 3 // the library converts each item by reflection
	}
	switch name {
	case "sort", "sort_natural":
		units *= 1 + bits.Len(uint(len(list)))
	case "uniq": // compares every pair of objects
		for _, item := range list {
			if _, isText := item.(string); !isText {
				return units * (1 + len(list)/10)
			}
		}
	}
	return units
}

// ownFilter handles the filters that need the scope, the escaping or a check ahead.
func (r *run) ownFilter(name string, args []any) (out any, done bool, err error) {
	switch name {
	case "default":
		r.missing = "" // what is missing here was expected
	case "date":
		out, err = r.date(args)
		return out, true, err
	case "join":
		out, err = r.join(args)
		return out, true, err
	case "replace":
		return nil, false, r.checkReplace(args)
	case "escape", "escape_once", "newline_to_br":
		if r.html {
			return r.escaped(name, Text(args[0])), true, nil
		}
	}
	return nil, false, nil
}

// escaped is escape and its relatives in HTML, where all output is escaped anyway: never twice.
func (r *run) escaped(name, text string) any {
	if name == "escape_once" {
		text = html.UnescapeString(text)
	}
	text = html.EscapeString(text)
	if name == "newline_to_br" {
		text = strings.ReplaceAll(text, "\n", "<br />\n")
	}
	return values.SafeValue{Value: text}
}

// checkReplace computes the size of the result before it is made.
func (r *run) checkReplace(args []any) error {
	if len(args) < 3 {
		return nil
	}
	text, old, with := Text(args[0]), Text(args[1]), Text(args[2])
	if len(text)+strings.Count(text, old)*len(with) > maxIntermediate {
		return r.fail(limitError("a value grows over %d bytes", maxIntermediate))
	}
	return nil
}

// join writes numbers the way they are printed elsewhere.
func (r *run) join(args []any) (any, error) {
	separator := " "
	if len(args) > 1 {
		separator = Text(args[1])
	}
	list, ok := plain(args[0]).([]any)
	if !ok {
		return args[0], nil
	}
	var b strings.Builder
	first := true
	for _, item := range list {
		if item == nil {
			continue
		}
		if !first {
			b.WriteString(separator)
		}
		first = false
		if err := writeText(&b, item); err != nil {
			return nil, err
		}
		if b.Len() > maxIntermediate {
			return nil, r.fail(limitError("a value grows over %d bytes", maxIntermediate))
		}
	}
	return b.String(), nil
}

const (
	maxDateFormat     = 200
	defaultDateFormat = "%a, %b %d, %y"
)

var wideField = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{3}`)

// date formats a moment in the scope's zone; now is the scope's. What is no moment stays as it is.
func (r *run) date(args []any) (any, error) {
	t, ok := r.moment(args[0])
	if !ok {
		return args[0], nil
	}
	format := defaultDateFormat
	if len(args) > 1 {
		format = Text(args[1])
	}
	if len(format) > maxDateFormat || wideField.MatchString(format) {
		return nil, r.fail(limitError("a date format has at most %d characters and fields of two digits", maxDateFormat))
	}
	strftime, ok := standardFilters()["date"].(func(time.Time, func(string) string) (string, error))
	if !ok {
		return nil, errors.New("date is not there")
	}
	return strftime(t.In(r.scope.location()), func(string) string { return format })
}

func (r *run) moment(v any) (time.Time, bool) {
	switch v := plain(v).(type) {
	case string:
		if v == "now" || v == "today" {
			return r.scope.Now, true
		}
		t, pureDate, err := calendar.ParseInstant(v, r.scope.location())
		if pureDate {
			t = calendar.StartOfDay(t, r.scope.location())
		}
		return t, err == nil
	case int64:
		return time.Unix(v, 0), v > -1e11 && v < 1e11
	default:
		return time.Time{}, false
	}
}
