package cases

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func capCases() []Case {
	return []Case{
		{"max-active", maxActive},
		{"max-active-exit", maxActiveExit},
		{"max-active-paused", maxActivePaused},
		{"per-day", perDay},
		{"send-rate", sendRate},
		{"frequency-cap", frequencyCap},
	}
}

// someone enters under an address of its own and returns it with the event's id.
func (p *Passage) someone(n int) (mail, event string) {
	mail = fmt.Sprintf("%d-%s", n, p.Mail)
	return mail, p.postAs(map[string]any{"email": mail}, p.Topic+".go", nil)
}

// standing counts the people who stand in a workflow with a status.
func (p *Passage) standing(status string) []map[string]any {
	return p.Items("/v1/enrollments?limit=100&workflow=" + p.Key + "&status=" + status)
}

// maxActive lets people in one after the other, in the order in which they came.
func maxActive(p *Passage) {
	p.publish(`  a: {type: hold, next: b}`+thenTag, "max_active: 2")
	var mails []string
	for n := range 5 {
		mail, event := p.someone(n)
		mails = append(mails, mail)
		want := "enrolled"
		if n >= 2 {
			want = "capped"
		}
		p.Eventually("the verdict is there", func() bool {
			verdicts := p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any)
			return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == want && verdicts[0].(map[string]any)["enrollment"] != nil
		})
	}
	for n, mail := range mails {
		e := p.Enrollment(p.Key, mail, "held")
		require.LessOrEqual(p.t, len(p.standing("held")), 2)
		full := 0
		for _, waiting := range p.standing("waiting") {
			if p.full(waiting) {
				full++
			}
		}
		if n == 0 {
			require.Equal(p.t, 3, full, "nobody has left yet, so nobody is let in")
		}
		p.operate(e, "release", map[string]any{})
	}
	p.Eventually("all have passed", func() bool { return len(p.standing("completed")) == 5 })
}

// full checks what the program says of an enrollment that waits to be let in. It may be let in at
// any moment: what is said counts when it still waits afterwards, and was so said while it waited.
func (p *Passage) full(waiting map[string]any) bool {
	p.t.Helper()
	require.Equal(p.t, "capped", waiting["reason"])
	require.Equal(p.t, "a", waiting["node"])
	contact := waiting["contact"].(map[string]any)["id"].(string)
	why := p.Must("GET", "/v1/workflows/"+p.Key+"/explain?contact="+contact, nil)["why_here"].([]any)
	if p.Must("GET", "/v1/enrollments/"+waiting["id"].(string), nil)["status"] != "waiting" {
		return false
	}
	require.Contains(p.t, fmt.Sprint(why), "full")
	return true
}

// maxActiveExit: whoever waits to be let in leaves at once by an exit, and its place is not lost.
func maxActiveExit(p *Passage) {
	p.publish(`  a: {type: hold, next: b}`+thenTag, "max_active: 1")
	first, _ := p.someone(1)
	inside := p.Enrollment(p.Key, first, "held")
	second, _ := p.someone(2)
	third, _ := p.someone(3)
	p.Enrollment(p.Key, second, "waiting")
	p.postAs(map[string]any{"email": second}, p.Topic+".stop", nil)
	e := p.Enrollment(p.Key, second, "exited")
	require.Empty(p.t, steps(e))
	require.Equal(p.t, "capped", p.Enrollment(p.Key, third, "waiting")["reason"])
	p.operate(inside, "exit", map[string]any{})
	p.Enrollment(p.Key, third, "held")
}

// maxActivePaused: a pause and a limit hold independently.
func maxActivePaused(p *Passage) {
	p.publish(`  a: {type: hold, next: b}`+thenTag, "max_active: 1")
	first, _ := p.someone(1)
	inside := p.Enrollment(p.Key, first, "held")
	p.pause("run")
	second, _ := p.someone(2)
	p.Enrollment(p.Key, second, "paused")
	p.resume(map[string]any{})
	require.Equal(p.t, "capped", p.Enrollment(p.Key, second, "waiting")["reason"])
	p.operate(inside, "exit", map[string]any{})
	p.Enrollment(p.Key, second, "held")
}

// perDay: those who ended count, too, and a new version with a higher limit lets more in at once.
func perDay(p *Passage) {
	nodes := `  a: {type: tag_add, with: {tag: in}}`
	p.publish(nodes, "per_day: 2")
	p.Eventually("no day ends meanwhile", func() bool {
		now := time.Now().UTC()
		return now.Add(harness.Patience*3/4).Day() == now.Day()
	})
	var mails []string
	for n := range 4 {
		mail, _ := p.someone(n)
		mails = append(mails, mail)
		if n < 2 {
			p.Enrollment(p.Key, mail, "completed")
		} else {
			require.Equal(p.t, "capped", p.Enrollment(p.Key, mail, "waiting")["reason"])
		}
	}
	p.republish(nodes, "per_day: 3")
	p.Enrollment(p.Key, mails[2], "completed")
	require.Equal(p.t, "capped", p.Enrollment(p.Key, mails[3], "waiting")["reason"])
}

// sendRate spaces the messages of a workflow, and sends each once.
func sendRate(p *Passage) {
	p.publish(marketing, "send_rate: 4/6s")
	for n := range 4 {
		p.someone(n)
	}
	p.Eventually("all have passed", func() bool { return len(p.standing("completed")) == 4 })
	var at []time.Time
	for n := range 4 {
		mails := p.SMTP.To(fmt.Sprintf("%d-%s", n, p.Mail))
		require.Len(p.t, mails, 1)
		a := step(p.Enrollment(p.Key, fmt.Sprintf("%d-%s", n, p.Mail), "completed"), "a")
		at = append(at, p.time(a["due_at"]))
		require.False(p.t, p.time(a["left_at"]).Before(p.time(a["due_at"])))
	}
	slices.SortFunc(at, time.Time.Compare)
	for i := 1; i < len(at); i++ {
		require.GreaterOrEqual(p.t, at[i].Sub(at[i-1]), 1500*time.Millisecond)
	}
}

// frequencyCap counts a contact's marketing mails over all workflows; others pass.
func frequencyCap(p *Passage) {
	other := p.Key + "-other"
	p.publishAs(other, p.Topic+".other", `  a: {type: email, with: {subject: News, body: Text.}}`)
	p.publish(`  a: {type: email, with: {subject: One, body: Text.}, next: b}
  b: {type: email, with: {subject: Two, body: Text.}, next: c}
  c: {type: email, with: {subject: Receipt, body: Text., class: transactional}}`, `frequency_cap: 2/7d`)
	p.post(p.Topic+".other", nil)
	p.Enrollment(other, p.Mail, "completed")
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:suppressed:next", "c:done:next"}, path(e))
	require.Equal(p.t, "frequency_cap", step(e, "b")["reason"])
	require.Len(p.t, p.SMTP.To(p.Mail), 3)
}
