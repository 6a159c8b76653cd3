package rehearse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/interpreter/rehearse"
)

// tested is a workflow with two ways, and the given tests as YAML, each without its leading dash.
func tested(t *testing.T, tests ...string) *definition.Definition {
	t.Helper()
	document := `schema: 1
key: tested
name: Tested
triggers: [{id: signed, event: contract.signed}]
exits: [{id: canceled, event: contract.canceled, outcome: failed}]
start: vip
nodes:
  vip: {type: branch, with: {branches: [{id: big, when: {field: trigger.amount, op: gte, value: 5000}}]}, next: {big: call, else: pause}}
  call: {type: webhook, with: {url: "https://calendar.example/book"}, next: {ok: pause, error: pause}}
  pause: {type: wait, with: {for: 3d}, next: mail}
  mail: {type: email, with: {subject: "Hi {{ contact.first_name }}", body: "Hello", class: transactional}, next: done}
  done: {type: end}
`
	if len(tests) > 0 {
		document += "tests:\n"
	}
	for _, one := range tests {
		document += "  - " + one + "\n"
	}
	return parsed(t, document)
}

const ana = `contact: {email: ana@example.com, first_name: Ana}`

func reported(t *testing.T, tests ...string) rehearse.Report {
	t.Helper()
	return rehearse.Tests(tested(t, tests...), rehearse.Input{Start: instant(t, "2026-03-02T09:00:00Z")}, nil)
}

func TestTestsThatPass(t *testing.T) {
	t.Parallel()
	r := reported(t,
		`{name: big, `+ana+`, trigger: {type: contract.signed, data: {amount: 9000}}, expect: {outcome: success, path: [vip, call, pause, mail, done], effects: [{node: call, kind: call, status: 200}, {kind: mail, to: ana@example.com, subject: Hi Ana}]}}`,
		`{`+ana+`, trigger: {data: {amount: "10"}}, expect: {outcome: success, effects: [mail]}}`,
		`{`+ana+`, events: [{at: 1d, type: contract.canceled}], expect: {outcome: failed, path: [vip, pause], effects: []}}`,
		`{`+ana+`, expect: {}}`,
	)
	require.Empty(t, r.Problems())
	require.Len(t, r.Tests, 4)
	require.Equal(t, "big", r.Tests[0].Name)
	require.Equal(t, "2", r.Tests[1].Name, "a test without a name is known by its number")
	require.Zero(t, r.Failed())
}

func TestTestsThatFailNameWhatCame(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, test, path, message string }{
		{"another outcome", `expect: {outcome: failed}`, "/tests/0/expect/outcome", `the test "t": expected the outcome failed, came success`},
		{"another step", `expect: {path: [vip, call, pause, mail, done]}`, "/tests/0/expect/path/1", "expected call as step 2, came pause"},
		{"too short", `expect: {path: [vip, pause, mail, done, vip]}`, "/tests/0/expect/path/4", "expected vip next, came success"},
		{"too long", `expect: {path: [vip, pause]}`, "/tests/0/expect/path", "expected no step after the first 2, came mail"},
		{"another text", `expect: {effects: [{node: mail, subject: Hi Bea}]}`, "/tests/0/expect/effects/0/subject", `expected "Hi Bea", came "Hi Ana" (mail of mail)`},
		{"no such part", `expect: {effects: [{nope: 1}]}`, "/tests/0/expect/effects/0/nope", `expected 1, came null`},
		{"one too few", `expect: {effects: []}`, "/tests/0/expect/effects", "expected no more than 0 effects, came mail of mail"},
		{"one too many", `expect: {effects: [mail, mail]}`, "/tests/0/expect/effects/1", "expected 2 effects, came 1"},
		{"another kind", `expect: {effects: [tag]}`, "/tests/0/expect/effects/0", `expected "tag", came "mail"`},
		{"a version that is not there", `version: 7, expect: {}`, "/tests/0/version", "there is no version 7 here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := reported(t, `{name: t, `+ana+`, `+tt.test+`}`)
			require.Len(t, r.Problems(), 1)
			p := r.Problems()[0]
			require.Equal(t, tt.path, p.Path, p.Message)
			require.Contains(t, p.Message, tt.message)
			require.Equal(t, definition.SeverityError, p.Severity)
			require.Equal(t, rehearse.CodeTestFailed, p.Code)
			require.Equal(t, 1, r.Failed())
		})
	}
}

// TestADivergenceIsTheFirstDifference: where the way leaves the expected path, and what stood on
// either side; a test that fails otherwise has none.
func TestADivergenceIsTheFirstDifference(t *testing.T) {
	t.Parallel()
	for expect, want := range map[string]*rehearse.Divergence{
		`{path: [vip, call, pause, mail, done]}`: {Step: 1, Expected: "call", Came: "pause"},
		`{path: [vip, pause, mail, done, vip]}`:  {Step: 4, Expected: "vip"},
		`{path: [vip, pause]}`:                   {Step: 2, Came: "mail"},
		`{path: [vip, pause, mail, done]}`:       nil,
		`{outcome: failed}`:                      nil,
	} {
		r := reported(t, `{name: t, `+ana+`, expect: `+expect+`}`)
		require.Equal(t, want, r.Tests[0].Diverged, expect)
	}
}

