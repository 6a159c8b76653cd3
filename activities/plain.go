package activities

import "strings"

// plain makes text from outside what the store can keep: UTF-8 without NUL. An
// answer that could not be recorded would leave its effect unknown, and a call
// would be made again and again because of what it was told.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// plainValue is plain for all texts inside a JSON value, which it changes in place.
func plainValue(v any) any {
	switch value := v.(type) {
	case string:
		return plain(value)
	case []any:
		for i := range value {
			value[i] = plainValue(value[i])
		}
	case map[string]any:
		for key, item := range value {
			if clean := plain(key); clean != key {
				delete(value, key)
				key = clean
			}
			value[key] = plainValue(item)
		}
	}
	return v
}
