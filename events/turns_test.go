package events

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// crowd accepts one batch of events of a type, each of a contact of its own.
func (b *bench) crowd(n int, eventType string) {
	b.Helper()
	list := make([]any, n)
	for i := range list {
		list[i] = event("type", eventType, "contact", object{"email": fmt.Sprintf("crowd-%d@example.com", i)})
	}
	b.accept(object{"events": list})
}

// routesNext reports whether a contact is among those that the router takes next.
func (b *bench) routesNext(n int, email string) bool {
	b.Helper()
	b.router.setup()
	claims, err := b.router.claim(context.Background(), n)
	require.NoError(b, err)
	require.Len(b, claims, n, "the others fill what is left")
	for _, c := range claims {
		b.router.putBack(context.Background(), c)
	}
	id := b.contact(email).ID
	return slices.ContainsFunc(claims, func(c store.Claim) bool { return c.ContactID == id })
}

func TestACrowdOfOneTypeHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("crowded", object{"triggers": []any{trigger("order.created", nil)}})
		b.publish("quiet", object{"triggers": []any{trigger("order.paid", nil)}})
		b.crowd(40, "order.created")
		b.accept(event("type", "order.paid", "contact", object{"email": "bo@example.com"}))
		require.True(t, b.routesNext(4, "bo@example.com"))

		b.drain()
		require.Len(t, b.enrollments("crowded"), 40)
		d := b.dispatcher(newEngine())
		d.setup()
		calls, err := d.claim(context.Background(), 4)
		require.NoError(t, err)
		require.Len(t, calls, 4)
		quiet := b.enrollments("quiet")[0].ID
		require.True(t, slices.ContainsFunc(calls, func(c store.Dispatch) bool { return c.EnrollmentID == quiet }))
		b.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(quiet)
			return err
		})
		calls, err = d.claim(context.Background(), 4)
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(calls, func(c store.Dispatch) bool { return c.EnrollmentID == quiet }), "a wake, too")
	})
}

// A firing takes the turn of its workflow, whatever else fires: schedules, dates and webhooks are
// one type of event.
func TestACrowdOfFiringsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.crowd(20, "order.created")
		b.accept(event("type", "order.created", "contact", object{"email": "bo@example.com"}))
		b.drain()
		fire := func(workflow, email string) {
			id := b.contact(email).ID
			b.write(func(tx *store.Tx) error {
				c, err := tx.LockContact(id)
				if err != nil {
					return err
				}
				_, _, err = Fire(tx, Firing{Contact: c, Workflow: workflow, Trigger: "t", Now: b.clock.now()})
				return err
			})
		}
		for i := range 20 {
			fire("crowded", fmt.Sprintf("crowd-%d@example.com", i))
		}
		fire("quiet", "bo@example.com")
		require.True(t, b.routesNext(4, "bo@example.com"))
	})
}
