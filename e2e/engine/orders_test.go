package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// Two orders of one contact run through the example at once, with its minute and its
// week made short; a third is canceled.
func TestOrdersOfOneContactFollowTheirOwnEvents(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		definition := strings.NewReplacer("{for: 1m}", "{for: 1s}", "{for: 7d}", "{for: 1s}").Replace(harness.Example(t, "order-status"))
		s.Publish(definition)
		post := func(event, order string) {
			s.Must("POST", "/v1/events", map[string]any{
				"type": "order." + event, "contact": map[string]any{"email": "ana@example.com"},
				"data": map[string]any{"order_id": order, "amount": 20, "currency": "USD", "tracking_url": "https://track.example/" + order},
			})
		}
		for _, order := range []string{"A-1", "A-2", "A-3"} {
			post("created", order)
		}
		post("created", "A-1")
		post("fulfilled", "A-2")
		post("canceled", "A-3")
		post("delivered", "A-2")
		post("fulfilled", "A-1")
		post("delivered", "A-1")
		s.Eventually("two orders are done and one is canceled", func() bool {
			list := s.Items("/v1/enrollments?workflow=order-status")
			states := map[string]string{}
			for _, e := range list {
				states[fmt.Sprint(e["key"])] = fmt.Sprint(e["status"])
			}
			return len(list) == 3 && states["A-1"] == "completed" && states["A-2"] == "completed" && states["A-3"] == "exited"
		})
		subjects := map[string]int{}
		for _, m := range s.SMTP.To("ana@example.com") {
			subjects[m.Subject]++
		}
		for _, order := range []string{"A-1", "A-2"} {
			require.Equal(t, 1, subjects["Order "+order+" confirmed"])
			require.Equal(t, 1, subjects["Order "+order+" is on its way"])
		}
		require.Equal(t, 2, subjects["Delivered"])
		require.Equal(t, 2, subjects["How was it?"])
		require.Zero(t, subjects["Order A-3 is on its way"])
	})
}
