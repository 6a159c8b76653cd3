package form

// operators are the comparison words of a rule.
var operators = []any{
	"eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with",
	"matches", "exists", "missing", "before", "after", "within_last", "within_next",
}

// ConditionSchema is the JSON Schema of a condition. It refers to itself as
// #/$defs/condition, where the enclosing schema must hold it.
func ConditionSchema() map[string]any {
	self := map[string]any{"$ref": "#/$defs/condition"}
	group := map[string]any{"type": "array", "items": self}
	key := func() map[string]any { return map[string]any{"type": "string", "minLength": 1} }
	numbers := map[string]any{
		"type": "object", "minProperties": 1, "additionalProperties": false,
		"properties": map[string]any{
			"eq": number(), "ne": number(), "gt": number(), "gte": number(), "lt": number(), "lte": number(),
		},
	}
	ways := []any{
		way([]any{"field", "op"}, map[string]any{
			"field": key(), "op": map[string]any{"type": "string", "enum": operators}, "value": map[string]any{},
		}),
		way([]any{"all"}, map[string]any{"all": group}),
		way([]any{"any"}, map[string]any{"any": group}),
		way([]any{"not"}, map[string]any{"not": self}),
		way([]any{"did"}, map[string]any{
			"did": Event{}.Schema(), "where": self, "count": numbers,
			"within": Duration{}.Schema(), "since": map[string]any{"const": "enrollment"},
		}),
		way([]any{"tag"}, map[string]any{"tag": key()}),
		way([]any{"enrolled_in"}, map[string]any{"enrolled_in": key()}),
		way([]any{"course"}, map[string]any{"course": key(), "progress": numbers}),
		way([]any{"deal"}, map[string]any{"deal": key(), "stage": key()}),
		way([]any{"segment"}, map[string]any{"segment": key()}),
		way([]any{"expr"}, map[string]any{"expr": key()}),
	}
	return map[string]any{"type": "object", "anyOf": ways, "x-ui": map[string]any{"widget": "condition"}}
}

func number() map[string]any { return map[string]any{"type": "number"} }

func way(required []any, properties map[string]any) map[string]any {
	return map[string]any{"required": required, "properties": properties, "additionalProperties": false}
}
