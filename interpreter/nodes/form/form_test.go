package form_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/nodes/form"
)

var person = form.Object{
	Fields: []form.Field{
		{Key: "name", Type: form.Text{Max: 5}, Required: true},
		{Key: "tags", Type: form.List{Of: form.Text{}, Max: 2, Single: true}},
		{Key: "path", Type: form.Path{Roots: []string{"trigger"}}},
		{Key: "a", Type: form.Bool{}},
		{Key: "b", Type: form.Bool{}},
	},
	OneOf: [][]string{{"a", "b"}},
}

func read(raw map[string]any) (*form.Values, []form.Problem) {
	r := &form.Report{}
	return person.Values(raw, "/p", r), r.Problems
}

func TestEverythingWrongIsReportedAtItsPlace(t *testing.T) {
	t.Parallel()
	_, problems := read(map[string]any{"nam": "x", "a/b": 1, "tags": []any{"x", int64(1), "z"}, "path": "order_id", "a": true, "b": "yes"})
	require.Equal(t, []form.Problem{
		{Severity: "error", Code: "unknown_key", Path: "/p/a~1b", Message: `unknown key "a/b"`, Hint: "did you mean a?"},
		{Severity: "error", Code: "unknown_key", Path: "/p/nam", Message: `unknown key "nam"`, Hint: "did you mean name?"},
		{Severity: "error", Code: "required", Path: "/p/name", Message: `"name" is required`},
		{Severity: "error", Code: "invalid_value", Path: "/p/tags", Message: "has 3 entries", Hint: "at most 2"},
		{Severity: "error", Code: "invalid_type", Path: "/p/tags/1", Message: "must be text, is the number 1"},
		{Severity: "error", Code: "invalid_value", Path: "/p/path", Message: `"order_id" is not a path under trigger`, Hint: "write trigger.order_id"},
		{Severity: "error", Code: "invalid_type", Path: "/p/b", Message: `must be true or false, is the text "yes"`},
		{Severity: "error", Code: "conflict", Path: "/p/b", Message: "only one of these may be given: a, b", Hint: "remove b"},
	}, problems)
}

func TestValues(t *testing.T) {
	t.Parallel()
	v, problems := read(map[string]any{"name": "Zoë", "tags": "x", "path": "trigger.items[0].sku", "a": false})
	require.Empty(t, problems)
	require.Equal(t, "Zoë", v.Text("name"))
	require.Equal(t, []string{"x"}, v.Texts("tags"))
	require.Equal(t, "trigger.items[0].sku", v.Text("path"))
	require.False(t, v.Bool("a", true))
	require.True(t, v.Bool("b", true))
	require.False(t, v.Has("b"))
	var none *form.Values
	require.Empty(t, none.Text("name"))
	require.False(t, none.Has("name"))
}

func TestReportsAreBounded(t *testing.T) {
	t.Parallel()
	raw := map[string]any{"name": "x", "a": true}
	for i := range 3 * form.MaxProblems {
		raw[fmt.Sprintf("nam%d", i)] = 1
	}
	r := &form.Report{}
	person.Values(raw, "", r)
	require.Len(t, r.Problems, form.MaxProblems)
	require.Equal(t, 3*form.MaxProblems, r.Found)
	require.NotEmpty(t, r.Problems[0].Hint)
	require.Empty(t, r.Problems[form.MaxProblems-1].Hint, "the search for near words has a budget")

	whole := &form.Report{}
	whole.Error("/a", "x", "y", "")
	whole.Merge(r, "/with")
	require.Len(t, whole.Problems, form.MaxProblems)
	require.Equal(t, 3*form.MaxProblems+1, whole.Found)
	require.Equal(t, "/with"+r.Problems[0].Path, whole.Problems[1].Path)
}
