package definition_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

func compileSchema(t *testing.T, raw []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("definition.json", document))
	schema, err := compiler.Compile("definition.json")
	require.NoError(t, err)
	return schema
}

func instance(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return v
}

func TestSchemaAcceptsTheExamples(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t, definition.JSONSchema())
	for _, path := range exampleFiles(t) {
		require.NoError(t, schema.Validate(instance(t, read(t, path).Canonical())), filepath.Base(path))
	}
}

func TestSchemaAgreesWithTheReader(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t, definition.JSONSchema())
	document := func(node string) []byte {
		return []byte(`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":` + node + `}}`)
	}
	cases := map[string]bool{
		`{"type":"end"}`: true,
		`{"type":"end","with":{"outcome":"success"}}`:                                                           true,
		`{"type":"end","with":{"outcome":"splendid"}}`:                                                          false,
		`{"type":"end","next":"n"}`:                                                                             false,
		`{"type":"end","color":"red"}`:                                                                          false,
		`{"type":"wait","with":{"for":"3d"}}`:                                                                   true,
		`{"type":"wait","with":{"for":"3 days"}}`:                                                               false,
		`{"type":"wait","with":{"for":"3d","random":["1d","2d"]}}`:                                              false,
		`{"type":"wait"}`:                                                                                       false,
		`{"type":"wait","with":{"for":"3d"},"on_error":"fail"}`:                                                 false,
		`{"type":"wait_until","with":{"day":7,"at":"9:00","weekdays":["mon"]}}`:                                 true,
		`{"type":"wait_until","with":{"day":7,"date":"2026-03-09"}}`:                                            false,
		`{"type":"window"}`:                                                                                     true,
		`{"type":"branch","with":{"branches":[{"id":"a","when":{"tag":"x"}}]},"next":{"a":"n"}}`:                true,
		`{"type":"branch","with":{"branches":[{"id":"a","when":{"tog":"x"}}]},"next":{"a":"n"}}`:                false,
		`{"type":"branch","with":{"branches":[{"id":"a"}]}}`:                                                    false,
		`{"type":"split","with":{"ports":{"a":50,"b":50}}}`:                                                     true,
		`{"type":"email","with":{"subject":"Hi","body":"x"},"retry":{"max":"1h"}}`:                              true,
		`{"type":"email","with":{"subject":"Hi"}}`:                                                              false,
		`{"type":"email","with":{"template":"a","body":"x"}}`:                                                   false,
		`{"type":"email","with":{"template":"a","subject":"Hi"}}`:                                               true,
		`{"type":"email","with":{"template":"a","to":["a@b.example","c@d.example"]}}`:                           true,
		`{"type":"webhook","with":{"url":"https://a.example","body":null}}`:                                     false,
		`{"type":"webhook","with":{"url":"https://a.example","body":[1,"{{ event.x }}"]},"next":{"error":"n"}}`: true,
		`{"type":"field_set","with":{"field":"plan","value":"pro"}}`:                                            true,
		`{"type":"field_set","with":{"field":"plan"}}`:                                                          false,
		`{"type":"field_set","with":{"field":"plan","clear":false}}`:                                            false,
		`{"type":"tag_add","with":{"tag":"a","tags":["b"]}}`:                                                    false,
		`{"type":"emial"}`: false,
		`{}`:               false,
	}
	for node, valid := range cases {
		err := schema.Validate(instance(t, document(node)))
		_, problems := definition.Parse(document(node), false)
		if valid {
			require.NoError(t, err, node)
			require.Empty(t, problems, node)
			continue
		}
		require.Error(t, err, node)
		require.NotEmpty(t, problems, node)
	}
}

func TestSchemaRejectsUnknownKeysEverywhere(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t, definition.JSONSchema())
	for _, document := range []string{
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}},"colour":1}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}},"settings":{"zone":"UTC"}}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}},"settings":{"quiet_hours":{"from":"22:00","to":"08:00","who":"x"}}}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}},"triggers":[{"id":"a","event":"a.b","when":{}}]}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}},"exits":[{"id":"a","event":"a.b","if":{}}]}`,
	} {
		require.Error(t, schema.Validate(instance(t, []byte(document))), document)
		_, problems := definition.Parse([]byte(document), false)
		require.Len(t, problems, 1, document)
		require.Equal(t, "unknown_key", problems[0].Code)
	}
}

func TestEverySpecHasASchemaOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, spec := range nodes.All() {
		schema := compileSchema(t, mustJSON(t, spec.Schema))
		require.Error(t, schema.Validate(map[string]any{"no_such_key": true}), spec.Type)
	}
}

// TestFormsNameEveryField: the inspector draws settings, triggers and exits from the schema alone.
func TestFormsNameEveryField(t *testing.T) {
	t.Parallel()
	var schema map[string]any
	require.NoError(t, json.Unmarshal(definition.JSONSchema(), &schema))
	var walk func(v any, at string)
	walk = func(v any, at string) {
		object, _ := v.(map[string]any)
		properties, _ := object["properties"].(map[string]any)
		for key, field := range properties {
			described, _ := field.(map[string]any)
			ui, _ := described["x-ui"].(map[string]any)
			require.NotEmpty(t, ui["label"], "%s/%s has no label", at, key)
			require.NotEmpty(t, ui["widget"], "%s/%s has no widget", at, key)
			require.Contains(t, ui, "order", "%s/%s has no order", at, key)
			walk(field, at+"/"+key)
		}
		if items, ok := object["items"]; ok {
			walk(items, at+"[]")
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, part := range []string{"settings", "triggers", "exits"} {
		require.Contains(t, properties, part)
		walk(properties[part], part)
	}
}
