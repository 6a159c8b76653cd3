package expr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fermata/interpreter/calendar"
)

// conditionParser collects the issues and references of one condition.
type conditionParser struct {
	issues     []Issue
	references References
	rules      int
	inDid      bool // inside the where of a did rule, where event is the candidate
}

// ruleKinds maps the key that names a kind of rule to the keys that it may carry.
var ruleKinds = []struct {
	key   string
	allow []string
}{
	{"field", []string{"field", "op", "value"}},
	{"all", []string{"all"}},
	{"any", []string{"any"}},
	{"not", []string{"not"}},
	{"did", []string{"did", "where", "count", "within", "since"}},
	{"tag", []string{"tag"}},
	{"enrolled_in", []string{"enrolled_in"}},
	{"course", []string{"course", "progress"}},
	{"deal", []string{"deal", "stage"}},
	{"segment", []string{"segment"}},
	{"expr", []string{"expr"}},
}

func kindKeys() []string {
	keys := make([]string, len(ruleKinds))
	for i, kind := range ruleKinds {
		keys[i] = kind.key
	}
	return keys
}

func (p *conditionParser) issue(path, code, hint, format string, args ...any) {
	p.issues = append(p.issues, Issue{Path: path, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// parse reads one rule; what it returns is only used if no issue was found anywhere.
func (p *conditionParser) parse(raw any, path string, depth int) rule {
	if p.rules++; p.rules > maxRules {
		if p.rules == maxRules+1 {
			p.issue(path, "too_large", "use a segment for what repeats", "a condition has at most %d rules", maxRules)
		}
		return nil
	}
	if depth >= MaxDepth {
		p.issue(path, "too_deep", "", "conditions nest at most %d deep", MaxDepth)
		return nil
	}
	object, ok := raw.(map[string]any)
	if !ok {
		hint := "write {field: contact.plan, op: eq, value: pro}"
		if _, isList := raw.([]any); isList {
			hint = "put the list into {all: […]} or {any: […]}"
		}
		p.issue(path, "invalid_type", hint, "a condition is an object")
		return nil
	}
	kind := p.kindOf(object, path)
	switch kind {
	case "field":
		return p.parseField(object, path)
	case "all":
		return allRule{p.parseGroup(object[kind], path+"/all", depth)}
	case "any":
		return anyRule{p.parseGroup(object[kind], path+"/any", depth)}
	case "not":
		return notRule{p.parse(object[kind], path+"/not", depth+1)}
	case "did":
		return p.parseDid(object, path, depth)
	case "expr":
		return p.parseExpr(object, path)
	case "":
		return nil
	default:
		return p.parseFact(kind, object, path)
	}
}

// kindOf finds which kind of rule an object is and reports every key that does not belong to it.
func (p *conditionParser) kindOf(object map[string]any, path string) string {
	for _, kind := range ruleKinds {
		if _, ok := object[kind.key]; !ok {
			continue
		}
		for _, key := range keysOf(object) {
			if slices.Contains(kind.allow, key) {
				continue
			}
			hint := didYouMean(key, kind.allow)
			if slices.Contains(kindKeys(), key) {
				hint = "one rule says one thing: combine rules with {all: […]}"
			}
			p.issue(path+"/"+escape(key), "unknown_key", hint, "unknown key %q beside %q", clip(key), kind.key)
		}
		return kind.key
	}
	if len(object) == 0 {
		p.issue(path, "empty_condition", "leave the condition out, or write one of: "+strings.Join(kindKeys(), ", "), "the condition is empty")
		return ""
	}
	_, hasOp := object["op"]
	_, hasValue := object["value"]
	for _, key := range keysOf(object) {
		if key != "op" && key != "value" {
			p.issue(path+"/"+escape(key), "unknown_key", didYouMean(key, kindKeys()), "unknown key %q", clip(key))
		}
	}
	if hasOp || hasValue {
		p.issue(path, "missing_key", "write {field: contact.plan, op: eq, value: pro}", "the rule has no field")
	}
	return ""
}

func (p *conditionParser) parseGroup(raw any, path string, depth int) []rule {
	list, ok := raw.([]any)
	if !ok {
		p.issue(path, "invalid_type", "write a list: [ … ]", "a group is a list of conditions")
		return nil
	}
	if len(list) == 0 {
		p.issue(path, "empty_group", "", "the group is empty")
		return nil
	}
	rules := make([]rule, len(list))
	for i, item := range list {
		rules[i] = p.parse(item, path+"/"+strconv.Itoa(i), depth+1)
	}
	return rules
}

// parsePath reads a path and notes the roots that it uses.
func (p *conditionParser) parsePath(raw any, path string) []string {
	text, ok := raw.(string)
	if !ok {
		p.issue(path, "invalid_type", "", "a path is a string such as contact.plan")
		return nil
	}
	if strings.Contains(text, "{{") {
		p.issue(path, "invalid_path", "write the bare path: contact.plan", "a path is not Liquid")
		return nil
	}
	segments, err := parsePath(text)
	if err != nil {
		p.issue(path, "invalid_path", "", "%q is no path: %s", clip(text), err)
		return nil
	}
	if !slices.Contains(rootNames, segments[0]) {
		hint := didYouMean(segments[0], rootNames)
		if len(segments) == 1 {
			hint = "did you mean contact." + segments[0] + "?"
		}
		p.issue(path, "unknown_root", hint, "a path starts with one of %s, not with %q", strings.Join(rootNames, ", "), clip(segments[0]))
		return nil
	}
	p.useRoot(segments[0])
	return segments
}

func (p *conditionParser) useRoot(root string) {
	switch root {
	case "event":
		p.references.UsesEvent = p.references.UsesEvent || !p.inDid
	case "trigger":
		p.references.UsesTrigger = true
	case "vars", "enrollment":
		p.references.UsesPassage = true
	}
}

// parseExpr reads {expr: "CEL"}.
func (p *conditionParser) parseExpr(object map[string]any, path string) rule {
	source, ok := object["expr"].(string)
	if !ok {
		p.issue(path+"/expr", "invalid_type", "", "an expression is a string of CEL")
		return nil
	}
	program, err := compileExpression(source)
	if err != nil {
		p.issue(path+"/expr", "invalid_expression", expressionHint(err), "%s", err)
		return nil
	}
	for _, root := range program.roots {
		p.useRoot(root)
	}
	return exprRule{path: path, program: program}
}

// duration reads a duration for within.
func (p *conditionParser) duration(raw any, path string) calendar.Duration {
	text, ok := raw.(string)
	if !ok {
		p.issue(path, "invalid_duration", "write 60d", "%s", calendar.ErrDuration)
		return calendar.Duration{}
	}
	d, err := calendar.ParseDuration(text)
	if err != nil {
		p.issue(path, "invalid_duration", "", "%q is no duration: %s", clip(text), errors.Unwrap(err))
	}
	return d
}

// escape writes a key as a JSON pointer segment (RFC 6901).
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(key))
}
