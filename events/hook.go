package events

import (
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
)

// SourceWebhook is the source of events and contacts that an inbound webhook brought.
const SourceWebhook = "webhook"

// Delivery is one call of an inbound webhook. ID is what the sender calls it, "" when it does not
// say; the same ID of the same trigger is the same delivery. Body is JSON-like, Headers are by
// lower-case name.
type Delivery struct {
	Workflow string
	Trigger  string
	ID       string
	Body     any
	Headers  map[string]any
	Query    map[string]any
	Now      time.Time
}

// EventID returns the id that the delivery's event has for ever, "" when the sender gave none.
func (d Delivery) EventID() string {
	if d.ID == "" {
		return ""
	}
	return derivedID(strings.Join([]string{TypeTriggered, d.Workflow, d.Trigger, "delivery", d.ID}, "\x00"))
}

// Incoming maps the delivery to the event that fires its trigger, with the contact that it is
// about. Pointers of what is wrong lead into the trigger's settings: /contact/email.
func (d Delivery) Incoming(t *definition.WebhookTrigger) (Incoming, []FieldError) {
	p := &problems{}
	scope := &expr.Scope{Now: d.Now, Roots: map[string]any{"body": d.Body, "headers": d.Headers, "query": d.Query}}
	contact := d.mapContact(p, scope, t.Contact)
	data := d.mapData(p, scope, t)
	if len(p.list) > 0 {
		return Incoming{}, p.list
	}
	in := Incoming{
		ID: d.EventID(), Type: TypeTriggered, Source: SourceWebhook,
		Data: map[string]any{"workflow": d.Workflow, "trigger": d.Trigger, "data": data},
	}
	in.Contact = p.contact("/contact", contact)
	return in, p.list
}

// mapContact renders the mapping of the contact. What comes out empty is left out: a value that
// the sender does not give must not clear what is known.
func (d Delivery) mapContact(p *problems, scope *expr.Scope, mapping map[string]any) map[string]any {
	contact := map[string]any{}
	for _, key := range sortedKeys(mapping) {
		value, err := expr.RenderValue(mapping[key], scope, expr.RenderOptions{})
		if err != nil {
			p.add(child("/contact", key), "cannot be made from this call: "+err.Error(), "")
			continue
		}
		if value = withoutBlanks(value); value == "" {
			continue
		}
		if key != "fields" && key != "consent" {
			value = asText(value)
		}
		contact[key] = value
	}
	return contact
}

// withoutBlanks leaves out what came out empty inside an object.
func withoutBlanks(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		if s, isText := value.(string); isText && strings.TrimSpace(s) == "" {
			return ""
		}
		return value
	}
	kept := make(map[string]any, len(object))
	for key, item := range object {
		if item = withoutBlanks(item); item != "" {
			kept[key] = item
		}
	}
	return kept
}

// asText makes ids and phone numbers that come as numbers the text that a contact has.
func asText(value any) any {
	switch v := value.(type) {
	case int64, float64, int:
		return expr.Text(v)
	}
	return value
}

// mapData renders the trigger's data; without a mapping the body is the data when it is an object.
func (d Delivery) mapData(p *problems, scope *expr.Scope, t *definition.WebhookTrigger) map[string]any {
	mapped := d.Body
	if t.Data != nil {
		rendered, err := expr.RenderValue(t.Data, scope, expr.RenderOptions{})
		if err != nil {
			p.add("/data", "cannot be made from this call: "+err.Error(), "")
			return nil
		}
		mapped = rendered
	}
	object, ok := mapped.(map[string]any)
	if !ok {
		return map[string]any{}
	}
	return p.data("/data", object)
}
