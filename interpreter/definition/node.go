package definition

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// nodeFields are the keys that every node may carry beside `with`.
var nodeFields = []form.Field{
	{Key: "type", Type: form.Text{}, Label: "Type", Required: true},
	{Key: "name", Type: form.Text{Max: 200}, Label: "Name"},
	{Key: "note", Type: form.Text{Max: 5000, Lines: true}, Label: "Note"},
	{Key: "with", Type: form.Free{Kind: "settings"}, Label: "Settings"},
	{Key: "next", Type: nextType{}, Label: "Next"},
	{Key: "disabled", Type: form.Bool{}, Label: "Disabled", Default: false},
	{Key: "max_visits", Type: form.Whole{Min: 1, Max: 10000}, Label: "Most visits", Default: defaultMaxVisits},
}

// actionFields are the keys that only actions carry.
var actionFields = []form.Field{
	{Key: "on_error", Type: form.Choice{Words: []string{OnErrorRetry, OnErrorContinue, OnErrorFail}}, Label: "When it fails", Default: OnErrorRetry},
	{Key: "retry", Label: "Retries", Type: form.Object{Fields: []form.Field{
		{Key: "max", Type: form.Duration{}, Label: "At most", Default: "24h"},
	}}},
	{Key: "latest", Type: form.Duration{}, Label: "Drop when later than"},
	{Key: "on_unknown", Type: form.Choice{Words: []string{UnknownResend, UnknownSkip}}, Label: "When the outcome is unknown"},
	{Key: "strict", Type: form.Bool{}, Label: "Fail on missing values", Default: false},
}

var (
	plainForm  = form.Object{Fields: nodeFields}
	actionForm = form.Object{Fields: slices.Concat(nodeFields, actionFields)}
)

// formOf describes the nodes of a type; an unknown type may carry everything.
func formOf(s nodes.Spec, known bool) form.Object {
	if known && !s.Action() {
		return plainForm
	}
	return actionForm
}

// nodesType reads `nodes` into a map of *Node.
type nodesType struct{}

func (nodesType) Schema() map[string]any {
	return map[string]any{
		"type": "object", "minProperties": 1, "maxProperties": MaxNodes,
		"propertyNames":        map[string]any{"pattern": form.NodeID.String()},
		"additionalProperties": map[string]any{"$ref": "#/$defs/node"},
	}
}

func (nodesType) Widget() string { return "graph" }

func (nodesType) Read(raw any, at string, r *form.Report) any {
	return form.Map{
		Of: nodeType{}, Key: form.NodeID, Expected: "a node id of small letters, digits and _, up to 40", Min: 1, Max: MaxNodes,
	}.Read(raw, at, r)
}

// nodeType reads one node.
type nodeType struct{}

func (nodeType) Schema() map[string]any { return map[string]any{"$ref": "#/$defs/node"} }

func (nodeType) Widget() string { return "node" }

func (nodeType) Read(raw any, at string, r *form.Report) any {
	object, ok := raw.(map[string]any)
	if !ok {
		return form.Free{}.Read(raw, at, r)
	}
	typ, _ := object["type"].(string)
	spec, known := nodes.Lookup(typ)
	if typ != "" && !known {
		r.Error(form.Join(at, "type"), CodeUnknownType, fmt.Sprintf("there is no node type %q", clip(typ)), r.DidYouMean(typ, nodes.Types()))
	}
	v := formOf(spec, known).Values(object, at, r)
	n := readNode(v)
	n.ID, n.Type, n.Spec = at[strings.LastIndexByte(at, '/')+1:], typ, spec
	if known {
		n.decode(v, object, r)
	}
	n.wire(v, r)
	n.RetryMax = n.retryMax(v.Object("retry"))
	return n
}

func readNode(v *form.Values) *Node {
	n := &Node{
		Name: v.Text("name"), Note: v.Text("note"), Disabled: v.Bool("disabled", false), MaxVisits: defaultMaxVisits,
		OnError: v.TextOr("on_error", OnErrorRetry), Latest: v.DurationAt("latest"), OnUnknown: v.Text("on_unknown"),
		Strict: v.Bool("strict", false), Next: map[string]string{},
	}
	if v.Has("max_visits") && v.Whole("max_visits") > 0 {
		n.MaxVisits = v.Whole("max_visits")
	}
	return n
}

// decode reads the settings.
func (n *Node) decode(v *form.Values, object map[string]any, r *form.Report) {
	sub := &form.Report{}
	with, given := object["with"].(map[string]any)
	if !given {
		with = map[string]any{}
	}
	n.Settings = n.Spec.Decode(with, sub)
	n.complete = sub.Found == 0
	r.Merge(sub, v.Path+"/with")
}

// wire connects the ports. Those of an unknown type are taken on trust.
func (n *Node) wire(v *form.Values, r *form.Report) {
	switch next := v.Any("next").(type) {
	case string:
		n.wireMain(next, v.Path, r)
	case map[string]any:
		n.wirePorts(next, v.Path, r)
	}
}

// retryMax applies the defaults of retry.max.
func (n *Node) retryMax(v *form.Values) time.Duration {
	switch given := v.Duration("max"); {
	case !given.IsZero():
		return given.Approx()
	case n.ErrorWired():
		return retryMaxWired
	}
	return retryMax
}

// wireMain reads `next: x`.
func (n *Node) wireMain(target, at string, r *form.Report) {
	if n.Settings == nil {
		n.Next[nodes.PortNext] = target
		return
	}
	if n.Spec.MainPort != "" {
		n.Next[n.Spec.MainPort] = target
		return
	}
	n.stray = append(n.stray, target)
	ports := n.Settings.Ports()
	if len(ports) == 0 {
		r.Error(at+"/next", CodeUnknownPort, fmt.Sprintf("%s has no way out", n.Type), "remove next")
		return
	}
	r.Error(at+"/next", CodeUnknownPort, fmt.Sprintf("%s has no main port", n.Type), fmt.Sprintf("write next: {%s: %s}", ports[0], target))
}

// wirePorts reads the map form of next. While the settings have errors the names of
// their ports are not known, so those are taken on trust.
func (n *Node) wirePorts(next map[string]any, at string, r *form.Report) {
	var ports []string
	if n.Settings != nil {
		ports = n.Settings.Ports()
	}
	certain := n.Settings != nil && (n.Spec.MainPort != "" || n.Spec.Kind == nodes.KindEnd || n.complete)
	for _, port := range sortedKeys(next) {
		target, _ := next[port].(string)
		if certain && !slices.Contains(ports, port) {
			hint := r.DidYouMean(port, ports)
			if len(ports) == 0 {
				hint = "remove next"
			}
			r.Error(form.Join(at+"/next", port), CodeUnknownPort, fmt.Sprintf("%s has no port %q", n.Type, clip(port)), hint)
			n.stray = append(n.stray, target)
			continue
		}
		n.Next[port] = target
	}
}

// nextType is a node id, or a map from ports to node ids.
type nextType struct{}

var nextMap = form.Map{Of: form.Text{Pattern: form.NodeID, Expected: "the id of a node"}, Max: nodes.MaxBranches + 1}

func (nextType) Schema() map[string]any {
	return map[string]any{"anyOf": []any{nextMap.Of.Schema(), nextMap.Schema()}}
}

func (nextType) Widget() string { return "next" }

func (nextType) Read(raw any, at string, r *form.Report) any {
	if _, ok := raw.(map[string]any); ok {
		return nextMap.Read(raw, at, r)
	}
	return nextMap.Of.Read(raw, at, r)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// clip keeps a quoted input short enough for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
