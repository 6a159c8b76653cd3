package definition_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

// workflow parses a document whose nodes are given in YAML.
func workflow(t *testing.T, body string) *definition.Definition {
	t.Helper()
	d, problems := definition.Parse([]byte("schema: 1\nkey: a\nname: A\n"+body), true)
	require.NotNil(t, d)
	require.False(t, definition.HasErrors(problems), "%v", problems)
	return d
}

// found lists code and path of the problems with one of the codes.
func found(d *definition.Definition, c definition.Catalog, codes ...string) []string {
	var list []string
	for _, p := range d.Validate(c) {
		if slices.Contains(codes, p.Code) {
			list = append(list, p.Code+" "+p.Path)
		}
	}
	return list
}

func TestRetryDefaults(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: a
nodes:
  a: {type: webhook, with: {url: "https://a.example"}, next: b}
  b: {type: webhook, with: {url: "https://a.example"}, next: {ok: c, error: c}}
  c: {type: webhook, with: {url: "https://a.example"}, next: {error: d}, retry: {max: 2d}, on_error: continue, latest: 4d, on_unknown: skip}
  d: {type: email, with: {subject: x, body: y}}
  e: {type: split, with: {ports: {error: 50, b: 50}}, next: {error: a, b: a}}
`)
	require.Equal(t, 24*time.Hour, d.Nodes["a"].RetryMax)
	require.Equal(t, 15*time.Minute, d.Nodes["b"].RetryMax)
	require.Equal(t, 48*time.Hour, d.Nodes["c"].RetryMax)
	require.False(t, d.Nodes["a"].ErrorWired())
	require.True(t, d.Nodes["c"].ErrorWired())
	require.False(t, d.Nodes["e"].ErrorWired(), "a split has no errors, whatever its ports are called")
	require.Equal(t, 100, d.Nodes["a"].MaxVisits)
	require.Equal(t, "retry", d.Nodes["a"].OnError)
	require.Equal(t, 4, d.Nodes["c"].Latest.Days)
	require.Nil(t, d.Nodes["a"].Latest)

	require.Equal(t, "resend", d.Nodes["a"].ResolveUnknown(""))
	require.Equal(t, "skip", d.Nodes["c"].ResolveUnknown(""))
	require.Equal(t, "skip", d.Nodes["d"].ResolveUnknown(nodes.ClassMarketing))
	require.Equal(t, "resend", d.Nodes["d"].ResolveUnknown(nodes.ClassTransactional))
}

func TestMainPorts(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: a
nodes:
  a: {type: webhook, with: {url: "https://a.example"}, next: f, name: Book a call}
  b: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}}
  c: {type: split, with: {ports: {z: 50, b: 50}}}
  d: {type: wait_event, with: {events: [{id: x, event: a.b}], timeout: 1d}}
  e: {type: wait_event, with: {events: [{id: x, event: a.b}], forever: true}}
  f: {type: end}
`)
	want := map[string]string{"a": "ok", "b": "else", "c": "b", "d": "timeout", "e": "x", "f": ""}
	for id, port := range want {
		require.Equal(t, port, d.Nodes[id].MainPort(), id)
	}
	require.Equal(t, "Book a call", d.Nodes["a"].Title())
	require.Equal(t, "Branch", d.Nodes["b"].Title())
	target, wired := d.Nodes["a"].Target("ok")
	require.True(t, wired)
	require.Equal(t, "f", target)
	_, wired = d.Nodes["b"].Target("x")
	require.False(t, wired)
}

func TestCyclesNeedAWait(t *testing.T) {
	t.Parallel()
	cycle := func(middle string) *definition.Definition {
		return workflow(t, `
start: a
nodes:
  a: {type: tag_add, with: {tag: x}, next: b}
  b: `+middle+`
  c: {type: tag_add, with: {tag: x}, next: a}
  d: {type: end}
`)
	}
	for middle, spins := range map[string]bool{
		`{type: wait, with: {for: 1d}, next: c}`:      false,
		`{type: wait_until, with: {day: 1}, next: c}`: false,
		`{type: hold, next: c}`:                       false,
		`{type: wait_event, with: {events: [{id: x, event: a.b}], timeout: 1d}, next: {x: c, timeout: d}}`: false,
		`{type: wait, with: {for: 1d}, next: c, disabled: true}`:                                           true,
		`{type: window, with: {from: "09:00", to: "17:00"}, next: c}`:                                      true,
		`{type: branch, with: {branches: [{id: x, when: {tag: x}}]}, next: {x: c, else: d}}`:               true,
		`{type: webhook, with: {url: "https://a.example"}, next: {ok: d, error: c}}`:                       true,
		`{type: webhook, with: {url: "https://a.example"}, next: {ok: d, error: c}, disabled: true}`:       false,
		`{type: tag_add, with: {tag: x}, next: d}`:                                                         false,
	} {
		d := cycle(middle)
		require.Equal(t, spins, len(found(d, nil, definition.CodeCycle)) == 1, middle)
		leaves := strings.Contains(middle, "next: d}") || strings.Contains(middle, "error: c}, disabled")
		require.Equal(t, !leaves, d.InCycle("b"), middle)
		require.False(t, d.InCycle("d"))
		require.False(t, d.InCycle("nowhere"))
	}
}

