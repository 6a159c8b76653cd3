package events

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestPoisonedEventStopsTheQueueAfterTwentyTries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.write(func(tx *store.Tx) error {
			w, err := tx.Workflow("w")
			if err != nil {
				return err
			}
			w.Hash = "missing"
			return tx.SaveWorkflow(w)
		})
		b.post("purchase.completed", nil)
		b.accept(event("type", "other.event", "contact", object{"email": "bo@example.com"}))
		stopped := func() (list []store.QueuedContact) {
			b.read(func(tx *store.Tx) (err error) {
				list, err = tx.StoppedContacts()
				return err
			})
			return list
		}
		for try := 1; len(stopped()) == 0; try++ {
			require.LessOrEqual(t, try, 40)
			b.drain()
		}
		require.Equal(t, routeTries, stopped()[0].Tries)
		require.Contains(t, stopped()[0].Error, "missing")
		require.Equal(t, int64(1), b.contact("ada@example.com").RoutedSeq, "what came before was routed, the event was not passed over")
		require.Equal(t, int64(2), b.contact("bo@example.com").RoutedSeq, "others go on")

		id := b.post("other.event", nil)
		b.drain()
		require.Empty(t, b.said(id), "nothing overtakes the poisoned event")
		require.Len(t, b.log("ada@example.com"), 3, "and nothing is dropped")
		b.write(func(tx *store.Tx) error {
			w, err := tx.Workflow("w")
			if err != nil {
				return err
			}
			w.Status = store.WorkflowStopped
			if err := tx.SaveWorkflow(w); err != nil {
				return err
			}
			return tx.RestartContact(b.contact("ada@example.com").ID)
		})
		b.drain()
		require.Equal(t, []string{" ignored"}, b.said(id))
	})
}

func TestLostClaimDecidesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.post("purchase.completed", nil)
		b.router.Lease = time.Nanosecond
		b.router.setup()
		old, err := b.router.claim(context.Background(), 1)
		require.NoError(t, err)
		require.Len(t, old, 1)
		var taken []store.Claim
		require.Eventually(t, func() bool {
			taken, err = b.router.claim(context.Background(), 1)
			return err == nil && len(taken) == 1
		}, time.Minute, time.Millisecond)
		_, err = b.router.next(context.Background(), old[0], 1)
		require.ErrorIs(t, err, errLost)
		require.Empty(t, b.enrollments("w"))
		b.router.drainContact(context.Background(), taken[0])
		require.Len(t, b.enrollments("w"), 1)
	})
}

func TestParallelRoutersNeverDouble(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{
			"settings": object{"correlate": "trigger.n"},
			"triggers": []any{trigger("order.created", nil)},
			"exits":    []any{object{"id": "bye", "event": "order.canceled", "where": is("event.n", object{"ref": "trigger.n"})}},
		})
		const contacts, each = 10, 120 // 1,200 events of clients and one contact.created each
		var hands sync.WaitGroup
		for c := range contacts {
			hands.Go(func() {
				items := []any{}
				for n := range each {
					kind, number := "order.created", n
					if n%3 == 2 {
						kind, number = "order.canceled", n-1
					}
					items = append(items, event("type", kind, "data", object{"n": int64(number)}, "contact", object{"email": fmt.Sprint("c", c, "@example.com")}))
				}
				for at := 0; at < len(items); at += 40 {
					list, _, _ := ParseIncoming(object{"events": items[at : at+40]})
					if _, _, err := b.intake.Accept(context.Background(), list); err != nil {
						t.Error(err)
					}
				}
			})
		}
		routers := []*Router{b.newRouter(), b.newRouter(), b.newRouter()}
		b.intake.Nudge = func() {
			for _, router := range routers {
				router.Nudge()
			}
		}
		stop, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		t.Cleanup(func() { cancel(); running.Wait() })
		for _, router := range routers {
			router.Batch, router.Poll = 7, 50*time.Millisecond
			running.Go(func() { _ = router.Run(stop) })
		}
		hands.Wait()
		require.Eventually(t, func() bool {
			var depth int
			b.read(func(tx *store.Tx) (err error) {
				depth, _, err = tx.RouterLag()
				return err
			})
			return depth == 0
		}, 3*time.Minute, 20*time.Millisecond)
		// contact.created is nobody's business here and never reaches a router. A router counts
		// after its commit.
		require.Eventually(t, func() bool {
			total := 0
			for _, router := range routers {
				total += int(router.routed.Load())
			}
			return total == contacts*(each+each/3)
		}, time.Minute, time.Millisecond, "each event was routed by exactly one router")
		for c := range contacts {
			active, ended := 0, 0
			b.read(func(tx *store.Tx) error {
				list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Contact: b.contact(fmt.Sprint("c", c, "@example.com")).ID}, store.Page{Limit: 500})
				for _, e := range list {
					if e.Active {
						active++
					} else {
						ended++
					}
				}
				return err
			})
			require.Equal(t, []int{each / 3, each / 3}, []int{active, ended})
			b.log(fmt.Sprint("c", c, "@example.com"))
		}
	})
}

func TestOutageCountsNoTries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.post("purchase.completed", nil)
		b.router.setup()
		for range routeTries + 5 {
			claims, err := b.router.claim(context.Background(), 1)
			require.NoError(t, err)
			require.Len(t, claims, 1)
			b.router.fail(context.Background(), claims[0], fmt.Errorf("commit: %w", store.ErrBusy))
		}
		b.read(func(tx *store.Tx) error {
			stopped, err := tx.StoppedContacts()
			require.Empty(t, stopped)
			return err
		})
		b.drain()
		require.Equal(t, int64(2), b.contact("ada@example.com").RoutedSeq)
	})
}

func TestPanicInAConditionIsAnErrorOfItsEvent(t *testing.T) {
	t.Parallel()
	p := &pass{event: &store.Event{Type: TypeEnrollRequested, Data: store.JSON(`{}`)}}
	require.ErrorContains(t, p.guarded(), "panic")
}
