package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"fermata/interpreter/nodes/form"
)

// readYAML decodes YAML by the rules of JSON: no anchors, no aliases, no tags, each
// key once, and plain words that are neither numbers of JSON nor true, false or
// null are texts.
func (d *document) readYAML(data []byte) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var node yaml.Node
	err := decoder.Decode(&node)
	if errors.Is(err, io.EOF) || err == nil && len(node.Content) == 0 {
		d.report(CodeSyntax, "", "the document is empty", "")
		return
	}
	if err != nil {
		d.report(CodeSyntax, "", "is not YAML: "+strings.TrimPrefix(err.Error(), "yaml: "), "")
		return
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		d.report(CodeYAML, "", "only one document is allowed", "remove everything from the second --- on")
	}
	y := &yamlReader{document: d}
	value, root := y.value(node.Content[0], "", 1)
	if !y.tooDeep {
		d.value, d.root = value, root
	}
}

type yamlReader struct {
	*document
	tooDeep bool
}

func (y *yamlReader) value(n *yaml.Node, at string, depth int) (any, *place) {
	here := y.place()
	y.plainNode(n, at)
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if depth > maxDepth {
			if !y.tooDeep {
				y.report(CodeTooDeep, at, fmt.Sprintf("is nested deeper than %d levels", maxDepth), line(n))
			}
			y.tooDeep = true
			return nil, here
		}
		if n.Kind == yaml.MappingNode {
			return y.object(n, here, at, depth), here
		}
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			value, child := y.value(item, form.Join(at, strconv.Itoa(i)), depth+1)
			list, here.items = append(list, value), append(here.items, child)
		}
		return list, here
	case yaml.ScalarNode:
		return y.scalar(n, at), here
	case yaml.DocumentNode, yaml.AliasNode:
	}
	return nil, here
}

// plainNode reports what JSON has no word for.
func (y *yamlReader) plainNode(n *yaml.Node, at string) {
	if n.Kind == yaml.AliasNode {
		y.report(CodeYAML, at, fmt.Sprintf("the alias *%s is not allowed", n.Value), "write the value out; "+line(n))
	}
	if n.Anchor != "" && n.Kind != yaml.AliasNode {
		y.report(CodeYAML, at, fmt.Sprintf("the anchor &%s is not allowed", n.Anchor), "remove it; "+line(n))
	}
	if n.Style&yaml.TaggedStyle != 0 && n.ShortTag() != "!!str" {
		y.report(CodeYAML, at, fmt.Sprintf("the tag %s is not allowed", n.Tag), "remove it; "+line(n))
	}
}

func line(n *yaml.Node) string { return fmt.Sprintf("line %d", n.Line) }

func (y *yamlReader) object(n *yaml.Node, here *place, at string, depth int) map[string]any {
	object := map[string]any{}
	here.keys = map[string]*place{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if name.Kind == yaml.AliasNode || name.Kind == yaml.ScalarNode {
			y.plainNode(name, at)
		}
		if name.Kind != yaml.ScalarNode || name.Value == "<<" && name.Style == 0 {
			y.report(CodeYAML, at, "a key must be a text", line(name))
			continue
		}
		usable := y.key(name.Value, at, object)
		next := form.Join(at, name.Value)
		if !usable {
			next = at
		}
		decoded, child := y.value(value, next, depth+1)
		if usable {
			object[name.Value], here.keys[name.Value] = decoded, child
			y.ordered(at, name.Value)
		}
	}
	return object
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

const quotedStyle = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle

func (y *yamlReader) scalar(n *yaml.Node, at string) any {
	if n.Style&quotedStyle != 0 {
		return y.text(n.Value, at)
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	if jsonNumber.MatchString(n.Value) {
		return y.number(n.Value, at)
	}
	return y.text(n.Value, at)
}
