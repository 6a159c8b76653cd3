// Package forms says what the page needs to draw the forms of a workflow: the types
// of node with the schemas of their settings, and the schema of definitions. Both
// come from the interpreter; nothing here is written twice.
//
// The program in write keeps a copy for the tests of the page, so that a form that
// the page cannot draw is found without a server.
package forms

import (
	"encoding/json"
	"fmt"

	"fermata/api/gen"
	"fermata/interpreter/nodes"
)

// Nodes lists every type of node in the order of the palette.
func Nodes() ([]gen.NodeSpec, error) {
	specs := nodes.All()
	items := make([]gen.NodeSpec, len(specs))
	for i, spec := range specs {
		schema, err := json.Marshal(spec.Schema)
		if err != nil {
			return nil, fmt.Errorf("write schema of %s: %w", spec.Type, err)
		}
		initial, err := json.Marshal(given(spec.Initial))
		if err != nil {
			return nil, fmt.Errorf("write settings of a new %s: %w", spec.Type, err)
		}
		items[i] = gen.NodeSpec{
			Type: spec.Type, Title: spec.Title, Group: spec.Group, Icon: spec.Icon, Description: spec.Description,
			Kind: gen.NodeSpecKind(spec.Kind), MainPort: spec.MainPort, Ports: append([]string{}, spec.FixedPorts...),
			PortsFrom: spec.PortsFrom, PortsWhen: given(spec.PortsWhen), Initial: initial,
			Available: spec.Available, Schema: schema,
		}
	}
	return items, nil
}

// given is the map, or an empty one in the place of nil.
func given[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}
