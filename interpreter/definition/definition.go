package definition

import (
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// Duration is a length of time as a definition writes it.
type Duration = calendar.Duration

// Definition is one version of a workflow. It is immutable and may be shared.
type Definition struct {
	Schema    int
	Key, Name string
	Settings  Settings
	Triggers  []Trigger
	Exits     []Exit
	// Start is the id of the first node.
	Start string
	Nodes map[string]*Node
	// Order lists the node ids in document order.
	Order []string
	Tests []Test
	// Raw is the whole document, layout included.
	Raw map[string]any

	problems   []Problem
	refs       []form.Ref
	conditions []form.UsedCondition
	root       *place
}

// Reentry rules of Settings.
const (
	ReentryOnce      = "once"
	ReentryAfterExit = "after_exit"
	ReentryCooldown  = "cooldown"
)

// What on_repeat can ask for.
const (
	RepeatIgnore  = "ignore"
	RepeatRestart = "restart"
	RepeatUpdate  = "update"
)

// ZoneContact is the timezone that means the contact's own.
const ZoneContact = "contact"

// Settings apply to every enrollment of the workflow.
type Settings struct {
	// Timezone is "contact" or an IANA name.
	Timezone string
	// Reentry is once, after_exit or cooldown; Cooldown counts with the last.
	Reentry  string
	Cooldown Duration
	// Correlate is a path under trigger, or empty.
	Correlate string
	// OnRepeat is ignore, restart or update.
	OnRepeat   string
	QuietHours *QuietHours
	// Suppress is nil when nobody is kept out.
	Suppress *expr.Condition
	// MaxActive and PerDay are 0 without a limit.
	MaxActive, PerDay      int
	SendRate, FrequencyCap *Rate
	Breaker                *Breaker
	Goal                   *Goal
	ManualMinutes          float64
	Owner, Folder          string
	Description            string
}

// QuietHours are the hours in which messages wait or are dropped.
type QuietHours struct {
	From, To calendar.TimeOfDay
	// Then is wait or drop.
	Then string
	// All extends them from marketing to every message.
	All bool
}

// Rate is Count per Per: 100/1h.
type Rate struct {
	Count int
	Per   Duration
}

// Interval is the time between two pieces at a steady pace. A day of it has 24 hours.
func (r Rate) Interval() time.Duration {
	return max(1, (r.Per.Exact+time.Duration(r.Per.Days)*24*time.Hour)/time.Duration(r.Count))
}

// Breaker pauses the workflow when too many steps fail.
type Breaker struct {
	ErrorRate float64
	Min       int
	Within    Duration
}

// Goal is the event by which the workflow is measured.
type Goal struct {
	// Key is the same for goals that say the same.
	Key    string
	Event  string
	Where  *expr.Condition
	Within Duration
	// Measure is rate or time_to.
	Measure string
}

// Types of Trigger.
const (
	TriggerEvent      = "event"
	TriggerManual     = "manual"
	TriggerDate       = "date"
	TriggerSchedule   = "schedule"
	TriggerInactivity = "inactivity"
	TriggerWebhook    = "webhook"
)

// Trigger turns something into an enrollment. The field of its Type is set.
type Trigger struct {
	ID, Type string
	// Event and Where belong to an event trigger; Where is nil when every event of
	// the type counts.
	Event      string
	Where      *expr.Condition
	Date       *DateTrigger
	Schedule   *ScheduleTrigger
	Inactivity *InactivityTrigger
	Webhook    *WebhookTrigger
}

// DateTrigger enrolls at, before or after a date that a field holds.
type DateTrigger struct {
	Field  string
	Offset Duration
	At     *calendar.TimeOfDay
	Yearly bool
}

// ScheduleTrigger enrolls the contacts of a filter on a schedule.
type ScheduleTrigger struct {
	Cron, Timezone string
	Filter         *expr.Condition
}

// InactivityTrigger enrolls contacts who have not done something for a while.
type InactivityTrigger struct {
	Without  []string
	For      Duration
	MinSends int
	Filter   *expr.Condition
}

// WebhookTrigger enrolls the contact that an inbound call names.
type WebhookTrigger struct {
	Contact, Data map[string]any
	// Secret is empty or `secret:name`.
	Secret string
}

// Exit ends an enrollment wherever it is.
type Exit struct {
	ID, Event string
	// Where is nil when every event of the type counts.
	Where *expr.Condition
	// Outcome is success, neutral or failed.
	Outcome string
}

// Error policies of a Node.
const (
	OnErrorRetry    = "retry"
	OnErrorContinue = "continue"
	OnErrorFail     = "fail"
)

// What on_unknown can ask for.
const (
	UnknownResend = "resend"
	UnknownSkip   = "skip"
)

const (
	defaultMaxVisits = 100
	retryMax         = 24 * time.Hour
	retryMaxWired    = 15 * time.Minute
)

// Node is one box of the graph.
type Node struct {
	ID, Type, Name, Note string
	// Spec is the zero Spec, and Settings nil, only while the type is unknown.
	Spec     nodes.Spec
	Settings nodes.Settings
	// Next holds the wired ports: port → node id.
	Next      map[string]string
	Disabled  bool
	MaxVisits int
	// OnError is retry, continue or fail; it counts unless the error port is wired.
	OnError string
	// RetryMax is how long retryable failures are retried, defaults applied.
	RetryMax time.Duration
	// Latest is nil when a late step still runs.
	Latest *Duration
	// OnUnknown is resend or skip, or empty when the class decides.
	OnUnknown string
	Strict    bool
	// complete is false while the settings have errors, so that their ports are not
	// known for certain.
	complete bool
	// stray are the targets of ports that the node does not have: they do not count
	// for a passage, but their nodes should not be called unreachable as well.
	stray []string
}

// Target is the node that a port leads to; false means an open port.
func (n *Node) Target(port string) (string, bool) {
	id, wired := n.Next[port]
	return id, wired
}

// ErrorWired reports whether failures of the node have their own way.
func (n *Node) ErrorWired() bool {
	_, wired := n.Next[nodes.PortError]
	return wired && n.Spec.Action()
}

// MainPort is the port by which a skipped or disabled node is passed: its main
// port, else `else` or `timeout`, else its first; "" for an end.
func (n *Node) MainPort() string {
	if n.Spec.MainPort != "" || n.Settings == nil {
		return n.Spec.MainPort
	}
	ports := n.Settings.Ports()
	first := ""
	for _, port := range ports {
		if port == nodes.PortElse || port == nodes.PortTimeout {
			return port
		}
		if first == "" {
			first = port
		}
	}
	return first
}

// Title is the node's own name, else that of its type.
func (n *Node) Title() string {
	switch {
	case n.Name != "":
		return n.Name
	case n.Spec.Title != "":
		return n.Spec.Title
	}
	return n.Type
}

// Summary is one line that says what the node does, without personal data.
func (n *Node) Summary() string {
	if n.Settings == nil {
		return n.Title()
	}
	return n.Settings.Summary()
}

// ResolveUnknown says what to do when nobody can know whether the node's effect
// took place: resend or skip. Class is the class of the message, empty for calls.
func (n *Node) ResolveUnknown(class string) string {
	switch {
	case n.OnUnknown != "":
		return n.OnUnknown
	case class == nodes.ClassMarketing:
		return UnknownSkip
	}
	return UnknownResend
}

// Test is a rehearsal that the definition brings along, with what it expects.
type Test struct {
	Name    string
	Contact map[string]any
	Trigger TestTrigger
	Events  []TestEvent
	// Stubs are the answers of outward nodes, by node id.
	Stubs   map[string]TestStub
	StartAt *time.Time
	// Version is 0 for the definition itself.
	Version int
	Expect  TestExpect
}

// TestTrigger is what enrolls the contact of a test.
type TestTrigger struct {
	Type string
	Data map[string]any
}

// TestEvent arrives At after the start.
type TestEvent struct {
	At   Duration
	Type string
	Data map[string]any
}

// TestStub is the answer of an outward node.
type TestStub struct {
	Status int
	Body   any
}

// TestExpect is what a test expects; empty parts expect nothing.
type TestExpect struct {
	Outcome string
	Path    []string
	Effects []any
}

// TriggerEvents lists the event types that the triggers name, each once.
func (d *Definition) TriggerEvents() []string {
	var types []string
	seen := map[string]bool{}
	for _, t := range d.Triggers {
		if t.Type == TriggerEvent && t.Event != "" && !seen[t.Event] {
			seen[t.Event] = true
			types = append(types, t.Event)
		}
	}
	return types
}
