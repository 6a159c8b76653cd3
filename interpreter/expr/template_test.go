package expr

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter/calendar"
)

func mailScope(t require.TestingT) *Scope {
	newYork, ok := calendar.Zone("America/New_York")
	require.True(t, ok)
	return &Scope{
		Now: noon, Location: newYork,
		Roots: roots(t, `{
			"contact": {"email": "a@b.example", "first_name": "<Ann> & \"Bo\"", "phone": null, "tags": ["vip", "lead"],
				"fields": {"plan": "pro", "score": 42, "empty": "", "vip": true}},
			"trigger": {"amount": 497.0, "net": 497.5, "signed_at": "2026-05-05T02:00:00Z", "day": "2026-03-09"},
			"event": {"$type": "purchase.completed", "$id": "evt_1", "a-b": 1, "n": 3,
				"items": [{"sku": "x", "price": 2.5, "qty": 2}, {"sku": "y", "price": 1.0, "qty": 3}],
				"prices": {"z": 3, "a": 1, "m": 2}, "numbers": [3, 1, 2.0], "text": "one two three"},
			"vars": {"booking": {"upload_url": "https://x.example/?a=1&b=2"}}}`),
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ src, want string }{
		{"", ""},
		{"plain { text } with % and }}", "plain { text } with % and }}"},
		{"Hi {{ contact.email }}!", "Hi a@b.example!"},
		{"Hi {{contact.nickname}}!", "Hi !"},
		{"{{ contact.nickname | default: 'there' }}", "there"},
		{"{{ contact.empty | default: 'there' }}", "there"},
		{"{{ contact.plan }}/{{ contact.fields.plan }}", "pro/pro"},
		{"{{ trigger.amount }} {{ trigger.net }} {{ contact.score }} {{ contact.vip }}", "497 497.5 42 true"},
		{"{{ event.$type }} {{ event.$id | upcase }} {{ event[\"$type\"] }}", "purchase.completed EVT_1 purchase.completed"},
		{"{{ 'literal .$type' }}", "literal .$type"},
		{"{{ event.a-b }} {{ event['a-b'] }}", "1 1"},
		{"{{ event.items[0].sku }}{{ event.items[-1].sku }}{{ event.items.first.sku }}{{ event.items.last.sku }}{{ event.items.size }}", "xyxy2"},
		{"{{ vars.booking.upload_url | default: 'reply to this mail' }}", "https://x.example/?a=1&b=2"},
		{"{{ contact.tags }} {{ contact.tags | join: ', ' }}", "viplead vip, lead"},
		{"{{ event.numbers | sort | join }}", "1 2 3"},
		{"{{ event.prices }}", `{"a":1,"m":2,"z":3}`},
		{"{{ trigger.amount | plus: 0.5 }} {{ 0.1 | plus: 0.2 }} {{ contact.score | times: 2 }}", "497.5 0.3 84"},
		{"{{ trigger.signed_at | date: '%Y-%m-%d %H:%M' }}", "2026-05-04 22:00"},
		{"{{ trigger.day | date: '%-d %B %Y' }}", "9 March 2026"},
		{"{{ 'now' | date: '%Y' }} {{ 'not a date' | date: '%Y' }}{{ contact.nothing | date: '%Y' }}", "2026 not a date"},
		{"{{ event.text | split: ' ' | last | capitalize }}", "Three"},
		{"{{ event.items | map: 'sku' | join: '+' }}", "x+y"},
		{"{{ event.items | where: 'sku', 'y' | map: 'qty' | first }}", "3"},
		{"{{ event.items | json }}", `[{"price":2.5,"qty":2,"sku":"x"},{"price":1,"qty":3,"sku":"y"}]`},
		{"{% if contact.vip %}yes{% else %}no{% endif %}", "yes"},
		{"{% if contact.nothing %}yes{% elsif contact.score > 41 %}mid{% else %}no{% endif %}", "mid"},
		{"{% unless contact.tags contains 'vip' %}no{% else %}yes{% endunless %}", "yes"},
		{"{% case contact.plan %}{% when 'free', 'trial' %}a{% when 'pro' %}b{% else %}c{% endcase %}", "b"},
		{"{% for i in event.items %}{{ forloop.index }}{{ i.sku }}{% unless forloop.last %},{% endunless %}{% endfor %}", "1x,2y"},
		{"{% for p in event.prices %}{{ p[0] }}={{ p[1] }} {% endfor %}", "a=1 m=2 z=3 "},
		{"{% for i in (1..event.n) %}{{ i }}{% endfor %}", "123"},
		{"{% for i in (1..9) reversed limit: 3 offset: 2 %}{{ i }}{% endfor %}", "543"},
		{"{% for i in contact.nothing %}x{% else %}none{% endfor %}", "none"},
		{"{% for i in (3..1) %}x{% else %}none{% endfor %}", "none"},
		{"{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}", "13"},
		{"{% for i in (1..2) %}{% for j in (1..2) %}{{ i }}{{ j }} {{ forloop.parentloop.index }} {% endfor %}{{ forloop.index }};{% endfor %}", "11 1 12 1 1;21 2 22 2 2;"},
		{"{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}", "aba"},
		{"{% assign n = contact.score | plus: 1 %}{{ n }} {% if n == 43 %}ok{% endif %}", "43 ok"},
		{"{% capture line %}Hi {{ contact.plan }}{% endcapture %}{{ line | upcase }}", "HI PRO"},
		{"a{% comment %}{{ broken {% if %}{% endcomment %}b{% # note %}c", "abc"},
		{"{% raw %}{{ x }} {% if %}{% endraw %}", "{{ x }} {% if %}"},
		{"a  {{- contact.plan -}}  b {%- if true -%} c {%- endif -%} d", "aprobcd"},
		{"{{ contact.plan\n| upcase }}", "PRO"},
		{"{% if contact.score == 42.0 and contact.plan != 'free' %}x{% endif %}", "x"},
		{"{{ contact.nothing.deeper.still }}{{ nobody.x }}{{ contact.plan.x }}", ""},
		{"{{ (1..5) }} {{ (1..3) | join: '-' }}", "1..5 1-2-3"},
		{"{{ contact.plan.size }} {{ event.prices.size }} {{ contact.plan | size }}", "3 3 3"},
		{"{{ event.text | replace: 'o', '0' | truncate: 7 }}", "0ne ..."},
	} {
		t.Run(tt.src, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, CheckTemplate(tt.src))
			got, err := Render(tt.src, mailScope(t), RenderOptions{})
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestRenderHTMLEscapesValues(t *testing.T) {
	t.Parallel()
	const escaped = "&lt;Ann&gt; &amp; &#34;Bo&#34;"
	for src, want := range map[string]string{
		"<b>{{ contact.first_name }}</b>":                                                            "<b>" + escaped + "</b>",
		"{{ contact.first_name | escape }}":                                                          escaped,
		"{{ contact.first_name | escape | append: '<i>' }}":                                          "&amp;lt;Ann&amp;gt; &amp;amp; &amp;#34;Bo&amp;#34;&lt;i&gt;",
		"{{ '<a>\n<b>' | newline_to_br }}":                                                           "&lt;a&gt;<br />\n&lt;b&gt;",
		"{{ '&lt;x' | escape_once }}":                                                                "&lt;x",
		"{% capture c %}<p>{{ contact.first_name }}</p>{% endcapture %}{{ c }}":                      "<p>" + escaped + "</p>",
		"{% capture c %}<p>{{ contact.first_name }}</p>{% endcapture %}{% if c %}{{ c }}{% endif %}": "<p>" + escaped + "</p>",
		"{% assign n = contact.first_name %}{{ n }}":                                                 escaped,
		"{% for n in contact.tags %}{{ n | append: '<' }}{% endfor %}":                               "vip&lt;lead&lt;",
		"{% raw %}<b>{{{% endraw %}":                                                                 "<b>{{",
		"{{ event.prices }}":                                                                         "{&#34;a&#34;:1,&#34;m&#34;:2,&#34;z&#34;:3}",
		"plain <b>":                                                                                  "plain <b>",
	} {
		got, err := Render(src, mailScope(t), RenderOptions{HTML: true})
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestRenderStrict(t *testing.T) {
	t.Parallel()
	s := mailScope(t)
	for src, path := range map[string]string{
		"Hi {{ contact.nickname }}":                               "contact.nickname",
		"{{ contact.phone }}":                                     "contact.phone",
		"{{ contact.nickname | upcase }}":                         "contact.nickname",
		"{{ 'Dear ' | append: contact.nickname }}":                "contact.nickname",
		"{{ contact.nickname | default: contact.phone }}":         "contact.nickname",
		"{{ vars.booking.nothing.x }}":                            "vars.booking.nothing.x",
		"{{ deal.title }}":                                        "deal.title",
		"{{ nobody.home }}":                                       "nobody.home",
		"{% for i in event.items %}{{ i.color }}{% endfor %}":     "i.color",
		"{% if contact.vip %}{{ event.$occurred_at }}{% endif %}": "event.$occurred_at",
		"{% assign x = contact.nickname %}{{ x }}":                "x",
		"{{ event.items[7] }}":                                    "event.items.7",
	} {
		_, err := Render(src, s, RenderOptions{Strict: true})
		var missing *MissingError
		require.ErrorAs(t, err, &missing, src)
		require.Equal(t, path, missing.Path, src)
		_, err = Render(src, s, RenderOptions{})
		require.NoError(t, err, src)
	}
	for _, src := range []string{
		"{{ contact.nickname | default: 'you' }}", "{{ contact.nickname | upcase | default: 'you' }}", "{{ contact.nickname | default: '' }}",
		"{{ contact.nickname | default: contact.plan }}", "{% if contact.nickname %}x{% endif %}", "{{ contact.empty }}", "{{ contact.vip }}",
		"{% for i in contact.nothing %}{{ i.x }}{% endfor %}", "{% if contact.nickname == 'x' %}{{ contact.nickname }}{% endif %}",
	} {
		_, err := Render(src, s, RenderOptions{Strict: true})
		require.NoError(t, err, src)
	}
}

func TestCheckTemplate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		src  string
		line int
		part string
	}{
		{"{{ contact.email", 1, "not closed"},
		{"a\nb {% if x %}", 2, "no {% endif %}"},
		{"\n\n{% endif %}", 3, "closes nothing"},
		{"{% if x %}{% endfor %}", 1, "closes nothing"},
		{"{% if x %}{% for y in z %}{% endif %}", 1, "closes nothing"},
		{"{% else %}", 1, "outside"},
		{"{% for x in y %}{% elsif z %}{% endfor %}", 1, "outside"},
		{"{% if %}{% endif %}", 1, "cannot read"},
		{"{{ }}", 1, "cannot read"},
		{"{{ | upcase }}", 1, "cannot read"},
		{"{{ a b }}", 1, "cannot read"},
		{"{{ 99999999999999999999 }}", 1, "cannot read"},
		{"{{ %assign x = 1 }}", 1, "cannot read"},
		{"{{ contact.email | upcas }}", 1, "did you mean upcase?"},
		{"{% assign x = y | nofilter %}", 1, "unknown filter"},
		{"{{ x | type }}", 1, "unknown filter"},
		{"{% assign x.y = 1 %}", 1, "no dots"},
		{"{% assign x %}", 1, "cannot read"},
		{"{% for x %}{% endfor %}", 1, "cannot read"},
		{"{% capture %}{% endcapture %}", 1, "one name"},
		{"{% capture a b %}{% endcapture %}", 1, "one name"},
		{"{% include '/etc/passwd' %}", 1, "unknown tag"},
		{"{% render 'x' %}", 1, "unknown tag"},
		{"{% fermata_out 0 %}", 1, "unknown tag"},
		{"{% tablerow x in y %}{% endtablerow %}", 1, "unknown tag"},
		{"{% iff x %}", 1, "did you mean if?"},
		{"{% %}", 1, "names no tag"},
		{"{% comment %}", 1, "no {% endcomment %}"},
		{"{% raw %} {{", 1, "no {% endraw %}"},
		{"{{ " + strings.Repeat("a", maxTag) + " }}", 1, "longer than"},
		{strings.Repeat("{% if a %}", maxNesting+1), 1, "nest at most"},
	} {
		err := CheckTemplate(tt.src)
		var mistake *TemplateError
		require.ErrorAs(t, err, &mistake, clip(tt.src))
		require.Equal(t, tt.line, mistake.Line, clip(tt.src))
		require.ErrorContains(t, err, tt.part, clip(tt.src))
		_, err = Render(tt.src, &Scope{}, RenderOptions{})
		require.ErrorAs(t, err, &mistake)
	}
	require.ErrorIs(t, CheckTemplate(strings.Repeat("a", MaxTemplate+1)), ErrTemplateLimit)
	require.NoError(t, CheckTemplate(strings.Repeat("a", MaxTemplate)))
}

func TestTheLibraryCannotInclude(t *testing.T) {
	t.Parallel()
	cfg := newConfig(nil)
	for _, name := range []string{"include", "render"} {
		_, ok := cfg.FindTagDefinition(name)
		require.False(t, ok, name)
	}
	_, err := cfg.TemplateStore.ReadTemplate("/etc/passwd")
	require.Error(t, err)
}

func TestRenderValue(t *testing.T) {
	t.Parallel()
	s := mailScope(t)
	in := decoded(t, `{
		"amount": "{{ trigger.amount }}", "tags": "{{contact.tags}}", "vip": "{{- contact.vip -}}", "text": "{{ contact.score }} points",
		"null": "{{ contact.phone }}", "absent": "{{ contact.nickname }}", "filtered": "{{ contact.score | plus: 1 }}", "type": "{{ event.$type }}",
		"n": 5, "list": ["{{ event.n }}", true, {"deep": "x{{ event.n }}"}], "{{ key }}": "k", "length": "{{ contact.plan.size }}", "quoted": "{{ 'x' }}",
		"spaced": " {{ event.n }}"}`)
	got, err := RenderValue(in, s, RenderOptions{})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"amount": 497.0, "tags": []any{"vip", "lead"}, "vip": true, "text": "42 points", "null": nil, "absent": "", "filtered": "43",
		"type": "purchase.completed", "n": int64(5), "list": []any{int64(3), true, map[string]any{"deep": "x3"}}, "{{ key }}": "k",
		"length": "3", "quoted": "x", "spaced": " 3",
	}, got)
	require.Equal(t, "{{ trigger.amount }}", in.(map[string]any)["amount"], "the input stays")

	for _, src := range []string{"{{ contact.nickname }}", "{{ contact.phone }}"} {
		_, err = RenderValue([]any{src}, s, RenderOptions{Strict: true})
		var missing *MissingError
		require.ErrorAs(t, err, &missing)
	}
	escaped, err := RenderValue("{{ contact.first_name }}", s, RenderOptions{HTML: true})
	require.NoError(t, err)
	require.Equal(t, "&lt;Ann&gt; &amp; &#34;Bo&#34;", escaped)
	_, err = RenderValue("{{ broken", s, RenderOptions{})
	require.Error(t, err)
	_, err = RenderValue(nest(MaxDepth+1), s, RenderOptions{})
	require.ErrorIs(t, err, ErrTemplateLimit)
}

