package expr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseConditionIssues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rule, path, code, hint string }{
		{`"x"`, "", "invalid_type", ""},
		{`[{"tag": "a"}]`, "", "invalid_type", "{all: […]}"},
		{`{}`, "", "empty_condition", "field"},
		{`{"fild": "contact.a"}`, "/fild", "unknown_key", "did you mean field?"},
		{`{"field": "contact.a", "op": "exists", "valeu": 1}`, "/valeu", "unknown_key", "did you mean value?"},
		{`{"field": "contact.a", "value": 1}`, "", "missing_key", "eq"},
		{`{"op": "eq", "value": 1}`, "", "missing_key", "field"},
		{`{"field": "contact.a", "op": "eq"}`, "", "missing_value", "missing"},
		{`{"field": "contact.a", "op": "eq", "value": null}`, "", "missing_value", "missing"},
		{`{"field": "contact.a", "op": "containz", "value": 1}`, "/op", "unknown_operator", "did you mean contains?"},
		{`{"field": "contact.a", "op": ">=", "value": 1}`, "/op", "unknown_operator", "did you mean gte?"},
		{`{"field": "contact.a", "op": 7, "value": 1}`, "/op", "unknown_operator", ""},
		{`{"field": "contact.a", "op": "exists", "value": false}`, "/value", "unexpected_value", "missing"},
		{`{"field": 7, "op": "exists"}`, "/field", "invalid_type", ""},
		{`{"field": "{{ contact.a }}", "op": "exists"}`, "/field", "invalid_path", "contact.plan"},
		{`{"field": "contact..a", "op": "exists"}`, "/field", "invalid_path", ""},
		{`{"field": "plan", "op": "exists"}`, "/field", "unknown_root", "did you mean contact.plan?"},
		{`{"field": "contcat.plan", "op": "exists"}`, "/field", "unknown_root", "did you mean contact?"},
		{`{"field": "contact.a", "op": "eq", "value": {"ref": "nope.a"}}`, "/value/ref", "unknown_root", ""},
		{`{"field": "contact.a", "op": "eq", "value": {"reff": "contact.a"}}`, "/value", "invalid_value", ""},
		{`{"field": "contact.a", "op": "eq", "value": "{{ trigger.a }}"}`, "/value", "invalid_value", "ref"},
		{`{"field": "contact.a", "op": "in", "value": ["{{ trigger.a }}"]}`, "/value/0", "invalid_value", "ref"},
		{`{"field": "contact.a", "op": "in", "value": "a"}`, "/value", "invalid_value", "[a, b]"},
		{`{"field": "contact.a", "op": "in", "value": [["a"]]}`, "/value/0", "invalid_value", ""},
		{`{"field": "contact.a", "op": "contains", "value": ["a"]}`, "/value", "invalid_value", "any"},
		{`{"field": "contact.a", "op": "starts_with", "value": 5}`, "/value", "invalid_value", ""},
		{`{"field": "contact.a", "op": "gt", "value": true}`, "/value", "invalid_value", ""},
		{`{"field": "contact.a", "op": "within_last", "value": "60 days"}`, "/value", "invalid_duration", ""},
		{`{"field": "contact.a", "op": "within_next", "value": 60}`, "/value", "invalid_duration", ""},
		{`{"field": "contact.a", "op": "before", "value": "tomorrow"}`, "/value", "invalid_instant", ""},
		{`{"field": "contact.a", "op": "after", "value": 20260101}`, "/value", "invalid_instant", ""},
		{`{"field": "contact.a", "op": "matches", "value": "("}`, "/value", "invalid_regex", "RE2"},
		{`{"field": "contact.a", "op": "matches", "value": "(?=a)"}`, "/value", "invalid_regex", "RE2"},
		{`{"field": "contact.a", "op": "matches", "value": "(\\pL{999}x{999})"}`, "/value", "invalid_regex", ""},
		{`{"field": "contact.a", "op": "matches", "value": "((a{0,100}){0,100})"}`, "/value", "invalid_regex", ""},
		{`{"field": "contact.a", "op": "matches", "value": 7}`, "/value", "invalid_regex", ""},
		{`{"all": []}`, "/all", "empty_group", ""},
		{`{"any": {"tag": "a"}}`, "/any", "invalid_type", "list"},
		{`{"any": [{"tag": "a"}, {"tga": "b"}]}`, "/any/1/tga", "unknown_key", "did you mean tag?"},
		{`{"not": null}`, "/not", "invalid_type", ""},
		{`{"all": [{"tag": "a"}], "any": [{"tag": "b"}]}`, "/any", "unknown_key", "all"},
		{`{"did": "Purchase Completed"}`, "/did", "invalid_event", "did you mean purchase.completed?"},
		{`{"did": 5}`, "/did", "invalid_event", ""},
		{`{"did": "a.b", "where": {"field": "event.a"}}`, "/where", "missing_key", ""},
		{`{"did": "a.b", "count": 3}`, "/count", "invalid_value", "gte"},
		{`{"did": "a.b", "count": {"gtee": 3}}`, "/count/gtee", "unknown_operator", "did you mean gte?"},
		{`{"did": "a.b", "count": {"gte": "3"}}`, "/count/gte", "invalid_value", ""},
		{`{"did": "a.b", "count": {"gte": -1}}`, "/count/gte", "invalid_value", ""},
		{`{"did": "a.b", "within": "two months"}`, "/within", "invalid_duration", ""},
		{`{"did": "a.b", "since": "step"}`, "/since", "invalid_value", "enrollment"},
		{`{"did": "a.b", "since": "enrollment", "within": "3d"}`, "/since", "unexpected_value", ""},
		{`{"tag": ""}`, "/tag", "invalid_value", ""},
		{`{"tag": ["a"]}`, "/tag", "invalid_value", ""},
		{`{"segment": "{{ x }}"}`, "/segment", "invalid_value", ""},
		{`{"course": "a", "progress": 50}`, "/progress", "invalid_value", "gte"},
		{`{"deal": "a", "stage": 5}`, "/stage", "invalid_value", ""},
		{`{"expr": ""}`, "/expr", "invalid_expression", ""},
		{`{"expr": 1}`, "/expr", "invalid_type", ""},
		{`{"expr": "contact.plan =="}`, "/expr", "invalid_expression", ""},
		{`{"expr": "contcat.plan == 'a'"}`, "/expr", "invalid_expression", "contact"},
		{`{"expr": "1 + 1"}`, "/expr", "invalid_expression", ""},
		{`{"a/b~c": 1}`, "/a~1b~0c", "unknown_key", ""},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			c, issues := ParseCondition(decoded(t, tt.rule))
			require.Nil(t, c)
			require.Len(t, issues, 1, "%v", issues)
			require.Equal(t, tt.path, issues[0].Path)
			require.Equal(t, tt.code, issues[0].Code)
			require.NotEmpty(t, issues[0].Message)
			require.Contains(t, issues[0].Hint, tt.hint)
		})
	}
}

