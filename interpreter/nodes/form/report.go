package form

import (
	"strings"

	"fermata/interpreter/expr"
)

// Severities of a problem. Errors stop a publish, warnings do not.
const (
	Error   = "error"
	Warning = "warning"
)

// Codes of the problems that a reader finds.
const (
	CodeUnknownKey = "unknown_key"
	CodeRequired   = "required"
	CodeType       = "invalid_type"
	CodeValue      = "invalid_value"
	CodeLiquid     = "invalid_template"
	CodeConflict   = "conflict"
	CodeDuplicate  = "duplicate"
)

// Problem is one thing that is wrong, at a JSON pointer.
type Problem struct{ Severity, Code, Path, Message, Hint string }

// RefKind says what kind of thing a reference names.
type RefKind string

// The kinds of reference. Stage references hold their pipeline in Ref.Of.
const (
	RefTemplate RefKind = "template"
	RefPipeline RefKind = "pipeline"
	RefStage    RefKind = "stage"
	RefCourse   RefKind = "course"
	RefSegment  RefKind = "segment"
	RefSecret   RefKind = "secret"
	RefWorkflow RefKind = "workflow"
	RefFile     RefKind = "file"
	RefSender   RefKind = "sender"
	RefEvent    RefKind = "event"
	// RefGateway is what carries messages of a channel out; it is a setting of the program.
	RefGateway RefKind = "gateway"
)

// Ref is the use of something that must exist on the installation.
type Ref struct {
	Kind RefKind
	// Of is the pipeline of a stage.
	Of, Key string
	// Path is the JSON pointer of the use.
	Path string
	// Target is true where a workflow is acted on, not only asked about.
	Target bool
}

// UsedCondition is a condition that was read, at its JSON pointer.
type UsedCondition struct {
	Path      string
	Condition *expr.Condition
}

// A report stops listing problems and searching for near words at these numbers, so
// that a document that is wrong all over costs no more than others.
const (
	MaxProblems = 1000
	maxSearches = 200
)

// Report collects what a reader finds: problems, and the references and conditions
// that later checks need. Its zero value is ready to use.
type Report struct {
	// Problems lists the first MaxProblems of Found.
	Problems   []Problem
	Found      int
	Refs       []Ref
	Conditions []UsedCondition

	searches int
}

// Error reports a problem that stops a publish.
func (r *Report) Error(path, code, message, hint string) {
	if r.Found++; len(r.Problems) < MaxProblems {
		r.Problems = append(r.Problems, Problem{Severity: Error, Code: code, Path: path, Message: message, Hint: hint})
	}
}

// DidYouMean is the hint for a word that is not among the known ones: the nearest
// one, else all of them when they are few.
func (r *Report) DidYouMean(word string, known []string) string {
	if r.searches++; r.searches > maxSearches {
		return ""
	}
	if near := expr.Suggest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 || len(known) > 40 {
		return ""
	}
	return "one of: " + strings.Join(known, ", ")
}

// Refer notes the use of something that must exist. Text with Liquid in it names
// nothing that can be checked and is left out.
func (r *Report) Refer(kind RefKind, key, path string) {
	r.refer(Ref{Kind: kind, Key: key, Path: path, Target: kind == RefWorkflow})
}

// ReferStage notes the use of a stage of a pipeline.
func (r *Report) ReferStage(pipeline, stage, path string) {
	if !HasLiquid(pipeline) {
		r.refer(Ref{Kind: RefStage, Of: pipeline, Key: stage, Path: path})
	}
}

func (r *Report) refer(ref Ref) {
	if ref.Key != "" && !HasLiquid(ref.Key) {
		r.Refs = append(r.Refs, ref)
	}
}

// HasLiquid reports whether a text holds Liquid markup.
func HasLiquid(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "{%") }

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Join appends one step to a JSON pointer (RFC 6901).
func Join(pointer, key string) string { return pointer + "/" + pointerEscape.Replace(key) }

// Merge takes over what another report found below a pointer.
func (r *Report) Merge(sub *Report, at string) {
	for _, p := range sub.Problems {
		r.Error(at+p.Path, p.Code, p.Message, p.Hint)
	}
	r.Found += sub.Found - len(sub.Problems)
	r.searches += sub.searches
	for _, ref := range sub.Refs {
		ref.Path = at + ref.Path
		r.Refs = append(r.Refs, ref)
	}
	for _, c := range sub.Conditions {
		c.Path = at + c.Path
		r.Conditions = append(r.Conditions, c)
	}
}
