package nodes_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/nodes"
)

func TestWhatAStepWasGivenIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 3000)
	text, _ := nodes.SlackMessage{Webhook: "secret:team", Text: long}.Given()["text"].(string)
	require.Less(t, len(text), 4200)
	require.True(t, utf8.ValidString(text), "cut between letters")
	require.True(t, strings.HasPrefix(long, strings.TrimSuffix(text, "…")))
	call := nodes.Call{Method: "POST", URL: "https://shop.example", Body: []byte(`{"a": "` + long + `"}`)}.Given()
	require.IsType(t, "", call["body"], "a body that is too long is cut as a text")
	require.Equal(t, nodes.Given{"method": "GET", "url": "secret:address"}, nodes.Call{Method: "GET", URL: "secret:address"}.Given())
	require.Equal(t, nodes.Given{"body": map[string]any{"a": 1.0}}, nodes.Call{Body: []byte(`{"a": 1}`)}.Given())
}
