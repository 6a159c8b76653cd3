package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.AddSubscriptions(nil))
			rows := []store.Subscription{
				{EnrollmentID: "enr_1", ContactID: "con_1", Kind: store.SubscriptionExit, EventType: "a.b", RuleID: "x", CreatedAt: at},
				{EnrollmentID: "enr_1", ContactID: "con_1", Kind: store.SubscriptionWait, EventType: "a.b", Node: "n", Visit: 2, RuleID: "y"},
				{EnrollmentID: "enr_2", ContactID: "con_1", Kind: store.SubscriptionWait, EventType: "a.b"},
				{EnrollmentID: "enr_2", ContactID: "con_1", Kind: store.SubscriptionWait, EventType: "a.c"},
				{EnrollmentID: "enr_3", ContactID: "con_2", Kind: store.SubscriptionWait, EventType: "a.b"},
			}
			require.NoError(t, tx.AddSubscriptions(rows))
			got, err := tx.SubscriptionsFor("con_1", "a.b")
			require.NoError(t, err)
			require.Len(t, got, 3)
			rows[0].CreatedAt = kept
			require.Equal(t, rows[0], got[0])
			require.Equal(t, 2, got[1].Visit)
			require.NoError(t, tx.DropSubscriptions("enr_1", store.SubscriptionWait))
			mine, err := tx.Subscriptions("enr_1")
			require.NoError(t, err)
			require.Len(t, mine, 1)
			require.NoError(t, tx.DropSubscriptions("enr_2", ""))
			got, err = tx.SubscriptionsFor("con_1", "a.b")
			require.NoError(t, err)
			require.Len(t, got, 1)
		})
	})
}

// stage steps two sessions of one PostgreSQL database through a given order. A session that waits
// for a row lock loses its turns until the other one lets go.
type stage struct {
	t       *testing.T
	monitor *sql.DB
	actors  [2]*actor
}

type actor struct {
	turn, idle chan struct{}
	finished   chan error
	state      int
}

const (
	actorIdle = iota
	actorBlocked
	actorFinished
)

// pause ends a step and waits for the next turn.
func (a *actor) pause() {
	a.idle <- struct{}{}
	<-a.turn
}

// waiting reports whether any session of the database waits for a lock.
func waiting(t *testing.T, monitor *sql.DB) bool {
	t.Helper()
	var n int
	require.NoError(t, monitor.QueryRowContext(t.Context(),
		"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n))
	return n > 0
}

// settle waits until actor i's step is over, or until it waits for a lock that the other one holds.
// PostgreSQL may still list a session as waiting that has just got its lock, so "blocked" is only an
// opinion: the other actor, while it counts as blocked, is listened to as well.
func (g *stage) settle(i int) {
	g.t.Helper()
	a, other := g.actors[i], g.actors[1-i]
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		var otherIdle chan struct{}
		var otherFinished chan error
		mayBlock := other == nil || other.state != actorBlocked
		if !mayBlock {
			otherIdle, otherFinished = other.idle, other.finished
		}
		select {
		case <-a.idle:
			a.state = actorIdle
			return
		case err := <-a.finished:
			require.NoError(g.t, err)
			a.state = actorFinished
			return
		case <-otherIdle:
			other.state = actorIdle
		case err := <-otherFinished:
			require.NoError(g.t, err)
			other.state = actorFinished
		case <-tick.C:
			if mayBlock && waiting(g.t, g.monitor) {
				a.state = actorBlocked
				return
			}
		}
	}
}

func (g *stage) step(i int) {
	a, other := g.actors[i], g.actors[1-i]
	if a.state == actorBlocked {
		g.settle(i) // the other may have let go in the meantime
	}
	if a.state != actorIdle {
		return
	}
	a.turn <- struct{}{}
	g.settle(i)
	if other.state == actorBlocked {
		g.settle(1 - i)
	}
}

// play runs both scripts in the order of the bits of turns, lowest first, and then to their ends.
func (g *stage) play(turns uint, length int, scripts [2]func(a *actor) error) {
	for i, script := range scripts {
		a := &actor{turn: make(chan struct{}), idle: make(chan struct{}), finished: make(chan error, 1)}
		g.actors[i] = a
		go func() { a.finished <- script(a) }()
		g.settle(i)
	}
	for i := range length {
		g.step(int(turns >> i & 1))
	}
	for g.actors[0].state != actorFinished || g.actors[1].state != actorFinished {
		g.step(0)
		g.step(1)
	}
}

// subscribeRaces counts the orders of "append an event, then route it" against "subscribe, then
// read the log" in which neither side sees the other, and so the wait would never be woken.
func subscribeRaces(t *testing.T, locked bool) (lost, inLog, routed int) {
	url := storetest.Postgres(t)
	s := storetest.OpenURL(t, url)
	monitor, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, monitor.Close()) })
	const intakeSteps, subscribeSteps = 6, 4
	for turns := range uint(1) << (intakeSteps + subscribeSteps) {
		if bits.OnesCount(turns) != subscribeSteps {
			continue
		}
		contact := newContact(t, s).ID
		sawEvent, sawSubscription := false, false
		intake := func(a *actor) error {
			err := s.Write(context.Background(), func(tx *store.Tx) error {
				a.pause()
				_, err := tx.LockContact(contact)
				a.pause()
				_, appended := tx.AppendEvent(&store.Event{
					ID: fmt.Sprint(contact, turns), ContactID: contact, Type: "a.b", OccurredAt: at, AcceptedAt: at,
				})
				a.pause()
				return errors.Join(err, appended)
			})
			return errors.Join(err, s.Write(context.Background(), func(tx *store.Tx) error {
				a.pause()
				_, err := tx.LockContact(contact)
				a.pause()
				rows, read := tx.SubscriptionsFor(contact, "a.b")
				sawSubscription = len(rows) > 0
				a.pause()
				return errors.Join(err, read)
			}))
		}
		subscribe := func(a *actor) error {
			return s.Write(context.Background(), func(tx *store.Tx) (err error) {
				a.pause()
				if locked {
					_, err = tx.LockContact(contact)
				}
				a.pause()
				added := tx.AddSubscriptions([]store.Subscription{{
					EnrollmentID: "enr_1", ContactID: contact, Kind: store.SubscriptionWait, EventType: "a.b",
				}})
				a.pause()
				events, read := tx.EventsAfter(contact, 0, []string{"a.b"}, 10)
				sawEvent = len(events) > 0
				a.pause()
				return errors.Join(err, added, read)
			})
		}
		g := &stage{t: t, monitor: monitor}
		g.play(turns, intakeSteps+subscribeSteps, [2]func(*actor) error{intake, subscribe})
		switch {
		case !sawEvent && !sawSubscription:
			lost++
		case sawEvent:
			inLog++
		default:
			routed++
		}
	}
	return lost, inLog, routed
}

