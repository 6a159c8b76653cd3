package api

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"fermata/api/gen"

	"fermata/interpreter/expr"
)

// checkParameters validates path, query and header parameters against the document. A query
// parameter that the operation does not know is refused: a misspelled filter must not list all.
func checkParameters(c *gin.Context, op *operation) error {
	for _, p := range c.Params {
		if !plainText(p.Value) || p.Value == "" {
			return failure(kindNotFound, "there is nothing with this id or key")
		}
		if p.Key == "n" {
			if n, err := strconv.Atoi(p.Value); err != nil || n < 1 || n > 1_000_000_000 {
				return failure(kindNotFound, "there is no version %q", p.Value)
			}
		}
	}
	fields := checkQuery(c.Request, op)
	for _, p := range op.header {
		values := c.Request.Header.Values(p.Name)
		if len(values) == 0 {
			continue
		}
		fields = append(fields, checkParameter(p, p.Name, strings.Join(values, ", "))...)
	}
	if len(fields) > 0 {
		return invalidFields(fields)
	}
	return nil
}

func checkQuery(r *http.Request, op *operation) []gen.FieldError {
	if op.anyQuery {
		return nil
	}
	var fields []gen.FieldError
	known := make([]string, 0, len(op.query))
	for name := range op.query {
		known = append(known, name)
	}
	given := r.URL.Query()
	for name, p := range op.query {
		if p.Required && len(given[name]) == 0 {
			fields = append(fields, gen.FieldError{Pointer: "?" + name, Message: "is missing", Hint: p.Description})
		}
	}
	for name, values := range given {
		p, ok := op.query[name]
		switch {
		case !ok:
			fields = append(fields, gen.FieldError{Pointer: "?" + printable(name), Message: "is not a parameter of this call", Hint: didYouMean(name, known)})
		case p.Schema.Value.Type.Is("array"):
			fields = append(fields, checkList(p, "?"+name, values)...)
		case len(values) > 1:
			fields = append(fields, gen.FieldError{Pointer: "?" + name, Message: "is given twice"})
		default:
			fields = append(fields, checkParameter(p, "?"+name, values[0])...)
		}
	}
	return fields
}

// checkList validates a parameter that may be repeated.
func checkList(p *openapi3.Parameter, pointer string, values []string) []gen.FieldError {
	schema := p.Schema.Value
	if schema.MaxItems != nil && uint64(len(values)) > *schema.MaxItems {
		return []gen.FieldError{{Pointer: pointer, Message: fmt.Sprintf("is given %d times", len(values)), Hint: fmt.Sprintf("at most %d", *schema.MaxItems)}}
	}
	var fields []gen.FieldError
	for _, value := range values {
		fields = append(fields, checkParameter(&openapi3.Parameter{Schema: schema.Items}, pointer, value)...)
	}
	return fields
}

func checkParameter(p *openapi3.Parameter, pointer, text string) []gen.FieldError {
	if !plainText(text) {
		return []gen.FieldError{{Pointer: pointer, Message: "holds characters that are not allowed"}}
	}
	var value any = text
	switch {
	case p.Schema.Value.Type.Is("integer"):
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return []gen.FieldError{{Pointer: pointer, Message: "must be a whole number"}}
		}
		value = n
	case p.Schema.Value.Type.Is("boolean"):
		if text != "true" && text != "false" {
			return []gen.FieldError{{Pointer: pointer, Message: "must be true or false"}}
		}
		value = text == "true"
	}
	fields := checkSchema(p.Schema.Value, value)
	for i := range fields {
		fields[i].Pointer = pointer
	}
	return fields
}

// plainText reports whether a parameter can be stored and compared: UTF-8 without control characters.
func plainText(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
}

// timeFormat accepts what encoding/json can read into a time.Time.
var timeFormat = openapi3.NewCallbackValidator(func(s string) error {
	if t, err := time.Parse(time.RFC3339, s); err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return errors.New("must be an RFC 3339 time like 2026-03-09T09:00:00Z")
	}
	return nil
})

