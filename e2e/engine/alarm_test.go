package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const alarmed = `
schema: 1
key: greet
name: Greet
triggers: [{id: go, event: form.submitted}]
start: hello
nodes:
  hello: {type: email, with: {template: welcome, class: transactional}, strict: true, next: done}
  done: {type: end}
`

// TestABrokenTemplateIsToldAndMended: a change of a template makes mails fail, the alarm names it and
// arrives once, and once the template is mended and the failed ones have gone on there is an all-clear.
func TestABrokenTemplateIsToldAndMended(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{AlarmEvery: 100 * time.Millisecond})
	s.Must("PATCH", "/v1/alarm-settings", map[string]any{"clear_after": "1s", "error_rate": map[string]any{"min": 3}})
	s.Must("POST", "/v1/alarm-channels", map[string]any{"name": "Ops", "type": "mail", "to": []string{"ops@example.com"}})
	s.Must("POST", "/v1/email-templates", map[string]any{"key": "welcome", "subject": "Welcome", "text": "Hello", "class": "transactional"})
	s.Publish(alarmed)
	enter := func(from, to int) {
		for i := from; i < to; i++ {
			s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": fmt.Sprintf("p%d@example.com", i)}})
		}
	}
	told := func() (subjects []string) {
		for _, m := range s.SMTP.Mails() {
			if m.To == "ops@example.com" {
				subjects = append(subjects, m.Subject)
			}
		}
		return subjects
	}
	enter(0, 2)
	s.Eventually("two are greeted", func() bool { return len(s.SMTP.Mails()) == 2 })
	s.Must("PATCH", "/v1/email-templates/welcome", map[string]any{"text": "Your voucher: {{ trigger.voucher }}"})
	enter(2, 6)
	s.Eventually("the alarm arrives", func() bool { return len(told()) == 1 })
	require.Equal(t, []string{"Errors: greet"}, told())
	open := s.Items("/v1/alarms?open=true&kind=error_rate")
	require.Len(t, open, 1)
	require.Contains(t, fmt.Sprint(open[0]["changes"]), "the change of the mail template welcome by first key")

	// The alarm rings at three: who is greeted after the template is mended would never be held.
	s.Eventually("all four are held", func() bool { return len(s.Items("/v1/enrollments?workflow=greet&status=held")) == 4 })
	s.Must("PATCH", "/v1/email-templates/welcome", map[string]any{"text": "Hello"})
	for _, e := range s.Items("/v1/enrollments?workflow=greet&status=held") {
		s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/retry", map[string]any{})
	}
	s.Eventually("everybody is greeted", func() bool { return len(s.Items("/v1/enrollments?workflow=greet&status=completed")) == 6 })
	s.Eventually("the all-clear arrives", func() bool { return len(told()) > 1 })
	require.Equal(t, []string{"Errors: greet", "Over: Errors: greet"}, told())
	require.Empty(t, s.Items("/v1/alarms?open=true"))
}
