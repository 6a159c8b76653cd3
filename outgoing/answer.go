package outgoing

import (
	"strings"

	"fermata/interpreter/expr"
)

// ParseAnswer is the body of an answer as JSON when it is JSON, else as text; nil for none.
func ParseAnswer(body []byte) any {
	if len(body) == 0 {
		return nil
	}
	if v, err := expr.DecodeJSON(body); err == nil {
		return plainValue(v)
	}
	return Plain(string(body))
}

// Plain makes text from outside what the store can keep: UTF-8 without NUL. An
// answer that could not be recorded would leave its effect unknown, and a call
// would be made again and again because of what it was told.
func Plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// plainValue is Plain for all texts inside a JSON value, which it changes in place.
func plainValue(v any) any { return mapTexts(v, Plain) }

// mapTexts applies fn to all texts inside a JSON value, keys included, in place.
func mapTexts(v any, fn func(string) string) any {
	switch value := v.(type) {
	case string:
		return fn(value)
	case []any:
		for i := range value {
			value[i] = mapTexts(value[i], fn)
		}
	case map[string]any:
		for key, item := range value {
			if clean := fn(key); clean != key {
				delete(value, key)
				key = clean
			}
			value[key] = mapTexts(item, fn)
		}
	}
	return v
}
