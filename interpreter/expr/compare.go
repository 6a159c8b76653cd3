package expr

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fermata/interpreter/calendar"
)

// reasonType marks a rule that is false because its two sides cannot be compared.
const reasonType = "type"

var (
	errPatternSize = fmt.Errorf("a regular expression has at most %d characters and no large repetitions", maxPattern)
	errClash       = errors.New("the sides have different types")
)

// caseless are the last segments of paths that hold tags, keys and mail addresses.
var caseless = []string{"email", "tag", "tags", "workflow", "course", "pipeline", "stage", "template"}

func ignoresCase(segments []string) bool {
	return len(segments) > 1 && slices.Contains(caseless, segments[len(segments)-1])
}

var mailAddress = regexp.MustCompile(`^[^@\s]{1,64}@[^@\s]{1,255}$`)

// comparison compares two present values.
type comparison struct {
	scope      *Scope
	ignoreCase bool
	pattern    *pattern
}

// compare returns the result of an operator and, when the sides cannot be compared, the reason.
func (c comparison) compare(op string, saw, expected any) (result bool, reason string) {
	switch op {
	case "eq", "ne":
		equal, err := c.equal(saw, expected)
		return err == nil && equal == (op == "eq"), clash(err)
	case "in", "not_in":
		return c.in(saw, expected, op == "in")
	case "gt", "gte", "lt", "lte":
		return c.ordered(op, saw, expected)
	case "contains", "not_contains":
		holds, err := c.contains(saw, expected)
		return err == nil && holds == (op == "contains"), clash(err)
	case "starts_with", "ends_with":
		return c.affix(op, saw, expected)
	case "matches":
		return c.matches(saw, expected)
	default:
		return c.moment(op, saw, expected)
	}
}

func clash(err error) string {
	if err != nil {
		return reasonType
	}
	return ""
}

// number is a number that keeps whole values exact.
type number struct {
	whole   int64
	value   float64
	isWhole bool
}

var numeric = regexp.MustCompile(`^[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?$`)

// numberOf reads a number or a numeric string.
func numberOf(v any) (n number, isText, ok bool) {
	switch v := v.(type) {
	case int64:
		return number{v, float64(v), true}, false, true
	case float64:
		return number{value: v}, false, true
	case string:
		if len(v) > 100 || !numeric.MatchString(v) {
			return number{}, true, false
		}
		if whole, err := strconv.ParseInt(v, 10, 64); err == nil {
			return number{whole, float64(whole), true}, true, true
		}
		f, err := strconv.ParseFloat(v, 64)
		return number{value: f}, true, err == nil
	default:
		return number{}, false, false
	}
}

func (n number) compare(other number) int {
	if n.isWhole && other.isWhole {
		return cmp.Compare(n.whole, other.whole)
	}
	return cmp.Compare(n.value, other.value)
}

// equal compares any two values; errClash means that they cannot be equal for their types.
func (c comparison) equal(a, b any) (bool, error) {
	a, b = plain(a), plain(b)
	na, textA, okA := numberOf(a)
	nb, textB, okB := numberOf(b)
	if okA && okB && (!textA || !textB) {
		return na.compare(nb) == 0, nil
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return c.sameText(a, b), nil
		}
	case bool:
		if b, ok := b.(bool); ok {
			return a == b, nil
		}
	case []any:
		if b, ok := b.([]any); ok {
			return c.sameList(a, b), nil
		}
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			return c.sameObject(a, b), nil
		}
	case nil:
		return b == nil, nil
	}
	return false, errClash
}

func (c comparison) sameText(a, b string) bool {
	if a == b {
		return true
	}
	return strings.EqualFold(a, b) && (c.ignoreCase || mailAddress.MatchString(a) && mailAddress.MatchString(b))
}

func (c comparison) sameList(a, b []any) bool {
	return slices.EqualFunc(a, b, func(x, y any) bool {
		same, err := c.equal(x, y)
		return same && err == nil
	})
}

func (c comparison) sameObject(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, x := range a {
		y, ok := b[key]
		if same, err := c.equal(x, y); !ok || !same || err != nil {
			return false
		}
	}
	return true
}

