package definition

import (
	"fmt"
	"strconv"
	"time"

	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// testForm describes one entry of `tests`: a rehearsal and what it expects.
var testForm = form.Object{Fields: []form.Field{
	{Key: "name", Type: form.Text{Max: 200}, Label: "Name"},
	{Key: "contact", Type: form.Free{Kind: "json"}, Label: "Contact"},
	{Key: "trigger", Label: "Trigger", Type: form.Object{Fields: []form.Field{
		{Key: "type", Type: form.Event{Emitted: true}, Label: "Event"},
		{Key: "data", Type: form.Free{Kind: "json"}, Label: "Data"},
	}}},
	{Key: "events", Label: "Events", Type: form.List{Max: 100, Of: form.Object{Fields: []form.Field{
		{Key: "at", Type: form.Duration{Signed: true}, Label: "At", Required: true},
		{Key: "type", Type: form.Event{Emitted: true}, Label: "Event", Required: true},
		{Key: "data", Type: form.Free{Kind: "json"}, Label: "Data"},
	}, Check: func(v *form.Values, r *form.Report) {
		if v.Duration("at").Sign() < 0 {
			r.Error(form.Join(v.Path, "at"), form.CodeValue, "lies before the start", "events come at or after the start")
		}
	}}}},
	{Key: "stubs", Label: "Answers", Type: form.Map{Max: MaxNodes, Of: form.Object{Fields: []form.Field{
		{Key: "status", Type: form.Whole{Min: 100, Max: 599}, Label: "Status"},
		{Key: "body", Type: anyType{}, Label: "Body"},
	}}}},
	{Key: "start_at", Type: momentType{}, Label: "Starts at"},
	{Key: "version", Type: form.Whole{Min: 1}, Label: "Version"},
	{Key: "expect", Label: "Expect", Required: true, Type: form.Object{Fields: []form.Field{
		{Key: "outcome", Type: form.Choice{Words: nodes.Outcomes}, Label: "Outcome"},
		{Key: "path", Type: form.List{Of: form.Text{}, Max: 1000}, Label: "Path"},
		{Key: "effects", Type: form.List{Of: anyType{}, Max: 1000}, Label: "Effects"},
	}}},
}}

func readTest(v *form.Values) Test {
	trigger, expect := v.Object("trigger"), v.Object("expect")
	t := Test{
		Name: v.Text("name"), Contact: v.Map("contact"), Version: v.Whole("version"),
		Trigger: TestTrigger{Type: trigger.Text("type"), Data: trigger.Map("data")},
		Stubs:   map[string]TestStub{},
		Expect:  TestExpect{Outcome: expect.Text("outcome"), Path: expect.Texts("path")},
	}
	for _, e := range v.Objects("events") {
		t.Events = append(t.Events, TestEvent{At: e.Duration("at"), Type: e.Text("type"), Data: e.Map("data")})
	}
	given := v.Map("stubs")
	for _, id := range sortedKeys(given) {
		stub := given[id]
		if s, ok := stub.(*form.Values); ok {
			t.Stubs[id] = TestStub{Status: s.Whole("status"), Body: s.Raw("body")}
		}
	}
	if at, ok := v.Any("start_at").(time.Time); ok {
		t.StartAt = &at
	}
	t.Expect.Effects, _ = expect.Any("effects").([]any)
	return t
}

// checkTests reports stubs and paths that name no node.
func (d *Definition) checkTests(list []*form.Values, r *form.Report) {
	check := func(id, at string) {
		if d.Nodes[id] == nil {
			r.Error(at, CodeUnknownTarget, fmt.Sprintf("there is no node %q", clip(id)), r.DidYouMean(id, d.Order))
		}
	}
	for _, v := range list {
		for _, id := range sortedKeys(v.Map("stubs")) {
			check(id, form.Join(v.Path+"/stubs", id))
		}
		path, _ := v.Object("expect").Raw("path").([]any)
		for i, step := range path {
			if id, ok := step.(string); ok {
				check(id, form.Join(v.Path+"/expect/path", strconv.Itoa(i)))
			}
		}
	}
}

// anyType is any JSON value, taken as it stands.
type anyType struct{}

func (anyType) Schema() map[string]any { return map[string]any{} }

func (anyType) Widget() string { return "json" }

// Read keeps null out of lists of effects: it cannot be expected.
func (anyType) Read(raw any, _ string, _ *form.Report) any { return raw }

// momentType is an RFC 3339 moment.
type momentType struct{}

func (momentType) Schema() map[string]any {
	return map[string]any{"type": "string", "format": "date-time"}
}

func (momentType) Widget() string { return "moment" }

func (momentType) Read(raw any, at string, r *form.Report) any {
	s, ok := form.Text{Max: 40}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.Error(at, form.CodeValue, fmt.Sprintf("%q is not a moment", s), "for example 2026-03-09T10:00:00Z")
		return nil
	}
	return t.UTC()
}
