package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const oneMail = `
schema: 1
key: hello
name: Hello
triggers: [{id: signed_up, event: form.submitted}]
start: hi
nodes:
  hi: {type: email, with: {subject: "Hi {{ contact.first_name }}", body: "Welcome.", class: transactional}}
`

func TestOneMailGoesFromEventToInbox(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		s.Publish(oneMail)
		s.Must("POST", "/v1/events", map[string]any{
			"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com", "first_name": "Ana"},
		})
		s.Eventually("mail arrives", func() bool { return len(s.SMTP.To("ana@example.com")) == 1 })
		require.Equal(t, "Hi Ana", s.SMTP.To("ana@example.com")[0].Subject)
		e := s.Enrollment("hello", "ana@example.com", "completed")
		require.Equal(t, "success", e["outcome"])
	})
}

func purchase() map[string]any {
	return map[string]any{
		"type": "purchase.completed", "contact": map[string]any{"email": "ana@example.com", "first_name": "Ana"},
		"data": map[string]any{"order_id": "A-1001", "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD"},
	}
}

func TestPurchaseTriggersSixEffectsAndRefundTakesThemBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		s.Setup()
		for _, name := range []string{"onboarding-14", "post-purchase", "refund"} {
			s.Publish(harness.Example(t, name))
		}
		s.Must("POST", "/v1/events", purchase())
		e := s.Enrollment("post-purchase", "ana@example.com", "completed")
		require.Equal(t, "success", e["outcome"])
		require.Equal(t, "A-1001", e["key"])
		s.Enrollment("onboarding-14", "ana@example.com", "waiting")
		requireSixEffects(t, s)

		s.Must("POST", "/v1/events", map[string]any{
			"type": "purchase.refunded", "contact": map[string]any{"email": "ana@example.com"},
			"data": map[string]any{"order_id": "A-1001", "product": "program-a", "amount": 497, "currency": "USD"},
		})
		s.Enrollment("refund", "ana@example.com", "completed")
		onboarding := s.Enrollment("onboarding-14", "ana@example.com", "exited")
		require.Equal(t, "neutral", onboarding["outcome"])
		contact := s.Items("/v1/contacts?email=ana@example.com")[0]
		require.NotContains(t, contact["tags"], "buyer-program-A")
		require.Equal(t, "refunded", deal(contact)["stage"])
		require.Equal(t, "unenrolled", course(contact)["status"])
	})
}

func deal(contact map[string]any) map[string]any {
	return contact["deals"].([]any)[0].(map[string]any)
}

func course(contact map[string]any) map[string]any {
	return contact["courses"].([]any)[0].(map[string]any)
}

func requireSixEffects(t *testing.T, s *harness.System) {
	t.Helper()
	contact := s.Items("/v1/contacts?email=ana@example.com")[0]
	require.Contains(t, contact["tags"], "buyer-program-A")
	require.Equal(t, "won", deal(contact)["stage"])
	require.Equal(t, "won", deal(contact)["status"])
	require.Equal(t, "enrolled", course(contact)["status"])
	subjects := []string{}
	s.Eventually("receipt and welcome arrive", func() bool { return len(s.SMTP.To("ana@example.com")) == 2 })
	for _, m := range s.SMTP.To("ana@example.com") {
		subjects = append(subjects, m.Subject)
	}
	require.ElementsMatch(t, []string{"Your receipt for Program A", "Welcome to Program A"}, subjects)
	posts := s.HTTP.On("/slack")
	require.Len(t, posts, 1)
	require.JSONEq(t, `{"text": "ana@example.com bought Program A"}`, posts[0].Body)
}

const takeBack = `
schema: 1
key: take-back
name: Take back
settings: {correlate: trigger.order_id}
triggers: [{id: disputed, event: order.disputed}]
start: back
nodes:
  back: {type: undo, with: {workflow: post-purchase, correlate: "{{ trigger.order_id }}"}}
`

func TestUndoTakesThePurchaseBackAndWhatItEnrolled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		s.Setup()
		for _, name := range []string{"onboarding-14", "post-purchase"} {
			s.Publish(harness.Example(t, name))
		}
		s.Publish(takeBack)
		s.Must("POST", "/v1/events", purchase())
		s.Enrollment("post-purchase", "ana@example.com", "completed")
		s.Enrollment("onboarding-14", "ana@example.com", "waiting")
		requireSixEffects(t, s)

		s.Must("POST", "/v1/events", map[string]any{
			"type": "order.disputed", "contact": map[string]any{"email": "ana@example.com"}, "data": map[string]any{"order_id": "A-1001"},
		})
		back := s.Enrollment("take-back", "ana@example.com", "completed")
		onboarding := s.Enrollment("onboarding-14", "ana@example.com", "exited")
		require.Equal(t, "undo", onboarding["reason"])
		contact := s.Items("/v1/contacts?email=ana@example.com")[0]
		require.NotContains(t, contact["tags"], "buyer-program-A")
		require.Equal(t, "unenrolled", course(contact)["status"])
		require.Empty(t, contact["deals"])

		full := s.Must("GET", "/v1/enrollments/"+back["id"].(string), nil)
		result := full["steps"].([]any)[0].(map[string]any)["result"].(map[string]any)
		require.Equal(t, []any{onboarding["id"]}, result["ended"])
		require.Equal(t, []string{"deal", "onboard", "tag", "access"}, listed(result["undone"]))
		require.ElementsMatch(t, []string{"hello", "team", "receipt"}, listed(result["not_undone"]))
		require.Len(t, s.SMTP.To("ana@example.com"), 2, "nothing goes out any more")
	})
}

// listed are the nodes of the lines of an undo's result.
func listed(lines any) []string {
	nodes := []string{}
	for _, line := range lines.([]any) {
		nodes = append(nodes, line.(map[string]any)["node"].(string))
	}
	return nodes
}
