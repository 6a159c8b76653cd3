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

// Report collects what a reader finds: problems, and the references and conditions
// that later checks need. Its zero value is ready to use.
type Report struct {
	Problems   []Problem
	Refs       []Ref
	Conditions []UsedCondition
}

// Error reports a problem that stops a publish.
func (r *Report) Error(path, code, message, hint string) {
	r.Problems = append(r.Problems, Problem{Severity: Error, Code: code, Path: path, Message: message, Hint: hint})
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
		p.Path = at + p.Path
		r.Problems = append(r.Problems, p)
	}
	for _, ref := range sub.Refs {
		ref.Path = at + ref.Path
		r.Refs = append(r.Refs, ref)
	}
	for _, c := range sub.Conditions {
		c.Path = at + c.Path
		r.Conditions = append(r.Conditions, c)
	}
}
