package definition

import (
	"fmt"

	"fermata/interpreter/nodes/form"
)

// Limits of a definition.
const (
	MaxNodes    = 500
	maxTriggers = 20
	maxExits    = 20
	maxTests    = 100
	schemaNow   = 1
)

// documentForm describes the top level of a definition.
var documentForm = form.Object{Fields: []form.Field{
	{Key: "schema", Type: form.Whole{Min: schemaNow, Max: schemaNow}, Label: "Schema", Required: true, Help: "write schema: 1"},
	{Key: "key", Type: form.Text{Pattern: form.WorkflowKey, Expected: "a key of small letters, digits and hyphens, up to 63"}, Label: "Key", Required: true},
	{Key: "name", Type: form.Text{Max: 200}, Label: "Name", Required: true},
	{Key: "settings", Type: settingsForm, Label: "Settings"},
	{Key: "triggers", Type: form.List{Of: triggerForm, Max: maxTriggers}, Label: "Triggers"},
	{Key: "exits", Type: form.List{Of: exitForm, Max: maxExits}, Label: "Exits"},
	{Key: "start", Type: form.Text{Pattern: form.NodeID, Expected: "the id of a node"}, Label: "First node", Required: true, Help: "the id of the first node"},
	{Key: "nodes", Type: nodesType{}, Label: "Nodes", Required: true},
	{Key: "layout", Type: form.Free{Kind: "layout"}, Label: "Layout"},
	{Key: "tests", Type: form.List{Of: testForm, Max: maxTests}, Label: "Tests"},
}}

// Parse reads a definition from JSON or YAML and reports all problems of its form at
// once, in document order. The definition is nil only when the document cannot be
// used at all: a syntax error, a limit, a duplicate key, an alias. Otherwise it is as
// complete as it could be read, which is good enough for a draft; Validate repeats
// these problems and adds those of the graph and of the installation.
func Parse(data []byte, yaml bool) (*Definition, []Problem) {
	doc, problems := readDocument(data, yaml)
	if doc == nil {
		return nil, problems
	}
	unusable := len(problems) > 0
	d, found := build(doc)
	if size := len(d.Canonical()); size > MaxBytes {
		// A few notations are shorter than their canonical form, which must be readable
		// again.
		unusable = true
		problems = append(problems, tooLarge(size))
	}
	d.problems = inDocumentOrder(append(problems, found...), doc.root)
	if unusable {
		return nil, d.problems
	}
	return d, d.Problems()
}

// Problems are what Parse reported.
func (d *Definition) Problems() []Problem { return append([]Problem(nil), d.problems...) }

// ParseCanonical reads bytes that Canonical made from a definition without errors.
func ParseCanonical(data []byte) (*Definition, error) {
	d, problems := Parse(data, false)
	if d == nil {
		return nil, fmt.Errorf("parse canonical definition: %s", problems[0])
	}
	for _, id := range d.Order {
		if n := d.Nodes[id]; n.Settings == nil || !n.complete {
			return nil, fmt.Errorf("parse canonical definition: node %s cannot be read by this build", id)
		}
	}
	if d.Nodes[d.Start] == nil {
		return nil, fmt.Errorf("parse canonical definition: there is no start node %q", d.Start)
	}
	return d, nil
}

func build(doc *document) (*Definition, []Problem) {
	raw, _ := doc.value.(map[string]any)
	r := &form.Report{}
	v := documentForm.Values(raw, "", r)
	d := &Definition{
		Schema: v.Whole("schema"), Key: v.Text("key"), Name: v.Text("name"), Start: v.Text("start"),
		Settings: readSettings(v.Object("settings")), Nodes: map[string]*Node{}, Raw: raw, root: doc.root,
	}
	for _, t := range v.Objects("triggers") {
		d.Triggers = append(d.Triggers, readTrigger(t))
	}
	for _, e := range v.Objects("exits") {
		d.Exits = append(d.Exits, readExit(e))
	}
	for _, t := range v.Objects("tests") {
		d.Tests = append(d.Tests, readTest(t))
	}
	read := v.Map("nodes")
	for _, id := range doc.order {
		if n, ok := read[id].(*Node); ok {
			d.Nodes[id], d.Order = n, append(d.Order, id)
		}
	}
	uniqueIDs(v.Objects("triggers"), r)
	uniqueIDs(v.Objects("exits"), r)
	d.checkTargets(r)
	d.checkTests(v.Objects("tests"), r)
	d.refs, d.conditions = r.Refs, r.Conditions
	problems := make([]Problem, len(r.Problems), len(r.Problems)+1)
	for i, p := range r.Problems {
		problems[i] = problemOf(p)
	}
	if more := r.Found - len(r.Problems); more > 0 {
		problems = append(problems, tooMany(more))
	}
	return d, problems
}

// uniqueIDs reports entries of one list that share an id.
func uniqueIDs(list []*form.Values, r *form.Report) {
	seen := map[string]bool{}
	for _, v := range list {
		id := v.Text("id")
		if id != "" && seen[id] {
			r.Error(form.Join(v.Path, "id"), form.CodeDuplicate, fmt.Sprintf("the id %q is taken", id), "every id in this list must differ")
		}
		seen[id] = true
	}
}

// checkTargets reports a start and ports that lead nowhere. While the ids of all
// nodes are unusable there is nothing to compare with.
func (d *Definition) checkTargets(r *form.Report) {
	given, _ := d.Raw["nodes"].(map[string]any)
	known := func(id string) bool {
		_, ok := given[id]
		return ok
	}
	if d.Start != "" && !known(d.Start) {
		r.Error("/start", CodeUnknownTarget, fmt.Sprintf("there is no node %q", d.Start), r.DidYouMean(d.Start, d.Order))
	}
	for _, id := range d.Order {
		n := d.Nodes[id]
		raw, _ := given[id].(map[string]any)
		for _, port := range sortedKeys(n.Next) {
			if target := n.Next[port]; !known(target) {
				at := "/nodes/" + id + "/next"
				if _, short := raw["next"].(string); !short {
					at = form.Join(at, port)
				}
				r.Error(at, CodeUnknownTarget, fmt.Sprintf("there is no node %q", target), r.DidYouMean(target, d.Order))
			}
		}
	}
}
