package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"gopkg.in/yaml.v3"

	"fermata/api/gen"
	"fermata/interpreter/definition"
	"fermata/store"
)

const yamlType = "application/yaml"

// workflowKey is how the key of a workflow is spelled.
var workflowKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// draft is a definition as a client sent it.
type draft struct {
	def      *definition.Definition
	document []byte // JSON, layout included, keys in the order of the client
	problems []definition.Problem
}

// readDraft reads the definition in the body.
func readDraft(c *gin.Context) (draft, error) {
	isYAML := c.GetString(ctxMediaType) == yamlType
	def, problems := definition.Parse(rawBody(c), isYAML)
	if def == nil {
		return draft{}, refusedDraft(problems)
	}
	document, err := orderedJSON(rawBody(c), isYAML, def.Raw)
	return draft{def: def, document: document, problems: problems}, err
}

// refusedDraft answers a document that cannot be used at all: what it says is open.
func refusedDraft(problems []definition.Problem) error {
	p := invalidDefinition(problems)
	for _, one := range problems {
		switch one.Code {
		case definition.CodeSyntax:
			p.kind = kindMalformed
		case definition.CodeTooLarge:
			p.kind = kindTooLarge
		}
	}
	return p
}

// orderedJSON writes the document as JSON without losing the order of its keys.
func orderedJSON(body []byte, isYAML bool, value map[string]any) ([]byte, error) {
	var b bytes.Buffer
	if !isYAML {
		if err := json.Compact(&b, body); err != nil {
			return nil, fmt.Errorf("compact definition: %w", err)
		}
		return b.Bytes(), nil
	}
	var node yaml.Node
	if err := yaml.Unmarshal(body, &node); err != nil || len(node.Content) == 0 {
		return nil, fmt.Errorf("read definition again: %w", err)
	}
	err := writeOrdered(&b, node.Content[0], value)
	return b.Bytes(), err
}

// writeOrdered writes value, which the parser made from node, with the keys in node's order. What
// the scalars mean stays the parser's decision alone.
func writeOrdered(b *bytes.Buffer, node *yaml.Node, value any) error {
	switch v := value.(type) {
	case map[string]any:
		b.WriteByte('{')
		first := true
		for i := 0; i+1 < len(node.Content); i += 2 {
			item, known := v[node.Content[i].Value]
			if !known {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			if err := writeValue(b, node.Content[i].Value); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeOrdered(b, node.Content[i+1], item); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeOrdered(b, node.Content[i], item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	return writeValue(b, value)
}

func writeValue(b *bytes.Buffer, value any) error {
	encoded, err := encode(value)
	b.Write(encoded)
	return err
}

// asYAML writes a stored document as YAML, in its own order.
func asYAML(document []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(document, &node); err != nil {
		return nil, fmt.Errorf("read definition: %w", err)
	}
	plainStyle(&node)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&node); err != nil {
		return nil, fmt.Errorf("write definition as YAML: %w", err)
	}
	return b.Bytes(), nil
}

// plainStyle forgets the braces and quotes of JSON; the encoder quotes again what needs it.
func plainStyle(node *yaml.Node) {
	node.Style = 0
	for _, child := range node.Content {
		plainStyle(child)
	}
}

// wantsYAML reports whether the client prefers YAML to JSON.
func wantsYAML(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), yamlType) && c.NegotiateFormat("application/json", yamlType) == yamlType
}

func (s *server) sendYAML(c *gin.Context, document []byte) {
	out, err := asYAML(document)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Data(http.StatusOK, yamlType, out)
}

// etagOf identifies one state of a draft.
func etagOf(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:8])
}

func quoted(etag string) string { return `"` + etag + `"` }

// matches reports whether an If-Match or If-None-Match header names the etag, or anything.
func matches(header, etag string) bool {
	for _, one := range strings.Split(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.Trim(strings.TrimPrefix(one, "W/"), `"`) == etag {
			return true
		}
	}
	return false
}

func shownProblems(list []definition.Problem) []gen.DefinitionProblem {
	shown := make([]gen.DefinitionProblem, len(list))
	for i, p := range list {
		shown[i] = gen.DefinitionProblem{
			Severity: gen.DefinitionProblemSeverity(p.Severity), Code: p.Code, Node: p.Node, Path: p.Path, Message: p.Message, Hint: p.Hint,
		}
		if p.Fix != nil {
			fix := &gen.ProblemFix{Method: p.Fix.Method, Path: p.Fix.Path}
			if body, err := json.Marshal(p.Fix.Body); err == nil && p.Fix.Body != nil {
				fix.Body = ptr(json.RawMessage(body))
			}
			shown[i].Fix = fix
		}
	}
	return shown
}

// shownSummaries are the lines for the cards of a definition, none for one that cannot be read.
func shownSummaries(def *definition.Definition) gen.Summaries {
	if def == nil {
		def = &definition.Definition{}
	}
	lines := def.Summaries()
	return gen.Summaries{Nodes: lines.Nodes, Triggers: lines.Triggers, Exits: lines.Exits}
}

// judged reads a stored document of a workflow and lists everything that is wrong with it on this
// installation.
func (s *server) judged(tx *store.Tx, key string, document []byte) (*definition.Definition, []definition.Problem, error) {
	def, problems := definition.Parse(document, false)
	if def == nil {
		return nil, problems, nil
	}
	problems, err := s.validated(tx, key, def)
	return def, problems, err
}

func (s *server) validated(tx *store.Tx, key string, def *definition.Definition) ([]definition.Problem, error) {
	c := s.catalog(tx, key)
	problems := def.Validate(c)
	return problems, c.err
}

func (s *server) catalog(tx *store.Tx, key string) *catalog {
	return &catalog{tx: tx, definitions: s.Definitions, self: key, sms: s.SMS}
}
