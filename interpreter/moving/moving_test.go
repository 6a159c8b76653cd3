package moving_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/interpreter/nodes"
)

func parse(t *testing.T, start, graph string) *definition.Definition {
	t.Helper()
	document := "schema: 1\nkey: k\nname: K\ntriggers: [{id: go, event: k.go}]\nstart: " + start + "\nnodes:\n" + graph
	def, problems := definition.Parse([]byte(document), true)
	require.NotNil(t, def)
	require.False(t, definition.HasErrors(append(problems, def.Validate(nil)...)), "%v", problems)
	return def
}

const before = `
  hello: {type: tag_add, with: {tag: a}, next: rest}
  rest: {type: wait, with: {for: 3d}, next: ask}
  ask: {type: webhook, with: {url: "https://example.com"}, next: {ok: pick, error: sorry}}
  pick: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}, next: {x: answer, else: done}}
  answer: {type: wait_event, with: {events: [{id: got, event: k.got}], timeout: 5d}, next: {got: done, timeout: person}}
  person: {type: hold, next: done}
  sorry: {type: tag_add, with: {tag: sorry}}
  done: {type: end}
`

// after: rest is gone, ask leads elsewhere, pick has another branch, person is another type,
// answer bears another id, and sorry is wired.
const after = `
  hello: {type: tag_add, with: {tag: a}, next: ask}
  ask: {type: webhook, with: {url: "https://example.com"}, next: {ok: extra, error: sorry}}
  extra: {type: tag_add, with: {tag: extra}, next: pick}
  pick: {type: branch, with: {branches: [{id: y, when: {tag: y}}]}, next: {y: reply, else: done}}
  reply: {type: wait_event, with: {events: [{id: got, event: k.got}], timeout: 5d}, next: {got: done, timeout: pause}}
  pause: {type: wait, with: {for: 1d}, next: person}
  person: {type: tag_add, with: {tag: p}, next: done}
  off: {type: wait, disabled: true, with: {for: 1d}, next: done}
  sorry: {type: tag_add, with: {tag: sorry}, next: off}
  done: {type: end}
`