func TestOpenPorts(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: a
nodes:
  a: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}, next: {x: b}}
  b: {type: webhook, with: {url: "https://a.example"}}
  c: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}, disabled: true}
`)
	require.Equal(t, []string{"open_port /nodes/a/next"}, found(d, nil, definition.CodeOpenPort))
}

func TestLongWaitsAndMarketingWantAnExit(t *testing.T) {
	t.Parallel()
	body := `
start: a
nodes:
  a: {type: wait, with: {for: 90d}, next: b}
  b: {type: wait, with: {random: [1d, 91d]}, next: c}
  c: {type: email, with: {subject: x, body: y, class: transactional}, next: d}
  d: {type: email, with: {subject: x, body: y}, next: e}
  e: {type: wait_until, with: {day: 100}}
`
	require.Equal(t, []string{"no_exit /nodes/b", "no_exit /nodes/d", "no_exit /nodes/e"}, found(workflow(t, body), nil, definition.CodeNoExit))
	require.Empty(t, found(workflow(t, "exits: [{id: x, event: a.b}]"+body), nil, definition.CodeNoExit))
}

func TestManyNodes(t *testing.T) {
	t.Parallel()
	chain := func(n int) *definition.Definition {
		var b strings.Builder
		b.WriteString("start: n1\nnodes:\n")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "  n%d: {type: tag_add, with: {tag: x}, next: n%d}\n", i, i+1)
		}
		fmt.Fprintf(&b, "  n%d: {type: end}\n", n)
		return workflow(t, b.String())
	}
	require.Empty(t, chain(25).Validate(nil))
	require.Equal(t, []string{"many_nodes /nodes"}, found(chain(26), nil, definition.CodeManyNodes))
	require.Len(t, chain(500).Order, 500)
}

func TestReferencesAndTheirFixes(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
triggers: [{id: t, event: purchase.completed, where: {deal: sales, stage: gone}}]
exits: [{id: x, event: tag.added}]
start: a
nodes:
  a: {type: email, with: {template: "{{ trigger.template }}", class: transactional}, next: b}
  b: {type: deal_create, with: {pipeline: partners, stage: won}, next: c}
  c: {type: deal_move, with: {pipeline: partners, stage: lost}, next: d}
  d: {type: deal_move, with: {pipeline: sales, stage: "{{ trigger.stage }}"}, next: e}
  e: {type: enroll_in, with: {workflow: a}, next: f}
  f: {type: remove_from, with: {workflow: sleeping}}
`)
	c := setup(t)
	c.workflows["sleeping"] = false
	c.events = []string{"purchase.completed"}
	problems := d.Validate(c)
	require.Len(t, problems, 4)
	require.Equal(t, "/triggers/0/where", problems[0].Path)
	require.Equal(t, "PATCH", problems[0].Fix.Method)
	require.Equal(t, "/v1/pipelines/sales", problems[0].Fix.Path)
	require.Equal(t, map[string]any{"stages": []definition.Stage{
		{Key: "new", Name: "New", Kind: "open"},
		{Key: "won", Name: "Won", Kind: "won"},
		{Key: "refunded", Name: "Refunded", Kind: "lost"},
		{Key: "gone", Name: "Gone", Kind: "open"},
	}}, problems[0].Fix.Body)
	require.Equal(t, "/nodes/b/with/pipeline", problems[1].Path, "one problem for each missing thing and place")
	require.Equal(t, &definition.Fix{Method: "POST", Path: "/v1/pipelines", Body: map[string]any{
		"key": "partners", "name": "Partners", "stages": []definition.Stage{
			{Key: "new", Name: "New", Kind: "open"}, {Key: "won", Name: "Won", Kind: "won"}, {Key: "lost", Name: "Lost", Kind: "lost"},
		},
	}}, problems[1].Fix)
	require.Equal(t, "/nodes/c/with/pipeline", problems[2].Path)
}

