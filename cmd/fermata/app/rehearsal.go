package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"fermata/api"
	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/rehearse"
)

// Rehearse rehearses a definition without an installation: what it refers to is taken as it is named.
func Rehearse(ctx context.Context, def *definition.Definition, req gen.RehearseRequest) (*gen.RehearseResult, error) {
	return rehearseDefinition(ctx, def, req, api.Lookups{})
}

// rehearseDefinition translates a request of the API into a rehearsal and back.
func rehearseDefinition(_ context.Context, def *definition.Definition, req gen.RehearseRequest, l api.Lookups) (*gen.RehearseResult, error) {
	began := time.Now()
	in, err := rehearsal(def, req, l)
	if err != nil {
		return nil, err
	}
	result, err := rehearse.Run(in)
	if err != nil {
		return nil, err
	}
	out := &gen.RehearseResult{
		Status: result.Status, Outcome: optional(result.Outcome), Reason: optional(result.Reason),
		ElapsedMs: time.Since(began).Milliseconds(), Steps: []gen.RehearseStep{},
	}
	for _, s := range result.Steps {
		step := gen.RehearseStep{
			At: s.At.UTC(), Node: s.Node, Type: s.Type, Status: s.Status, Port: optional(s.Port), Reason: optional(s.Reason),
			Values: []gen.SeenValue{},
		}
		if s.Effect != nil {
			raw, err := json.Marshal(s.Effect)
			if err != nil {
				return nil, fmt.Errorf("encode effect of %s: %w", s.Node, err)
			}
			step.Effect = (*gen.Any)(&raw)
		}
		raw, err := json.Marshal(s.Values)
		if err == nil && s.Values != nil {
			err = json.Unmarshal(raw, &step.Values)
		}
		if err != nil {
			return nil, fmt.Errorf("encode values of %s: %w", s.Node, err)
		}
		out.Steps = append(out.Steps, step)
	}
	return out, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func rehearsal(def *definition.Definition, req gen.RehearseRequest, l api.Lookups) (rehearse.Input, error) {
	start := time.Now().UTC().Truncate(time.Second)
	if req.StartAt != nil {
		start = req.StartAt.UTC()
	}
	in := rehearse.Input{Location: time.UTC}
	if l.Tx != nil {
		in = events.RehearsalBase(l.Tx, l.Account)
	}
	in.Definition, in.Start, in.Stubs = def, start, map[string]rehearse.Stub{}
	var err error
	if in.Contact, err = rehearsedContact(req, l); err != nil {
		return in, err
	}
	data, err := object(rawOf(req.Trigger), "/trigger/data")
	if err != nil {
		return in, err
	}
	in.Trigger = expr.Event{ID: "rehearsal", Type: rehearse.TriggerType(def, namedType(req)), Data: data, OccurredAt: start, AcceptedAt: start}
	if err := injections(&in, req, start); err != nil {
		return in, err
	}
	if err := stubs(&in, req); err != nil {
		return in, err
	}
	return in, nil
}

func rawOf(t *gen.RehearseTrigger) *gen.Raw {
	if t == nil {
		return nil
	}
	return t.Data
}

func object(raw *gen.Raw, pointer string) (map[string]any, error) {
	if raw == nil || len(*raw) == 0 || string(*raw) == "null" {
		return map[string]any{}, nil
	}
	v, err := expr.DecodeJSON(*raw)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, &events.InvalidError{Fields: []events.FieldError{{Pointer: pointer, Message: "must be an object"}}}
	}
	return m, nil
}

// rehearsedContact is the contact that the request describes, on top of the stored
// one that it names.
func rehearsedContact(req gen.RehearseRequest, l api.Lookups) (map[string]any, error) {
	given, err := object(req.Contact, "/contact")
	if err != nil {
		return nil, err
	}
	contact := rehearse.Blank(nil)
	if l.Contact != nil && l.Tx != nil && l.Account != nil {
		shape, err := events.RehearsalContact(l.Tx, l.Contact, l.Account)
		if err != nil {
			return nil, err
		}
		contact = shape
	}
	fields, _ := contact["fields"].(map[string]any)
	merged := maps.Clone(fields)
	if more, ok := given["fields"].(map[string]any); ok {
		maps.Copy(merged, more)
	}
	maps.Copy(contact, given)
	contact["fields"] = merged
	return contact, nil
}

func injections(in *rehearse.Input, req gen.RehearseRequest, start time.Time) error {
	if req.Events == nil {
		return nil
	}
	for i, e := range *req.Events {
		pointer := fmt.Sprintf("/events/%d", i)
		at, err := offset(e.At, start)
		if err != nil {
			return &events.InvalidError{Fields: []events.FieldError{{
				Pointer: pointer + "/at", Message: "must be a time after the start", Hint: "an offset like 3d or 90m, or an RFC 3339 time",
			}}}
		}
		data, err := object(e.Data, pointer+"/data")
		if err != nil {
			return err
		}
		in.Events = append(in.Events, rehearse.Injection{At: at, Event: expr.Event{ID: fmt.Sprintf("rehearsal-%d", i+1), Type: e.Type, Data: data}})
	}
	return nil
}

// offset reads "3d" or an instant after the start.
func offset(s string, start time.Time) (calendar.Duration, error) {
	if d, err := calendar.ParseDuration(s); err == nil {
		return d, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || at.Before(start) {
		return calendar.Duration{}, fmt.Errorf("offset %q", s)
	}
	return calendar.Duration{Exact: at.Sub(start)}, nil
}

func stubs(in *rehearse.Input, req gen.RehearseRequest) error {
	if req.Stubs == nil {
		return nil
	}
	for node, s := range *req.Stubs {
		if in.Definition.Nodes[node] == nil {
			return &events.InvalidError{Fields: []events.FieldError{{Pointer: "/stubs/" + node, Message: "the definition has no node " + node}}}
		}
		stub := rehearse.Stub{}
		if s.Status != nil {
			stub.Status = *s.Status
		}
		if s.Body != nil && len(*s.Body) > 0 {
			body, err := expr.DecodeJSON(*s.Body)
			if err != nil {
				return &events.InvalidError{Fields: []events.FieldError{{Pointer: "/stubs/" + node + "/body", Message: "is not JSON"}}}
			}
			stub.Body = body
		}
		in.Stubs[node] = stub
	}
	return nil
}

// namedType is the type of event that the request names, or "".
func namedType(req gen.RehearseRequest) string {
	if req.Trigger == nil || req.Trigger.Type == nil {
		return ""
	}
	return *req.Trigger.Type
}
