package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// TestInstalledPurchaseTriggersSixEffects goes the way of an operator: install with
// answers, publish, and a purchase does its six things; the refund takes them back.
func TestInstalledPurchaseTriggersSixEffects(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		answers := map[string]any{"tag": "buyer-program-A"}
		s.Must("POST", "/v1/templates/refund/install", map[string]any{"answers": answers})
		answers["slack_team"], answers["min_amount"] = s.HTTP.URL+"/slack", 497
		result := s.Must("POST", "/v1/templates/post-purchase/install", map[string]any{"key": "sales-program-a", "answers": answers})
		require.Equal(t, "sales-program-a", result["workflow"])
		for _, key := range []string{"course-onboarding", "sales-program-a", "refund"} {
			s.Must("POST", "/v1/workflows/"+key+"/publish", map[string]any{})
		}
		s.Must("POST", "/v1/templates/lead-magnet/install", nil)
		s.Must("POST", "/v1/workflows/lead-magnet/publish", map[string]any{})

		s.Must("POST", "/v1/events", purchase())
		e := s.Enrollment("sales-program-a", "ana@example.com", "completed")
		require.Equal(t, "success", e["outcome"])
		s.Enrollment("course-onboarding", "ana@example.com", "waiting")
		contact := s.Items("/v1/contacts?email=ana@example.com")[0]
		require.Contains(t, contact["tags"], "buyer-program-A")
		require.Equal(t, "won", deal(contact)["stage"])
		require.Equal(t, "enrolled", course(contact)["status"])
		s.Eventually("receipt and welcome arrive", func() bool { return len(s.SMTP.To("ana@example.com")) == 2 })
		require.ElementsMatch(t, []string{"Your receipt for Program A", "Welcome to Program A"},
			[]string{s.SMTP.To("ana@example.com")[0].Subject, s.SMTP.To("ana@example.com")[1].Subject})
		posts := s.HTTP.On("/slack")
		require.Len(t, posts, 1)
		require.JSONEq(t, `{"text": "Ana bought Program A for 497 USD (order A-1001)."}`, posts[0].Body)

		s.Must("POST", "/v1/events", map[string]any{
			"type": "purchase.refunded", "contact": map[string]any{"email": "ana@example.com"},
			"data": map[string]any{"order_id": "A-1001", "product": "program-a", "amount": 497, "currency": "USD"},
		})
		s.Enrollment("refund", "ana@example.com", "completed")
		s.Enrollment("course-onboarding", "ana@example.com", "exited")
		contact = s.Items("/v1/contacts?email=ana@example.com")[0]
		require.NotContains(t, contact["tags"], "buyer-program-A")
		require.Equal(t, "refunded", deal(contact)["stage"])
		require.Equal(t, "unenrolled", course(contact)["status"])

		s.Must("POST", "/v1/events", map[string]any{
			"type": "form.submitted", "contact": map[string]any{"email": "bo@example.com"}, "data": map[string]any{"form": "checklist"},
		})
		s.Eventually("the file arrives", func() bool { return len(s.SMTP.To("bo@example.com")) == 1 })
		require.Contains(t, s.SMTP.To("bo@example.com")[0].Raw, "planning-checklist.txt")
		require.Contains(t, strings.ToLower(s.SMTP.To("bo@example.com")[0].Raw), "content-disposition: attachment")
	})
}

// TestInstalledAppointmentFollowsItsTime: the open reminder moves with the appointment,
// a canceled one ends, and who was missed hears from us.
func TestInstalledAppointmentFollowsItsTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		s.Must("POST", "/v1/templates/appointment-reminders/install", map[string]any{"answers": map[string]any{"first_reminder": "2d"}})
		s.Must("POST", "/v1/workflows/appointment-reminders/publish", map[string]any{})
		start := time.Now().UTC().Add(10 * 24 * time.Hour).Truncate(time.Second)
		post := func(kind, id string, start time.Time) {
			s.Must("POST", "/v1/events", map[string]any{
				"type": kind, "contact": map[string]any{"email": "ana@example.com", "timezone": "UTC"},
				"data": map[string]any{"appointment_id": id, "start": start.Format(time.RFC3339)},
			})
		}
		due := func(want time.Time) func() bool {
			return func() bool {
				e := s.Enrollment("appointment-reminders", "ana@example.com", "waiting")
				text, _ := e["due_at"].(string)
				at, err := time.Parse(time.RFC3339, text)
				return err == nil && e["node"] == "day_before" && at.Equal(want)
			}
		}
		post("appointment.booked", "M-1", start)
		s.Eventually("the reminder is due two days before", due(start.Add(-48*time.Hour)))
		moved := start.Add(7 * 24 * time.Hour)
		post("appointment.rescheduled", "M-1", moved)
		s.Eventually("the reminder follows", due(moved.Add(-48*time.Hour)))
		post("appointment.canceled", "M-1", moved)
		require.Equal(t, "neutral", s.Enrollment("appointment-reminders", "ana@example.com", "exited")["outcome"])
		post("appointment.no_show", "M-2", time.Now().UTC().Add(-time.Hour))
		s.Eventually("an offer for a new date", func() bool { return len(s.SMTP.To("ana@example.com")) == 2 })
		require.Equal(t, "We missed you today", s.SMTP.To("ana@example.com")[1].Subject)
	})
}
