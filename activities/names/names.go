// Package names holds the names, inputs and results of the activities, the signal
// and the query: what the Enrollment workflow and the activities must agree on. It
// is for both of them and for tests, and never holds logic.
package names

import (
	"time"

	"fermata/interpreter"
)

// TaskQueue is the one task queue of an installation.
const TaskQueue = "fermata"

// Workflow, signal and query names.
const (
	Enrollment = "Enrollment"
	// SignalWake tells a run to ask the store where it stands. It has no payload.
	SignalWake = "wake"
	// QueryState answers a State.
	QueryState = "state"
)

// Search attributes of every Enrollment run.
const (
	AttributeWorkflow = "FermataWorkflow"
	AttributeContact  = "FermataContact"
	AttributeVersion  = "FermataVersion"
	AttributeStatus   = "FermataStatus"
)

// Activity names, as the Temporal Web UI shows them.
const (
	// Advance carries out a batch of commands on our own store.
	Advance = "Advance"
	Email   = "Email"
	Webhook = "Webhook"
	Slack   = "Slack"
	Notify  = "Notify"
	// Approval asks the people of an approval node.
	Approval = "Approval"
	SMS      = "SMS"
	// Definition reads a definition by its hash, for a run that goes on with another one. Its
	// result is raw bytes, which history keeps as a reference.
	Definition = "Definition"
)

// Outward maps a node type to the activity that carries out its effect outside.
var Outward = map[string]string{
	"email":    Email,
	"webhook":  Webhook,
	"slack":    Slack,
	"notify":   Notify,
	"approval": Approval,
	"sms":      SMS,
}

// Start is the input of a run. The definition is the second argument, so that it
// can be kept by reference (its content hash) and never enters history.
type Start struct {
	Enrollment string `json:"enrollment"`
	Workflow   string `json:"workflow"`
	Contact    string `json:"contact"`
	Version    int    `json:"version"`
	Hash       string `json:"hash"`
	// Interpreter is the version of the machine, frozen for this run.
	Interpreter int `json:"interpreter"`
	Epoch       int `json:"epoch,omitempty"`
	// Attributes: the start was made with search attributes, so the run keeps
	// FermataStatus up to date. False where a namespace does not know them.
	Attributes bool `json:"attributes,omitempty"`
	// Snapshot is set by continue-as-new.
	Snapshot *interpreter.Snapshot `json:"snapshot,omitempty"`
}

// Passage identifies an enrollment and what it runs, in every activity's input.
type Passage struct {
	Enrollment  string `json:"enrollment"`
	Hash        string `json:"hash"`
	Interpreter int    `json:"interpreter"`
	Epoch       int    `json:"epoch"`
}

// AdvanceInput is a batch of local commands. Now is the run's clock: every
// decision that depends on time takes it and is then frozen by its row.
type AdvanceInput struct {
	Passage
	Now      time.Time             `json:"now"`
	Commands []interpreter.Command `json:"commands"`
}

// AdvanceResult is what happened, in order, up to the first occurrence that was
// not the expected one.
type AdvanceResult struct {
	Occurrences []interpreter.Occurrence `json:"o"`
}

// SendInput asks for one effect outside.
type SendInput struct {
	Passage
	Now   time.Time `json:"now"`
	Node  string    `json:"node"`
	Visit int       `json:"visit"`
	// First marks the short local attempt that precedes the durable activity.
	First bool `json:"first,omitempty"`
}

// SendResult is the outcome of one effect outside.
type SendResult struct {
	Occurrence interpreter.Occurrence `json:"o"`
	// Defer: the local attempt was not made or may be repeated; go on with the
	// durable activity, not before NotBefore (Unix milliseconds, 0 = now).
	Defer     bool  `json:"defer,omitempty"`
	NotBefore int64 `json:"not_before,omitempty"`
}

// State is the answer of QueryState.
type State struct {
	Enrollment  string               `json:"enrollment"`
	Workflow    string               `json:"workflow"`
	Version     int                  `json:"version"`
	Hash        string               `json:"hash"`
	Interpreter int                  `json:"interpreter"`
	Machine     interpreter.Snapshot `json:"machine"`
	Status      string               `json:"status"`
	DueAt       string               `json:"due_at,omitempty"`
	Steps       []string             `json:"steps"`
}

// ErrorTypes of activities that fail for infrastructure reasons; none is final.
const (
	// ErrorStore: our own store did not answer or refused for a passing reason.
	ErrorStore = "store"
	// ErrorPanic: code of ours panicked.
	ErrorPanic = "panic"
	// ErrorRetry: an effect outside failed and may be tried again.
	ErrorRetry = "retry"
)
