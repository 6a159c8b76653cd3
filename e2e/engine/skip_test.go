package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func TestAgencyOnboardingPassesThreeWeeksOnARealServer(t *testing.T) {
	t.Parallel()
	temporal := harness.SkipTime(t)
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.Options{Database: database(t), Temporal: temporal})
			s.Setup()
			s.Publish(harness.Example(t, "agency-onboarding"))
			const mail, zone = "ana@example.com", "America/New_York"
			began := time.Now()
			s.Must("POST", "/v1/events", map[string]any{
				"type": "contract.signed", "contact": map[string]any{"email": mail, "first_name": "Ana", "timezone": zone},
			})
			e := s.Enrollment("agency-onboarding", mail, "completed")
			t.Logf("21 days in %s", time.Since(began))
			require.Equal(t, "success", e["outcome"])
			requireMornings(t, e, zone)
			subjects := []string{}
			for _, m := range s.SMTP.To(mail) {
				subjects = append(subjects, m.Subject)
			}
			require.Equal(t, []string{"Welcome aboard", "Your brand assets, please", "Your strategy document", "Your first draft"}, subjects)
			require.Len(t, s.HTTP.On("/book"), 1)
			contact := s.Items("/v1/contacts?email=" + mail)[0]
			require.Equal(t, "account-manager@agency.example", deal(contact)["owner"])
		})
	}
}

// requireMornings checks that the steps after day 7, 14 and 21 ran at 09:00 in the
// contact's zone on that day, or on the Monday after it.
func requireMornings(t *testing.T, e map[string]any, zone string) {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	started := instant(t, e["started_at"]).In(location)
	entered := map[string]time.Time{}
	for _, step := range e["steps"].([]any) {
		s := step.(map[string]any)
		require.Equal(t, "done", s["status"], s["node"])
		entered[s["node"].(string)] = instant(t, s["entered_at"]).In(location)
	}
	for node, days := range map[string]int{"strategy": 7, "draft": 14, "route": 21} {
		due := time.Date(started.Year(), started.Month(), started.Day()+days, 9, 0, 0, 0, location)
		for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
			due = due.AddDate(0, 0, 1)
		}
		require.WithinRange(t, entered[node], due, due.Add(harness.Patience), node)
	}
}

func instant(t *testing.T, v any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, v.(string))
	require.NoError(t, err)
	return at
}
