package expr

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"fermata/interpreter/calendar"
)

// operators lists the operators in the order in which messages name them.
var operators = []string{
	"eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with",
	"matches", "exists", "missing", "before", "after", "within_last", "within_next",
}

// operatorAliases are what people write who know another tool.
var operatorAliases = map[string]string{
	"=": "eq", "==": "eq", "equals": "eq", "is": "eq", "!=": "ne", "<>": "ne", "neq": "ne", "not_equals": "ne", "is_not": "ne",
	">": "gt", ">=": "gte", "ge": "gte", "<": "lt", "<=": "lte", "le": "lte", "includes": "contains", "like": "contains",
	"regex": "matches", "=~": "matches", "is_set": "exists", "is_known": "exists", "is_empty": "missing", "not_exists": "missing",
	"prefix": "starts_with", "suffix": "ends_with", "one_of": "in", "none_of": "not_in",
}

const (
	maxPattern  = 512  // characters of a regular expression
	maxProgram  = 1000 // instructions that it may compile to
	maxSubject  = 16 << 10
	maxMatch    = 1 << 20 // subject bytes × instructions: about 15 ms
	maxListSize = 1000
)

// fieldRule is {field, op, value}.
type fieldRule struct {
	path     string
	field    string
	segments []string
	op       string
	operand  operand
	ignores  bool // compares without case: tags, keys and mail addresses
}

// operand is the value of a rule: a literal, or a path to be read when the rule is evaluated.
type operand struct {
	literal any
	ref     []string
	list    []operand // set instead when the value is a list that holds refs
	pattern *pattern
}

func (p *conditionParser) parseField(object map[string]any, path string) rule {
	r := fieldRule{path: path, segments: p.parsePath(object["field"], path+"/field")}
	r.field, _ = object["field"].(string)
	r.ignores = ignoresCase(r.segments)
	op, hasOp := object["op"]
	name, _ := op.(string)
	value, hasValue := object["value"]
	switch {
	case !hasOp:
		p.issue(path, "missing_key", "one of: "+strings.Join(operators, ", "), "the rule has no op")
		return nil
	case !slices.Contains(operators, name):
		hint := didYouMean(name, operators)
		if alias, ok := operatorAliases[strings.ToLower(name)]; ok {
			hint = "did you mean " + alias + "?"
		}
		p.issue(path+"/op", "unknown_operator", hint, "unknown operator %q", clip(name))
		return nil
	}
	r.op = name
	if name == "exists" || name == "missing" {
		if hasValue && value != true {
			p.issue(path+"/value", "unexpected_value", "leave value out; the opposite of exists is missing", "%s takes no value", name)
		}
		return r
	}
	if !hasValue || value == nil {
		p.issue(path, "missing_value", "to ask for an absent value use op: missing", "the rule has no value")
		return nil
	}
	r.operand = p.parseOperand(name, value, path+"/value")
	return r
}

// parseOperand reads a value and checks that it can serve the operator.
func (p *conditionParser) parseOperand(op string, raw any, path string) operand {
	raw = plain(raw)
	if object, ok := raw.(map[string]any); ok {
		return p.parseRef(object, path)
	}
	list, isList := raw.([]any)
	if op == "in" || op == "not_in" {
		if !isList {
			p.issue(path, "invalid_value", "write [a, b]", "%s takes a list or a {ref: path} to one", op)
			return operand{}
		}
		return p.parseList(list, path)
	}
	if isList {
		if op == "eq" || op == "ne" {
			return p.parseList(list, path)
		}
		p.issue(path, "invalid_value", "use op: in, or one rule for each value in {any: […]}", "%s takes a single value", op)
		return operand{}
	}
	p.noLiquid(raw, path)
	out := operand{literal: raw}
	switch op {
	case "matches":
		out.pattern = p.pattern(raw, path)
	case "within_last", "within_next":
		out.literal = p.duration(raw, path).String()
	case "before", "after":
		text, _ := raw.(string)
		if _, _, err := calendar.ParseInstant(text, time.UTC); err != nil {
			p.issue(path, "invalid_instant", "", "%q is no moment: %s", clip(Text(raw)), calendar.ErrInstant)
		}
	case "starts_with", "ends_with":
		if _, ok := raw.(string); !ok {
			p.issue(path, "invalid_value", "write the value in quotes", "%s takes a string", op)
		}
	case "gt", "gte", "lt", "lte":
		if _, isBool := raw.(bool); isBool {
			p.issue(path, "invalid_value", "use op: eq", "%s takes a number or a string", op)
		}
	}
	return out
}

