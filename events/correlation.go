package events

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"fermata/interpreter/expr"
)

// maxKey is the longest correlation value that is kept as it is; a longer one is kept as its hash,
// because an index cannot hold it.
const maxKey = 200

// CorrelationKey returns the value of a definition's correlate path in the data of a trigger
// ("trigger.order_id" or "order_id"). Without a path the key is empty and ok; with one, an absent
// or empty value is not ok.
func CorrelationKey(path string, data map[string]any) (key string, ok bool) {
	if path == "" {
		return "", true
	}
	if !strings.HasPrefix(path, "trigger.") {
		path = "trigger." + path
	}
	scope := &expr.Scope{Roots: map[string]any{"trigger": orEmpty(data)}}
	found, ok := scope.Lookup(path)
	if !ok {
		return "", false
	}
	key = CorrelationValue(found)
	return key, strings.TrimSpace(key) != ""
}

// CorrelationValue writes a value as a correlation key: text as it is, numbers plainly (1001, not
// 1.001e3), so that 1001 and "1001" are one key. Lists, objects and null have none.
func CorrelationValue(v any) string {
	key := ""
	switch t := v.(type) {
	case string:
		key = t
	case bool:
		key = strconv.FormatBool(t)
	case int:
		key = strconv.Itoa(t)
	case int64:
		key = strconv.FormatInt(t, 10)
	case float64:
		if !math.IsInf(t, 0) && !math.IsNaN(t) {
			key = strconv.FormatFloat(t, 'f', -1, 64)
		}
	}
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return key
}