// in clashes only if the value fits none of the items: a list may mix types.
func (c comparison) in(saw, expected any, wanted bool) (bool, string) {
	list, ok := expected.([]any)
	if !ok {
		return false, reasonType
	}
	clashes := 0
	for _, item := range list {
		same, err := c.equal(saw, item)
		if err != nil {
			clashes++
		}
		if same {
			return wanted, ""
		}
	}
	if clashes == len(list) && clashes > 0 {
		return false, reasonType
	}
	return !wanted, ""
}

func (c comparison) ordered(op string, saw, expected any) (bool, string) {
	order, ok := 0, true
	a, textA, okA := numberOf(saw)
	b, textB, okB := numberOf(expected)
	if okA && okB {
		order = a.compare(b)
	} else if textA && textB {
		order, ok = c.orderText(saw.(string), expected.(string))
	} else {
		ok = false
	}
	if !ok {
		return false, reasonType
	}
	switch op {
	case "gt":
		return order > 0, ""
	case "gte":
		return order >= 0, ""
	case "lt":
		return order < 0, ""
	default:
		return order <= 0, ""
	}
}

// orderText orders two moments in time, and other strings by their bytes.
func (c comparison) orderText(a, b string) (int, bool) {
	ta, _, errA := calendar.ParseInstant(a, c.scope.location())
	tb, _, errB := calendar.ParseInstant(b, c.scope.location())
	if errA == nil && errB == nil {
		return ta.Compare(tb), true
	}
	if c.ignoreCase {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	return strings.Compare(a, b), true
}

func (c comparison) contains(saw, expected any) (bool, error) {
	switch saw := saw.(type) {
	case string:
		part, ok := expected.(string)
		if !ok {
			return false, errClash
		}
		return strings.Contains(c.fold(saw), c.fold(part)), nil
	case []any:
		for _, item := range saw {
			if same, err := c.equal(item, expected); same && err == nil {
				return true, nil
			}
		}
		return false, nil
	default:
		return false, errClash
	}
}

func (c comparison) fold(s string) string {
	if c.ignoreCase {
		return strings.ToLower(s)
	}
	return s
}

func (c comparison) affix(op string, saw, expected any) (bool, string) {
	text, okText := saw.(string)
	part, okPart := expected.(string)
	switch {
	case !okText || !okPart:
		return false, reasonType
	case op == "starts_with":
		return strings.HasPrefix(c.fold(text), c.fold(part)), ""
	default:
		return strings.HasSuffix(c.fold(text), c.fold(part)), ""
	}
}

func (c comparison) matches(saw, expected any) (bool, string) {
	text, okText := saw.(string)
	source, okSource := expected.(string)
	if !okText || !okSource {
		return false, reasonType
	}
	pattern := c.pattern
	if pattern == nil { // it came through a ref
		var err error
		if pattern, err = patterns.get(source); err != nil {
			return false, "invalid_regex"
		}
	}
	if !pattern.fits(text) {
		return false, "too_long"
	}
	return pattern.MatchString(text), ""
}

// moment compares points in time. A pure date stands for its whole day in the scope's zone.
func (c comparison) moment(op string, saw, expected any) (bool, string) {
	first, last, ok := c.span(saw)
	text, isText := expected.(string)
	if !ok || !isText {
		return false, reasonType
	}
	loc, now := c.scope.location(), c.scope.Now
	switch op {
	case "before", "after":
		from, until, ok := c.span(text)
		if !ok {
			return false, reasonType
		}
		if op == "before" {
			return last.Before(from), ""
		}
		return first.After(until), ""
	default:
		d, err := calendar.ParseDuration(text)
		if err != nil {
			return false, reasonType
		}
		if op == "within_last" {
			return !last.Before(d.Before(now, loc)) && !first.After(now), ""
		}
		return !last.Before(now) && !first.After(d.From(now, loc)), ""
	}
}

// span is the first and last instant of what a value names: a moment, or a whole day.
func (c comparison) span(v any) (first, last time.Time, ok bool) {
	text, isText := v.(string)
	if !isText {
		return time.Time{}, time.Time{}, false
	}
	loc := c.scope.location()
	t, pureDate, err := calendar.ParseInstant(text, loc)
	if err != nil {
		return time.Time{}, time.Time{}, false
	}
	if !pureDate {
		return t, t, true
	}
	return calendar.StartOfDay(t, loc), calendar.StartOfDay(t.AddDate(0, 0, 1), loc).Add(-time.Nanosecond), true
}
