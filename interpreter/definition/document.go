package definition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"fermata/interpreter/nodes/form"
)

// Limits of a document.
const (
	MaxBytes  = 512 << 10
	maxDepth  = 32
	maxKey    = 200
	maxNumber = 400 // digits of one number
)

// readDocument decodes a document. It returns nil when there is nothing to go on;
// otherwise the problems may still say that the document must not be used.
func readDocument(data []byte, yaml bool) (*document, []Problem) {
	d := &document{}
	switch {
	case len(data) > MaxBytes:
		return nil, []Problem{tooLarge(len(data))}
	case !utf8.Valid(data):
		d.report(CodeSyntax, "", "the document is not UTF-8", "")
	case yaml:
		d.readYAML(data)
	default:
		d.readJSON(data)
	}
	if d.root == nil {
		return nil, d.problems
	}
	if _, ok := d.value.(map[string]any); !ok {
		d.report(form.CodeType, "", "must be an object, is "+form.Describe(d.value), "")
		return nil, d.problems
	}
	return d, d.problems
}

func tooLarge(size int) Problem {
	return Problem{
		Severity: SeverityError, Code: CodeTooLarge,
		Message: fmt.Sprintf("the document has %d bytes", size), Hint: fmt.Sprintf("at most %d", MaxBytes),
	}
}

// readJSON decodes with tokens, because only those show duplicate keys and order.
func (d *document) readJSON(data []byte) {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		d.report(CodeSyntax, "", jsonSyntax(data, err), "")
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	j := &jsonReader{document: d, decoder: decoder}
	value, root, err := j.value("", 1)
	if err != nil {
		d.report(CodeSyntax, "", jsonSyntax(data, err), "")
		return
	}
	if !j.tooDeep {
		d.value, d.root = value, root
	}
}

func jsonSyntax(data []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return "is not JSON: " + err.Error()
	}
	before := data[:min(int(syntax.Offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("is not JSON: line %d, column %d: %s", line, max(column, 1), syntax.Error())
}

type jsonReader struct {
	*document
	decoder *json.Decoder
	tooDeep bool
}

func (j *jsonReader) value(at string, depth int) (any, *place, error) {
	t, err := j.decoder.Token()
	if err != nil {
		return nil, nil, err
	}
	here := j.place()
	switch t := t.(type) {
	case json.Delim:
		if j.deep(at, depth) {
			return nil, here, j.skip(1)
		}
		if t == '{' {
			v, err := j.object(here, at, depth)
			return v, here, err
		}
		v, err := j.list(here, at, depth)
		return v, here, err
	case json.Number:
		return j.number(string(t), at), here, nil
	case string:
		return j.text(t, at), here, nil
	}
	return t, here, nil
}

// skip reads past what is left of open brackets, without recursion.
func (j *jsonReader) skip(open int) error {
	for open > 0 {
		t, err := j.decoder.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
	return nil
}

func (j *jsonReader) deep(at string, depth int) bool {
	if depth <= maxDepth {
		return false
	}
	if !j.tooDeep {
		j.report(CodeTooDeep, at, fmt.Sprintf("is nested deeper than %d levels", maxDepth), "")
	}
	j.tooDeep = true
	return true
}

func (j *jsonReader) object(here *place, at string, depth int) (map[string]any, error) {
	object := map[string]any{}
	here.keys = map[string]*place{}
	for j.decoder.More() {
		t, err := j.decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		usable := j.key(key, at, object)
		next := form.Join(at, key)
		if !usable {
			next = at
		}
		value, child, err := j.value(next, depth+1)
		if err != nil {
			return nil, err
		}
		if usable {
			object[key], here.keys[key] = value, child
			j.ordered(at, key)
		}
	}
	_, err := j.decoder.Token()
	return object, err
}

func (j *jsonReader) list(here *place, at string, depth int) ([]any, error) {
	list := []any{}
	for j.decoder.More() {
		value, child, err := j.value(form.Join(at, strconv.Itoa(len(list))), depth+1)
		if err != nil {
			return nil, err
		}
		list, here.items = append(list, value), append(here.items, child)
	}
	_, err := j.decoder.Token()
	return list, err
}

// ordered notes the order of the nodes.
func (d *document) ordered(at, key string) {
	if at == "/nodes" {
		d.order = append(d.order, key)
	}
}

// key checks a key of an object; one that cannot be used is reported.
func (d *document) key(key, at string, object map[string]any) bool {
	if len(key) > maxKey {
		d.report(form.CodeValue, at, fmt.Sprintf("a key has %d bytes", len(key)), fmt.Sprintf("at most %d", maxKey))
		return false
	}
	if strings.ContainsRune(key, 0) {
		d.report(form.CodeValue, at, "a key holds the character U+0000", "remove it")
		return false
	}
	if _, twice := object[key]; twice {
		d.report(CodeDuplicateKey, form.Join(at, key), fmt.Sprintf("the key %q stands here twice", key), "remove one of them")
		return false
	}
	return true
}

// text checks a string: the character U+0000 cannot be stored.
func (d *document) text(s, at string) string {
	if strings.ContainsRune(s, 0) {
		d.report(form.CodeValue, at, "holds the character U+0000", "remove it")
		return strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// number decodes a number so that equal numbers are equal values: whole ones that
// fit are int64, all others float64.
func (d *document) number(s, at string) any {
	if whole, err := strconv.ParseInt(s, 10, 64); err == nil {
		return whole
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) > maxNumber {
		d.report(form.CodeValue, at, "is a number out of range", "")
		return int64(0)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return int64(f)
	}
	return f
}
