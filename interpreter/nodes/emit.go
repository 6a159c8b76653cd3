package nodes

import (
	"fmt"
	"slices"
	"strings"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// platformEvents are the event families that only the platform itself emits.
var platformEvents = []string{"contact", "tag", "deal", "workflow"}

// PlatformEvent reports whether only the platform itself emits events of the type.
func PlatformEvent(eventType string) bool {
	family, _, _ := strings.Cut(eventType, ".")
	return slices.Contains(platformEvents, family)
}

// Emit reports an event about the same contact.
type Emit struct {
	actionPorts
	Event string
	Data  map[string]any
}

func emitSpec() Spec {
	return action(Spec{
		Type: "emit", Title: "Emit event", Group: "Workflows", Icon: "zap", Kind: KindStore,
		Description: "Reports an event about the contact, which exits, waits and triggers see like any other.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "event", Type: form.Event{Emitted: true}, Label: "Event", Required: true},
			{Key: "data", Type: form.Map{Of: form.Value{Null: true}, Max: 200}, Label: "Data", Widget: "json"},
		},
	}, func(v *form.Values, r *Report) Settings {
		event := v.Text("event")
		if PlatformEvent(event) {
			r.Error(form.Join(v.Path, "event"), form.CodeValue, fmt.Sprintf("%q is emitted by the platform itself", event), "choose a name of your own")
		}
		return &Emit{Event: event, Data: v.RawMap("data")}
	})
}

// Plan renders the data.
func (n *Emit) Plan(s *expr.Scope, in PlanInput) (Emission, *Failure) {
	r := render(s, in)
	return done(r, Emission{Event: n.Event, Data: r.object(n.Data)})
}

// Summary names the event.
func (n *Emit) Summary() string { return "Emit " + n.Event }