func TestSubscribeAndReadLeavesNoGap(t *testing.T) {
	t.Parallel()
	lost, inLog, routed := subscribeRaces(t, true)
	require.Zero(t, lost)
	require.NotZero(t, inLog)
	require.NotZero(t, routed)
}

// Without the contact's lock some orders lose the event: what the test above would show.
func TestSubscribeWithoutTheLockLosesEvents(t *testing.T) {
	t.Parallel()
	lost, _, _ := subscribeRaces(t, false)
	require.NotZero(t, lost)
}

// Intake has appended an event and found the contact in the queue, but not committed, when the router
// releases the contact: the router must wait, see the event and leave the contact in the queue.
func TestReleaseContactWaitsForIntake(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := storetest.OpenURL(t, url)
	monitor, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, monitor.Close()) })
	id := queued(t, s, 1)[0]
	held := claim(t, s, 1, lease)[0]
	intake := func(a *actor) error {
		return s.Write(context.Background(), func(tx *store.Tx) error {
			a.pause()
			_, _, err := appendEvent(tx, id, "late", "a.b")
			a.pause()
			return err
		})
	}
	release := func(a *actor) error {
		return s.Write(context.Background(), func(tx *store.Tx) error {
			a.pause()
			_, err := tx.ReleaseContact(id, held.Token, 1)
			return err
		})
	}
	g := &stage{t: t, monitor: monitor}
	g.play(0b010, 3, [2]func(*actor) error{intake, release})
	require.Len(t, claim(t, s, 1, lease), 1)
}

// Whoever holds the contact may write the enrollment while another transaction waits in
// LockEnrollment: that one must not hold the enrollment's row yet, and must see the change after.
func TestLockEnrollmentTakesTheContactFirst(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := storetest.OpenURL(t, url)
	monitor, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, monitor.Close()) })
	for range 5 {
		c := newContact(t, s)
		e := newEnrollment(t, s, c.ID, "w")
		exit := func(a *actor) error {
			return s.Write(context.Background(), func(tx *store.Tx) error {
				_, err := tx.LockContact(c.ID)
				a.pause()
				row, locked := tx.LockEnrollment(e.ID)
				row.Status = store.StatusExited
				saved := tx.SaveEnrollment(row)
				_, woken := tx.SetWake(e.ID)
				a.pause()
				return errors.Join(err, locked, saved, woken)
			})
		}
		var saw *store.Enrollment
		fence := func(a *actor) error {
			return s.Write(context.Background(), func(tx *store.Tx) (err error) {
				a.pause()
				saw, err = tx.LockEnrollment(e.ID)
				return err
			})
		}
		g := &stage{t: t, monitor: monitor}
		g.play(0b0011, 4, [2]func(*actor) error{exit, fence})
		require.Equal(t, store.StatusExited, saw.Status)
		require.True(t, saw.WakePending)
	}
}
