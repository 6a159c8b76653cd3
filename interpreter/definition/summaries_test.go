package definition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

func TestSummaries(t *testing.T) {
	t.Parallel()
	def, _ := definition.Parse([]byte(`
schema: 1
key: cards
name: Cards
triggers:
  - {id: bought, event: purchase.completed}
  - {id: big, event: purchase.completed, where: {field: event.amount, op: gte, value: 500}}
  - {id: hand, manual: true}
  - {id: renewal, date: {field: contact.renewal, offset: -3d, at: "09:00", yearly: true}}
  - {id: weekly, schedule: {cron: "0 9 * * 1", timezone: Europe/Berlin, filter: {tag: vip}}}
  - {id: silent, inactivity: {without: [email.opened, email.clicked], for: 60d}}
  - {id: hook, webhook: {contact: {email: "{{ body.email }}"}}}
  - {id: blank}
exits:
  - {id: refunded, event: purchase.refunded, outcome: failed}
  - {id: left}
start: pause
nodes:
  pause: {type: wait, with: {for: 2d}, next: hours}
  hours: {type: window, with: {from: "09:00", to: "17:00", weekdays: [mon, tue, wed, thu, fri]}, next: half}
  half:  {type: wait, with: {}, next: mail}
  mail:  {type: email, with: {subject: "Hi {{ contact.first_name }}", body: Hello}, next: odd}
  odd:   {type: nothing}
`), true)
	require.NotNil(t, def)
	s := def.Summaries()
	require.Equal(t, map[string]string{
		"pause": "Wait 2 days", "hours": "Only 09:00–17:00, Mon–Fri", "mail": "Send “Hi {{ contact.first_name }}”",
	}, s.Nodes)
	require.Equal(t, map[string]string{
		"bought": "On purchase.completed", "big": "On purchase.completed, on a condition", "hand": "By hand",
		"renewal": "3 days before contact.renewal at 09:00, every year",
		"weekly":  "Every Monday at 09:00 (Europe/Berlin), some contacts",
		"silent":  "Without email.opened and email.clicked for 60 days", "hook": "When its address is called",
	}, s.Triggers)
	require.Equal(t, map[string]string{"refunded": "On purchase.refunded: end with outcome failed"}, s.Exits)
}
