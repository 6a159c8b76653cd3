package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func quietCases() []Case {
	return []Case{
		{"quiet-hours-wait", quietWait},
		{"quiet-hours-drop", quietDrop},
		{"quiet-hours-all", quietAll},
		{"quiet-hours-over", quietOver},
	}
}

// quietNow are quiet hours in UTC around this moment, from two hours ago until three hours from now.
func quietNow(then string) string {
	clock := func(by time.Duration) string { return time.Now().UTC().Add(by).Format("15:04") }
	return `quiet_hours: {from: "` + clock(-2*time.Hour) + `", to: "` + clock(3*time.Hour) + `"` + then + `}`
}

const marketing = `  a: {type: email, with: {subject: News, body: Text.}, next: b}
  b: {type: tag_add, with: {tag: after}}`

// quietWait holds a marketing mail back in the contact's zone, and lets it go when the contact
// turns out to be somewhere else, where it is day.
func quietWait(p *Passage) {
	p.publish(marketing, quietNow(""))
	p.enter(nil, map[string]any{"timezone": "UTC"})
	e := p.awaits("a", "waiting")
	a := step(e, "a")
	require.Equal(p.t, "quiet_hours", a["reason"])
	require.Equal(p.t, "waiting", a["status"])
	require.InDelta(p.t, 3, p.time(a["due_at"]).Sub(p.time(a["entered_at"])).Hours(), 0.1)
	require.Equal(p.t, a["due_at"], e["due_at"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"timezone": "Asia/Tokyo"})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done:next"}, path(e))
	p.only(p.Mail)
}

func quietDrop(p *Passage) {
	p.publish(marketing, quietNow(", then: drop"))
	e := p.passes(nil, map[string]any{"timezone": "UTC"})
	require.Equal(p.t, []string{"a:dropped:next", "b:done:next"}, path(e))
	require.Equal(p.t, "quiet_hours", step(e, "a")["reason"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}

// quietAll holds transactional mail back, too; without all it goes at once.
func quietAll(p *Passage) {
	nodes := `  a: {type: email, with: {subject: Receipt, body: Text., class: transactional}}`
	other := p.Key + "-off"
	p.publishAs(other, p.Topic+".go", nodes, quietNow(""))
	p.publish(nodes, quietNow(", all: true"))
	p.enter(nil, map[string]any{"timezone": "UTC"})
	e := p.awaits("a", "waiting")
	p.Enrollment(other, p.Mail, "completed")
	p.only(p.Mail)
	p.post(p.Topic+".stop", nil)
	p.Eventually("an exit ends the wait", func() bool {
		return p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["status"] == "exited"
	})
	require.Len(p.t, p.SMTP.To(p.Mail), 1)
}

// quietOver: with compressed waits a test does not wait for the morning.
func quietOver(p *Passage) {
	p.publish(marketing, quietNow(""))
	p.Must("POST", "/v1/workflows/"+p.Key+"/enrollments", map[string]any{
		"contacts": []any{map[string]any{"email": p.Mail, "timezone": "UTC"}}, "test": true, "waits": "compressed", "sends": "real", "version": 1,
	})
	e := p.becomes("completed")
	require.Equal(p.t, "done", step(e, "a")["status"])
	require.LessOrEqual(p.t, p.waited(step(e, "a")), compressedEnd)
	p.only(p.Mail)
}

// compressedEnd bounds how long a compressed wait of five seconds takes on a busy machine.
const compressedEnd = 30 * time.Second
