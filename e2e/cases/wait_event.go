package cases

import (
	"fmt"

	"github.com/stretchr/testify/require"
)

func waitEventCases() []Case {
	return []Case{
		{"event-arrives", eventArrives},
		{"event-before-wait", eventBeforeWait},
		{"event-since", eventSince},
		{"event-since-skip", eventSinceSkip},
		{"event-first-of-several", eventFirstOfSeveral},
		{"event-once", eventOnce},
		{"event-timeout", eventTimeout},
		{"event-where", eventWhere},
		{"event-beats-timeout", eventBeatsTimeout},
		{"event-passed", eventPassed},
	}
}

// says waits until the case's workflow has given an event a verdict.
func (p *Passage) says(event, verdict string) {
	p.t.Helper()
	p.Eventually(p.Key+" says "+verdict, func() bool {
		for _, v := range p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any) {
			row := v.(map[string]any)
			if row["workflow"] == p.Key && row["verdict"] == verdict {
				return true
			}
		}
		return false
	})
}

// judgedOnce checks the only verdict on an event.
func (p *Passage) judgedOnce(event, verdict string) {
	p.t.Helper()
	verdicts := p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any)
	require.Len(p.t, verdicts, 1)
	require.Equal(p.t, []any{p.Key, verdict}, []any{verdicts[0].(map[string]any)["workflow"], verdicts[0].(map[string]any)["verdict"]})
}

func (p *Passage) waitFor(with string, rest ...string) {
	p.t.Helper()
	nodes := "  a: {type: wait_event, with: {" + with + "}, next: {got: b, timeout: c}}\n  b: {type: end}\n  c: {type: end, with: {outcome: neutral}}"
	for _, line := range rest {
		nodes += "\n" + line
	}
	p.publish(nodes)
}

func eventArrives(p *Passage) {
	p.waitFor("events: [{id: got, event: " + p.Topic + ".done}], timeout: 30d")
	p.enter(nil)
	p.awaits("a", "waiting")
	event := p.post(p.Topic+".done", map[string]any{"n": 1})
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:got", "b:done"}, path(e))
	require.Equal(p.t, event, step(e, "a")["result"].(map[string]any)["event"])
	p.says(event, "advanced")
}

// The event arrives while the actions before the wait run.
func eventBeforeWait(p *Passage) {
	p.publish("  a: {type: hold, next: b}\n" +
		"  b: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: 30d, since: enrollment}, next: {got: c}}\n" +
		"  c: {type: end}")
	p.enter(nil)
	e := p.awaits("a", "held")
	event := p.post(p.Topic+".done", nil)
	p.requireVerdict(event, "filtered", "no_open_wait")
	p.operate(e, "release", map[string]any{})
	require.Equal(p.t, []string{"a:done:next", "b:done:got", "c:done"}, path(p.becomes("completed")))
	p.judgedOnce(event, "advanced")
}

// since: step begins to count when the wait before it ended.
func eventSince(p *Passage) {
	p.publish("  a: {type: wait_event, with: {events: [{id: one, event: " + p.Topic + ".one}], forever: true}, next: {one: b}}\n" +
		"  b: {type: wait_event, with: {events: [{id: two, event: " + p.Topic + ".two}], timeout: 2s}, next: {two: c, timeout: d}}\n" +
		"  c: {type: end}\n  d: {type: end, with: {outcome: neutral}}")
	p.enter(nil)
	p.awaits("a", "waiting")
	p.post(p.Topic+".two", nil)
	p.awaits("a", "waiting")
	p.post(p.Topic+".one", nil)
	require.Equal(p.t, []string{"a:done:one", "b:done:timeout", "d:done"}, path(p.becomes("completed")))
}

// A wait that a person ended is one that ended.
func eventSinceSkip(p *Passage) {
	p.publish("  a: {type: wait, with: {for: 30d}, next: b}\n" +
		"  b: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: 1s}, next: {got: c, timeout: d}}\n" +
		"  c: {type: end}\n  d: {type: end, with: {outcome: neutral}}")
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.post(p.Topic+".done", nil)
	p.operate(e, "skip", map[string]any{})
	require.Equal(p.t, []string{"a:skipped:next", "b:done:timeout", "d:done"}, path(p.becomes("completed")))
}

