package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// ahead are the local times of a preview.
func ahead(t *testing.T, answer map[string]any) []string {
	t.Helper()
	list := []string{}
	for _, one := range answer["times"].([]any) {
		local := one.(map[string]any)["local"].(string)
		if until, ok := one.(map[string]any)["until_local"].(string); ok {
			local += " – " + until
		}
		list = append(list, local)
	}
	return list
}

func TestPreviewTimes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		previewed(f)
		f.clock.Advance(time.Date(2026, 3, 2, 22, 30, 0, 0, time.UTC).Sub(f.clock.Now())) // a Monday, 23:30 in Berlin
		f.must(201, "POST", "/v1/contacts", object{
			"email": "ana@example.com", "timezone": "Europe/Berlin",
			"fields": object{"born": "1990-03-20", "renewal": "2026-03-29", "over": "2026-01-01", "plan": "pro"},
		})
		for _, c := range []struct {
			name           string
			what           string
			with, more     object
			words          any
			times          []string
			zone, says     string
			note, problem0 any
		}{
			{
				"a schedule in its own zone, over a clock change", "schedule",
				object{"cron": "30 2 * * sun", "timezone": "Europe/Berlin"},
				object{"contact": "ana@example.com"},
				"Every Sunday at 02:30",
				[]string{"Sun 8 Mar 2026 02:30", "Sun 15 Mar 2026 02:30", "Sun 22 Mar 2026 02:30"},
				"Europe/Berlin", "trigger", nil, nil,
			},
			{
				"a schedule in the workflow's zone", "schedule",
				object{"cron": "0 9 * * *"},
				object{"settings": object{"timezone": "Asia/Tokyo"}},
				"Every day at 09:00",
				[]string{"Tue 3 Mar 2026 09:00", "Wed 4 Mar 2026 09:00", "Thu 5 Mar 2026 09:00"},
				"Asia/Tokyo", "workflow", nil, nil,
			},
			{
				"a schedule never counts in the contact's zone", "schedule",
				object{"cron": "0 9 1 1 *"},
				object{"contact": "ana@example.com"},
				"On the 1st in January at 09:00",
				[]string{"Fri 1 Jan 2027 09:00", "Sat 1 Jan 2028 09:00", "Mon 1 Jan 2029 09:00"},
				"UTC", "account", nil, nil,
			},
			{"no schedule", "schedule", object{"cron": "9 o'clock"}, nil, nil, []string{}, "UTC", "account", nil, "/cron"},
			{
				"a date every year", "date",
				object{"field": "contact.born", "offset": "-1d", "at": "08:00", "yearly": true},
				object{"contact": "ana@example.com"},
				"1 day before contact.born at 08:00, every year",
				[]string{"Thu 19 Mar 2026 08:00", "Fri 19 Mar 2027 08:00", "Sun 19 Mar 2028 08:00"},
				"Europe/Berlin", "contact", nil, nil,
			},
			{
				"a date once, at nine", "date",
				object{"field": "contact.renewal"},
				object{"contact": "ana@example.com"},
				"On contact.renewal",
				[]string{"Sun 29 Mar 2026 09:00"},
				"Europe/Berlin", "contact", nil, nil,
			},
			{
				"a date that has passed", "date",
				object{"field": "contact.over"},
				object{"contact": "ana@example.com"},
				"On contact.over",
				[]string{},
				"Europe/Berlin", "contact", "The date has passed, and a date that has passed does not fire.", nil,
			},
			{
				"no date", "date",
				object{"field": "contact.plan"},
				object{"contact": "ana@example.com"},
				"On contact.plan",
				[]string{},
				"Europe/Berlin", "contact", "contact.plan holds no date: nothing fires.", nil,
			},
			{"nobody's date", "date", object{"field": "contact.born"}, nil, "On contact.born", []string{}, "UTC", "account", "Choose a contact to see its dates.", nil},
			{
				"quiet now", "quiet_hours",
				object{"from": "22:00", "to": "08:00"},
				object{"contact": "ana@example.com"},
				"Marketing messages wait from 22:00 to 08:00",
				[]string{"Mon 2 Mar 2026 23:30 – Tue 3 Mar 2026 08:00", "Tue 3 Mar 2026 22:00 – Wed 4 Mar 2026 08:00", "Wed 4 Mar 2026 22:00 – Thu 5 Mar 2026 08:00"},
				"Europe/Berlin", "contact", "It is quiet now.", nil,
			},
			{
				"quiet later", "quiet_hours",
				object{"from": "12:00", "to": "13:00", "then": "drop", "all": true},
				nil,
				"All messages are dropped from 12:00 to 13:00",
				[]string{"Tue 3 Mar 2026 12:00 – Tue 3 Mar 2026 13:00", "Wed 4 Mar 2026 12:00 – Wed 4 Mar 2026 13:00", "Thu 5 Mar 2026 12:00 – Thu 5 Mar 2026 13:00"},
				"UTC", "account", nil, nil,
			},
			{"never quiet", "quiet_hours", object{"from": "22:00", "to": "22:00"}, nil, "Both times are the same: there are no quiet hours", []string{}, "UTC", "account", nil, nil},
			{
				"a rate", "send_rate",
				object{"rate": "100/1h"},
				nil, "100 in 1 hour",
				[]string{"Mon 2 Mar 2026 22:30:00", "Mon 2 Mar 2026 22:30:36", "Mon 2 Mar 2026 22:31:12"},
				"UTC", "account", "One every 36 seconds. When many are due now, the first of them go then.", nil,
			},
			{"a cap", "frequency_cap", object{"rate": "3/7d"}, nil, "3 in 7 days", []string{}, "UTC", "account", "A mail over it is suppressed.", nil},
			{"no rate", "send_rate", object{"rate": "often"}, nil, nil, []string{}, "UTC", "account", nil, "/rate"},
		} {
			t.Run(c.name, func(t *testing.T) {
				g := *f
				g.t = t
				body := object{"what": c.what, "with": c.with}
				for key, value := range c.more {
					body[key] = value
				}
				a := g.must(200, "POST", "/v1/preview/times", body)
				require.Equal(t, c.words, a["words"])
				require.Equal(t, c.times, ahead(t, a))
				require.Equal(t, []any{c.zone, c.says, c.note}, []any{a["timezone"], a["timezone_source"], a["note"]})
				if c.problem0 != nil {
					require.Equal(t, c.problem0, path(t, a, "problems", 0, "path"))
					return
				}
				require.Empty(t, a["problems"])
			})
		}
		f.run(t, []scenario{
			{name: "nothing of the kind", method: "POST", url: "/v1/preview/times", body: object{"what": "moon", "with": object{}}, status: 422, expected: []string{`"/what"`}},
			{name: "no object", method: "POST", url: "/v1/preview/times", body: object{"what": "date", "with": 3}, status: 422, expected: []string{`"/with"`}},
		})
	})
}