func (p *conditionParser) parseRef(object map[string]any, path string) operand {
	ref, ok := object["ref"]
	if !ok || len(object) != 1 {
		p.issue(path, "invalid_value", "a value is a string, number, boolean, list or {ref: path}", "the value is an object")
		return operand{}
	}
	return operand{ref: p.parsePath(ref, path+"/ref")}
}

func (p *conditionParser) parseList(list []any, path string) operand {
	if len(list) > maxListSize {
		p.issue(path, "too_large", "use a tag or a segment", "a list has at most %d values", maxListSize)
		return operand{}
	}
	items, literals, refs := make([]operand, len(list)), make([]any, len(list)), false
	for i, raw := range list {
		at := path + "/" + strconv.Itoa(i)
		switch item := plain(raw).(type) {
		case map[string]any:
			items[i], refs = p.parseRef(item, at), true
		case []any:
			p.issue(at, "invalid_value", "", "lists do not nest")
		default:
			p.noLiquid(item, at)
			items[i], literals[i] = operand{literal: item}, item
		}
	}
	if refs {
		return operand{list: items}
	}
	return operand{literal: literals}
}

func (p *conditionParser) noLiquid(raw any, path string) {
	if text, ok := raw.(string); ok && strings.Contains(text, "{{") {
		p.issue(path, "invalid_value", "write value: {ref: trigger.order_id}", "a value is compared as it stands; it is not Liquid")
	}
}

func (p *conditionParser) pattern(raw any, path string) *pattern {
	text, ok := raw.(string)
	if !ok {
		p.issue(path, "invalid_regex", "", "matches takes a regular expression (RE2) as a string")
		return nil
	}
	compiled, err := patterns.get(text)
	if err != nil {
		p.issue(path, "invalid_regex", "the syntax is RE2: no look-around, no back-references", "%s", err)
	}
	return compiled
}

// compilePattern compiles a regular expression that is small enough to be matched quickly.
func compilePattern(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, errPatternSize
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if len(program.Inst) > maxProgram {
		return nil, errPatternSize
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &pattern{compiled, len(program.Inst)}, nil
}

// resolve reads the operand; false means that a ref is missing.
func (o operand) resolve(s *Scope) (any, bool) {
	switch {
	case o.ref != nil:
		v, ok := s.lookup(o.ref)
		return v, ok && v != nil
	case o.list != nil:
		out := make([]any, len(o.list))
		for i, item := range o.list {
			v, ok := item.resolve(s)
			if !ok {
				return nil, false
			}
			out[i] = v
		}
		return out, true
	default:
		return o.literal, true
	}
}

func (r fieldRule) eval(e *evaluation) (bool, error) {
	saw, found := e.scope.lookup(r.segments)
	found = found && saw != nil
	v := Value{Path: r.path, Field: r.field, Op: r.op, Saw: saw}
	switch r.op {
	case "exists":
		v.Result = found
		return e.saw(v)
	case "missing":
		v.Result = !found
		return e.saw(v)
	}
	expected, ok := r.operand.resolve(e.scope)
	v.Expected = expected
	switch {
	case !ok:
		v.Reason = "missing_ref"
	case !found:
		v.Result, v.Reason = r.op == "ne" || r.op == "not_in", "missing"
	default:
		c := comparison{scope: e.scope, ignoreCase: r.ignores, pattern: r.operand.pattern}
		v.Result, v.Reason = c.compare(r.op, saw, expected)
	}
	return e.saw(v)
}