func TestRenderDoesNotChangeTheScope(t *testing.T) {
	t.Parallel()
	s, fresh := mailScope(t), mailScope(t)
	_, err := Render("{% assign contact = 1 %}{% assign x = event.items | reverse | sort: 'sku' %}{% for i in event.items %}{% assign i = 2 %}{% endfor %}{{ event.numbers | sort }}", s, RenderOptions{})
	require.NoError(t, err)
	require.Equal(t, fresh.Roots, s.Roots)
}

func TestValuesAreNotTemplates(t *testing.T) {
	t.Parallel()
	s := &Scope{Roots: roots(t, `{"contact": {"name": "{{ account.key }}{% if true %}x{% endif %}"}, "account": {"key": "secret"}}`)}
	for _, src := range []string{
		"{{ contact.name }}", "{{ contact.name | append: '' }}", "{% assign n = contact.name %}{{ n }}",
		"{% capture n %}{{ contact.name }}{% endcapture %}{{ n }}", "{{ 'x' | replace: 'x', contact.name }}", "{% for n in contact %}{{ n[1] }}{% endfor %}",
	} {
		got, err := Render(src, s, RenderOptions{})
		require.NoError(t, err, src)
		require.Equal(t, "{{ account.key }}{% if true %}x{% endif %}", got, src)
	}
	got, err := RenderValue("{{ contact.name }}", s, RenderOptions{})
	require.NoError(t, err)
	require.NotContains(t, got, "secret")
}

