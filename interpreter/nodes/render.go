package nodes

import (
	"fmt"
	"strings"

	"fermata/interpreter/expr"
)

// renderer renders the texts of one step and keeps the first failure, so that a
// Plan function reads from top to bottom.
type renderer struct {
	scope  *expr.Scope
	strict bool
	failed *Failure
}

func render(s *expr.Scope, in PlanInput) *renderer { return &renderer{scope: s, strict: in.Strict} }

func (r *renderer) fail(code, format string, args ...any) {
	if r.failed == nil {
		r.failed = &Failure{Code: code, Message: fmt.Sprintf(format, args...)}
	}
}

func (r *renderer) run(src string, o expr.RenderOptions) string {
	if r.failed != nil || src == "" {
		return ""
	}
	o.Strict = r.strict
	out, err := expr.Render(src, r.scope, o)
	if err != nil {
		r.failed = failure(err)
		return ""
	}
	return out
}

// text renders without escaping.
func (r *renderer) text(src string) string { return r.run(src, expr.RenderOptions{}) }

// html renders with every value escaped for HTML.
func (r *renderer) html(src string) string { return r.run(src, expr.RenderOptions{HTML: true}) }

// escaped renders with every value changed by escape.
func (r *renderer) escaped(src string, escape func(string) string) string {
	return r.run(src, expr.RenderOptions{Escape: escape})
}

// line renders a text that must stay on one line: control characters become spaces.
func (r *renderer) line(src string) string { return oneLine(r.text(src)) }

// trimmed renders a key or name.
func (r *renderer) trimmed(src string) string { return strings.TrimSpace(r.text(src)) }

// value renders every string inside a JSON value.
func (r *renderer) value(v any) any {
	if r.failed != nil {
		return nil
	}
	out, err := expr.RenderValue(v, r.scope, expr.RenderOptions{Strict: r.strict})
	if err != nil {
		r.failed = failure(err)
		return nil
	}
	return out
}

// names renders a list and drops what comes out empty.
func (r *renderer) names(list []string) []string {
	var out []string
	for _, src := range list {
		if s := r.trimmed(src); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// required renders a key that must not come out empty.
func (r *renderer) required(name, src string) string {
	s := r.trimmed(src)
	if s == "" {
		r.fail(CodeMissingValue, "%s is empty", name)
	}
	return s
}

// done returns the failure, and the plan or its zero value.
func done[T any](r *renderer, plan T) (T, *Failure) {
	if r.failed != nil {
		var zero T
		return zero, r.failed
	}
	return plan, nil
}

// oneLine replaces every run of control characters and line breaks by a space.
func oneLine(s string) string {
	clean := strings.Map(func(c rune) rune {
		if breaksLine(c) {
			return ' '
		}
		return c
	}, s)
	return strings.Join(strings.Fields(clean), " ")
}

// breaksLine reports characters that could end a header line or hide in one.
func breaksLine(c rune) bool {
	return c < 0x20 || c == 0x7f || c >= 0x80 && c < 0xa0 || c == '\u2028' || c == '\u2029'
}
