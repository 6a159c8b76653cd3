package interpreter

// OccurrenceKind names what happened to an enrollment.
type OccurrenceKind string

// The kinds of occurrence.
const (
	// Started: a run began, the first one or one that continues a snapshot.
	Started OccurrenceKind = "started"
	// Resumed: the store knows more than the snapshot (Resume holds it).
	Resumed OccurrenceKind = "resumed"
	// Left: the step was left by Port, with Status.
	Left OccurrenceKind = "left"
	// Parked: the step waits until Due, or without end when Due is zero.
	Parked OccurrenceKind = "parked"
	// Failed: the step failed for good with Code; its error policy decides.
	Failed OccurrenceKind = "failed"
	// Begun: the enrollment is marked as running.
	Begun OccurrenceKind = "begun"
	// Woken: a timer fired or a wake-up arrived; the store must be asked.
	Woken OccurrenceKind = "woken"
	// Standing: the store was asked, and the step is open and not parked: its
	// command is to be carried out (again).
	Standing OccurrenceKind = "standing"
	// Ended: the enrollment has ended in the store; the run has nothing left to do.
	Ended OccurrenceKind = "ended"
	// Moved: the enrollment runs another content, or goes on at another place, since somebody
	// moved it (To). The driver goes on as a new run; a machine never folds it.
	Moved OccurrenceKind = "moved"
)

// Occurrence is one fact that the driver reports. It holds ids, ports, codes and
// instants only, because it becomes part of Temporal's history.
type Occurrence struct {
	Kind   OccurrenceKind `json:"k"`
	Node   string         `json:"n,omitempty"`
	Visit  int            `json:"v,omitempty"`
	Port   string         `json:"p,omitempty"`
	Status string         `json:"s,omitempty"`
	// Code says why: the code of a failure, or the reason of an end.
	Code string `json:"c,omitempty"`
	// Due is an instant in Unix milliseconds; 0 means without end.
	Due int64 `json:"d,omitempty"`
	// Resume replaces the machine's state, with Kind Resumed.
	Resume *Snapshot `json:"r,omitempty"`
	// To is what the enrollment runs now, with Kind Moved.
	To *Edition `json:"to,omitempty"`
}

// Edition is what an enrollment runs: a version of its workflow by number and content, and a
// version of the machine. Epoch is counted up whenever it changes.
type Edition struct {
	Version     int    `json:"v"`
	Hash        string `json:"h"`
	Interpreter int    `json:"i"`
	Epoch       int    `json:"e"`
}

// CommandKind names what the driver must do.
type CommandKind string

// The kinds of command. Those up to Finish touch only our own store and may be
// carried out together, in order, in one transaction that stops at the first
// occurrence which is not the expected one.
const (
	// Begin marks the enrollment as running, or answers Resumed or Ended.
	Begin CommandKind = "begin"
	// Act carries out an effect on our own store.
	Act CommandKind = "act"
	// Skip passes a disabled node by Port.
	Skip CommandKind = "skip"
	// Decide chooses the port of a branch or split.
	Decide CommandKind = "decide"
	// Park enters a waiting node: computes its due instant and subscribes.
	Park CommandKind = "park"
	// Arrive asks the store where the enrollment stands.
	Arrive CommandKind = "arrive"
	// Settle closes a failed step by Port (empty: the enrollment fails next).
	Settle CommandKind = "settle"
	// Hold parks the enrollment at a failed step until an operator acts.
	Hold CommandKind = "hold"
	// Finish ends the enrollment with Status, Outcome and Code.
	Finish CommandKind = "finish"
	// Send carries out an effect outside: mail, an HTTP call, a message.
	Send CommandKind = "send"
	// Sleep waits until Due (0: without end) or until a wake-up.
	Sleep CommandKind = "sleep"
	// Stop closes the run.
	Stop CommandKind = "stop"
)

// Command is one thing that the driver must do.
type Command struct {
	Kind  CommandKind `json:"k"`
	Node  string      `json:"n,omitempty"`
	Visit int         `json:"v,omitempty"`
	Port  string      `json:"p,omitempty"`
	// Status is the enrollment's final status (Finish).
	Status  string `json:"s,omitempty"`
	Outcome string `json:"o,omitempty"`
	// Code is a reason: step_failed, runaway, open_port.
	Code string `json:"c,omitempty"`
	// Due is an instant in Unix milliseconds (Sleep).
	Due int64 `json:"d,omitempty"`
}

// Local reports whether the command touches only our own store.
func (c Command) Local() bool {
	switch c.Kind {
	case Begin, Act, Skip, Decide, Park, Arrive, Settle, Hold, Finish:
		return true
	case Send, Sleep, Stop:
		return false
	}
	return false
}

// Final statuses and outcomes of an enrollment, and the reasons that the machine gives.
const (
	StatusCompleted = "completed"
	StatusFailed    = "failed"

	OutcomeSuccess = "success"
	OutcomeNeutral = "neutral"
	OutcomeFailed  = "failed"

	ReasonRunaway    = "runaway"
	ReasonStepFailed = "step_failed"
	ReasonOpenPort   = "open_port"
)
