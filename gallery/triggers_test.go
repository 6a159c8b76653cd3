package gallery_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTriggersLeaveOthersOut: who is not meant does not come in.
func TestTriggersLeaveOthersOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template string
		answers  object
		event    event
	}{
		{"welcome", nil, event{kind: "form.submitted", data: object{"form": "contact"}}},
		{"welcome", object{"form": "course-news"}, event{kind: "form.submitted", data: object{"form": "newsletter"}}},
		{"lead-magnet", nil, event{kind: "form.submitted", data: object{"form": "newsletter"}}},
		{"post-purchase", nil, event{kind: "purchase.completed", data: object{"product": "program-b", "amount": 497}}},
		{"post-purchase", object{"min_amount": 497}, event{kind: "purchase.completed", data: object{"product": "program-a", "amount": 97}}},
		{"post-purchase", nil, event{kind: "purchase.refunded", data: object{"product": "program-a", "amount": 497}}},
		{"refund", nil, event{kind: "purchase.refunded", data: object{"product": "program-b"}}},
		{"abandoned-cart", object{"min_amount": 50}, event{kind: "cart.abandoned", data: object{"amount": 49.5}}},
		{"course-onboarding", nil, event{kind: "course.enrolled", data: object{"course": "program-a"}}},
		{"order-status", nil, event{kind: "order.fulfilled", data: object{"order_id": "B-1"}}},
	} {
		w := install(t, tt.template, tt.answers)
		require.False(t, takes(t, w.definition, tt.event.happened(t)), "%s %v", tt.template, tt.event)
	}
}

// TestOnePassagePer: what a second event of the same kind does is decided by these.
func TestOnePassagePer(t *testing.T) {
	t.Parallel()
	for key, want := range map[string][2]string{
		"post-purchase": {"trigger.order_id", "once"}, "refund": {"trigger.order_id", "once"}, "order-status": {"trigger.order_id", "once"},
		"course-onboarding": {"trigger.order_id", "once"}, "review-request": {"trigger.order_id", "once"}, "failed-payment": {"trigger.order_id", "after_exit"},
		"appointment-reminders": {"trigger.appointment_id", "after_exit"}, "agency-onboarding": {"", "after_exit"}, "welcome": {"", "once"},
		"abandoned-cart": {"", "cooldown"}, "birthday": {"", "after_exit"}, "re-engagement": {"", "cooldown"}, "list-hygiene": {"", "cooldown"},
	} {
		settings := install(t, key, nil).definition.Settings
		require.Equal(t, want, [2]string{settings.Correlate, settings.Reentry}, key)
	}
}
