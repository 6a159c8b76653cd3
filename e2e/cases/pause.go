package cases

import (
	"net/http"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func pauseCases() []Case {
	return []Case{
		{"pause-run", pauseRun},
		{"pause-spread", pauseSpread},
		{"pause-shift", pauseShift},
		{"pause-skip", pauseSkip},
		{"pause-freeze", pauseFreeze},
		{"pause-entry", pauseEntry},
		{"pause-event", pauseEvent},
		{"pause-exit", pauseExit},
		{"pause-retries", pauseRetries},
		{"pause-operator", pauseOperator},
		{"pause-stop", pauseStop},
		{"pause-refused", pauseRefused},
	}
}

// nap is the wait that a pause falls upon. It is long enough that the pause is there before it ends,
// on a busy machine, too.
const nap = 12 * time.Second

const napThenTag = `  a: {type: wait, with: {for: 12s}, next: b}` + thenTag

func (p *Passage) pause(clocks string) map[string]any {
	p.t.Helper()
	answer := p.Must("POST", "/v1/workflows/"+p.Key+"/pause", map[string]any{"clocks": clocks})
	require.Equal(p.t, "paused", answer["status"])
	return answer
}

func (p *Passage) resume(body map[string]any) map[string]any {
	p.t.Helper()
	answer := p.Must("POST", "/v1/workflows/"+p.Key+"/resume", body)
	require.Equal(p.t, "active", answer["status"])
	return answer
}

// napping enters, pauses while the contact waits at `a`, and returns once the wait has
// fallen due and the pause has held the contact back.
func (p *Passage) napping(clocks string) map[string]any {
	p.t.Helper()
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.pause(clocks)
	require.Equal(p.t, "paused", p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["status"], "people see it at once")
	p.Eventually("the wait is held back", func() bool {
		e = p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
		return e["due_at"] == nil && e["status"] == "paused" && time.Now().After(p.time(step(e, "a")["due_at"]).Add(time.Second))
	})
	require.Empty(p.t, p.contact()["tags"])
	require.Len(p.t, steps(e), 1)
	return e
}

func pauseRun(p *Passage) {
	p.publish(napThenTag)
	p.napping("run")
	dry := p.Must("POST", "/v1/workflows/"+p.Key+"/resume?dry_run=true", map[string]any{})
	require.Equal(p.t, "paused", dry["status"])
	require.Equal(p.t, map[string]any{"running": 0.0, "waiting": 0.0, "overdue": 1.0, "held": 0.0}, dry["people"])
	p.awaits("a", "paused")
	p.resume(map[string]any{})
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done:next"}, path(e))
	require.Equal(p.t, "overdue", step(e, "a")["reason"])
}

func pauseSpread(p *Passage) {
	p.publish(napThenTag)
	p.napping("run")
	resumed := time.Now()
	p.resume(map[string]any{"overdue": "spread", "over": "4s"})
	e := p.becomes("completed")
	due := p.time(step(e, "a")["due_at"])
	require.False(p.t, due.Before(resumed.Add(-time.Second)), "due at %s, resumed at %s", due, resumed)
	require.True(p.t, due.Before(time.Now().Add(4*time.Second)))
	require.False(p.t, p.time(step(e, "a")["left_at"]).Before(due))
}

// longer checks that a wait lasted its time and at least so much more.
func (p *Passage) longer(e map[string]any, by time.Duration) {
	p.t.Helper()
	a := step(e, "a")
	require.GreaterOrEqual(p.t, p.time(a["due_at"]).Sub(p.time(a["entered_at"])), nap+by)
	require.False(p.t, p.time(a["left_at"]).Before(p.time(a["due_at"])))
	require.Nil(p.t, a["reason"])
}

func pauseShift(p *Passage) {
	p.publish(napThenTag)
	p.napping("run")
	p.resume(map[string]any{"overdue": "shift"})
	p.longer(p.becomes("completed"), time.Second)
}

// pauseFreeze ends the pause before the wait would have ended: it lasts longer all the same.
func pauseFreeze(p *Passage) {
	p.publish(napThenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	since := p.time(p.pause("freeze")["paused"].(map[string]any)["since"])
	p.Eventually("two seconds have passed", func() bool { return time.Since(since) > 2*time.Second })
	p.awaits("a", "paused")
	p.resume(map[string]any{})
	require.Equal(p.t, e["id"], p.becomes("completed")["id"])
	p.longer(p.becomes("completed"), 1900*time.Millisecond)
}

func pauseSkip(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 12s}, next: b}
  b: {type: tag_add, with: {tag: never}, next: c}
  c: {type: email, with: {subject: Never, body: Text.}, next: d}
  d: {type: wait, with: {for: 1s}, next: e}
  e: {type: tag_add, with: {tag: later}}`)
	p.napping("run")
	p.resume(map[string]any{"overdue": "skip"})
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:skipped:next", "c:skipped:next", "d:done:next", "e:done:next"}, path(e))
	require.Equal(p.t, "overdue", step(e, "b")["reason"])
	require.Equal(p.t, []any{"later"}, p.contact()["tags"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}

// pauseEntry: triggers still enroll while the workflow is paused, and nothing is done yet.
func pauseEntry(p *Passage) {
	p.publish(`  a: {type: tag_add, with: {tag: in}, next: b}
  b: {type: email, with: {subject: Hello, body: Text.}}`)
	p.pause("run")
	event := p.post(p.Topic+".go", nil)
	e := p.becomes("paused")
	p.Eventually("the verdict is there", func() bool {
		verdicts := p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any)
		return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == "paused" && verdicts[0].(map[string]any)["enrollment"] == e["id"]
	})
	p.Eventually("the run stands still", func() bool { return p.RunState(e).Status == store.StatusPaused })
	require.Empty(p.t, p.contact()["tags"])
	require.Len(p.t, p.Items("/v1/enrollments?status=paused&workflow="+p.Key), 1)
	p.resume(map[string]any{})
	require.Equal(p.t, []string{"a:done:next", "b:done:next"}, path(p.becomes("completed")))
	p.only(p.Mail)
}

// pauseEvent: on resume an event that was accepted before the due instant takes its port, a later
// one does not.
func pauseEvent(p *Passage) {
	p.publish(`  a: {type: wait_event, with: {events: [{id: got, event: ` + p.Topic + `.got}], timeout: 12s}, next: {got: b, timeout: c}}
  b: {type: tag_add, with: {tag: got}, next: d}
  c: {type: tag_add, with: {tag: missed}, next: d}
  d: {type: end}`)
	early := map[string]any{"email": "early-" + p.Mail}
	p.postAs(early, p.Topic+".go", nil)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.Enrollment(p.Key, "early-"+p.Mail, "waiting")
	p.pause("run")
	p.postAs(early, p.Topic+".got", nil)
	p.Eventually("the wait has fallen due", func() bool { return time.Now().After(p.time(e["due_at"]).Add(500 * time.Millisecond)) })
	late := p.post(p.Topic+".got", nil)
	for _, mail := range []string{p.Mail, "early-" + p.Mail} {
		require.Equal(p.t, "paused", p.Enrollment(p.Key, mail, "paused")["status"])
	}
	p.resume(map[string]any{})
	require.Equal(p.t, []string{"a:done:got", "b:done:next", "d:done"}, path(p.Enrollment(p.Key, "early-"+p.Mail, "completed")))
	require.Equal(p.t, []string{"a:done:timeout", "c:done:next", "d:done"}, path(p.becomes("completed")))
	p.Eventually("the late one was passed over", func() bool {
		verdicts := p.Must("GET", "/v1/events/"+late, nil)["verdicts"].([]any)
		return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == "passed"
	})
}

func pauseExit(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.pause("run")
	event := p.post(p.Topic+".stop", nil)
	p.left(e, "stop", "success")
	p.atOnce(event, p.becomes("exited"))
}

// pauseRetries: an action that is being tried again is not tried during the pause.
func pauseRetries(p *Passage) {
	p.answer("", http.StatusServiceUnavailable, "")
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}, next: b}` + thenTag)
	p.enter(nil)
	p.Eventually("it was tried", func() bool { return len(p.HTTP.On(p.path(""))) > 0 })
	p.pause("run")
	e := p.awaits("a", "paused")
	p.Eventually("the run stands still", func() bool { return p.RunState(e).Status == store.StatusPaused })
	tried := len(p.HTTP.On(p.path("")))
	require.Nil(p.t, step(e, "a")["left_at"])
	p.answer("", http.StatusOK, "")
	p.resume(map[string]any{})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:ok", "b:done:next"}, path(e))
	require.Len(p.t, p.HTTP.On(p.path("")), tried+1)
}

