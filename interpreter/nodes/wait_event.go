package nodes

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// Values of WaitEvent.Since.
const (
	SinceStep       = "step"
	SinceEnrollment = "enrollment"
)

// AwaitedEvent is one event that ends the wait by the port of its ID.
type AwaitedEvent struct {
	ID, Event string
	// Where is nil when every event of the type counts.
	Where *expr.Condition
}

// WaitEvent passes when one of several events arrives, or after a time.
type WaitEvent struct {
	Events []AwaitedEvent
	// Timeout is nil when the wait is forever.
	Timeout *calendar.Duration
	// Since is "step" or "enrollment": from when events count.
	Since string
}

func waitEventSpec() Spec {
	return Spec{
		Type: "wait_event", Title: "Wait for an event", Group: "Timing", Icon: "radio", Kind: KindWait,
		Description: "Waits until one of several events arrives, or until the time is up.",
		FixedPorts:  []string{PortTimeout}, PortsFrom: "events[].id", PortsWhen: map[string]string{PortTimeout: "timeout"},
		Initial: map[string]any{"events": []any{map[string]any{"id": "arrived"}}, "timeout": "3d"},
		Holds:   true, Available: true,
	}.with(form.Object{
		Fields: []form.Field{
			{
				Key: "events", Label: "Events", Required: true, Widget: "events", Help: "each is a way out of the step",
				Type: form.List{Min: 1, Max: 20, Of: form.Object{Fields: []form.Field{
					{Key: "id", Type: portName(), Label: "Name of the way out", Required: true},
					{Key: "event", Type: form.Event{}, Label: "Event", Required: true},
					{Key: "where", Type: form.Condition{}, Label: "Only when"},
				}}},
			},
			{Key: "timeout", Type: form.Duration{}, Label: "At most", Placeholder: "5d"},
			{Key: "forever", Type: form.Always{}, Label: "Without end"},
			{
				Key: "since", Type: choice(SinceStep, SinceEnrollment), Label: "Count events since", Default: SinceStep,
				Help: "step: since the passage last stopped waiting; enrollment: since its start",
			},
		},
		OneOf: [][]string{{"timeout", "forever"}},
	}, decodeWaitEvent)
}

func decodeWaitEvent(v *form.Values, r *Report) Settings {
	w := &WaitEvent{Timeout: v.DurationAt("timeout"), Since: v.TextOr("since", SinceStep)}
	seen := map[string]bool{PortTimeout: true}
	for _, e := range v.Objects("events") {
		claimPort(seen, e, r)
		w.Events = append(w.Events, AwaitedEvent{ID: e.Text("id"), Event: e.Text("event"), Where: e.Condition("where")})
	}
	return w
}

// portName is the name of a way out that the author chooses.
func portName() form.Text {
	return form.Text{Pattern: form.PartID, Expected: "a name of letters, digits, _ and -, up to 40"}
}

// claimPort reports a way out whose name is taken.
func claimPort(seen map[string]bool, v *form.Values, r *Report) {
	id := v.Text("id")
	if id != "" && seen[id] {
		r.Error(form.Join(v.Path, "id"), form.CodeDuplicate, fmt.Sprintf("the name %q is taken", id), "every way out needs its own name")
	}
	seen[id] = true
}

// Ports are the ids of the events, then timeout unless the wait is forever.
func (w *WaitEvent) Ports() []string {
	ports := make([]string, 0, len(w.Events)+1)
	for _, e := range w.Events {
		ports = append(ports, e.ID)
	}
	if w.Timeout != nil {
		ports = append(ports, PortTimeout)
	}
	return ports
}

// Due is the entry plus the timeout.
func (w *WaitEvent) Due(in DueInput) DueResult {
	if w.Timeout == nil {
		return DueResult{Forever: true}
	}
	return dueAt(w.Timeout.From(in.entered(), in.location()))
}

// Longest is the timeout; a wait without one may take for ever.
func (w *WaitEvent) Longest() time.Duration {
	if w.Timeout == nil {
		return forever
	}
	return w.Timeout.Approx()
}

// forever is longer than every duration that a definition can name.
const forever = 100 * 365 * 24 * time.Hour

// Summary names the events and the timeout.
func (w *WaitEvent) Summary() string {
	names := make([]string, len(w.Events))
	for i, e := range w.Events {
		names[i] = e.Event
	}
	what := "Wait for " + named(names)
	if w.Timeout != nil {
		what += ", at most " + LengthWords(*w.Timeout)
	}
	return what
}
