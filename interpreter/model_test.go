package interpreter_test

import (
	"encoding/json"
	"slices"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
)

// model answers what a driver must do, out of the document and of everything that
// has happened. It keeps nothing between answers and knows the node types from the
// contract, not from their specs, so that machine and model can disagree.
type model struct {
	start string
	nodes map[string]modelNode
}

type modelNode struct {
	Type      string         `json:"type"`
	With      map[string]any `json:"with"`
	Next      any            `json:"next"`
	Disabled  bool           `json:"disabled"`
	MaxVisits int            `json:"max_visits"`
	OnError   string         `json:"on_error"`
}

func newModel(t require.TestingT, document []byte) model {
	var content struct {
		Start string               `json:"start"`
		Nodes map[string]modelNode `json:"nodes"`
	}
	require.NoError(t, json.Unmarshal(document, &content))
	return model{start: content.Start, nodes: content.Nodes}
}

// verbs says, for each type, which command a node asks for.
var verbs = map[string]interpreter.CommandKind{
	"tag_add": "act", "tag_remove": "act", "field_set": "act", "unsubscribe": "act", "deal_create": "act",
	"deal_move": "act", "deal_assign": "act", "course_enroll": "act", "course_unenroll": "act", "task_create": "act",
	"enroll_in": "act", "remove_from": "act", "undo": "act", "emit": "act",
	"email": "send", "sms": "send", "slack": "send", "notify": "send", "webhook": "send",
	"branch": "decide", "split": "decide",
	"wait": "park", "wait_until": "park", "wait_event": "park", "window": "park", "hold": "park", "approval": "send",
	"end": "finish",
}

// by is the port by which the node is passed when nobody chooses one.
func (n modelNode) by() string {
	switch n.Type {
	case "webhook":
		return "ok"
	case "branch":
		return "else"
	case "split":
		var names []string
		for name := range n.With["ports"].(map[string]any) {
			names = append(names, name)
		}
		return slices.Min(names)
	case "wait_event", "approval":
		if n.With["timeout"] != nil {
			return "timeout"
		}
		if n.Type == "approval" {
			return "approved"
		}
		return n.With["events"].([]any)[0].(map[string]any)["id"].(string)
	case "end":
		return ""
	}
	return "next"
}

// chosen marks the types whose ports are all alike: none of them is the main one.
var chosen = []string{"branch", "split", "wait_event", "approval"}

// beyond is the node behind a port, or "" behind an open one.
func (n modelNode) beyond(port string) string {
	switch next := n.Next.(type) {
	case string:
		if port == n.by() {
			return next
		}
	case map[string]any:
		target, _ := next[port].(string)
		return target
	}
	return ""
}

// trail is every node that was entered, in order; the last one is where the passage
// stands, unless it went out by an open port.
type trail struct {
	entered []string
	open    bool
	port    string
}

func (m model) follow(tr trail, port string) trail {
	here := tr.entered[len(tr.entered)-1]
	if to := m.nodes[here].beyond(port); to != "" {
		return trail{entered: slices.Concat(tr.entered, []string{to})}
	}
	return trail{entered: tr.entered, open: true, port: port}
}

func (tr trail) visit() (node string, visit int) {
	node = tr.entered[len(tr.entered)-1]
	for _, id := range tr.entered {
		if id == node {
			visit++
		}
	}
	return node, visit
}

func (m model) answer(history []interpreter.Occurrence) []interpreter.Command {
	tr, last := trail{entered: []string{m.start}}, interpreter.Occurrence{}
	for _, o := range history {
		if o.Kind == interpreter.Left {
			tr = m.follow(tr, o.Port)
		}
		if o.Kind != interpreter.Started {
			last = o
		}
	}
	node, visit := tr.visit()
	anew := history[len(history)-1].Kind == interpreter.Started
	switch {
	case last.Kind == interpreter.Ended:
		return []interpreter.Command{{Kind: "stop"}}
	case last.Kind == "":
		return append([]interpreter.Command{{Kind: "begin"}}, m.ahead(tr, 24)...)
	case last.Kind == interpreter.Woken || last.Kind == interpreter.Parked && anew:
		return []interpreter.Command{{Kind: "arrive", Node: node, Visit: visit}}
	case last.Kind == interpreter.Parked:
		return []interpreter.Command{{Kind: "sleep", Node: node, Visit: visit, Due: last.Due}}
	case last.Kind == interpreter.Failed:
		return m.failed(tr, last.Code)
	}
	if list := m.ahead(tr, 25); len(list) > 0 {
		return list
	}
	return []interpreter.Command{{Kind: "send", Node: node, Visit: visit}}
}

// ahead is what can be done on the store from a place on, at most room commands.
func (m model) ahead(tr trail, room int) []interpreter.Command {
	if room == 0 {
		return nil
	}
	id, visit := tr.visit()
	node := m.nodes[id]
	c := interpreter.Command{Node: id, Visit: visit, Kind: verbs[node.Type]}
	most := node.MaxVisits
	if most == 0 {
		most = 100
	}
	passes := false
	switch {
	case tr.open && tr.port == node.by() && !slices.Contains(chosen, node.Type):
		c.Kind, c.Status, c.Outcome = "finish", "completed", "success"
	case tr.open:
		c.Kind, c.Status, c.Outcome, c.Code = "finish", "completed", "neutral", "open_port"
	case visit > most:
		c.Kind, c.Status, c.Outcome, c.Code = "finish", "failed", "failed", "runaway"
	case node.Disabled:
		c.Kind, c.Port, passes = "skip", node.by(), true
	case c.Kind == "act":
		c.Port, passes = "next", true
	case c.Kind == "finish":
		c.Status, c.Outcome = "completed", "success"
		if outcome, ok := node.With["outcome"].(string); ok {
			c.Outcome = outcome
		}
	case c.Kind == "send":
		return nil
	}
	if !passes {
		return []interpreter.Command{c}
	}
	return append([]interpreter.Command{c}, m.ahead(m.follow(tr, c.Port), room-1)...)
}

func (m model) failed(tr trail, code string) []interpreter.Command {
	id, visit := tr.visit()
	node := m.nodes[id]
	c := interpreter.Command{Kind: "settle", Node: id, Visit: visit, Code: code}
	switch {
	case node.beyond("error") != "":
		c.Port = "error"
	case node.OnError == "continue":
		c.Port = node.by()
	case node.OnError == "fail":
		end := interpreter.Command{Kind: "finish", Node: id, Visit: visit, Status: "failed", Outcome: "failed", Code: "step_failed"}
		return []interpreter.Command{c, end}
	default:
		return []interpreter.Command{{Kind: "hold", Node: id, Visit: visit, Code: "step_failed"}}
	}
	return append([]interpreter.Command{c}, m.ahead(m.follow(tr, c.Port), 24)...)
}