// pauseOperator: a person's decision counts during a pause, but it moves nobody on.
func pauseOperator(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.pause("run")
	p.operate(e, "skip", map[string]any{})
	e = p.awaits("b", "paused")
	require.Equal(p.t, []string{"a:skipped:next"}, path(e))
	p.resume(map[string]any{})
	require.Equal(p.t, []string{"a:skipped:next", "b:done:next"}, path(p.becomes("completed")))
}

// pauseStop: stopping a paused workflow lets nobody go on, and starting it leaves it paused.
func pauseStop(p *Passage) {
	p.publish(napThenTag)
	p.napping("run")
	require.Equal(p.t, "stopped", p.Must("POST", "/v1/workflows/"+p.Key+"/stop", map[string]any{})["status"])
	p.awaits("a", "paused")
	require.Equal(p.t, "paused", p.Must("POST", "/v1/workflows/"+p.Key+"/start", map[string]any{})["status"])
	p.awaits("a", "paused")
	p.Must("POST", "/v1/workflows/"+p.Key+"/stop", map[string]any{})
	answer := p.Must("POST", "/v1/workflows/"+p.Key+"/resume", map[string]any{})
	require.Equal(p.t, "stopped", answer["status"])
	p.becomes("completed")
}

func pauseRefused(p *Passage) {
	p.publish(napThenTag)
	refused := func(call string, body map[string]any, status int, says string) {
		p.t.Helper()
		code, raw := p.Do("POST", "/v1/workflows/"+p.Key+"/"+call, body)
		require.Equal(p.t, status, code, "%s", raw)
		require.Contains(p.t, string(raw), says)
	}
	refused("resume", map[string]any{}, http.StatusConflict, "not paused")
	refused("pause", map[string]any{"clocks": "stop"}, http.StatusUnprocessableEntity, "/clocks")
	p.pause("run")
	p.pause("run")
	refused("pause", map[string]any{"clocks": "freeze"}, http.StatusConflict, "resume it first")
	refused("resume", map[string]any{"overdue": "never"}, http.StatusUnprocessableEntity, "/overdue")
	refused("resume", map[string]any{"overdue": "spread", "over": "soon"}, http.StatusUnprocessableEntity, "/over")
	refused("resume", map[string]any{"overdue": "run", "over": "2h"}, http.StatusUnprocessableEntity, "/over")
	p.resume(map[string]any{})
	actions := []string{}
	for _, entry := range p.Items("/v1/audit?subject=" + p.Key) {
		actions = append(actions, entry["action"].(string))
	}
	require.True(p.t, slices.Contains(actions, "workflow.pause") && slices.Contains(actions, "workflow.resume"), "%v", actions)
}
