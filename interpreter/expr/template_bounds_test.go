package expr

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hostile templates must end quickly, whatever they try.
func hostileTemplates() []string {
	loops := func(n int, body string) string {
		return strings.Repeat("{% for i in (1..10000) %}", n) + body + strings.Repeat("{% endfor %}", n)
	}
	return []string{
		loops(1, "{{ contact.plan }}{{ contact.first_name }}0123456789012345678901234567890123456789"),
		loops(3, ""),
		loops(3, "{% if a == b %}{% endif %}"),
		"{% assign a = 'xxxxxxxxxx' %}" + loops(1, "{% assign a = a | append: a %}"),
		"{% assign a = 'xxxxxxxxxx' %}" + strings.Repeat("{% assign a = a | append: a %}", 40) + "{{ a }}",
		"{% assign a = 'xxxxxxxxxx' %}" + strings.Repeat("{% capture a %}{{ a }}{{ a }}{% endcapture %}", 40) + "{{ a }}",
		"{% assign a = '" + strings.Repeat("a", 4000) + "' %}" + strings.Repeat("{% assign a = a | replace: 'a', a %}", 3),
		"{% assign a = '" + strings.Repeat("a", 4000) + "' %}" + loops(1, "{% if a contains 'b' %}x{% endif %}"),
		"{% assign a = '" + strings.Repeat("a,", 2000) + "' | split: ',' %}" + strings.Repeat("{% assign a = a | concat: a %}", 30) + "{{ a | join: a }}",
		"{% assign a = '" + strings.Repeat("b,a,", 1000) + "' | split: ',' %}" + loops(1, "{% assign b = a | sort | uniq | reverse %}"),
		"{% assign a = event.items | concat: event.items %}" + strings.Repeat("{% assign a = a | concat: a %}", 12) + "{{ a | uniq | size }}",
		"{{ (1..1000000000) | join }}", "{{ (1..1000000000) | size }}", "{{ (1..999999999) | first }}", "{% for i in (1..999999999) %}{% endfor %}",
		"{{ (-9223372036854775807..9223372036854775807) | sort }}", "{% for i in (0..9223372036854775807) %}{{ i }}{% endfor %}",
		"{{ 'now' | date: '%1000000Y%1000000Y%1000000Y' }}", "{{ 'now' | date: '%-1048576Y' }}",
		"{{ 'x' | slice: 5, -9 }}", "{{ 'abc' | slice: 0, 9223372036854775807 }}", "{{ 'x' | truncate: -1 }}", "{{ 1 | divided_by: 0 }}", "{{ 1 | modulo: 0 }}",
		"{{ 'a' | times: 'b' }}", "{{ contact | plus: event }}", "{{ contact | sort }}", "{{ contact | split: 'x' }}", "{{ event.items | sort_natural }}",
		"{{ 1 | round: 99999999999 }}", "{{ 'a' | pluralize }}", "{{ 1 | append }}", "{{ 'x' | default }}", "{{ 'x' | replace: '', 'y' }}",
		"{% cycle 'a' %}", "{% assign forloop = 1 %}{% cycle 'a' %}", "{% break %}", "{% for i in (1..3) %}{% assign forloop = 5 %}{% cycle 'a', 'b' %}{% endfor %}",
		strings.Repeat("{{ a", 10_000), strings.Repeat("{%a {{x}} ", 6_000), strings.Repeat("{% if a %}", 6000), "{{ " + strings.Repeat("(", 4000) + " }}",
		strings.Repeat("{{x}}{%a ", 7_000), "{{ a" + strings.Repeat("|abs", 1000) + " }}", "{{ a" + strings.Repeat(".b", 2000) + " }}", "{{ \"" + strings.Repeat("\\\"", 2000) + " }}",
		strings.Repeat("{{ contact.plan }}", 3600), strings.Repeat("{% if contact.plan contains 'x' %}{% endif %}", 1400),
		strings.Repeat("{% comment %}{% endcomment %}", 2200), strings.Repeat("{{ event.items | json }}", 2700), strings.Repeat("{{- a -}} ", 6500),
		strings.Repeat("{% for i in (1..20000) %}{% endfor %}", 1700), strings.Repeat("{% assign a = (1..20000) | sort %}", 1900),
		strings.Repeat("{{ 'now' | date: '%99c%99c%99c%99c' }}", 1600), "{{ '" + strings.Repeat("<", 4000) + "' | strip_html }}",
		strings.Repeat("{{'"+strings.Repeat("<", 1000)+"'|strip_html|url_encode|escape|handleize|upcase|truncatewords}}", 60),
	}
}

// quick requires work to take at most 100 ms; the better of two counts, for the collector's sake.
func quick(t *testing.T, name string, work func(attempt int)) {
	t.Helper()
	const limit = 100 * time.Millisecond
	first := spent(func() { work(0) })
	if first > limit && timed {
		require.LessOrEqual(t, spent(func() { work(1) }), limit, name)
	}
	if testing.Verbose() && first > limit/5 {
		t.Log(first, name)
	}
}

func TestRenderIsBounded(t *testing.T) {
	t.Parallel()
	s := mailScope(t)
	for _, src := range hostileTemplates() {
		for _, o := range []RenderOptions{{}, {HTML: true}} {
			quick(t, clip(src), func(attempt int) {
				// Another source each time, so that compiling counts.
				out, _ := Render(src+strings.Repeat(" ", attempt), s, o)
				require.LessOrEqual(t, len(out), maxOutput, clip(src))
			})
		}
	}
	_, err := Render("{% for i in (1..10000) %}{{ event.text }} {{ event.text }} 0123456789012345678901234567890123456789{% endfor %}", s, RenderOptions{})
	require.ErrorIs(t, err, ErrTemplateLimit)
	_, err = Render("{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}", s, RenderOptions{})
	require.ErrorIs(t, err, ErrTemplateLimit)
	out, err := Render("{% for i in (1..1000) %}{{ contact.email | upcase }}: {{ i | plus: 1 }}, {% if contact.vip %}{{ trigger.net }}{% endif %}\n{% endfor %}", s, RenderOptions{HTML: true})
	require.NoError(t, err, "an ordinary long list fits")
	require.Greater(t, len(out), 20_000)
}