func TestPlot(t *testing.T) {
	t.Parallel()
	old, next := parse(t, "hello", before), parse(t, "hello", after)
	rests := func(node string) moving.Place { return moving.Place{Stand: moving.Resting, Node: node} }
	left := func(node, port string) moving.Place {
		return moving.Place{Stand: moving.Left, Node: node, Port: port}
	}
	doubt := func(node string) moving.Place { return moving.Place{Stand: moving.Resting, Node: node, Doubt: true} }
	mapped := func(from, to string) moving.Terms { return moving.Terms{Map: map[string]string{from: to}} }
	missing := func(policy string) moving.Terms { return moving.Terms{OnMissing: policy} }
	none := moving.Terms{}
	for name, c := range map[string]struct {
		at    moving.Place
		terms moving.Terms
		want  moving.Course
	}{
		"not begun: the new start":            {moving.Place{Stand: moving.Outside}, none, moving.Course{Class: moving.Same, Way: moving.Enter, Node: "hello"}},
		"in the middle of an action: later":   {moving.Place{Stand: moving.Acting, Node: "ask"}, none, moving.Course{Class: moving.Busy, Way: moving.Later}},
		"also when the action is deleted":     {moving.Place{Stand: moving.Acting, Node: "gone"}, missing(moving.MissingExit), moving.Course{Class: moving.Busy, Way: moving.Later}},
		"held action of the same id":          {rests("ask"), none, moving.Course{Class: moving.Same, Way: moving.Carry, Node: "ask"}},
		"in doubt, the same key":              {doubt("ask"), none, moving.Course{Class: moving.Same, Way: moving.Carry, Node: "ask"}},
		"in doubt, another key":               {doubt("hello"), mapped("hello", "extra"), moving.Course{Class: moving.Busy, Way: moving.Later}},
		"in doubt, exits all the same":        {doubt("rest"), missing(moving.MissingExit), moving.Course{Class: moving.Deleted, Way: moving.Exit}},
		"in doubt, never passed by":           {doubt("rest"), missing(moving.MissingNext), moving.Course{Class: moving.Busy, Way: moving.Later}},
		"mapped, same type":                   {rests("answer"), mapped("answer", "reply"), moving.Course{Class: moving.Mapped, Way: moving.Carry, Node: "reply"}},
		"mapped, another kind of wait":        {rests("answer"), mapped("answer", "pause"), moving.Course{Class: moving.Mapped, Way: moving.Carry, Node: "pause"}},
		"mapped, no wait":                     {rests("answer"), mapped("answer", "extra"), moving.Course{Class: moving.Mapped, Way: moving.Enter, Node: "extra"}},
		"mapped to a disabled wait":           {rests("rest"), mapped("rest", "off"), moving.Course{Class: moving.Mapped, Way: moving.Enter, Node: "off"}},
		"a hold is no timed wait":             {rests("person"), mapped("person", "pause"), moving.Course{Class: moving.Mapped, Way: moving.Enter, Node: "pause"}},
		"mapped nowhere falls to itself":      {rests("ask"), mapped("ask", "nowhere"), moving.Course{Class: moving.Same, Way: moving.Carry, Node: "ask"}},
		"deleted, no word: stays":             {rests("rest"), none, moving.Course{Class: moving.Deleted, Way: moving.Stay}},
		"deleted: stays":                      {rests("rest"), missing(moving.MissingStay), moving.Course{Class: moving.Deleted, Way: moving.Stay}},
		"deleted: exits":                      {rests("rest"), missing(moving.MissingExit), moving.Course{Class: moving.Deleted, Way: moving.Exit}},
		"deleted: next":                       {rests("rest"), missing(moving.MissingNext), moving.Course{Class: moving.Deleted, Way: moving.Enter, Node: "ask"}},
		"same id, other type is deleted":      {rests("person"), missing(moving.MissingNext), moving.Course{Class: moving.Deleted, Way: moving.Enter, Node: "done"}},
		"next goes by the main port first":    {rests("answer"), missing(moving.MissingNext), moving.Course{Class: moving.Deleted, Way: moving.Enter, Node: "done"}},
		"next counts what is mapped":          {rests("answer"), moving.Terms{OnMissing: moving.MissingNext, Map: map[string]string{"person": "pause"}}, moving.Course{Class: moving.Deleted, Way: moving.Enter, Node: "pause"}},
		"left: by the new way":                {left("ask", "ok"), none, moving.Course{Class: moving.Same, Way: moving.Enter, Node: "extra"}},
		"left: by a port wired since":         {left("sorry", "next"), none, moving.Course{Class: moving.Same, Way: moving.Enter, Node: "off"}},
		"left: the port is gone, old way":     {left("pick", "x"), mapped("answer", "reply"), moving.Course{Class: moving.Mapped, Way: moving.Enter, Node: "reply"}},
		"left: port and target are gone":      {left("pick", "x"), missing(moving.MissingExit), moving.Course{Class: moving.Deleted, Way: moving.Exit}},
		"left: the node is gone, old way":     {left("rest", "next"), none, moving.Course{Class: moving.Same, Way: moving.Enter, Node: "ask"}},
		"left: what is mapped counts":         {left("answer", "timeout"), mapped("answer", "reply"), moving.Course{Class: moving.Mapped, Way: moving.Enter, Node: "pause"}},
		"left: unknown to the old version":    {left("strange", "next"), none, moving.Course{Class: moving.Deleted, Way: moving.Stay}},
		"coming to a node":                    {moving.Place{Stand: moving.Coming, Node: "ask"}, none, moving.Course{Class: moving.Same, Way: moving.Enter, Node: "ask"}},
		"coming to a deleted node":            {moving.Place{Stand: moving.Coming, Node: "rest"}, missing(moving.MissingExit), moving.Course{Class: moving.Deleted, Way: moving.Exit}},
		"left by an open port, node is there": {left("rest", "other"), none, moving.Course{Class: moving.Same, Way: moving.Stay}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, moving.Plot(old, next, c.at, c.terms))
		})
	}
}

// TestPlotFinishes: the new version has no way on from the port by which somebody left.
func TestPlotFinishes(t *testing.T) {
	t.Parallel()
	old := parse(t, "a", "  a: {type: webhook, with: {url: \"https://example.com\"}, next: {ok: b, error: b}}\n  b: {type: end}\n")
	next := parse(t, "a", "  a: {type: webhook, with: {url: \"https://example.com\"}}\n")
	main := moving.Plot(old, next, moving.Place{Stand: moving.Left, Node: "a", Port: "ok"}, moving.Terms{})
	require.Equal(t, moving.Course{Class: moving.Same, Way: moving.Finish, Main: true}, main)
	other := moving.Plot(old, next, moving.Place{Stand: moving.Left, Node: "a", Port: "error"}, moving.Terms{})
	require.Equal(t, moving.Course{Class: moving.Same, Way: moving.Finish}, other)
}

