package definition_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter/definition"
)

func mustJSON(t require.TestingT, v any) []byte {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return raw
}

func TestYAMLAndJSONHaveOneHash(t *testing.T) {
	t.Parallel()
	for _, path := range exampleFiles(t) {
		fromYAML := read(t, path)
		indented, err := json.MarshalIndent(fromYAML.Raw, "", "  ")
		require.NoError(t, err)
		fromJSON, problems := definition.Parse(indented, false)
		require.Empty(t, problems)
		require.Equal(t, string(fromYAML.Canonical()), string(fromJSON.Canonical()), filepath.Base(path))
		require.Equal(t, definition.Hash(fromYAML.Canonical()), definition.Hash(fromJSON.Canonical()))

		again, err := definition.ParseCanonical(fromYAML.Canonical())
		require.NoError(t, err)
		require.Equal(t, fromYAML.Canonical(), again.Canonical())
		require.Equal(t, fromYAML.Settings, again.Settings)
	}
}

const small = `{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"end"}}%s}`

func TestLayoutIsNotContent(t *testing.T) {
	t.Parallel()
	plain, _ := definition.Parse(fmt.Appendf(nil, small, ""), false)
	placed, problems := definition.Parse(fmt.Appendf(nil, small, `,"layout":{"n":{"x":1,"y":2}}`), false)
	require.Empty(t, problems)
	require.Equal(t, plain.Canonical(), placed.Canonical())
	require.NotNil(t, placed.Raw["layout"])
	require.NotContains(t, string(placed.Canonical()), "layout")

	described, _ := definition.Parse(fmt.Appendf(nil, small, `,"settings":{"description":"x"}`), false)
	require.NotEqual(t, definition.Hash(plain.Canonical()), definition.Hash(described.Canonical()))
}

func TestNumbersAreNormalised(t *testing.T) {
	t.Parallel()
	hash := func(number string) string {
		d, problems := definition.Parse(fmt.Appendf(nil, small, `,"settings":{"manual_minutes":`+number+`}`), false)
		require.Empty(t, problems)
		return definition.Hash(d.Canonical())
	}
	require.Equal(t, hash("90"), hash("90.0"))
	require.Equal(t, hash("90"), hash("9e1"))
	require.Equal(t, hash("0"), hash("-0"))
	require.Equal(t, hash("0.5"), hash("5e-1"))
	require.Equal(t, hash("1e300"), hash("1.0e300"))
	require.NotEqual(t, hash("9007199254740993"), hash("9007199254740992"))

	d, _ := definition.Parse(fmt.Appendf(nil, small, `,"layout":{"whole":90.0,"part":0.5,"large":1e18,"vast":1e19}`), false)
	require.Equal(t, map[string]any{"whole": int64(90), "part": 0.5, "large": int64(1e18), "vast": 1e19}, d.Raw["layout"])
}

func TestCanonicalBytes(t *testing.T) {
	t.Parallel()
	d, problems := definition.Parse([]byte("name: \"A <b> & é\"\nschema: 1.0\nkey: a\nstart: n\nnodes: {n: {type: end}}\n"), true)
	require.Empty(t, problems)
	want := `{"key":"a","name":"A <b> & é","nodes":{"n":{"type":"end"}},"schema":1,"start":"n"}`
	require.Equal(t, []byte(want), d.Canonical())
	require.Equal(t, "3e6c85b81963439d9169e68c46692ad42d97a1b0f2c7d20cc66a24a28274bc73", definition.Hash(d.Canonical()))
}

// anyValue draws a JSON value of bounded depth.
func anyValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.Int64().AsAny(),
		rapid.Float64Range(-1e12, 1e12).AsAny(),
		text().AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	return rapid.OneOf(append(leaves,
		rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(anyValue(depth-1), 0, 4).Draw(t, "list") }),
		rapid.Custom(func(t *rapid.T) any {
			return rapid.MapOfN(rapid.StringMatching(`[a-z:# -]{1,8}`), anyValue(depth-1), 0, 4).Draw(t, "object")
		}),
	)...)
}

// text draws strings that YAML could take for something else.
func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "~", "null", "true", "yes", "1", "1.0", "0x10", "0777", "1_000", "2026-03-09", "<<", "*a", "&a", "- x", "a: b", "# x", "\t", "\u2028", ".inf", "é<&>"}),
		rapid.StringMatching(`[ -z|~\n]{0,20}`),
	)
}

// TestHashDoesNotDependOnTheNotation: any data, written as JSON or as YAML, with its
// keys in any order, has the same canonical bytes, and those are a fixed point.
func TestHashDoesNotDependOnTheNotation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.MapOfN(rapid.StringMatching(`[a-z_.~/ -]{1,10}`), anyValue(3), 0, 5).Draw(t, "data")
		document := map[string]any{
			"schema": 1, "key": "a", "name": "A", "start": "n",
			"nodes":  map[string]any{"n": map[string]any{"type": "end"}},
			"tests":  []any{map[string]any{"contact": data, "expect": map[string]any{}}},
			"layout": data,
		}
		fromJSON, problems := definition.Parse(mustJSON(t, document), false)
		require.Empty(t, problems)
		asYAML := inYAML(document, "")
		fromYAML, problems := definition.Parse([]byte(asYAML), true)
		require.Empty(t, problems, "%s", asYAML)
		fromShuffled, problems := definition.Parse([]byte(shuffled(t, document)), false)
		require.Empty(t, problems)

		canonical := string(fromJSON.Canonical())
		require.Equal(t, canonical, string(fromYAML.Canonical()), "%s", asYAML)
		require.Equal(t, canonical, string(fromShuffled.Canonical()))
		again, err := definition.ParseCanonical([]byte(canonical))
		require.NoError(t, err)
		require.Equal(t, canonical, string(again.Canonical()))
	})
}

// shuffled writes JSON with the keys of every object in a drawn order.
func shuffled(t *rapid.T, v any) string {
	switch v := v.(type) {
	case map[string]any:
		keys := rapid.Permutation(slices.Sorted(maps.Keys(v))).Draw(t, "keys")
		parts := make([]string, len(keys))
		for i, key := range keys {
			parts[i] = string(mustJSON(t, key)) + " : " + shuffled(t, v[key])
		}
		return "{\n" + strings.Join(parts, ",\n") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = shuffled(t, item)
		}
		return "[" + strings.Join(parts, " ,") + "]"
	}
	return string(mustJSON(t, v))
}

var plainText = regexp.MustCompile(`^[a-z][a-z ]*[a-z]$`)

// inYAML writes block YAML with the plainest notation that keeps every value.
func inYAML(v any, indent string) string {
	switch v := v.(type) {
	case map[string]any:
		var b strings.Builder
		for key, value := range v {
			b.WriteString("\n" + indent + inYAML(key, "") + ": " + inYAML(value, indent+"  "))
		}
		if len(v) == 0 {
			return "{}"
		}
		return b.String()
	case []any:
		var b strings.Builder
		for _, value := range v {
			b.WriteString("\n" + indent + "- " + inYAML(value, indent+"  "))
		}
		if len(v) == 0 {
			return "[]"
		}
		return b.String()
	case string:
		switch {
		case plainText.MatchString(v) && v != "null" && v != "true" && v != "false":
			return v
		case !strings.ContainsFunc(v, unicode.IsControl) && !strings.Contains(v, "\u2028"):
			return "'" + strings.ReplaceAll(v, "'", "''") + "'"
		}
	case nil:
		return "~"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}
