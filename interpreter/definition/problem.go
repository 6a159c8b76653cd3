package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fermata/interpreter/nodes/form"
)

// Severities of a Problem. Errors stop a publish, warnings do not.
const (
	SeverityError   = form.Error
	SeverityWarning = form.Warning
)

// Codes of problems, beside those of package form and of conditions.
const (
	CodeSyntax       = "syntax"
	CodeTooLarge     = "too_large"
	CodeTooDeep      = "too_deep"
	CodeDuplicateKey = "duplicate_key"
	CodeYAML         = "yaml"

	CodeUnknownType   = "unknown_type"
	CodeUnknownPort   = "unknown_port"
	CodeUnknownTarget = "unknown_target"
	CodeCycle         = "cycle_without_wait"
	CodeMissing       = "missing_reference"
	CodeNotAvailable  = "not_available"

	CodeOpenPort       = "open_port"
	CodeUnreachable    = "unreachable"
	CodeSameTarget     = "same_target"
	CodeManyNodes      = "many_nodes"
	CodeNoExit         = "no_exit"
	CodeNoUnsubscribe  = "no_unsubscribe"
	CodeInactiveTarget = "inactive_target"
	CodeEventNeverSeen = "event_never_seen"
	CodeSameTemplate   = "same_template"

	codeTooMany = "too_many_problems"
)

// Problem is one thing that is wrong with a definition.
type Problem struct {
	// Severity is error or warning.
	Severity string `json:"severity"`
	Code     string `json:"code"`
	// Node is the id of the node, or empty.
	Node string `json:"node"`
	// Path is a JSON pointer in the document; what it names may be absent.
	Path    string `json:"path"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
	// Fix is the call that would repair it, nil when there is none.
	Fix *Fix `json:"fix,omitempty"`
}

// Fix is an API call that repairs a problem.
type Fix struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

// HasErrors reports whether one of the problems stops a publish.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == SeverityError })
}

// String writes the problem on one line, for terminals and errors.
func (p Problem) String() string {
	where := p.Path
	if where == "" {
		where = "/"
	}
	s := fmt.Sprintf("%s %s at %s: %s", p.Severity, p.Code, where, p.Message)
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// nodeOf is the id of the node that a pointer leads into, or "".
func nodeOf(pointer string) string {
	rest, ok := strings.CutPrefix(pointer, "/nodes/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return unescape.Replace(id)
}

func problemOf(p form.Problem) Problem {
	return Problem{
		Severity: p.Severity, Code: p.Code, Node: nodeOf(p.Path), Path: p.Path,
		Message: p.Message, Hint: p.Hint,
	}
}

// inDocumentOrder sorts problems by where they are in the document and drops
// repetitions. A list that is longer than anybody reads is cut.
func inDocumentOrder(problems []Problem, root *place) []Problem {
	type ranked struct {
		Problem
		at int
	}
	list := make([]ranked, len(problems))
	for i, p := range problems {
		list[i] = ranked{p, root.find(p.Path)}
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Hint, b.Hint))
	})
	sorted := make([]Problem, 0, len(list))
	for i, p := range list {
		if i == 0 || !p.sameAs(list[i-1].Problem) {
			sorted = append(sorted, p.Problem)
		}
	}
	if more := len(sorted) - form.MaxProblems; more > 0 {
		sorted = append(sorted[:form.MaxProblems], tooMany(more))
	}
	return sorted
}

func tooMany(more int) Problem {
	return Problem{
		Severity: SeverityError, Code: codeTooMany, Message: fmt.Sprintf("there are %d more problems", more), Hint: "repair these first",
	}
}

func (p Problem) sameAs(q Problem) bool {
	return p.Path == q.Path && p.Code == q.Code && p.Message == q.Message && p.Hint == q.Hint
}
