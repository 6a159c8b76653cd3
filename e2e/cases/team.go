package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func teamCases() []Case {
	return []Case{{"notify", notify}, {"notify-owner", notifyOwner}, {"task-create", taskCreate}}
}

func notify(p *Passage) {
	first, second := "first-"+p.Mail, "second-"+p.Mail
	p.publish(`  a: {type: notify, with: {to: ["` + first + `", "` + second + `"], subject: "New: {{ contact.email }}", body: "See {{ trigger.n }}"}}`)
	e := p.passes(map[string]any{"n": 7}, map[string]any{
		// Consent is the contact's; a notice goes to the team.
		"consent": map[string]any{"email": map[string]any{"state": "unsubscribed", "source": "test"}},
	})
	m := p.only(first + "," + second)
	require.Equal(p.t, "New: "+p.Mail, m.Subject)
	require.Equal(p.t, "See 7", p.parts(m)["text/plain"])
	require.Equal(p.t, messageID(e, "a", 1), m.MessageID)
	require.Empty(p.t, m.Header.Get("List-Unsubscribe"))
}

func notifyOwner(p *Passage) {
	owner := "owner-" + p.Mail
	p.publish(`  a: {type: notify, with: {to: owner, subject: "For you"}}`, "owner: "+owner)
	p.passes(nil)
	require.Equal(p.t, "For you", p.only(owner).Subject)
}

func taskCreate(p *Passage) {
	p.publish(`  a: {type: task_create, with: {title: "Call {{ contact.first_name }}", body: "About {{ trigger.topic }}", due: 2h, assignee: sam@example.com}}`)
	e := p.passes(map[string]any{"topic": "shoes"}, map[string]any{"first_name": "Ana"})
	tasks := p.Items("/v1/tasks?contact=" + p.contactID())
	require.Len(p.t, tasks, 1)
	require.Equal(p.t, "Call Ana", tasks[0]["title"])
	require.Equal(p.t, "About shoes", tasks[0]["body"])
	require.Equal(p.t, "sam@example.com", tasks[0]["assignee"])
	require.Equal(p.t, "open", tasks[0]["status"])
	require.Equal(p.t, 2*time.Hour, p.time(tasks[0]["due_at"]).Sub(p.time(step(e, "a")["entered_at"])))
	require.Equal(p.t, tasks[0]["id"], result(step(e, "a"))["task"])
}

func (p *Passage) time(v any) time.Time {
	p.t.Helper()
	require.IsType(p.t, "", v)
	at, err := time.Parse(time.RFC3339Nano, v.(string))
	require.NoError(p.t, err)
	return at
}
