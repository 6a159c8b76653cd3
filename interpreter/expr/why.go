package expr

import (
	"fmt"
	"strings"
)

// Why says in plain words why an evaluation of the condition came out as it did: the rule that
// decided it. Of an `all` that is false that is the first false rule, of an `any` that is true the
// first true one; otherwise all of them count. Result and values are what Eval returned.
func (c *Condition) Why(result bool, values []Value) string {
	word := "no"
	if result {
		word = "yes"
	}
	return word + ", because " + c.Because(result, values)
}

// Because is the reason alone that Why gives.
func (c *Condition) Because(result bool, values []Value) string {
	if c.Always() {
		return "it asks nothing"
	}
	w := words{seen: map[string]Value{}}
	for _, v := range values {
		w.seen[v.Path] = v // of several bounds of one rule, the last decides
	}
	return w.of(c.root, result)
}

// words writes about rules by what was recorded of them.
type words struct{ seen map[string]Value }

// maxWhy is how many rules are named when all of them count.
const maxWhy = 3

// of says why a rule came out as it did.
func (w words) of(r rule, result bool) string {
	switch r := r.(type) {
	case allRule:
		return w.group(r.rules, result, false)
	case anyRule:
		return w.group(r.rules, result, true)
	case notRule:
		return w.of(r.inner, !result)
	case fieldRule:
		return fieldWords(w.seen[r.path])
	case didRule:
		return r.words(w.seen[r.path])
	case factRule:
		return r.words(w.seen[r.path])
	case exprRule:
		return exprWords(w.seen[r.path])
	}
	return "of its rules"
}

// group says why a group came out as it did; a single rule decides a group that came out as decisive.
func (w words) group(rules []rule, result, decisive bool) string {
	var parts []string
	for _, inner := range rules {
		outcome, known := w.outcome(inner)
		if !known {
			continue
		}
		if result == decisive && outcome == decisive {
			return w.of(inner, outcome)
		}
		parts = append(parts, w.of(inner, outcome))
	}
	if more := len(parts) - maxWhy; more > 0 {
		parts = append(parts[:maxWhy], fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, " and ")
}

// outcome reads from the record how a rule came out; known is false for one that was not evaluated.
func (w words) outcome(r rule) (result, known bool) {
	switch r := r.(type) {
	case allRule:
		return w.groupOutcome(r.rules, false)
	case anyRule:
		return w.groupOutcome(r.rules, true)
	case notRule:
		result, known = w.outcome(r.inner)
		return !result, known
	case fieldRule:
		return w.recorded(r.path)
	case didRule:
		return w.recorded(r.path)
	case factRule:
		return w.recorded(r.path)
	case exprRule:
		return w.recorded(r.path)
	}
	return false, false
}

func (w words) recorded(path string) (result, known bool) {
	v, known := w.seen[path]
	return v.Result, known
}

func (w words) groupOutcome(rules []rule, decisive bool) (result, known bool) {
	for _, inner := range rules {
		outcome, evaluated := w.outcome(inner)
		if !evaluated {
			break
		}
		known = true
		if outcome == decisive {
			return decisive, true
		}
	}
	return !decisive, known
}

// comparisons are the words for a value that does (true) or does not meet an operator.
var comparisons = map[string]map[bool]string{
	"gt":           {true: "more than", false: "not more than"},
	"gte":          {true: "at least", false: "less than"},
	"lt":           {true: "less than", false: "not less than"},
	"lte":          {true: "at most", false: "more than"},
	"in":           {true: "one of", false: "none of"},
	"not_in":       {true: "none of", false: "one of"},
	"contains":     {true: "with", false: "without"},
	"not_contains": {true: "without", false: "with"},
	"starts_with":  {true: "beginning with", false: "not beginning with"},
	"ends_with":    {true: "ending with", false: "not ending with"},
	"matches":      {true: "matching", false: "not matching"},
	"before":       {true: "before", false: "not before"},
	"after":        {true: "after", false: "not after"},
	"within_last":  {true: "within the last", false: "not within the last"},
	"within_next":  {true: "within the next", false: "not within the next"},
}

// fieldWords writes a comparison of a field: plan = free, or amount = 497, less than 500.
func fieldWords(v Value) string {
	name := fieldName(v.Field)
	switch {
	case v.Op == "exists" && v.Result, v.Op == "missing" && !v.Result:
		return name + " has a value"
	case v.Reason == "missing", v.Op == "exists", v.Op == "missing":
		return name + " has no value"
	case v.Reason == "missing_ref":
		return "what " + name + " is compared with has no value"
	case v.Reason == reasonType:
		return fmt.Sprintf("%s = %s, which cannot be compared with %s", name, shown(v.Saw), shown(v.Expected))
	case v.Reason != "":
		return fmt.Sprintf("%s could not be judged (%s)", name, v.Reason)
	}
	said := name + " = " + shown(v.Saw)
	if word := comparisons[v.Op][v.Result]; word != "" {
		said += ", " + word + " " + shown(v.Expected)
	}
	return said
}

// fieldName leaves out of a path what goes without saying.
func fieldName(path string) string {
	for _, prefix := range []string{"contact.fields.", "contact."} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return rest
		}
	}
	return path
}

