package nodes

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTextToHTML(t *testing.T) {
	t.Parallel()
	require.Equal(t, "<p>Hi Ana,</p>\n<p>one<br>\ntwo</p>\n", textToHTML("Hi Ana,\r\n\r\n \none\r\ntwo\n"))
	require.Equal(t, "<p>1 &lt; 2 &amp; &#34;x&#34;</p>\n", textToHTML(`1 < 2 & "x"`))
	require.Equal(t,
		"<p>See <a href=\"https://a.example/x?y=1&amp;z=2\">https://a.example/x?y=1&amp;z=2</a>.</p>\n",
		textToHTML("See https://a.example/x?y=1&z=2."))
	require.Equal(t, "<p>javascript:alert(1)</p>\n", textToHTML("javascript:alert(1)"))
	require.Empty(t, textToHTML(" \n\n "))
}

func TestTextToHTMLNeverLetsMarkupThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([ -~\n]|https://a|<script>|"onload=){0,30}`).Draw(t, "text")
		made := textToHTML(text)
		bare := strings.NewReplacer("<p>", "", "</p>", "", "<br>", "", "</a>", "").Replace(made)
		for rest := bare; ; {
			open := strings.IndexByte(rest, '<')
			if open < 0 {
				break
			}
			tag, after, found := strings.Cut(rest[open:], `">`)
			require.True(t, found, made)
			href, isLink := strings.CutPrefix(tag, `<a href="http`)
			require.True(t, isLink, made)
			require.NotContains(t, href, `"`, made)
			rest = after
		}
	})
}

func TestHTMLToText(t *testing.T) {
	t.Parallel()
	source := `<html><head><title>T</title><style>p{}</style></head><body><!-- no -->
	<h1>Hello &amp; welcome</h1><p>See <a href="https://a.example/?a=1&amp;b=2">the
	page</a> or <a href='https://b.example'>https://b.example</a>.<br/>Bye</p>
	<ul><li>one</li><li><b>two</b></li></ul><script>alert("<p>x</p>")</script></body></html>`
	require.Equal(t, strings.Join([]string{
		"Hello & welcome", "",
		"See the page (https://a.example/?a=1&b=2) or https://b.example.", "Bye", "",
		"- one", "", "- two",
	}, "\n"), htmlToText(source))
	require.Equal(t, "1 < 2", htmlToText("1 < 2"))
	require.Equal(t, "ab", htmlToText("a<b></b>b"))
}

func TestPreheaderStandsFirst(t *testing.T) {
	t.Parallel()
	require.True(t, strings.HasPrefix(withPreheader("<p>x</p>", "Soon & cheap"), `<div style="display:none`))
	require.Contains(t, withPreheader("<p>x</p>", "Soon & cheap"), "Soon &amp; cheap</div>")
	require.True(t, strings.HasPrefix(withPreheader(`<html><BODY class="a">x`, "y"), `<html><BODY class="a">`+"\n<div"))
	require.Equal(t, "x", withPreheader("x", ""))
}

func TestSplitAddresses(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		"ana@example.com":                                 {"ana@example.com"},
		" ana@example.com , bo@b.example,":                {"ana@example.com", "bo@b.example"},
		`"Doe, Jane" <jane@a.example>, Bo <bo@b.example>`: {`"Doe, Jane" <jane@a.example>`, "Bo <bo@b.example>"},
		"": nil,
	} {
		got, ok := splitAddresses(source)
		require.True(t, ok, source)
		require.Equal(t, want, got)
	}
	for _, source := range []string{
		"ana", "ana@", "@a.example", "a b@c.example", "ana@a.example\r\nBcc: x@y.example", "ana@a.example\nx",
		"<ana@a.example", "a@b@c.example", "Ana <x> <ana@a.example>", "ana@a.example; bo@b.example", "ana@a.example\u2028x@y.example",
	} {
		_, ok := splitAddresses(source)
		require.False(t, ok, source)
	}
}
