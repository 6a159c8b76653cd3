package interpreter_test

import (
	"encoding/json"
	"fmt"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter/definition"
)

// shape is one way to write a node of a random graph.
type shape struct {
	typ, with string
	ports     []string
	// action nodes carry an error policy; holds marks those that stop a passage for
	// certain, so that an edge back from them makes no spinning cycle.
	action, holds bool
}

var shapes = []shape{
	{typ: "tag_add", with: `{"tag": "a"}`, ports: []string{"next", "error"}, action: true},
	{typ: "field_set", with: `{"field": "plan", "value": "x"}`, ports: []string{"next", "error"}, action: true},
	{typ: "task_create", with: `{"title": "t"}`, ports: []string{"next", "error"}, action: true},
	{typ: "enroll_in", with: `{"workflow": "w"}`, ports: []string{"next", "error"}, action: true},
	{typ: "email", with: `{"subject": "s", "body": "b"}`, ports: []string{"next", "error"}, action: true},
	{typ: "webhook", with: `{"url": "https://example.com"}`, ports: []string{"ok", "error"}, action: true},
	{typ: "branch", with: `{"branches": [{"id": "a", "when": {"tag": "x"}}]}`, ports: []string{"a", "else"}},
	{typ: "branch", with: `{"branches": [{"id": "a", "when": {"tag": "x"}}, {"id": "b", "when": {"tag": "y"}}]}`, ports: []string{"a", "b", "else"}},
	{typ: "split", with: `{"ports": {"b": 30, "a": 70}}`, ports: []string{"a", "b"}},
	{typ: "wait", with: `{"for": "1d"}`, ports: []string{"next"}, holds: true},
	{typ: "wait_until", with: `{"day": 3, "at": "09:00"}`, ports: []string{"next"}, holds: true},
	{typ: "window", with: `{"from": "09:00", "to": "17:00"}`, ports: []string{"next"}},
	{typ: "wait_event", with: `{"events": [{"id": "got", "event": "a.b"}], "timeout": "2d"}`, ports: []string{"got", "timeout"}, holds: true},
	{typ: "wait_event", with: `{"events": [{"id": "z", "event": "a.b"}, {"id": "y", "event": "a.c"}], "forever": true}`, ports: []string{"z", "y"}, holds: true},
	{typ: "approval", with: `{"to": "owner", "subject": "s", "timeout": "2d"}`, ports: []string{"approved", "rejected", "timeout"}, holds: true},
	{typ: "approval", with: `{"to": "owner", "subject": "s", "forever": true}`, ports: []string{"approved", "rejected"}, holds: true},
	{typ: "hold", with: `{}`, ports: []string{"next"}, holds: true},
	{typ: "end", with: `{}`},
	{typ: "end", with: `{"outcome": "failed"}`},
}

// drawGraph draws a valid definition of up to 12 nodes. Every cycle goes back from
// a node that holds.
func drawGraph(t *rapid.T) (document []byte, d *definition.Definition) {
	size := rapid.IntRange(1, 12).Draw(t, "size")
	nodes := map[string]any{}
	for i := range size {
		nodes[nodeName(i)] = drawNode(t, i, size)
	}
	return parseGraph(t, map[string]any{
		"schema": 1, "key": "random", "name": "Random", "start": nodeName(0), "nodes": nodes,
	})
}

func nodeName(i int) string { return fmt.Sprintf("n%d", i) }

func drawNode(t *rapid.T, i, size int) map[string]any {
	s := rapid.SampledFrom(shapes).Draw(t, "shape")
	disabled := chance(t, 10, "disabled")
	node := map[string]any{
		"type": s.typ, "with": json.RawMessage(s.with), "max_visits": rapid.IntRange(1, 4).Draw(t, "max_visits"),
	}
	if disabled {
		node["disabled"] = true
	}
	if policy := rapid.SampledFrom([]string{"", "retry", "continue", "fail"}).Draw(t, "on_error"); s.action && policy != "" {
		node["on_error"] = policy
	}
	next := map[string]any{}
	for _, port := range s.ports {
		switch {
		case chance(t, 20, "open") || (port == "error" && chance(t, 60, "no error port")):
		case s.holds && !disabled && chance(t, 50, "back"):
			next[port] = nodeName(rapid.IntRange(0, i).Draw(t, "to"))
		case i+1 < size:
			next[port] = nodeName(rapid.IntRange(i+1, min(i+3, size-1)).Draw(t, "to"))
		}
	}
	main, only := next[s.main()], len(next) == 1
	if main != nil && only && chance(t, 50, "short") {
		node["next"] = main
	} else if len(next) > 0 {
		node["next"] = next
	}
	return node
}

// main is the port that `next: x` wires, or "".
func (s shape) main() string {
	if len(s.ports) > 0 && (s.ports[0] == "next" || s.ports[0] == "ok") {
		return s.ports[0]
	}
	return ""
}

func chance(t *rapid.T, percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(t, label) >= 100-percent
}

func parseGraph(t require.TestingT, content map[string]any) (document []byte, d *definition.Definition) {
	document, err := json.Marshal(content)
	require.NoError(t, err)
	d, problems := definition.Parse(document, false)
	require.Empty(t, problems)
	requireValid(t, d)
	return document, d
}

// requireValid accepts what could be published by a build that can run every type.
func requireValid(t require.TestingT, d *definition.Definition) {
	for _, p := range d.Validate(nil) {
		if p.Severity == definition.SeverityError {
			require.Equal(t, definition.CodeNotAvailable, p.Code, p.String())
		}
	}
}
