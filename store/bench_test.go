package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// The costs of the transactions that every enrollment pays for. PostgreSQL runs without waiting for
// the disk here, SQLite as in production.
func BenchmarkTransactions(b *testing.B) {
	for _, open := range []func(testing.TB) *store.Store{storetest.Open, storetest.OpenPostgres} {
		s := open(b)
		c := newContact(b, s)
		e := newEnrollment(b, s, c.ID, "w")
		run := func(name string, fn func(tx *store.Tx, i int) error) {
			b.Run(s.Dialect()+"/"+name, func(b *testing.B) {
				before, n := s.Statements(), 0
				for b.Loop() {
					n++
					require.NoError(b, s.Write(b.Context(), func(tx *store.Tx) error { return fn(tx, n) }))
				}
				b.ReportMetric(float64(s.Statements()-before)/float64(n), "stmts/op")
			})
		}
		series := 0
		run("empty", func(*store.Tx, int) error { return nil })
		run("intake", func(tx *store.Tx, i int) error {
			_, _, err := appendEvent(tx, c.ID, store.NewID("evt"), "a.b")
			return err
		})
		run("fence and step", func(tx *store.Tx, i int) error {
			row, err := tx.LockEnrollment(e.ID)
			if err != nil {
				return err
			}
			series++
			row.Node, row.Visit, row.DueAt = "n", series, ptr(time.Now())
			if _, _, err := tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: "n", Visit: series, Seq: series, EnteredAt: at}); err != nil {
				return err
			}
			return tx.SaveEnrollment(row)
		})
		run("claim effect", func(tx *store.Tx, i int) error {
			series++
			_, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: e.ID, Node: "m", Visit: series}, "email", "k", "t", time.Minute)
			return err
		})
		run("park", func(tx *store.Tx, i int) error {
			if _, err := tx.LockEnrollment(e.ID); err != nil {
				return err
			}
			if err := tx.DropSubscriptions(e.ID, store.SubscriptionWait); err != nil {
				return err
			}
			if err := tx.AddSubscriptions([]store.Subscription{{EnrollmentID: e.ID, ContactID: c.ID, Kind: store.SubscriptionWait, EventType: "x.y"}}); err != nil {
				return err
			}
			_, err := tx.EventsAfter(c.ID, 1<<40, []string{"x.y"}, 10)
			return err
		})
		run("wake and dispatch", func(tx *store.Tx, i int) error {
			if _, err := tx.SetWake(e.ID); err != nil {
				return err
			}
			rows, err := tx.ClaimDispatches(10, time.Minute, new(store.Turn))
			if err != nil {
				return err
			}
			for _, d := range rows {
				if ok, err := tx.DoneDispatch(d.ID, d.Token); err != nil || !ok {
					return fmt.Errorf("done %v: %w", ok, err)
				}
			}
			return tx.ClearWake(e.ID)
		})
	}
}
