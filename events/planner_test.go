package events

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestTwoPlannersFireOnce(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"yearly": true}), object{"reentry": "once"}, func(b *dateBench) {
		b.day("1990-03-20")
		b.look()
		b.set("2026-03-20 09:00")
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() { _ = b.newPlanner().Drain(context.Background()) })
		}
		both.Wait()
		b.drain()
		require.Len(b, b.fired(), 1)
	})
}

func TestPlanOfADeadPlannerFires(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"yearly": true}), object{}, func(b *dateBench) {
		b.day("1990-03-20")
		b.look()
		b.set("2026-03-20 09:00")
		var claimed []store.DatePlan
		claim := func(lease time.Duration) {
			b.write(func(tx *store.Tx) (err error) {
				claimed, err = tx.ClaimDatePlans(10, b.clock.now(), lease)
				return err
			})
		}
		claim(time.Hour)
		require.Len(b, claimed, 1)
		b.at("2026-03-20 09:01")
		require.Empty(b, b.fired(), "it is claimed")
		b.write(func(tx *store.Tx) error { // the lease runs out
			plan, err := tx.DatePlan(claimed[0].RuleID, claimed[0].ContactID, "")
			if err != nil {
				return err
			}
			plan.LeaseUntil = &time.Time{}
			return tx.PutDatePlan(plan)
		})
		b.at("2026-03-20 09:02")
		require.Len(b, b.fired(), 1)
		// The dead one comes back with its claim, and finds the plan for the next year: nothing.
		b.planner.fire(context.Background(), claimed[0])
		b.drain()
		require.Len(b, b.fired(), 1)
	})
}
