package expr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// DecodeJSON decodes one JSON document into nil, bool, string, int64, float64, []any and
// map[string]any. Whole numbers that fit stay int64; all others are float64.
func DecodeJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var raw any
	if err := decoder.Decode(&raw); err != nil {
		return nil, fmt.Errorf("decode JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("decode JSON: more than one document")
	}
	return settle(raw)
}

// settle replaces json.Number in place.
func settle(raw any) (any, error) {
	var err error
	switch v := raw.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return i, nil
		}
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil {
			return nil, fmt.Errorf("decode JSON: number %s is out of range", clip(v.String()))
		}
		return f, nil
	case []any:
		for i := range v {
			if v[i], err = settle(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = settle(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return raw, nil
}

// plain turns the Go values that callers put into a root into the JSON-like ones that comparisons
// know, one level deep. A time becomes RFC 3339 in UTC.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64, float64, []any, map[string]any:
		return v
	case *Lazy:
		return plain(v.Value())
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case uint64:
		if v > math.MaxInt64 {
			return float64(v)
		}
		return int64(v)
	case float32:
		return float64(v)
	case json.Number:
		settled, err := settle(v)
		if err != nil {
			return v.String()
		}
		return settled
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []string:
		return listOf(v)
	case []map[string]any:
		return listOf(v)
	case map[string]string:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = item
		}
		return out
	default:
		return viaJSON(v)
	}
}

func listOf[T any](items []T) []any {
	out := make([]any, len(items))
	for i := range items {
		out[i] = items[i]
	}
	return out
}

// viaJSON reads any other Go value the way the API would show it; what JSON cannot write is missing.
func viaJSON(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	out, err := DecodeJSON(data)
	if err != nil {
		return nil
	}
	return out
}

// Text writes a value as people write it: 497 for 497.0, true, RFC 3339 for a time, nothing for a
// missing one, JSON for an object, the items of a list one after the other.
func Text(v any) string {
	var b bytes.Buffer
	_ = writeText(&b, v)
	return b.String()
}

func writeText(w io.Writer, v any) error {
	var text string
	switch v := plain(v).(type) {
	case nil:
		return nil
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		text = formatFloat(v)
	case []any:
		for _, item := range v {
			if err := writeText(w, item); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		text = jsonText(v)
	}
	_, err := io.WriteString(w, text)
	return err
}

// formatFloat never uses an exponent for amounts that people handle, and shows 0.1 + 0.2 as 0.3.
func formatFloat(f float64) string {
	if math.Abs(f) >= 1e21 {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	if math.Abs(f) < 1e15 { // 15 digits hold whatever someone wrote with up to 15
		if rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
			f = rounded
		}
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// jsonText is compact JSON with sorted keys and without HTML escapes; "" for what JSON cannot write.
func jsonText(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return ""
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}

// clip keeps a quoted input short enough for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