func TestRenderAndEvalTogether(t *testing.T) {
	t.Parallel()
	shared := testScope(t)
	use := func(i int) (string, error) {
		got, err := Render("{% for i in contact.tags %}{{ i | upcase }}{% endfor %}"+strings.Repeat(" ", i%5), shared, RenderOptions{Strict: true})
		if err != nil {
			return "", err
		}
		c, _ := ParseCondition(map[string]any{"expr": "contact.score > " + Text(i%5)})
		ok, _, err := c.Eval(shared)
		return strings.TrimSpace(got) + " " + Text(ok), err
	}
	var group sync.WaitGroup
	var results, failures sync.Map
	for worker := range 8 {
		group.Go(func() {
			for i := range 50 {
				got, err := use(worker + i)
				results.Store(got, true)
				if err != nil {
					failures.Store(err.Error(), true)
				}
			}
		})
	}
	group.Wait()
	keys := func(m *sync.Map) (out []any) {
		m.Range(func(key, _ any) bool { out = append(out, key); return true })
		return out
	}
	require.Empty(t, keys(&failures))
	require.Equal(t, []any{"VIPLEAD true"}, keys(&results))
}

func TestRenderNeverPanicsAndIsDeterministic(t *testing.T) {
	t.Parallel()
	s := mailScope(t)
	pieces := []string{
		"{{", "}}", "{%", "%}", " ", "contact", ".plan", "event.items", "[0]", "|", "upcase", "default: 'x'", "for i in ", "(1..3)", "endfor", "if ", "endif",
		"else", "assign x = ", "x", "'", "\"", "1", "-", "raw", "endraw", "capture x", "endcapture", "date: '%Y'", ".$type", "case x", "when 1", "endcase", "\n", "é",
		"{{ contact.plan }}", "{% for i in event.items %}", "{% endfor %}", "{% if x %}", "{% endif %}", "sort", "json", "join: ','", "slice: 1, 2",
	}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), "")
		o := RenderOptions{HTML: rapid.Bool().Draw(t, "html"), Strict: rapid.Bool().Draw(t, "strict")}
		first, err := Render(src, s, o)
		second, again := Render(src, s, o)
		require.Equal(t, first, second)
		require.LessOrEqual(t, len(first), maxOutput)
		require.Equal(t, err == nil, again == nil)
		if CheckTemplate(src) != nil {
			require.Error(t, err)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, src := range []string{
		"Hi {{ contact.first_name | default: 'there' }}", "{% for i in event.items %}{{ i.sku }}{% endfor %}", "{% raw %}{{ {% endraw %}{{- x -}}",
		"{% if contact.score > 4 and x contains 'y' %}a{% elsif z %}b{% else %}c{% endif %}", "{% case a %}{% when 1, 2 %}x{% endcase %}", "{{ event.$type }}",
		"{% assign a = (1..10) | join: ',' %}{% capture b %}{{ a }}{% endcapture %}{{ b | split: ',' | last }}", "{{ 'now' | date: '%Y' }}",
		"{% cycle 'a', 'b' %}{% break %}", "{{ a[b.c].d | where: 'x', 1 | sum }}",
	} {
		f.Add(src, false, false)
		f.Add(src, true, true)
	}
	s := mailScope(f)
	f.Fuzz(func(t *testing.T, src string, escape, strict bool) {
		start := time.Now()
		out, err := Render(src, s, RenderOptions{HTML: escape, Strict: strict})
		require.Less(t, time.Since(start), time.Second)
		require.LessOrEqual(t, len(out), maxOutput)
		if err != nil {
			var missing *MissingError
			var mistake *TemplateError
			require.True(t, errors.As(err, &missing) && strict || errors.As(err, &mistake) || errors.Is(err, ErrTemplateLimit), "%T %v", err, err)
		}
		_, _ = RenderValue(src, s, RenderOptions{HTML: escape, Strict: strict})
	})
}
