package links_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/links"
)

func same(string) (string, bool) { return "", false }

// through marks what it is asked for.
func through(seen *[]string) func(string) (string, bool) {
	return func(target string) (string, bool) {
		*seen = append(*seen, target)
		return "https://l.example/?x&y", strings.HasPrefix(target, "http")
	}
}

func TestRewriteReplacesTargetsAndNothingElse(t *testing.T) {
	t.Parallel()
	const l = `"https://l.example/?x&amp;y"`
	for source, want := range map[string]string{
		`<p>A &amp; B <a href="https://a.example/?b=1&amp;c=2">x</a></p>`:                               `<p>A &amp; B <a href=` + l + `>x</a></p>`,
		`<A HREF='https://a.example' Class=b>x</A>`:                                                     `<A HREF=` + l + ` Class=b>x</A>`,
		`<a class="h" href=https://a.example>x</a>`:                                                     `<a class="h" href=` + l + `>x</a>`,
		"<a\n  href = \"https://a.example\"\n/>":                                                        "<a\n  href = " + l + "\n/>",
		`<a title="a > b" href="https://a.example" disabled>x</a>`:                                      `<a title="a > b" href=` + l + ` disabled>x</a>`,
		`<a href="https://a.example" href="https://b.example">x</a>`:                                    `<a href=` + l + ` href="https://b.example">x</a>`,
		`<a href=" https://a.example ">x</a>`:                                                           `<a href=` + l + `>x</a>`,
		`<a data-href="https://a.example">x</a>`:                                                        `<a data-href="https://a.example">x</a>`,
		`<a href="mailto:a@b.example">x</a><a href="#top">y</a>`:                                        `<a href="mailto:a@b.example">x</a><a href="#top">y</a>`,
		`<a name="x">y</a><a href>z</a><a href="">q</a>`:                                                `<a name="x">y</a><a href>z</a><a href="">q</a>`,
		`<!-- <a href="https://a.example"> --><style>a{content:"<a href='https://a.example'>"}</style>`: `<!-- <a href="https://a.example"> --><style>a{content:"<a href='https://a.example'>"}</style>`,
		`<!--[if mso]><a href="https://a.example">x</a><![endif]-->`:                                    `<!--[if mso]><a href="https://a.example">x</a><![endif]-->`,
		`<link href="https://a.example"><img src="https://a.example">`:                                  `<link href="https://a.example"><img src="https://a.example">`,
		`<map><area href="https://a.example"></map>`:                                                    `<map><area href=` + l + `></map>`,
		`<a href="https://a.example`:                                                                    `<a href="https://a.example`,
		`&nbsp;&euro; <b>x<p>y`:                                                                         `&nbsp;&euro; <b>x<p>y`,
	} {
		var seen []string
		require.Equal(t, want, links.Rewrite(source, "", through(&seen)), source)
	}
}

func TestRewriteReadsTargetsAsBrowsersDo(t *testing.T) {
	t.Parallel()
	var seen []string
	links.Rewrite(`<a href="https://a.example/?a=1&amp;b=2&copy=3&#x26;d=&quot;">x</a>`, "", through(&seen))
	require.Equal(t, []string{`https://a.example/?a=1&b=2&copy=3&d="`}, seen)
}

func TestRewritePutsThePixelAtTheEnd(t *testing.T) {
	t.Parallel()
	const image = `<img src="https://o.example/x.gif" width="1" height="1" alt="">`
	for source, want := range map[string]string{
		"<p>x</p>":                        "<p>x</p>" + image,
		"<html><body>x</BODY></html>":     "<html><body>x" + image + "</BODY></html>",
		"<body>x<!-- </body> --></body>y": "<body>x<!-- </body> -->" + image + "</body>y",
		"":                                image,
	} {
		require.Equal(t, want, links.Rewrite(source, "https://o.example/x.gif", same))
	}
}

// TestRewriteDamagesNothing: a mail in which nothing is to be rewritten comes back byte by byte, and
// one in which everything is differs in nothing but its links.
func TestRewriteDamagesNothing(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"<", ">", "a", " ", "href", "=", "\"", "'", "/", "https://a.example/?x=1&amp;y", "&amp;", "&", ";", "<a ", "</a>", "<!--", "-->", "<style>",
		"</style>", "<script>", "</script>", "\n", "\r\n", "é", "\x00", "<body>", "</body>", "<area ", "<A HREF=", "class", "\xff", "<?", "<!", "<textarea>",
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(14) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		require.Equal(t, b.String(), links.Rewrite(b.String(), "", same))
		const mark = "https://marked.example"
		rewritten := links.Rewrite(b.String(), "", func(string) (string, bool) { return mark, true })
		again := links.Rewrite(rewritten, "", func(string) (string, bool) { return mark, true })
		require.Equal(t, rewritten, again, "what was rewritten is read as the same links")
	}
}