// Of several events the first in the log wins, and the others stay for the next wait.
func eventFirstOfSeveral(p *Passage) {
	names := "events: [{id: x, event: " + p.Topic + ".x}, {id: y, event: " + p.Topic + ".y}], timeout: 30d"
	p.publish("  a: {type: hold, next: b}\n" +
		"  b: {type: wait_event, with: {" + names + ", since: enrollment}, next: {x: c, y: c}}\n" +
		"  c: {type: wait_event, with: {" + names + "}, next: {x: d, y: d}}\n  d: {type: end}")
	p.enter(nil)
	e := p.awaits("a", "held")
	p.post(p.Topic+".y", nil)
	p.post(p.Topic+".x", nil)
	p.operate(e, "release", map[string]any{})
	require.Equal(p.t, []string{"a:done:next", "b:done:y", "c:done:x", "d:done"}, path(p.becomes("completed")))
}

// An event advances an enrollment once, however far back a wait looks.
func eventOnce(p *Passage) {
	wait := "{type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: %s, since: enrollment}, next: "
	p.publish("  a: " + fmt.Sprintf(wait, "30d") + "{got: b}}\n  b: " + fmt.Sprintf(wait, "2s") + "{got: c, timeout: d}}\n  c: {type: end}\n  d: {type: end, with: {outcome: neutral}}")
	p.enter(nil)
	p.awaits("a", "waiting")
	p.post(p.Topic+".done", nil)
	require.Equal(p.t, []string{"a:done:got", "b:done:timeout", "d:done"}, path(p.becomes("completed")))
}

func eventTimeout(p *Passage) {
	p.waitFor("events: [{id: got, event: " + p.Topic + ".done}], timeout: 1s")
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:timeout", "c:done"}, path(e))
	require.Equal(p.t, "neutral", e["outcome"])
}

// What the condition lets pass is filtered and does not end the wait.
func eventWhere(p *Passage) {
	p.waitFor("events: [{id: got, event: " + p.Topic + ".done, where: {field: event.n, op: eq, value: {ref: trigger.n}}}], timeout: 30d")
	p.enter(map[string]any{"n": 2})
	p.awaits("a", "waiting")
	other := p.post(p.Topic+".done", map[string]any{"n": 1})
	p.says(other, "filtered")
	p.awaits("a", "waiting")
	mine := p.post(p.Topic+".done", map[string]any{"n": 2})
	require.Equal(p.t, []string{"a:done:got", "b:done"}, path(p.becomes("completed")))
	p.says(mine, "advanced")
}

// An event that is in the log when the wait is decided wins over the timeout, also
// one that came after the due instant.
func eventBeatsTimeout(p *Passage) {
	p.publish("  a: {type: hold, next: b}\n" +
		"  b: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: 1s, since: enrollment}, next: {got: c, timeout: d}}\n" +
		"  c: {type: end}\n  d: {type: end, with: {outcome: neutral}}")
	p.enter(nil)
	e := p.awaits("a", "held")
	p.post(p.Topic+".done", nil)
	p.operate(e, "release", map[string]any{})
	require.Equal(p.t, "b:done:got", path(p.becomes("completed"))[1])
}

// What was offered to a wait that another event won is passed by.
func eventPassed(p *Passage) {
	p.publish("  a: {type: hold, next: b}\n" +
		"  b: {type: wait_event, with: {events: [{id: x, event: " + p.Topic + ".x}, {id: y, event: " + p.Topic + ".y}], timeout: 30d, since: enrollment}, next: {x: c, y: c}}\n" +
		"  c: {type: end}")
	p.enter(nil)
	e := p.awaits("a", "held")
	winner, loser := p.post(p.Topic+".x", nil), p.post(p.Topic+".y", nil)
	p.operate(e, "release", map[string]any{})
	require.Equal(p.t, "b:done:x", path(p.becomes("completed"))[1])
	p.says(winner, "advanced")
	p.says(loser, "passed")
}
