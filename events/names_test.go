package events

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValidType(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"purchase.completed", "a.b", "order_2.line_item.added", strings.Repeat("a", 98) + ".b"} {
		require.True(t, ValidType(name), name)
	}
	for _, name := range []string{
		"", "purchase", "Purchase.completed", "purchase.", ".completed", "purchase..completed", "1a.b", "a.1b",
		"a.b-c", "a b.c", "a.b\n", strings.Repeat("a", 99) + ".b",
	} {
		require.False(t, ValidType(name), name)
	}
}

func TestNearestTypeIsValidAndClose(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Purchase.Completed":   "purchase.completed",
		"purchase.complete":    "purchase.completed",
		"purchase-completed":   "purchase.completed",
		"purchaseCompleted":    "purchase.completed",
		"purchase completed":   "purchase.completed",
		"purchase":             "purchase.completed",
		"webinar/attended":     "webinar.attended",
		"Webinar Attended":     "webinar.attended",
		"webinar.1st":          "webinar.st",
		"signup":               "custom.signup",
		"":                     "custom",
		"apointment.cancelled": "appointment.canceled",
	} {
		near := NearestType(given)
		if given != "" {
			require.True(t, ValidType(near), "%q → %q", given, near)
			require.Equal(t, want, near, given)
		}
	}
	require.LessOrEqual(t, len(NearestType(strings.Repeat("x", 300)+" Y")), maxTypeLength)
}

func TestReservedTypesNameTheCall(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]string{
		"contact.created":    "POST /v1/contacts",
		"contact.updated":    "PATCH /v1/contacts/{id}",
		"tag.added":          "PUT /v1/contacts/{id}/tags/{tag}",
		"tag.removed":        "DELETE /v1/contacts/{id}/tags/{tag}",
		"deal.won":           "PATCH /v1/deals/{id}",
		"workflow.completed": "POST /v1/workflows/{key}/enrollments",
		TypeEnrollRequested:  "POST /v1/workflows/{key}/enrollments",
	} {
		got, reserved := ReservedType(name)
		require.True(t, reserved, name)
		require.Equal(t, call, got, name)
	}
	for _, name := range []string{"course.completed", "contacts.synced", "tagged.x", "purchase.completed"} {
		_, reserved := ReservedType(name)
		require.False(t, reserved, name)
	}
}
