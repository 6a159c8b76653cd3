package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"sort"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsTemplate string

//go:embed home.html
var homeTemplate string

//go:embed docs.css
var docsStyle string

// page is one self-contained HTML page, of the document or without it: no script, and one style sheet inside,
// which the policy names by its hash.
type page struct {
	html   []byte
	policy string
}

// What the template shows.
type (
	pageView struct {
		Title, Description string
		Style              template.CSS
		Groups             []pageGroup
		Schemas            []pageSchema
	}
	pageGroup struct {
		Name, Description string
		Operations        []pageOperation
	}
	pageOperation struct {
		ID, Method, Path, Summary, Description, Scope string
		Parameters                                    []pageField
		Bodies, Answers                               []pageBody
	}
	pageBody struct{ Label, Type, Schema, Example string }
	// pageField is a parameter or property; Ref names the schema to link to.
	pageField struct {
		Name, Where, Type, Ref, Description string
		Required                            bool
	}
	pageSchema struct {
		Name, Type, Description, Example string
		Fields                           []pageField
	}
)

func newPage(d *document) (*page, error) {
	sheet := strings.TrimSpace(docsStyle)
	view := pageView{Title: d.doc.Info.Title, Description: d.doc.Info.Description, Style: template.CSS(sheet)} //nolint:gosec // our own file
	for _, tag := range d.doc.Tags {
		group := pageGroup{Name: tag.Name, Description: tag.Description}
		for _, op := range d.sorted() {
			if op.spec.Tags[0] == tag.Name {
				group.Operations = append(group.Operations, showOperation(op))
			}
		}
		view.Groups = append(view.Groups, group)
	}
	for name, ref := range d.doc.Components.Schemas {
		view.Schemas = append(view.Schemas, showSchema(name, ref.Value))
	}
	sort.Slice(view.Schemas, func(i, j int) bool { return view.Schemas[i].Name < view.Schemas[j].Name })
	return makePage(docsTemplate, view, sheet)
}

// newHome is what stands at / in a program without the page: it says so and leads to the API.
func newHome(d *document) (*page, error) {
	sheet := strings.TrimSpace(docsStyle)
	view := pageView{Title: d.doc.Info.Title, Style: template.CSS(sheet)} //nolint:gosec // our own file
	return makePage(homeTemplate, view, sheet)
}

// makePage fills a template and makes the policy that allows its one style sheet and nothing else.
func makePage(text string, view pageView, sheet string) (*page, error) {
	parsed, err := template.New("page").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	sum := sha256.Sum256([]byte(sheet))
	policy := fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		base64.StdEncoding.EncodeToString(sum[:]))
	return &page{html: b.Bytes(), policy: policy}, nil
}

// serve answers the page, which changes with the program only.
func (p *page) serve(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Security-Policy", p.policy)
	c.Header("X-Frame-Options", "DENY")
	c.Header("Referrer-Policy", "no-referrer")
	c.Data(http.StatusOK, "text/html; charset=utf-8", p.html)
}

var methodOrder = map[string]int{"GET": 0, "POST": 1, "PUT": 2, "PATCH": 3, "DELETE": 4}

// sorted lists the operations by path and method.
func (d *document) sorted() []*operation {
	ops := make([]*operation, 0, len(d.operations))
	for _, op := range d.operations {
		ops = append(ops, op)
	}
	sort.Slice(ops, func(i, j int) bool {
		if ops[i].path != ops[j].path {
			return ops[i].path < ops[j].path
		}
		return methodOrder[ops[i].method] < methodOrder[ops[j].method]
	})
	return ops
}

func showOperation(op *operation) pageOperation {
	shown := pageOperation{
		ID: op.id, Method: op.method, Path: op.path, Summary: op.spec.Summary, Description: op.spec.Description, Scope: op.scope,
	}
	for _, ref := range op.spec.Parameters {
		p := ref.Value
		kind, schema := typeName(p.Schema)
		shown.Parameters = append(shown.Parameters, pageField{
			Name: p.Name, Where: p.In, Type: kind, Ref: schema, Description: p.Description, Required: p.Required,
		})
	}
	if op.spec.RequestBody != nil {
		shown.Bodies = showContent("", op.spec.RequestBody.Value.Content)
	}
	codes := op.spec.Responses.Map()
	for _, code := range sortedCodes(codes) {
		answer := codes[code].Value
		label := code
		if answer.Description != nil {
			label += " " + *answer.Description
		}
		if len(answer.Content) == 0 {
			shown.Answers = append(shown.Answers, pageBody{Label: label})
			continue
		}
		shown.Answers = append(shown.Answers, showContent(label, answer.Content)...)
	}
	return shown
}

func sortedCodes(codes map[string]*openapi3.ResponseRef) []string {
	list := make([]string, 0, len(codes))
	for code := range codes {
		list = append(list, code)
	}
	sort.Strings(list) // digits come before "default"
	return list
}

func showContent(label string, content openapi3.Content) []pageBody {
	types := make([]string, 0, len(content))
	for media := range content {
		types = append(types, media)
	}
	sort.Strings(types)
	bodies := make([]pageBody, 0, len(types))
	for _, media := range types {
		body := pageBody{Label: label, Type: media}
		if schema := content[media].Schema; schema != nil {
			_, body.Schema = typeName(schema)
		}
		if content[media].Example != nil {
			body.Example = pretty(content[media].Example)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

func showSchema(name string, schema *openapi3.Schema) pageSchema {
	kind, _ := typeName(&openapi3.SchemaRef{Value: schema})
	shown := pageSchema{Name: name, Type: kind, Description: schema.Description}
	if schema.Example != nil {
		shown.Example = pretty(schema.Example)
	}
	required := map[string]bool{}
	for _, field := range schema.Required {
		required[field] = true
	}
	for field, ref := range schema.Properties {
		kind, to := typeName(ref)
		shown.Fields = append(shown.Fields, pageField{Name: field, Type: kind, Ref: to, Description: ref.Value.Description, Required: required[field]})
	}
	sort.Slice(shown.Fields, func(i, j int) bool { return shown.Fields[i].Name < shown.Fields[j].Name })
	return shown
}

// typeName says in words what a schema takes, and which named schema that is.
func typeName(ref *openapi3.SchemaRef) (kind, name string) {
	if ref == nil || ref.Value == nil {
		return "", ""
	}
	schema := ref.Value
	kind = "any"
	if schema.Type != nil && len(schema.Type.Slice()) > 0 {
		kind = schema.Type.Slice()[0]
	}
	switch {
	case schema.Items != nil:
		item, itemName := typeName(schema.Items)
		kind, name = "list of "+firstText(itemName, item), itemName
	case len(schema.AllOf) == 1:
		kind, name = typeName(schema.AllOf[0])
	case len(schema.Enum) > 0:
		kind = listed(schema.Enum)
	case schema.Format != "":
		kind += " (" + schema.Format + ")"
	}
	if schema.Nullable {
		kind += " or null"
	}
	if ref.Ref != "" {
		name = ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	}
	return kind, name
}

func pretty(value any) string {
	encoded, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return ""
	}
	return string(encoded)
}
