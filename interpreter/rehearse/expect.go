package rehearse

import (
	"encoding/json"
	"fmt"
	"strconv"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// happened is an effect of a step as tests see it: JSON, with the step that had it.
type happened struct {
	step  Step
	value any
}

// happenings are the effects of a rehearsal, in their order.
func happenings(r Result) ([]happened, error) {
	var list []happened
	for _, s := range r.Steps {
		if s.Effect == nil {
			continue
		}
		raw, err := json.Marshal(s.Effect)
		if err != nil {
			return nil, fmt.Errorf("encode effect of %s: %w", s.Node, err)
		}
		value, err := expr.DecodeJSON(raw)
		if err != nil {
			return nil, fmt.Errorf("read effect of %s: %w", s.Node, err)
		}
		list = append(list, happened{step: s, value: value})
	}
	return list, nil
}

// describe names an effect without what it holds.
func (h happened) describe() string {
	object, _ := h.value.(map[string]any)
	kind, _ := object["kind"].(string)
	if kind == "" {
		return "an effect of " + h.step.Node
	}
	return kind + " of " + h.step.Node
}

// compareEffects wants each effect, in their order, and none besides.
func (r *testRun) compareEffects(expected []any) {
	came, err := happenings(r.result)
	if err != nil {
		r.fail(CodeTestUnfinished, "/expect/effects", err.Error(), "")
		return
	}
	for i := range max(len(expected), len(came)) {
		at := "/expect/effects/" + strconv.Itoa(i)
		switch {
		case i >= len(came):
			r.fail(CodeTestFailed, at, fmt.Sprintf("expected %d effects, came %d", len(expected), len(came)), "it went "+r.way())
		case i >= len(expected):
			r.fail(CodeTestFailed, "/expect/effects", fmt.Sprintf("expected no more than %d effects, came %s", len(expected), came[i].describe()), "every effect is to be expected, in order")
		default:
			where, want, got, same := came[i].differs(expected[i])
			if same {
				continue
			}
			r.fail(CodeTestFailed, at+where, fmt.Sprintf("expected %s, came %s (%s)", shown(want), shown(got), came[i].describe()), "it went "+r.way())
		}
		return
	}
}

// differs compares an effect with what is expected of it: a text is the id or type of its node, or
// its kind; an object holds what is to be looked at, everything else may be as it will.
func (h happened) differs(expected any) (where string, want, got any, same bool) {
	switch e := expected.(type) {
	case string:
		object, _ := h.value.(map[string]any)
		return "", e, h.step.Node, e == h.step.Node || e == h.step.Type || e == object["kind"]
	case map[string]any:
		object, _ := h.value.(map[string]any)
		seen := map[string]any{"type": h.step.Type, "status": h.step.Status, "port": h.step.Port}
		for key, value := range object {
			seen[key] = value
		}
		seen["node"] = h.step.Node
		return within("", e, seen)
	}
	return within("", expected, h.value)
}

// within reports whether everything that is expected is there, and else the first place, in the
// order of keys, that differs.
func within(at string, expected, came any) (where string, want, got any, same bool) {
	switch e := expected.(type) {
	case map[string]any:
		object, is := came.(map[string]any)
		if !is {
			return at, expected, came, false
		}
		for _, key := range sortedKeys(e) {
			if where, want, got, same := within(at+"/"+key, e[key], object[key]); !same {
				return where, want, got, false
			}
		}
		return at, nil, nil, true
	case []any:
		list, is := came.([]any)
		if !is || len(list) != len(e) {
			return at, expected, came, false
		}
		for i := range e {
			if where, want, got, same := within(at+"/"+strconv.Itoa(i), e[i], list[i]); !same {
				return where, want, got, false
			}
		}
		return at, nil, nil, true
	}
	if list, is := came.([]any); is && len(list) == 1 {
		came = list[0] // one address of a list that holds one
	}
	return at, expected, came, sameScalar(expected, came)
}

func sameScalar(a, b any) bool {
	x, isNumber := asNumber(a)
	y, both := asNumber(b)
	if isNumber && both {
		return x == y
	}
	switch a.(type) {
	case nil, bool, string:
		return a == b
	}
	return false
}

func asNumber(v any) (float64, bool) {
	if v == nil {
		return 0, false
	}
	if _, text := v.(string); text {
		return 0, false
	}
	return nodes.AsNumber(v)
}

// shown writes a value for a message, in short.
func shown(v any) string {
	const most = 120
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	text := []rune(string(raw))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