func TestEachTestSeesItsOwnWorld(t *testing.T) {
	t.Parallel()
	d := parsed(t, `schema: 1
key: own
name: Own
start: fork
nodes:
  fork: {type: branch, with: {branches: [{id: known, when: {tag: seen}}]}, next: {known: done, else: mark}}
  mark: {type: tag_add, with: {tag: seen}, next: done}
  done: {type: end}
tests:
  - {expect: {path: [fork, mark, done]}}
  - {expect: {path: [fork, mark, done]}}
  - {contact: {tags: [seen]}, expect: {path: [fork, done]}}
`)
	r := rehearse.Tests(d, rehearse.Input{Start: instant(t, "2026-03-02T09:00:00Z")}, nil)
	require.Empty(t, r.Problems())
}

func TestCoverageListsTheWaysThatNoTestTakes(t *testing.T) {
	t.Parallel()
	r := reported(t, `{`+ana+`, trigger: {data: {amount: 10}}, expect: {}}`)
	require.Equal(t, rehearse.Coverage{
		Ports: 7, Taken: 4,
		Missing:   []rehearse.NodePort{{Node: "vip", Port: "big"}, {Node: "call", Port: "ok"}, {Node: "call", Port: "error"}},
		Unvisited: []string{"call"},
	}, r.Coverage)

	r = reported(t,
		`{`+ana+`, trigger: {data: {amount: 9000}}, stubs: {call: {status: 500}}, expect: {}}`,
		`{`+ana+`, trigger: {data: {amount: 9000}}, expect: {}}`,
		`{`+ana+`, expect: {}}`)
	require.Equal(t, rehearse.Coverage{Ports: 7, Taken: 7, Missing: []rehearse.NodePort{}, Unvisited: []string{}}, r.Coverage)
	require.Empty(t, r.Problems(), "what is not covered is no error")
}

func TestATestWithoutTimeLeftIsAProblem(t *testing.T) {
	t.Parallel()
	asked := 0
	base := rehearse.Input{Start: instant(t, "2026-03-02T09:00:00Z"), Stop: func() bool { asked++; return asked > 3 }}
	r := rehearse.Tests(tested(t, `{`+ana+`, expect: {}}`), base, nil)
	require.Len(t, r.Problems(), 1)
	require.Equal(t, rehearse.CodeTestUnfinished, r.Problems()[0].Code)
	require.Equal(t, "/tests/0", r.Problems()[0].Path)
}

func TestAnEndOfTheViewLeavesThePassageWhereItIs(t *testing.T) {
	t.Parallel()
	in := rehearse.Input{
		Definition: tested(t), Start: instant(t, "2026-03-02T09:00:00Z"), Until: instant(t, "2026-03-05T09:00:00Z"),
		Contact: rehearse.Blank(map[string]any{"email": "ana@example.com"}),
	}
	r := run(t, in)
	require.Equal(t, "waiting", r.Status, "what is due at the end is not seen any more")
	require.Equal(t, in.Until, r.End)
	in.Until = in.Until.Add(time.Nanosecond)
	require.Equal(t, "completed", run(t, in).Status)
	in.Until, in.Events = in.Start.Add(time.Hour), []rehearse.Injection{after(t, "2h", "contract.canceled", nil)}
	require.Equal(t, "waiting", run(t, in).Status)
}

// BenchmarkTests runs the tests of a definition as a publish does.
func BenchmarkTests(b *testing.B) {
	t := &testing.T{}
	list := make([]string, 20)
	for i := range list {
		list[i] = fmt.Sprintf(`{%s, trigger: {data: {amount: %d}}, expect: {outcome: success}}`, ana, i*1000)
	}
	d := tested(t, list...)
	base := rehearse.Input{Start: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	for b.Loop() {
		if r := rehearse.Tests(d, base, nil); r.Failed() > 0 {
			b.Fatal(strings.Join([]string{r.Problems()[0].Message}, ""))
		}
	}
}

// BenchmarkThreeWeeks rehearses the 21 days of the agency's onboarding.
func BenchmarkThreeWeeks(b *testing.B) {
	t := &testing.T{}
	d := example(t, "agency-onboarding")
	for b.Loop() {
		if _, err := rehearse.Run(threeWeeks(d)); err != nil {
			b.Fatal(err)
		}
	}
}

func threeWeeks(d *definition.Definition) rehearse.Input {
	return rehearse.Input{
		Definition: d, Start: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC),
		Contact: rehearse.Blank(map[string]any{"email": "ana@example.com", "first_name": "Ana", "timezone": "America/New_York"}),
	}
}

// TestThreeWeeksTakeNoTime prints what 21 days cost. The best of several runs counts: the others
// wait for a machine that does something else.
func TestThreeWeeksTakeNoTime(t *testing.T) {
	t.Parallel()
	d := example(t, "agency-onboarding")
	best := time.Hour
	for range 5 {
		began := time.Now()
		r := run(t, threeWeeks(d))
		best = min(best, time.Since(began))
		require.GreaterOrEqual(t, r.End.Sub(r.Start), 20*24*time.Hour)
		require.Equal(t, "completed", r.Status)
	}
	t.Logf("21 days of %d nodes rehearsed in %s", len(d.Order), best)
	require.Less(t, best, 100*time.Millisecond)
}
