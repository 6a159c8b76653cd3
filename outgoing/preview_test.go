package outgoing

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
)

func TestMaskHidesEverySpellingOfASecret(t *testing.T) {
	t.Parallel()
	token, hook := `Bearer a/b+c="dé&`, "https://user:pass-word@hooks.example/services/T000/abcdefghij?key=qwertz"
	mask := NewMask(Request{Secrets: []string{token, hook, "abc"}})
	for _, text := range []string{
		token, `a/b+c="dé&`, `Bearer a/b+c=\"dé&`, `Bearer a/b+c=\"dé\u0026`, hook, url.QueryEscape(token), url.PathEscape(token), base64.StdEncoding.EncodeToString([]byte(token)),
		"/services/T000/abcdefghij?key=qwertz", "/services/T000/abcdefghij", "abcdefghij", "pass-word", "hooks.example", "qwertz",
	} {
		require.Equal(t, "<"+Masked+">", mask.Text("<"+text+">"), text)
	}
	require.Equal(t, "abc T000", mask.Text("abc T000"), "short words are in every text")
	require.Equal(t, map[string]any{"a": []any{Masked, int64(1)}, Masked: "x"}, mask.Value(map[string]any{"a": []any{token, int64(1)}, token: "x"}))
	require.Equal(t, "plain", NewMask(Request{}).Text("plain"))
}

func TestLinksOfAMail(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"https://a.example/?x=1&y=2", "mailto:b@example.com"}, Links(
		`<p><a href="https://a.example/?x=1&amp;y=2">a</a><A HREF='mailto:b@example.com'>b</a><a href="https://a.example/?x=1&amp;y=2">again</a><a>none</a></p>`))
	require.Empty(t, Links("<p>none</p>"))
}

func TestGaps(t *testing.T) {
	t.Parallel()
	scope := &expr.Scope{Roots: map[string]any{"contact": map[string]any{"email": "ana@example.com"}}}
	gaps := Gaps(map[string]any{
		"to": []any{"{{ contact.email }}", "{{ contact.boss }}"}, "a/b": "{{ trigger.x }} {{ trigger.x }}", "wrong": "{{", "n": int64(1),
		"fine": "{{ contact.nick | default: 'you' }}",
	}, scope)
	require.Len(t, gaps, 3)
	require.Equal(t, Gap{Path: "/a~1b", Missing: "trigger.x"}, gaps[0], "once for each text")
	require.Equal(t, Gap{Path: "/to/1", Missing: "contact.boss"}, gaps[1])
	require.Equal(t, "/wrong", gaps[2].Path)
	require.Error(t, gaps[2].Err)
}

// TestAnswersMayNameTheAddress: what follows a call may need the links in its answer, and nobody
// needs its keys.
func TestAnswersMayNameTheAddress(t *testing.T) {
	t.Parallel()
	mask := NewAnswerMask(Request{Secrets: []string{"https://user:pass-word@calendar.example/v1/book/tok_0123456789abcdef?key=open-sesame", "Bearer s3cr3t-token"}})
	for text, want := range map[string]string{
		"https://calendar.example/v1/book/77": "https://calendar.example/v1/book/77",
		"you sent Bearer s3cr3t-token":        "you sent ••••", "token s3cr3t-token": "token ••••",
		"no route tok_0123456789abcdef": "no route ••••", "key=open-sesame": "••••", "pass-word": "••••",
	} {
		require.Equal(t, want, mask.Text(text))
	}
	require.Equal(t, "Bearer", NewAnswerMask(Request{}).Text("Bearer"))
}
