package gallery

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// draft is a template of the given definition with these blanks.
func draft(t *testing.T, definition string, blanks ...Blank) *Template {
	t.Helper()
	tpl := &Template{Key: "draft", Name: "Draft", Blanks: blanks}
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(definition), &doc))
	tpl.Definition = *doc.Content[0]
	return tpl
}

func filled(t *testing.T, tpl *Template, given map[string]any) string {
	t.Helper()
	answers, faults := tpl.Answer(given)
	require.Empty(t, faults)
	document, err := tpl.Document("key", "Name", answers)
	require.NoError(t, err)
	return string(document)
}

func TestAnswersKeepTheirType(t *testing.T) {
	t.Parallel()
	tpl := draft(t, `{key: x, name: x, list: [<<n>>, "<<n>>", "up to <<n>>"], word: "<<word>>", off: "<<none>>", yes: true, "no": null, n: 2.5, s: "7"}`,
		Blank{Key: "n", Kind: KindNumber, Default: 3}, Blank{Key: "word", Kind: KindText, Default: "5"}, Blank{Key: "none", Kind: KindText, Default: ""})
	require.Equal(t, `{"key":"key","name":"Name","list":[3,3,"up to 3"],"word":"5","yes":true,"no":null,"n":2.5,"s":"7"}`, filled(t, tpl, nil)) //nolint:testifylint // the order counts, too
	require.Contains(t, filled(t, tpl, map[string]any{"n": 1e6}), `[1000000,1000000,"up to 1000000"]`)
}

// TestAnswersAreNeverMoreThanText: what would be structure, a blank, markup or a merge
// field in a document is text when it is an answer, or is refused.
func TestAnswersAreNeverMoreThanText(t *testing.T) {
	t.Parallel()
	tpl := draft(t, `{key: x, name: x, body: "say <<a>>", whole: "<<a>>", html: "<p><<a>></p>", other: "<<b>>"}`,
		Blank{Key: "a", Kind: KindText, Default: "x"}, Blank{Key: "b", Kind: KindText, Default: "x"})
	for _, evil := range []string{`", "type": "webhook`, "}, extra: {", "&anchor *alias !!tag", "<<b>>", "<script>alert(1)</script>", "'; -- ", "secret :x", `\u007b`, "true", "null", "12"} {
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(filled(t, tpl, map[string]any{"a": evil, "b": "two"})), &got))
		require.Len(t, got, 6)
		evil = strings.TrimSpace(evil)
		require.Equal(t, "say "+evil, got["body"])
		require.Equal(t, evil, got["whole"])
		require.NotContains(t, got["html"], "<script")
		require.Equal(t, "two", got["other"])
	}
	for _, refused := range []any{"{{ contact.email }}", "{% if x %}", "two\nlines", "a\x00b", "\xff", "secret:slack_team", strings.Repeat("x", 501), 5.0, true, []any{"x"}, map[string]any{}} {
		_, faults := tpl.Answer(map[string]any{"a": refused})
		require.Len(t, faults, 1, "%v", refused)
		require.Equal(t, "a", faults[0].Blank)
	}
	document, err := tpl.Document("k", "<<a>> {{ b }}", Answered{"a": "1", "b": "2"})
	require.NoError(t, err)
	require.Contains(t, string(document), `"name":"<<a>> {{ b }}"`)
}

func TestLinesWithoutAnAnswerAreLeftOut(t *testing.T) {
	t.Parallel()
	tpl := draft(t, "key: x\nname: x\nbody: |\n  one\n\n  link: <<url>>\n\n  three\n", Blank{Key: "url", Kind: KindURL, Default: ""})
	require.Contains(t, filled(t, tpl, nil), `"one\n\nthree\n"`)
	require.Contains(t, filled(t, tpl, map[string]any{"url": "https://x.example/a?b=1&c=2"}), `"one\n\nlink: https://x.example/a?b=1&c=2\n\nthree\n"`)
}

func TestStepsOfAnEmptyBlankAreSwitchedOff(t *testing.T) {
	t.Parallel()
	tpl := draft(t, `{key: x, name: x, nodes: {team: {type: slack, with: {webhook: "<<hook>>"}}, done: {type: end}}}`,
		Blank{Key: "hook", Kind: KindSecret, Default: "", Off: []string{"team"}, Empty: "https://example.com/"})
	require.Contains(t, filled(t, tpl, nil), `"team":{"type":"slack","with":{"webhook":"https://example.com/"},"disabled":true}`)
	require.NotContains(t, filled(t, tpl, map[string]any{"hook": "secret:a"}), "disabled")
	require.Contains(t, filled(t, tpl, map[string]any{"hook": "secret:a"}), `"secret:a"`)
	require.NotContains(t, filled(t, tpl, nil), "disabled\":true},\"done\":{\"type\":\"end\",\"disabled", "only those")
}

