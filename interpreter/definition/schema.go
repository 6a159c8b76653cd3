package definition

import (
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// JSONSchema is the JSON Schema (draft 2020-12) of a definition, made from the same
// descriptions as the reader: unknown keys are rejected at every level. What needs
// more than one place of the document to be judged (targets, ports, cycles) is left
// to Validate.
func JSONSchema() []byte {
	s := documentForm.Schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Fermata workflow definition"
	defs := map[string]any{"condition": form.ConditionSchema()}
	types, ways := []any{}, []any{}
	for _, spec := range nodes.All() {
		types = append(types, spec.Type)
		name := "node_" + spec.Type
		defs[name] = nodeSchema(spec)
		ways = append(ways, map[string]any{
			"if":   map[string]any{"properties": map[string]any{"type": map[string]any{"const": spec.Type}}},
			"then": map[string]any{"$ref": "#/$defs/" + name},
		})
	}
	defs["node"] = map[string]any{
		"type": "object", "required": []any{"type"},
		"properties": map[string]any{"type": map[string]any{"enum": types}},
		"allOf":      ways,
	}
	s["$defs"] = defs
	return encode(s)
}

// nodeSchema describes the nodes of one type.
func nodeSchema(spec nodes.Spec) map[string]any {
	s := formOf(spec, true).Schema()
	properties, _ := s["properties"].(map[string]any)
	properties["type"] = map[string]any{"const": spec.Type}
	with := map[string]any{}
	for key, v := range spec.Schema {
		if key != "$schema" && key != "$defs" {
			with[key] = v
		}
	}
	properties["with"] = with
	if _, needs := with["required"]; needs || with["allOf"] != nil || with["anyOf"] != nil {
		s["required"] = []any{"type", "with"}
	}
	switch {
	case spec.Kind == nodes.KindEnd:
		delete(properties, "next")
	case spec.MainPort == "":
		properties["next"] = nextMap.Schema()
	}
	s["title"], s["description"] = spec.Title, spec.Description
	return s
}