func TestTargetsOfOtherWorkflows(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: a
settings: {suppress: {enrolled_in: sleeping}}
nodes:
  a: {type: enroll_in, with: {workflow: sleeping}, next: b}
  b: {type: enroll_in, with: {workflow: nowhere}, next: c}
  c: {type: undo, with: {workflow: nowhere}, next: d}
  d: {type: undo, with: {workflow: sleeping}}
`)
	c := setup(t)
	c.workflows["sleeping"] = false
	require.Equal(t, []string{
		"inactive_target /nodes/a/with/workflow", "missing_reference /nodes/b/with/workflow",
		"missing_reference /nodes/c/with/workflow", "inactive_target /nodes/d/with/workflow",
	},
		found(d, c, definition.CodeInactiveTarget, definition.CodeMissing))
}

func TestProblemsAreListedInDocumentOrder(t *testing.T) {
	t.Parallel()
	document := `
start: b
nodes:
  z: {type: wait, with: {for: x}}
  b: {type: tag_add, with: {tag: x}, next: a}
  a: {type: wait, with: {for: y}, note: 1}
exits: [{id: 1}]
key: A
`
	_, problems := definition.Parse([]byte(document), true)
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	require.Equal(t, []string{
		"/name", "/schema", "/nodes/z/with/for", "/nodes/a/with/for", "/nodes/a/note", "/exits/0/event", "/exits/0/id", "/key",
	}, paths)
}

func TestParseCanonicalRefusesWhatCannotRun(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{`, `{}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"teleport"}}}`,
		`{"schema":1,"key":"a","name":"A","start":"n","nodes":{"n":{"type":"wait"}}}`,
		`{"schema":1,"key":"a","name":"A","start":"m","nodes":{"n":{"type":"end"}}}`,
	} {
		_, err := definition.ParseCanonical([]byte(document))
		require.Error(t, err, document)
	}
}

func TestFixesOfTheExamplesLeaveUsablePipelines(t *testing.T) {
	t.Parallel()
	stage := func(key, kind string) definition.Stage {
		return definition.Stage{Key: key, Name: strings.ToUpper(key[:1]) + key[1:], Kind: kind}
	}
	for name, stages := range map[string][]definition.Stage{
		"post-purchase":     {stage("new", "open"), stage("won", "won")},
		"refund":            {stage("new", "open"), stage("refunded", "lost")},
		"agency-onboarding": {stage("new", "open")},
	} {
		c := setup(t)
		c.pipelines = nil
		var bodies []any
		for _, p := range read(t, filepath.Join(examples, name+".yaml")).Validate(c) {
			if p.Fix != nil && p.Fix.Path == "/v1/pipelines" {
				bodies = append(bodies, p.Fix.Body.(map[string]any)["stages"])
			}
		}
		require.Equal(t, []any{stages}, bodies, name)
	}
}

func TestFixOfAPipelineBeginsWithAnOpenStage(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: a
nodes:
  a: {type: deal_move, with: {pipeline: shop, stage: order_refunded}, next: b}
  b: {type: deal_move, with: {pipeline: shop, stage: Closed-Won}, next: c}
  c: {type: deal_move, with: {pipeline: shop, stage: proposal}, next: e}
  e: {type: deal_move, with: {pipeline: shop, stage: wonder}}
`)
	problems := d.Validate(setup(t))
	var kinds []string
	for _, s := range problems[0].Fix.Body.(map[string]any)["stages"].([]definition.Stage) {
		kinds = append(kinds, s.Key+" "+s.Kind)
	}
	require.Equal(t, []string{"proposal open", "wonder open", "Closed-Won won", "order_refunded lost"}, kinds)
}

func TestFixOfASecretAsksForItsValue(t *testing.T) {
	t.Parallel()
	c := setup(t)
	c.secrets = nil
	var fixes []*definition.Fix
	var hints []string
	for _, p := range read(t, filepath.Join(examples, "post-purchase.yaml")).Validate(c) {
		if p.Code == definition.CodeMissing {
			fixes, hints = append(fixes, p.Fix), append(hints, p.Hint)
		}
	}
	require.Equal(t, []*definition.Fix{{Method: "PUT", Path: "/v1/secrets/slack_team", Body: map[string]any{"value": ""}}}, fixes)
	require.Contains(t, hints[0], "value")
}