func TestParseConditionReportsEverything(t *testing.T) {
	t.Parallel()
	_, issues := ParseCondition(decoded(t, `{"all": [
		{"field": "plan", "op": "is", "value": 1}, {"tag": 5}, {"did": "X", "count": 1, "within": "1", "wher": {}}, {"expr": "("}]}`))
	var got []string
	for _, issue := range issues {
		got = append(got, issue.Path+" "+issue.Code)
	}
	require.Equal(t, []string{
		"/all/0/field unknown_root", "/all/0/op unknown_operator", "/all/1/tag invalid_value", "/all/2/wher unknown_key",
		"/all/2/did invalid_event", "/all/2/count invalid_value", "/all/2/within invalid_duration", "/all/3/expr invalid_expression",
	}, got)
}

func nest(depth int) any {
	var rule any = map[string]any{"tag": "a"}
	for range depth {
		rule = map[string]any{"not": rule}
	}
	return rule
}

func TestParseConditionCapsDepthAndSize(t *testing.T) {
	t.Parallel()
	_, issues := ParseCondition(nest(MaxDepth - 1))
	require.Empty(t, issues)
	_, issues = ParseCondition(nest(MaxDepth))
	require.Len(t, issues, 1)
	require.Equal(t, "too_deep", issues[0].Code)
	many := make([]any, maxRules+50)
	for i := range many {
		many[i] = map[string]any{"tag": "a"}
	}
	_, issues = ParseCondition(map[string]any{"any": many})
	require.Len(t, issues, 1)
	require.Equal(t, "too_large", issues[0].Code)
}

