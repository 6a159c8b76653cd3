package expr

import (
	"maps"
	"slices"
	"strings"
)

const (
	// MaxDepth is how deep conditions may nest: groups, where and segments together.
	MaxDepth = 32
	maxRules = 500
)

// Value records one comparison of an evaluation. Path is the JSON pointer of the rule inside the
// condition. Field is the path that was read; behaviour rules write did:event, tag, enrolled_in,
// course:key, deal:pipeline, segment or expr. Reason says why a rule is false without a comparison:
// missing, missing_ref, type, missing_segment, depth, too_long, invalid_regex, cost, expression.
type Value struct {
	Path     string `json:"path"`
	Field    string `json:"field"`
	Op       string `json:"op"`
	Expected any    `json:"expected"`
	Saw      any    `json:"saw"`
	Result   bool   `json:"result"`
	Reason   string `json:"reason,omitempty"`
}

// Issue is one thing that is wrong with a condition. Path is a JSON pointer relative to it.
type Issue struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// References lists what a condition names outside itself, sorted and without repetition.
type References struct {
	Tags      []string
	Workflows []string
	Courses   []string
	Pipelines []string
	Segments  []string
	Events    []string
	Stages    map[string][]string // stages by pipeline
	// UsesEvent and UsesTrigger report whether it reads those roots; a filter must not. event in
	// the where of a did rule is that rule's own candidate and does not count.
	UsesEvent   bool
	UsesTrigger bool
	// UsesPassage reports whether it reads what only an enrollment has: vars, enrollment, since its start.
	UsesPassage bool
}

// Condition is a parsed condition. It is immutable and safe for concurrent use. A nil *Condition is
// always true.
type Condition struct {
	root       rule // nil: always true
	references References
}

// rule is one node of a condition. With an error its result says nothing: Eval sees to that.
type rule interface {
	eval(e *evaluation) (bool, error)
}

// ParseCondition builds a condition from decoded JSON or YAML and reports everything that is wrong
// with it. The condition is nil exactly if there are issues. A nil raw is always true.
func ParseCondition(raw any) (*Condition, []Issue) {
	if raw == nil {
		return &Condition{}, nil
	}
	p := &conditionParser{}
	root := p.parse(raw, "", 0)
	if len(p.issues) > 0 {
		return nil, p.issues
	}
	p.references.normalize()
	return &Condition{root: root, references: p.references}, nil
}

// Always reports whether the condition asks nothing.
func (c *Condition) Always() bool { return c == nil || c.root == nil }

// References returns what the condition names. The caller must not change it.
func (c *Condition) References() References {
	if c == nil {
		return References{}
	}
	return c.references
}

// Eval evaluates the condition and returns each comparison in the order in which it was made; a
// group stops at the first rule that decides it. The error comes from Facts and nowhere else.
func (c *Condition) Eval(s *Scope) (bool, []Value, error) {
	if c.Always() {
		return true, nil, nil
	}
	e := &evaluation{scope: s, sees: &sightings{}}
	ok, err := c.root.eval(e)
	return ok && err == nil, e.sees.values, err
}

// evaluation is one pass over a condition. Nested passes (where, segment) share or mute the record.
type evaluation struct {
	scope    *Scope
	sees     *sightings
	prefix   string // pointer of the rule whose segment is being evaluated
	segments int    // how many segments deep
}

type sightings struct {
	muted  bool
	values []Value
}

// saw records a comparison and returns its result.
func (e *evaluation) saw(v Value) (bool, error) {
	if !e.sees.muted {
		v.Path, v.Expected, v.Saw = e.prefix+v.Path, brief(v.Expected), brief(v.Saw)
		e.sees.values = append(e.sees.values, v)
	}
	return v.Result, nil
}

// Records are kept with every verdict: long values are cut to what a person needs to see.
const (
	briefText = 500
	briefList = 20
)

func brief(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > briefText {
			return strings.ToValidUTF8(v[:briefText], "") + "…"
		}
	case []any:
		if len(v) > briefList {
			return append(briefItems(v[:briefList]), "…")
		}
		return briefItems(v)
	case map[string]any:
		return brief(jsonText(v))
	}
	return v
}

func briefItems(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = brief(item)
	}
	return out
}

func (r *References) normalize() {
	for _, list := range []*[]string{&r.Tags, &r.Workflows, &r.Courses, &r.Pipelines, &r.Segments, &r.Events} {
		*list = sorted(*list)
	}
	for pipeline, stages := range r.Stages {
		r.Stages[pipeline] = sorted(stages)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func (r *References) addStage(pipeline, stage string) {
	if r.Stages == nil {
		r.Stages = map[string][]string{}
	}
	r.Stages[pipeline] = append(r.Stages[pipeline], stage)
}

// keysOf returns the keys of an object in a stable order.
func keysOf(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