// TestNextWithNobodyAhead: nobody is dropped because no node ahead is there any more.
func TestNextWithNobodyAhead(t *testing.T) {
	t.Parallel()
	old := parse(t, "a", "  a: {type: wait, with: {for: 1d}, next: b}\n  b: {type: wait, with: {for: 1d}, next: a}\n")
	next := parse(t, "z", "  z: {type: end}\n")
	course := moving.Plot(old, next, moving.Place{Stand: moving.Resting, Node: "a"}, moving.Terms{OnMissing: moving.MissingNext})
	require.Equal(t, moving.Course{Class: moving.Deleted, Way: moving.Stay}, course)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	old, next := parse(t, "hello", before), parse(t, "hello", after)
	require.Empty(t, moving.Terms{Map: map[string]string{"answer": "reply", "rest": "ask"}}.Check(old, next))
	faults := moving.Terms{Map: map[string]string{"a/b": "reply", "rest": "nowhere"}}.Check(old, next)
	require.Len(t, faults, 2)
	require.Equal(t, "/map/a~1b", faults[0].Pointer)
	require.Contains(t, faults[0].Hint, "rest")
	require.Equal(t, "/map/rest", faults[1].Pointer)
	require.Contains(t, faults[1].Message, `"nowhere"`)
	require.Contains(t, faults[1].Hint, "reply")
}

func TestTermsInARow(t *testing.T) {
	t.Parallel()
	first := moving.Terms{Map: map[string]string{"a": "b", "c": "d"}, OnMissing: moving.MissingExit, Retime: moving.RetimeKeep}
	second := moving.Terms{Map: map[string]string{"b": "z", "e": "f"}, OnMissing: moving.MissingNext, Retime: moving.RetimeRestart}
	require.Equal(t, moving.Terms{
		Map:       map[string]string{"a": "z", "b": "z", "c": "d", "e": "f"},
		OnMissing: moving.MissingNext, Retime: moving.RetimeRestart,
	}, first.Then(second))
}

func TestRetime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	entered, due := now.Add(-2*day), now.Add(day)
	open := moving.Open{Entered: entered, Due: &due}
	wait := func(days int) *nodes.Wait {
		d, err := calendar.ParseDuration(map[int]string{1: "1d", 2: "2d", 5: "5d"}[days])
		require.NoError(t, err)
		return &nodes.Wait{For: d}
	}
	past := now.Add(-time.Hour)
	for name, c := range map[string]struct {
		how  string
		open moving.Open
		node moving.Wait
		want moving.Timing
	}{
		"credit, longer":               {moving.RetimeCredit, open, wait(5), moving.Timing{Due: now.Add(3 * day), Planned: now.Add(3 * day)}},
		"credit is the default":        {"", open, wait(5), moving.Timing{Due: now.Add(3 * day), Planned: now.Add(3 * day)}},
		"credit, shorter than waited":  {moving.RetimeCredit, open, wait(1), moving.Timing{Fires: true, Due: now, Planned: now.Add(-day)}},
		"credit, as long as waited":    {moving.RetimeCredit, open, wait(2), moving.Timing{Fires: true, Due: now, Planned: now}},
		"restart":                      {moving.RetimeRestart, open, wait(1), moving.Timing{Due: now.Add(day), Planned: now.Add(day)}},
		"keep":                         {moving.RetimeKeep, open, wait(5), moving.Timing{Due: due, Planned: due}},
		"keep, and it has passed":      {moving.RetimeKeep, moving.Open{Entered: entered, Due: &past}, wait(5), moving.Timing{Fires: true, Due: now, Planned: past}},
		"nothing to keep: credit":      {moving.RetimeKeep, moving.Open{Entered: entered}, wait(5), moving.Timing{Due: now.Add(3 * day), Planned: now.Add(3 * day)}},
		"keep, and no instant ends it": {moving.RetimeKeep, open, &nodes.WaitEvent{}, moving.Timing{Forever: true}},
		"no instant":                   {moving.RetimeCredit, open, &nodes.Hold{}, moving.Timing{Forever: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, moving.Retime(c.how, c.open, c.node, nodes.DueInput{}, now))
		})
	}
}