func TestExpressionsAreBounded(t *testing.T) {
	t.Parallel()
	list := make([]any, 300)
	for i := range list {
		list[i] = int64(i)
	}
	s := &Scope{Now: noon, Roots: map[string]any{"event": map[string]any{"list": list, "text": strings.Repeat("a", 60_000), "short": strings.Repeat("a", 1000)}}}
	for _, source := range []string{
		`event.list.all(a, event.list.all(b, event.list.all(c, event.list.all(d, a + b + c + d >= 0))))`,
		`event.list.map(a, event.list.map(b, event.list.map(c, [a, b, c]))).size() > 0`,
		`event.list.all(a, event.text.matches('(a*)*b') == false)`,
		`event.list.all(a, (event.text + event.text + event.text).size() > 0)`,
		`event.list.all(a, event.short.matches('(x|a){0,200}b') == false)`,
	} {
		c, issues := ParseCondition(map[string]any{"expr": source})
		require.Empty(t, issues, source)
		quick(t, source, func(int) {
			got, values, err := c.Eval(s)
			require.NoError(t, err)
			require.False(t, got, source)
			require.Equal(t, "cost", values[0].Reason, source)
		})
	}
	for _, source := range []string{
		strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200),
		`event.text.matches('(x|a){0,900}b')`, `event.text.matches('(\\pL{0,30}){0,30}b')`, `event.text.matches(event.short)`,
		`matches(event.text, '(')`,
		"true" + strings.Repeat("||true", 2000), strings.Repeat("[", 500) + strings.Repeat("]", 500) + " == []",
	} {
		_, issues := ParseCondition(map[string]any{"expr": source})
		require.NotEmpty(t, issues, source)
	}
}

func TestEqualAndNotEqualAreOpposites(t *testing.T) {
	t.Parallel()
	scalar := rapid.OneOf(
		rapid.Just[any](true), rapid.Just[any]("1"), rapid.Just[any]("x"),
		rapid.Map(rapid.Int64(), func(i int64) any { return i }), rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
		rapid.Map(rapid.StringMatching(`[a-zA-Z0-9.@]{0,8}`), func(s string) any { return s }),
	)
	rapid.Check(t, func(t *rapid.T) {
		c := comparison{scope: &Scope{}, ignoreCase: rapid.Bool().Draw(t, "case")}
		a, b := scalar.Draw(t, "a"), scalar.Draw(t, "b")
		eq, reason := c.compare("eq", a, b)
		ne, reasonNe := c.compare("ne", a, b)
		mirrored, _ := c.compare("eq", b, a)
		require.Equal(t, reason, reasonNe)
		require.Equal(t, eq, mirrored)
		require.Equal(t, reason == "", eq != ne)
		in, _ := c.compare("in", a, []any{b})
		require.Equal(t, eq, in)
		lt, _ := c.compare("lt", a, b)
		gte, reasonOrder := c.compare("gte", a, b)
		require.Equal(t, reasonOrder == "", lt != gte)
	})
}

func FuzzParseCondition(f *testing.F) {
	for _, doc := range []string{
		`{"field": "contact.plan", "op": "eq", "value": "pro"}`, `{"all": [{"tag": "a"}, {"not": {"expr": "contact.a == 1"}}]}`,
		`{"did": "a.b", "where": {"field": "event.amount", "op": "gte", "value": {"ref": "trigger.amount"}}, "count": {"gte": 2}, "within": "60d"}`,
		`{"field": "event.x", "op": "matches", "value": "^a+$"}`, `{"course": "a", "progress": {"lt": 5}}`, `{"segment": "nested"}`, `[]`, `{"fild": 1}`,
		`{"field": "contact.renewal", "op": "within_next", "value": "3d"}`,
	} {
		f.Add([]byte(doc))
	}
	s := testScope(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		raw, err := DecodeJSON(doc)
		if err != nil {
			return
		}
		c, issues := ParseCondition(raw)
		require.Equal(t, c == nil, len(issues) > 0)
		for _, issue := range issues {
			require.NotEmpty(t, issue.Code)
			require.NotEmpty(t, issue.Message)
			require.True(t, issue.Path == "" || issue.Path[0] == '/')
		}
		if c == nil {
			return
		}
		first, values, err := c.Eval(s)
		require.NoError(t, err)
		second, again, err := c.Eval(s)
		require.NoError(t, err)
		require.Equal(t, first, second)
		require.Equal(t, values, again)
	})
}