// checkSchema lists everything in value that the schema does not allow.
func checkSchema(schema *openapi3.Schema, value any) []gen.FieldError {
	err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(),
		openapi3.EnableFormatValidation(), openapi3.WithStringFormatValidator("date-time", timeFormat))
	return schemaErrors(err, nil)
}

func schemaErrors(err error, fields []gen.FieldError) []gen.FieldError {
	if err == nil {
		return fields
	}
	if list, ok := errors.AsType[openapi3.MultiError](err); ok {
		for _, one := range list {
			fields = schemaErrors(one, fields)
		}
		return fields
	}
	one, ok := errors.AsType[*openapi3.SchemaError](err)
	if !ok {
		return append(fields, gen.FieldError{Message: err.Error()})
	}
	return append(fields, fieldError(one))
}

var quotedName = regexp.MustCompile(`(?s)^property "(.*)" is unsupported$`)

func fieldError(e *openapi3.SchemaError) gen.FieldError {
	pointer := ""
	for _, token := range e.JSONPointer() {
		pointer = child(pointer, token)
	}
	if name := quotedName.FindStringSubmatch(e.Reason); name != nil && e.SchemaField == "properties" {
		key, err := strconv.Unquote(`"` + name[1] + `"`)
		if err != nil {
			key = name[1]
		}
		known := make([]string, 0, len(e.Schema.Properties))
		for k := range e.Schema.Properties {
			known = append(known, k)
		}
		return gen.FieldError{Pointer: child(pointer, key), Message: "is not known here", Hint: didYouMean(key, known)}
	}
	message, hint := schemaMessage(e)
	return gen.FieldError{Pointer: pointer, Message: message, Hint: hint}
}

// schemaMessage says in words what one keyword of the schema asks for; it never quotes the value.
func schemaMessage(e *openapi3.SchemaError) (message, hint string) {
	switch e.SchemaField {
	case "required":
		return "must be given", ""
	case "type", "nullable":
		if types := e.Schema.Type; types != nil && len(types.Slice()) == 1 {
			return "must be " + article(types.Slice()[0]), ""
		}
		return "must not be null", ""
	case "enum":
		return "is not one of the allowed values", "one of " + listed(e.Schema.Enum)
	case "pattern":
		return "is not spelled as it must be", firstText(e.Schema.Description, "pattern "+e.Schema.Pattern)
	case "minLength":
		return fmt.Sprintf("must have at least %d characters", e.Schema.MinLength), ""
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *e.Schema.MaxLength), ""
	case "minItems", "minProperties":
		return "must not be empty", ""
	case "maxItems":
		return fmt.Sprintf("must have at most %d items", *e.Schema.MaxItems), ""
	case "minimum":
		return fmt.Sprintf("must be at least %v", *e.Schema.Min), ""
	case "maximum":
		return fmt.Sprintf("must be at most %v", *e.Schema.Max), ""
	case "format":
		return "must be an RFC 3339 time", "2026-03-09T09:00:00Z"
	}
	return firstText(e.Reason, "is not allowed"), ""
}

func article(kind string) string {
	switch kind {
	case "array":
		return "a list"
	case "object", "integer":
		return "an " + kind
	}
	return "a " + kind
}

func listed(values []any) string {
	words := make([]string, 0, len(values))
	for _, v := range values {
		if v != nil {
			words = append(words, fmt.Sprint(v))
		}
	}
	return strings.Join(words, ", ")
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// didYouMean names the known word that is one or two edits away from word, as a hint.
func didYouMean(word string, known []string) string {
	best, limit := "", 2
	for _, candidate := range known {
		if d := expr.Distance(strings.ToLower(word), candidate); d <= limit && (best == "" || d < limit || candidate < best) {
			best, limit = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}
