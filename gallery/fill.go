package gallery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// mark is a blank in a document: <<key>>. A text that is nothing else becomes the
// answer with its type.
var mark = regexp.MustCompile(`<<([a-z][a-z0-9_]*)>>`)

// Document is the definition, as JSON with its keys in order, under this key and
// name. Steps of blanks that were left empty are switched off.
func (t *Template) Document(key, name string, answers Answered) ([]byte, error) {
	doc := clone(&t.Definition)
	put(doc, "key", literalNode(key))
	put(doc, "name", literalNode(name))
	nodes := child(doc, "nodes")
	for _, blank := range t.Blanks {
		if !answers.empty(blank.Key) {
			continue
		}
		for _, id := range blank.Off {
			node := child(nodes, id)
			if node == nil {
				return nil, fmt.Errorf("fill template %s: there is no step %s to switch off", t.Key, id)
			}
			put(node, "disabled", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})
		}
	}
	return t.write(doc, answers)
}

// Needs are what the workflow uses, in the order of creation.
func (t *Template) Needs(answers Answered) ([]Need, error) {
	if t.Needed.Kind == 0 {
		return nil, nil
	}
	raw, err := t.write(&t.Needed, answers)
	if err != nil {
		return nil, err
	}
	var needs []Need
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&needs); err != nil {
		return nil, fmt.Errorf("read needs of template %s: %w", t.Key, err)
	}
	for i, node := range t.Needed.Content {
		if key := child(node, "key"); key != nil {
			if m := mark.FindStringSubmatch(key.Value); m != nil {
				needs[i].Blank = m[1]
			}
		}
	}
	return needs, nil
}

func (t *Template) write(n *yaml.Node, answers Answered) ([]byte, error) {
	f := &filler{template: t, answers: answers}
	f.value(n, "")
	if f.err != nil {
		return nil, fmt.Errorf("fill template %s: %w", t.Key, f.err)
	}
	return f.out.Bytes(), nil
}

// filler writes a tree as JSON and puts the answers where the blanks are.
type filler struct {
	template *Template
	answers  Answered
	out      bytes.Buffer
	err      error
}

// value writes a node that stands under this key.
func (f *filler) value(n *yaml.Node, under string) {
	switch n.Kind {
	case yaml.MappingNode:
		f.object(n)
	case yaml.SequenceNode:
		f.out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				f.out.WriteByte(',')
			}
			f.value(item, under)
		}
		f.out.WriteByte(']')
	case yaml.ScalarNode:
		f.encode(f.scalar(n, under))
	case yaml.DocumentNode, yaml.AliasNode:
		f.fail("line %d: only mappings, lists and values", n.Line)
	}
}

// object leaves out keys whose value is one blank without an answer.
func (f *filler) object(n *yaml.Node) {
	f.out.WriteByte('{')
	first := true
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if only, ok := whole(value); ok && f.answer(only) == "" {
			continue
		}
		if !first {
			f.out.WriteByte(',')
		}
		first = false
		f.encode(key)
		f.out.WriteByte(':')
		f.value(value, key)
	}
	f.out.WriteByte('}')
}

// whole is the key of the blank that a value consists of.
func whole(n *yaml.Node) (key string, ok bool) {
	m := mark.FindStringSubmatch(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag == literal || m == nil || m[0] != n.Value {
		return "", false
	}
	return m[1], true
}

// answer is what stands for a blank: its answer, or what it puts in the place of none.
func (f *filler) answer(key string) any {
	blank := f.template.blank(key)
	if blank == nil {
		f.fail("there is no blank %s", key)
		return ""
	}
	if f.answers.empty(key) {
		return blank.Empty
	}
	return f.answers[key]
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// scalar reads a value by the rules of definitions, with its blanks filled.
func (f *filler) scalar(n *yaml.Node, under string) any {
	if key, ok := whole(n); ok {
		return f.escaped(f.answer(key), under)
	}
	switch {
	case n.Tag == literal:
		return n.Value
	case mark.MatchString(n.Value):
		return f.lines(n.Value, under)
	case n.Style&quoted != 0:
		return n.Value
	case n.Value == "true" || n.Value == "false":
		return n.Value == "true"
	case n.Value == "null" || n.Value == "":
		return nil
	case plainNumber.MatchString(n.Value):
		return json.Number(n.Value)
	}
	return n.Value
}

// lines fills a text. A line with a blank that has no answer is left out: a sentence
// about a link is worth nothing without the link.
func (f *filler) lines(s, under string) string {
	lines := strings.Split(s, "\n")
	kept := make([]string, 0, len(lines))
	for _, line := range lines {
		missing := false
		filled := mark.ReplaceAllStringFunc(line, func(m string) string {
			value := f.answer(m[2 : len(m)-2])
			missing = missing || value == ""
			if n, isNumber := value.(float64); isNumber {
				return strconv.FormatFloat(n, 'f', -1, 64)
			}
			return fmt.Sprint(f.escaped(value, under))
		})
		if !missing {
			kept = append(kept, filled)
		}
	}
	return tidy(strings.Join(kept, "\n"))
}

var emptyLines = regexp.MustCompile(`\n{3,}`)

// tidy closes the gaps that lines have left.
func tidy(s string) string { return emptyLines.ReplaceAllString(s, "\n\n") }

// escaped makes an answer literal in HTML.
func (f *filler) escaped(value any, under string) any {
	if s, isText := value.(string); isText && under == "html" {
		return html.EscapeString(s)
	}
	return value
}

func (f *filler) encode(value any) {
	e := json.NewEncoder(&f.out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		f.fail("%w", err)
		return
	}
	f.out.Truncate(f.out.Len() - 1) // the line break of Encode
}

func (f *filler) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// child is the value under a key of a mapping, nil for none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// put sets a key of a mapping, at its place or at the end.
func put(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, literalNode(key), value)
}

// literal is the tag of a text in which nothing is a blank.
const literal = "!literal"

func literalNode(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: literal, Value: s}
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, one := range n.Content {
		c.Content[i] = clone(one)
	}
	return &c
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
