package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.yaml
var openapiYAML []byte

// mergePatchType is what the body of a PATCH may be called beside application/json.
const mergePatchType = "application/merge-patch+json"

// scopePublic marks an operation that needs no key.
const scopePublic = "public"

// operation is what the middleware must know of one operation of the document.
type operation struct {
	id     string
	method string
	path   string // as in the document: /v1/contacts/{id}
	scope  string
	spec   *openapi3.Operation
	query  map[string]*openapi3.Parameter
	header []*openapi3.Parameter
	// types are the content types of the body, none for an operation without one.
	types []string
	// schema is what a JSON body must satisfy; nil when the handler checks the body itself.
	schema *openapi3.Schema
	// unread leaves the bytes of the body to a parser of their own: that of definitions.
	unread bool
	// anyQuery leaves the query to the handler: a call whose sender chooses its parameters.
	anyQuery bool
}

// document is the parsed openapi.yaml.
type document struct {
	doc        *openapi3.T
	json       []byte
	operations map[string]*operation // by "GET /v1/contacts/:id"
}

func loadDocument() (*document, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	if err != nil {
		return nil, fmt.Errorf("load openapi document: %w", err)
	}
	takeMergePatches(doc)
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("validate openapi document: %w", err)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode openapi document: %w", err)
	}
	d := &document{doc: doc, json: raw, operations: map[string]*operation{}}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			op, err := newOperation(method, path, spec)
			if err != nil {
				return nil, err
			}
			d.operations[method+" "+ginPath(path)] = op
		}
	}
	return d, nil
}

// takeMergePatches lets every PATCH take its body under the name that RFC 7396 gives it, too.
func takeMergePatches(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		if item.Patch != nil {
			content := item.Patch.RequestBody.Value.Content
			content[mergePatchType] = content["application/json"]
		}
	}
}

func newOperation(method, path string, spec *openapi3.Operation) (*operation, error) {
	scope, _ := spec.Extensions["x-scope"].(string)
	if _, known := scopeRank[scope]; !known && scope != scopePublic && scope != scopeAny {
		return nil, fmt.Errorf("load openapi document: %s %s has no x-scope", method, path)
	}
	op := &operation{id: spec.OperationID, method: method, path: path, scope: scope, spec: spec, query: map[string]*openapi3.Parameter{}}
	for _, ref := range spec.Parameters {
		switch ref.Value.In {
		case openapi3.ParameterInQuery:
			op.query[ref.Value.Name] = ref.Value
		case openapi3.ParameterInHeader:
			op.header = append(op.header, ref.Value)
		}
	}
	op.anyQuery, _ = spec.Extensions["x-any-query"].(bool)
	if spec.RequestBody == nil {
		return op, nil
	}
	for name := range spec.RequestBody.Value.Content {
		op.types = append(op.types, name)
	}
	sort.Strings(op.types)
	checkedBy, _ := spec.Extensions["x-body-checked-by"].(string)
	op.unread = checkedBy == "parser"
	if media := spec.RequestBody.Value.Content["application/json"]; media != nil && checkedBy == "" {
		op.schema = media.Schema.Value
	}
	return op, nil
}

// bodyRequired reports whether the operation cannot do without a body.
func (o *operation) bodyRequired() bool {
	return o.spec.RequestBody != nil && o.spec.RequestBody.Value.Required
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// ginPath turns /v1/contacts/{id} into /v1/contacts/:id.
func ginPath(path string) string { return pathParameter.ReplaceAllString(path, ":$1") }

// schema finds a named schema of the document, for checks after a merge patch.
func (d *document) schema(name string) *openapi3.Schema { return d.doc.Components.Schemas[name].Value }

// location is the path of a resource, for the Location header.
func location(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "/v1/" + strings.Join(parts, "/")
}
