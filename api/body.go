package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxBody is the most bytes of a body; files may have maxFile and its multipart frame.
	maxBody      = 1 << 20
	maxFile      = 10 << 20
	maxFileFrame = 64 << 10
	// maxImport is the most bytes of a file of contacts.
	maxImport = 20 << 20
	// maxDepth is how deep objects and lists may be nested in a body.
	maxDepth = 32
)

// readJSON decodes a body strictly: one value, valid UTF-8, no duplicate keys, no U+0000, nested at
// most maxDepth deep. Numbers become int64 where they fit, else float64.
func readJSON(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, failure(kindMalformed, "the body is not UTF-8")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, failure(kindMalformed, "the body is empty")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	r := &reader{decoder: decoder}
	value, err := r.value("", 0)
	if err != nil {
		return nil, malformed(err, decoder.InputOffset())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, failure(kindMalformed, "something follows the JSON value at byte %d", decoder.InputOffset())
	}
	return value, nil
}

func malformed(err error, offset int64) error {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return failure(kindMalformed, "the JSON ends too early")
	}
	return failure(kindMalformed, "the body is not JSON: %v (byte %d)", err, offset)
}

// reader builds a value token by token, so that depth is bounded before anything is nested.
type reader struct{ decoder *json.Decoder }

func (r *reader) value(pointer string, depth int) (any, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth++; depth > maxDepth {
			return nil, invalid(pointer, fmt.Sprintf("is nested deeper than %d levels", maxDepth), "")
		}
		if t == '{' {
			return r.object(pointer, depth)
		}
		return r.list(pointer, depth)
	case json.Number:
		return number(pointer, t)
	case string:
		return t, storableText(pointer, t)
	}
	return token, nil
}

func (r *reader) object(pointer string, depth int) (any, error) {
	object := map[string]any{}
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		key, ok := token.(string)
		if !ok {
			return nil, errors.New("a key is not a string")
		}
		at := child(pointer, key)
		if _, twice := object[key]; twice {
			return nil, invalid(at, "is given twice", "")
		}
		if err := storableText(at, key); err != nil {
			return nil, err
		}
		if object[key], err = r.value(at, depth); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return object, err
}

func (r *reader) list(pointer string, depth int) (any, error) {
	list := []any{}
	for r.decoder.More() {
		item, err := r.value(child(pointer, strconv.Itoa(len(list))), depth)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err := r.decoder.Token()
	return list, err
}

func number(pointer string, n json.Number) (any, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i, nil
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, invalid(pointer, "is a number out of range", "")
	}
	return f, nil
}

func storableText(pointer, text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return invalid(strings.ReplaceAll(pointer, "\x00", ""), "holds the character U+0000", "leave it out")
	}
	return nil
}

// child appends one reference token to a JSON pointer (RFC 6901).
func child(pointer, token string) string {
	token = strings.ReplaceAll(token, "~", "~0")
	return pointer + "/" + strings.ReplaceAll(token, "/", "~1")
}

// mergePatch applies an RFC 7396 patch: null removes, objects merge, anything else replaces.
func mergePatch(target, patch map[string]any) map[string]any {
	merged := make(map[string]any, len(target)+len(patch))
	for key, value := range target {
		merged[key] = value
	}
	for key, value := range patch {
		object, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, key)
		case isObject:
			old, _ := merged[key].(map[string]any)
			merged[key] = mergePatch(old, object)
		default:
			merged[key] = value
		}
	}
	return merged
}
