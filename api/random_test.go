package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
	"fermata/store"
	"fermata/store/storetest"
)

// maker makes up input from schemas: mostly what they allow, sometimes not.
type maker struct {
	*rand.Rand
	known []string // ids and keys that exist
}

func (m *maker) oneOf(list ...string) string { return list[m.IntN(len(list))] }

func (m *maker) word() string {
	if m.IntN(2) == 0 && len(m.known) > 0 {
		return m.known[m.IntN(len(m.known))]
	}
	return m.oneOf("a", "hello", "ana@example.com", "Ünïcode ☃", "'; DROP TABLE contacts; --", "<b>x</b>", "{{ x", "{% if %}", strings.Repeat("y", 300),
		" ", "0", "2026-03-02T09:00:00Z", "not a time", "Europe/Vienna", "program-a", "sales", "\u202e", "%00", "../..", "\U0001F600", "null")
}

func (m *maker) junk() any {
	return []any{nil, true, 0, -1, 1e300, 9007199254740993, 0.1, "", m.word(), []any{}, object{}, []any{nil, object{"a": []any{1}}}}[m.IntN(12)]
}

func (m *maker) value(schema *openapi3.Schema, depth int) any {
	if m.IntN(12) == 0 || depth > 6 {
		return m.junk()
	}
	for _, list := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf, schema.AllOf} {
		if len(list) > 0 {
			return m.value(list[m.IntN(len(list))].Value, depth+1)
		}
	}
	if len(schema.Enum) > 0 {
		return schema.Enum[m.IntN(len(schema.Enum))]
	}
	switch {
	case schema.Type.Is("object"):
		return m.object(schema, depth)
	case schema.Type.Is("array"):
		list := []any{}
		for range m.IntN(3) {
			list = append(list, m.value(schema.Items.Value, depth+1))
		}
		return list
	case schema.Type.Is("boolean"):
		return m.IntN(2) == 0
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return m.IntN(200) - 5
	case schema.Type.Is("string"):
		if schema.Format == "date-time" {
			return m.oneOf("2026-03-02T09:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2026-02-30T00:00:00Z")
		}
		return m.word()
	}
	return m.junk()
}

func (m *maker) object(schema *openapi3.Schema, depth int) any {
	made := object{}
	required := map[string]bool{}
	for _, name := range schema.Required {
		required[name] = true
	}
	for name, ref := range schema.Properties {
		if required[name] && m.IntN(10) > 0 || m.IntN(2) == 0 {
			made[name] = m.value(ref.Value, depth+1)
		}
	}
	if m.IntN(8) == 0 || schema.Properties == nil {
		made[m.word()] = m.junk()
	}
	return made
}

func (m *maker) url(op *operation) string {
	path := pathParameter.ReplaceAllStringFunc(op.path, func(string) string { return url.PathEscape(m.word()) })
	query := url.Values{}
	for name, p := range op.query {
		if m.IntN(3) == 0 {
			query.Set(name, fmt.Sprint(m.value(p.Schema.Value, 0)))
		}
	}
	return path + "?" + query.Encode()
}

// TestRandomRequests makes requests from the document: none may answer 5xx, and every answer must
// fit the document, which call checks.
func TestRandomRequests(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		m := &maker{Rand: rand.New(rand.NewPCG(1, 2)), known: []string{"hello", "program-a", "sales", "1", "new"}}
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		f.must(201, "POST", "/v1/pipelines", salesPipeline())
		done := f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
		m.known = append(m.known, path(t, done, "items", 0, "contact").(string), path(t, done, "items", 0, "enrollment").(string))
		answered := map[int]int{}
		for range sizes.Of(12, 3000) {
			for _, op := range testDocument().sorted() {
				var body any
				var opts []option
				if len(op.types) > 0 {
					body = m.body(op)
					opts = append(opts, withType(m.oneOf(op.types...)))
				}
				if m.IntN(4) == 0 {
					opts = append(opts, withHeader("Idempotency-Key", m.oneOf("a", "b", "ü", strings.Repeat("k", 256))))
				}
				a := f.call(op.method, m.url(op), body, opts...)
				answered[a.status]++
				if id, isText := a.json["id"].(string); isText && a.status == http.StatusCreated {
					m.known = append(m.known, id)
				}
				require.True(t, a.status < 500 || a.status == http.StatusNotImplemented, "%s %s: %d %s", op.method, op.path, a.status, a.body)
			}
		}
		t.Log(answered)
		require.Greater(t, answered[200], 100, "the made-up input must get past the checks at times")
		require.Greater(t, answered[201], 10)
		require.Greater(t, answered[422], 100)
	})
}

// body makes a body of the operation, now and then one that is no JSON.
func (m *maker) body(op *operation) any {
	if m.IntN(25) == 0 {
		return m.oneOf("{", "[[[[", "\"", "{}{}", "nul", "\xff", "a: [")
	}
	media := op.spec.RequestBody.Value.Content[op.types[0]]
	value := m.value(media.Schema.Value, 0)
	encoded, err := json.Marshal(value)
	if err != nil {
		return "{}"
	}
	if m.IntN(20) == 0 {
		return strings.ReplaceAll(string(encoded), "a", `\u0000`)
	}
	return encoded
}

func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,2.5,"x",null,true]}`, `{"a":1,"a":2}`, `[[[[`, "\"\\u0000\"", `1e999`, `{"a":`, `{} x`, `0e0`, strings.Repeat("[", 40)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := readJSON(body)
		if err != nil {
			p := asProblem(err)
			require.Contains(t, []kind{kindMalformed, kindValidation}, p.kind)
			return
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		again, err := readJSON(encoded)
		require.NoError(t, err)
		// 0e0 is a fraction and its shortest spelling 0 is not: what counts is what is written.
		rewritten, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(encoded), string(rewritten))
	})
}