func TestKindsOfAnswers(t *testing.T) {
	t.Parallel()
	low, high := 1.0, 5.0
	for _, tt := range []struct {
		blank     Blank
		good, bad []any
	}{
		{Blank{Kind: KindEmail}, []any{"a@b.example", ""}, []any{"a", "A <a@b.example>", "a@b.example, c@d.example"}},
		{Blank{Kind: KindURL}, []any{"https://x.example", "http://x.example/a"}, []any{"x.example", "javascript:alert(1)", "https://", `https://x.example/"><b>`, "https://x.example/{{ a }}", "data:text/html,x"}},
		{Blank{Kind: KindNumber, Min: &low, Max: &high, Default: 2}, []any{1, int64(5), 2.5}, []any{"3", 0, 6.0, true}},
		{Blank{Kind: KindDuration}, []any{"3d", "90s"}, []any{"3 days", "-1d", "0d"}},
		{Blank{Kind: KindTime}, []any{"09:00"}, []any{"9", "25:00"}},
		{Blank{Kind: KindEvent}, []any{"order.created"}, []any{"order", "Order Created"}},
		{Blank{Kind: KindTag}, []any{"VIP customer"}, []any{strings.Repeat("x", 101)}},
		{Blank{Kind: KindCourse}, []any{"program-a"}, []any{"Program A", "-x"}},
		{Blank{Kind: KindWorkflow}, []any{"onboarding-2"}, []any{"on_boarding", "a/b"}},
		{Blank{Kind: KindFile}, []any{"Guide (2).pdf"}, []any{strings.Repeat("x", 129)}},
		{Blank{Kind: KindSecret}, []any{"https://hooks.example/T", "secret:team"}, []any{"xoxb-token", "secret:", "secret:a b"}},
		{Blank{Kind: KindChoice, Options: []Option{{Value: "a"}}}, []any{"a"}, []any{"b"}},
		{Blank{Kind: KindText, Required: true, Default: "x"}, []any{"a", nil}, []any{"", "  "}},
	} {
		tt.blank.Key = "it"
		tpl := &Template{Blanks: []Blank{tt.blank}}
		for _, answer := range tt.good {
			_, faults := tpl.Answer(map[string]any{"it": answer})
			require.Empty(t, faults, "%s %v", tt.blank.Kind, answer)
		}
		for _, answer := range tt.bad {
			_, faults := tpl.Answer(map[string]any{"it": answer})
			require.Len(t, faults, 1, "%s %v", tt.blank.Kind, answer)
			require.NotEmpty(t, faults[0].Message)
		}
	}
}

func TestSecretsAreNeverReplaced(t *testing.T) {
	t.Parallel()
	tpl := &Template{Blanks: []Blank{{Key: "team", Kind: KindSecret}}}
	there := func(names ...string) func(string) bool {
		return func(name string) bool { return strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") }
	}
	for _, tt := range []struct {
		given, becomes string
		there          []string
		stored         []Secret
		faults         int
	}{
		{given: "", becomes: ""},
		{given: "", becomes: "secret:team", there: []string{"team"}},
		{given: "secret:other", becomes: "secret:other", there: []string{"other"}},
		{given: "secret:other", becomes: "secret:other", faults: 1},
		{given: "https://a.example", becomes: "secret:team", stored: []Secret{{Name: "team", Value: "https://a.example", Blank: "team"}}},
		{given: "https://a.example", becomes: "secret:team_3", there: []string{"team", "team_2"}, stored: []Secret{{Name: "team_3", Value: "https://a.example", Blank: "team"}}},
	} {
		answers := Answered{"team": tt.given}
		stored, faults := tpl.Secrets(answers, there(tt.there...))
		require.Len(t, faults, tt.faults, tt.given)
		require.Equal(t, tt.stored, stored, tt.given)
		require.Equal(t, tt.becomes, answers["team"])
	}
}

// TestEveryFileIsListed: a file that the list does not name would be in nobody's
// gallery, and one that the page about it leaves out in nobody's mind.
func TestEveryFileIsListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/GALLERY.md")
	require.NoError(t, err)
	files, err := os.ReadDir("templates")
	require.NoError(t, err)
	require.Len(t, files, len(order))
	for _, file := range files {
		key := strings.TrimSuffix(file.Name(), ".yaml")
		require.NotNil(t, Find(key), key)
		require.Contains(t, string(page), "| `"+key+"` |")
	}
	require.Nil(t, Find("nothing"))
	_, err = Sample("nothing")
	require.Error(t, err)
}
