package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func waitCases() []Case {
	return []Case{
		{"wait", wait},
		{"wait-random", waitRandom},
		{"window-open", windowOpen},
		{"window-closed", windowClosed},
		{"hold", hold},
		{"latest", latest},
	}
}

// lateness bounds how late a timer fires on a busy machine: later than Temporal hands a task out
// again that it has lost (10 s), even twice, and before the reconciler would look (30 s).
const lateness = 28 * time.Second

// fired checks that a wait ended by its timer: not before it was due, and not much later.
func (p *Passage) fired(s map[string]any) {
	p.t.Helper()
	late := p.time(s["left_at"]).Sub(p.time(s["due_at"]))
	require.GreaterOrEqual(p.t, late, time.Duration(0))
	require.Less(p.t, late, lateness)
}

// waited is how long a step was waited at.
func (p *Passage) waited(s map[string]any) time.Duration {
	p.t.Helper()
	require.NotNil(p.t, s)
	return p.time(s["left_at"]).Sub(p.time(s["entered_at"]))
}

func wait(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 1s}, next: b}
  b: {type: tag_add, with: {tag: "` + p.Key + `"}, next: c}
  c: {type: wait, with: {for: 1s}}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:done:next", "c:done:next"}, path(e))
	for _, node := range []string{"a", "c"} {
		s := step(e, node)
		require.GreaterOrEqual(p.t, p.waited(s), time.Second-time.Millisecond)
		require.Less(p.t, p.waited(s), lateness)
		p.fired(s)
	}
}

func waitRandom(p *Passage) {
	p.publish(`  a: {type: wait, with: {random: [1s, 2s]}}`)
	e := p.passes(nil)
	planned := p.time(step(e, "a")["due_at"]).Sub(p.time(step(e, "a")["entered_at"]))
	require.GreaterOrEqual(p.t, planned, time.Second-time.Millisecond)
	require.LessOrEqual(p.t, planned, 2*time.Second)
}

func windowOpen(p *Passage) {
	p.publish(`  a: {type: window}`)
	e := p.passes(nil)
	a := step(e, "a")
	require.False(p.t, p.time(a["due_at"]).After(p.time(a["entered_at"])), "there is nothing to wait for")
	require.Less(p.t, p.waited(a), time.Second)
}

// windowClosed opens in an hour and a half, so that no run of the test crosses it.
func windowClosed(p *Passage) {
	opens := time.Now().UTC().Add(90 * time.Minute).Truncate(time.Minute)
	p.publish(`  a: {type: window, with: {from: "` + opens.Format("15:04") + `", to: "` + opens.Add(time.Minute).Format("15:04") + `"}, next: b}
  b: {type: end}`)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	require.True(p.t, opens.Equal(p.time(e["due_at"])), "%s %s", opens, e["due_at"])

	// A changed zone re-times the window.
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"timezone": "Asia/Kolkata"})
	zone, err := time.LoadLocation("Asia/Kolkata")
	require.NoError(p.t, err)
	p.Eventually("the window is re-timed", func() bool {
		due := p.time(p.awaits("a", "waiting")["due_at"])
		return due.In(zone).Format("15:04") == opens.Format("15:04")
	})
	p.operate(e, "exit", map[string]any{})
}

func hold(p *Passage) {
	p.publish(`  a: {type: hold, with: {reason: "look at it"}, next: b}
  b: {type: end}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	require.Nil(p.t, e["due_at"])
	require.Equal(p.t, "hold", e["reason"])
	require.Equal(p.t, map[string]any{"reason": "look at it"}, result(step(e, "a")))
	status, _ := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/retry", map[string]any{})
	require.GreaterOrEqual(p.t, status, 400, "there is nothing to retry")
	p.operate(e, "release", map[string]any{})
	e = p.becomes("completed")
	require.Nil(p.t, e["reason"])
	require.Equal(p.t, map[string]any{"reason": "look at it"}, result(step(e, "a")), "what it waited for stays in the story")
	require.Equal(p.t, []string{"a:done:next", "b:done"}, path(e))
}

func latest(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.at }}"}, next: b}
  b: {type: email, latest: 1h, with: {subject: Late, body: Text., class: transactional}, next: c}
  c: {type: tag_add, latest: 1h, with: {tag: late}, next: d}
  d: {type: tag_add, latest: 10d, with: {tag: in-time}}`)
	e := p.passes(map[string]any{"at": time.Now().UTC().Add(-2 * time.Hour).Format(time.RFC3339)})
	require.Equal(p.t, []string{"a:done:next", "b:dropped:next", "c:dropped:next", "d:done:next"}, path(e))
	require.Equal(p.t, "latest", step(e, "b")["reason"])
	require.Equal(p.t, []any{"in-time"}, p.contact()["tags"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}