// shown is a value in a sentence.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if v == "" {
			return "an empty text"
		}
		return v
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = shown(item)
		}
		return strings.Join(parts, ", ")
	}
	return Text(v)
}

// words says how often an event happened.
func (r didRule) words(v Value) string {
	times := fmt.Sprintf("happened %s times", shown(v.Saw))
	switch v.Saw {
	case int64(0):
		times = "never happened"
	case int64(1):
		times = "happened once"
	}
	said := r.event + " " + times
	switch {
	case r.sinceEnrollment:
		said += " since the enrollment began"
	case !r.within.IsZero():
		said += " within the last " + r.within.String()
	}
	if r.where != nil {
		said += " as the rule asks"
	}
	if v.Op == "gte" && v.Expected == int64(1) {
		return said
	}
	if word := comparisons[v.Op][v.Result]; word != "" {
		said += ", " + word + " " + shown(v.Expected)
	}
	return said
}

// factPhrases are the words for a fact that holds (true) or does not.
var factPhrases = map[string]map[bool]string{
	"tag":         {true: "it has the tag %s", false: "it does not have the tag %s"},
	"enrolled_in": {true: "it is in the workflow %s", false: "it is not in the workflow %s"},
	"course":      {true: "it is in the course %s", false: "it is not in the course %s"},
	"deal":        {true: "it has a deal in %s", false: "it has no deal in %s"},
	"segment":     {true: "it is in the segment %s", false: "it is not in the segment %s"},
}

// words says whether a fact holds of the contact.
func (r factRule) words(v Value) string {
	switch {
	case v.Reason == "missing_segment":
		return "there is no segment " + r.key
	case v.Op == "has":
		return fmt.Sprintf(factPhrases[r.kind][v.Result], r.key)
	case v.Reason == "missing":
		return fmt.Sprintf(factPhrases[r.kind][false], r.key)
	case r.kind == "deal":
		return fmt.Sprintf("its deal in %s is at %s", r.key, shown(v.Saw))
	case r.kind == "course":
		return fmt.Sprintf("its progress in %s is %s, %s %s", r.key, shown(v.Saw), comparisons[v.Op][v.Result], shown(v.Expected))
	}
	return fmt.Sprintf("of %s %s", r.kind, r.key)
}

// exprWords says what an expression gave.
func exprWords(v Value) string {
	switch v.Reason {
	case "":
		return "the expression is " + shown(v.Saw)
	case "missing":
		return "the expression needs a value that is missing"
	}
	return "the expression could not be evaluated (" + v.Reason + ")"
}
