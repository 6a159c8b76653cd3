package alarms

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// daily lets somebody in every hour from 9 to 17 on so many days before the clock's day.
func (b *bench) daily(workflow string, days int) {
	b.Helper()
	midnight := b.now().Truncate(24 * time.Hour)
	for day := -days; day < 0; day++ {
		for hour := 9; hour <= 17; hour++ {
			b.enter(workflow, midnight.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour), nil)
		}
	}
}

// TestSilenceIsComparedWithTheUsualRhythm: nights are no silence, a day without anybody is.
func TestSilenceIsComparedWithTheUsualRhythm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.mailChannel()
		b.daily("shop", 14)
		for hour := range 4 {
			b.enter("shop", start.Add(-time.Duration(hour)*time.Hour), nil)
		}
		b.pass(16 * time.Hour) // as long as every night
		b.round()
		require.Empty(t, b.alarms())
		b.audit("workflow.publish", "shop", "Ben", start.Add(-3*time.Hour), object{"version": 3})
		b.audit("workflow.publish", "shop", "Ana", start.Add(5*time.Minute), object{"version": 4})
		b.audit("workflow.publish", "shop", "Cem", start.Add(9*time.Hour), object{"version": 5})
		b.pass(9 * time.Hour) // 25 hours: longer than 1.5 nights
		b.round()
		require.Equal(t, []string{"silence shop open"}, b.alarms())
		a := b.only()
		require.Equal(t, "the publish of version 4 by Ana, 5 minutes after the last entry", changesOf(t, a)[0])
		require.NotContains(t, changesOf(t, a), "the publish of version 3 by Ben, 3 hours before the last entry")
		require.Contains(t, a.Summary, "nobody has entered for 25 h 2 min, since Mon 9 Mar 2026 12:00 UTC")
		require.Contains(t, a.Summary, "never took longer than 16 hours")
		require.Contains(t, a.Summary, "No purchase.completed has arrived since")
		b.enter("shop", b.now(), nil)
		b.rounds(15 * time.Minute)
		require.Equal(t, []string{"silence shop over"}, b.alarms())
		require.Equal(t, []string{"Silence: shop", "Over: Silence: shop"}, b.mails.subjects())
	})
}

// TestSilenceIsNoneWhereNobodyIsMissed: too few entries, a young workflow at night, one that is paused,
// one that was closed, one where somebody waits to be let in.
func TestSilenceIsNoneWhereNobodyIsMissed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		for _, key := range []string{"seldom", "young", "paused", "started", "full", "heard"} {
			b.publish(key)
		}
		for day := range 5 {
			b.enter("seldom", start.AddDate(0, 0, -day), nil)
		}
		for hour := range 12 {
			b.enter("young", start.Add(-time.Duration(hour)*time.Hour), nil)
		}
		for _, key := range []string{"paused", "started", "full", "heard"} {
			b.daily(key, 14)
		}
		b.write(func(tx *store.Tx) error {
			w, err := tx.Workflow("paused")
			if err != nil {
				return err
			}
			w.Status = store.WorkflowPaused
			if err := tx.SaveWorkflow(w); err != nil {
				return err
			}
			c := &store.Contact{ID: "con_x"}
			if err := tx.CreateContact(c); err != nil {
				return err
			}
			_, err = tx.AppendEvent(&store.Event{ID: "evt_1", ContactID: "con_x", Type: "purchase.completed", OccurredAt: start, AcceptedAt: start.Add(20 * time.Hour), Source: "api"})
			return err
		})
		b.pass(30 * time.Hour)
		b.audit("workflow.start", "started", "Ana", b.now().Add(-time.Hour), nil)
		b.enter("full", b.now(), func(e *store.Enrollment) { e.AdmittedAt = nil })
		b.round()
		require.Equal(t, []string{"silence heard open"}, b.alarms())
		require.Contains(t, b.only().Summary, "purchase.completed still arrives, last Tue 10 Mar 2026 08:00 UTC, but enrolls nobody")
	})
}

// TestLatenessOfManyIsOneAlarm: a workflow that is late has its own alarm; when several are, the account
// has one, and a pause makes nobody late.
func TestLatenessOfManyIsOneAlarm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		for _, key := range []string{"one", "two", "three", "paused"} {
			b.publish(key)
		}
		late := func(key string, by time.Duration) {
			due := b.now().Add(-by)
			b.enter(key, start, func(e *store.Enrollment) { e.DueAt = &due })
		}
		b.write(func(tx *store.Tx) error {
			return tx.BeginPause(&store.Pause{Workflow: "paused", StartedAt: start, Clocks: store.ClocksRun, Person: "Ana"})
		})
		late("paused", time.Hour)
		late("one", 2*time.Minute)
		b.round()
		require.Empty(t, b.alarms())
		late("one", 6*time.Minute)
		b.round()
		require.Equal(t, []string{"lateness one open"}, b.alarms())
		require.Equal(t, `1 enrollment is late, by up to 7 minutes, most at "hello"`, b.only().Summary)
		late("two", 10*time.Minute)
		late("three", 10*time.Minute)
		b.audit(ActionRelease, "fermata", "fermata", b.now().Add(-30*time.Minute), object{"from": "1.0", "to": "1.1"})
		b.round()
		require.ElementsMatch(t, []string{"lateness one open", "lateness  open"}, b.alarms())
		whole := b.list()[0]
		require.Empty(t, whole.Workflow)
		require.Equal(t, []string{"the start of release 1.1, 20 minutes before"}, changesOf(t, &whole))
	})
}

// TestWedgedRunsAndStoppedQueuesAreTold as soon as they are seen.
func TestWedgedRunsAndStoppedQueuesAreTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		e := b.enter("shop", start, nil)
		test := b.enter("shop", start, func(e *store.Enrollment) { e.Test = true })
		b.write(func(tx *store.Tx) error {
			if err := tx.Looked(test.ID, start, start, "panicked"); err != nil {
				return err
			}
			return tx.Looked(e.ID, start, start, "panicked")
		})
		b.set("shop", object{"wedged": object{"on": false}})
		b.round()
		require.Empty(t, b.alarms(), "it is switched off")
		b.set("shop", object{})
		b.round()
		require.Equal(t, []string{"wedged shop open"}, b.alarms())
		require.Equal(t, `1 run cannot go on by itself, most at "hello"`, b.only().Summary)
	})
}

// TestQueuesOfAllAreToldOf: events that nobody routes, calls to Temporal that nobody makes, and a contact
// whose events wait behind one that cannot be routed.
func TestQueuesOfAllAreToldOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		e := b.enter("shop", start, nil)
		b.pass(time.Since(start)) // queues have the hours of the database's clock
		b.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(e.ID)
			return errors.Join(err, tx.Enqueue(store.NoLane, e.ContactID))
		})
		b.round()
		require.Empty(t, b.alarms(), "nothing has waited for long")
		b.pass(6 * time.Minute)
		b.round()
		require.Equal(t, []string{"lateness  open"}, b.alarms())
		require.Regexp(t, `^1 contact has events that are not routed, the oldest for \d minutes; 1 call to Temporal is not made, the oldest for \d minutes$`, b.only().Summary)

		b.write(func(tx *store.Tx) error {
			claims, err := tx.ClaimContacts(1, time.Minute, new(store.Turn))
			if err != nil {
				return err
			}
			require.Len(t, claims, 1)
			_, err = tx.FailContact(e.ContactID, claims[0].Token, "boom", 1, time.Now())
			return err
		})
		b.round()
		require.ElementsMatch(t, []string{"lateness  open", "wedged  open"}, b.alarms())
		for _, one := range b.list() {
			if one.Kind == KindWedged {
				require.Equal(t, "the queues of 1 contact have stopped at an event that cannot be routed", one.Summary)
			}
		}
	})
}

// TestFailuresThatWaitOrAreTriedCount: a step that is held because it failed, and one whose attempts
// have failed for a while, are errors before anybody gives up.
func TestFailuresThatWaitOrAreTriedCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.at = time.Now().UTC().Truncate(time.Microsecond) // the ledger goes by the clock of the machine
		b.publish("shop")
		for i := range 4 {
			e := b.enter("shop", b.now(), func(e *store.Enrollment) {
				if e.Status = store.StatusRunning; i < 2 {
					e.Status, e.Reason = store.StatusHeld, "step_failed"
				}
			})
			tried := i > 0
			b.write(func(tx *store.Tx) error {
				status := "running"
				if i < 2 {
					status = "held"
				}
				_, _, err := tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: "hello", Visit: 1, Type: "email", Status: status, Reason: "smtp_connect", EnteredAt: b.now()})
				if err != nil || !tried {
					return err
				}
				ref := store.EffectRef{EnrollmentID: e.ID, Node: "hello", Visit: 1}
				if _, _, err := tx.InsertEffect(&store.Effect{EnrollmentID: e.ID, Node: "hello", Visit: 1, Kind: "email", State: store.EffectFailed, Attempts: 3}); err != nil {
					return err
				}
				return tx.SetRetry(ref, b.now().Add(-10*time.Minute), b.now())
			})
		}
		b.round()
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		require.Equal(t, `4 of 4 steps failed in the last hour (100 %), at "hello": smtp_connect`, b.only().Summary)
	})
}

// TestAWorkflowOverridesTheAccount and the account the defaults.
func TestAWorkflowOverridesTheAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.set("", object{"error_rate": object{"min": 2, "rate": 0.5}, "remind_every": "1d"})
		b.set("calm", object{"error_rate": object{"on": false}})
		require.NoError(t, s.Read(context.Background(), func(tx *store.Tx) error {
			calm, err := SettingsOf(tx, "calm")
			if err != nil {
				return err
			}
			require.Equal(t, ErrorRate{On: false, Rate: 0.5, Min: 2, Within: Length(time.Hour)}, calm.ErrorRate)
			require.Equal(t, Length(24*time.Hour), calm.RemindEvery)
			require.Equal(t, Defaults().Silence, calm.Silence)
			return nil
		}))
		b.publish("calm")
		b.publish("shop")
		b.steps("calm", "failed", 4, b.now())
		b.steps("shop", "failed", 2, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
	})
}

// TestAWatchIsSummedUpOnce after 48 hours, against the 48 hours before; a newer publish takes it over.
func TestAWatchIsSummedUpOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.mailChannel()
		b.set("", object{"error_rate": object{"on": false}})
		b.steps("shop", "done", 4, start.Add(-47*time.Hour))
		b.steps("shop", "failed", 1, start.Add(-time.Hour))
		b.steps("shop", "failed", 9, start.Add(-49*time.Hour)) // before the time that it is compared with
		b.write(func(tx *store.Tx) error { return tx.AddWatch(NewWatch("shop", 2, "Ben", start.Add(-10*time.Hour))) })
		b.write(func(tx *store.Tx) error { return tx.AddWatch(NewWatch("shop", 3, "Ana", start)) })
		b.steps("shop", "done", 2, start.Add(time.Hour))
		b.steps("shop", "failed", 2, start.Add(2*time.Hour))
		late := b.enter("shop", start.Add(time.Hour), func(e *store.Enrollment) {
			e.Status, e.EndedAt = store.StatusCompleted, &b.at
		})
		due, left := start.Add(time.Hour), start.Add(time.Hour+2*time.Minute)
		b.write(func(tx *store.Tx) error {
			_, _, err := tx.InsertStep(&store.Step{EnrollmentID: late.ID, Node: "wait", Visit: 1, Type: "wait", Status: "done", EnteredAt: start, DueAt: &due, LeftAt: &left})
			return err
		})
		b.pass(WatchFor - 2*time.Minute)
		b.round()
		require.Empty(t, b.mails.subjects())
		b.rounds(3 * time.Minute)
		require.Equal(t, []string{"shop, 2 days after version 3"}, b.mails.subjects(), "one summary, of the newest alone")
		require.Contains(t, b.mails.mails[0].Text,
			"In the 2 days since version 3: 5 entered (5 in the 2 days before), 1 finished (0), 2 of 5 steps failed (1 of 5), 1 went on late (0).")
		require.NoError(t, s.Read(context.Background(), func(tx *store.Tx) error {
			w, err := tx.LastWatch("shop")
			if err != nil {
				return err
			}
			var c Comparison
			require.NoError(t, w.Figures.Decode(&c))
			require.Equal(t, Count{Entered: 5, Finished: 1, Attempted: 5, Errors: 2, Late: 1}, c.After)
			require.NotNil(t, w.DoneAt)
			return nil
		}))
	})
}

// TestBrokenSettingsAreNamed with the field and what would be right.
func TestBrokenSettingsAreNamed(t *testing.T) {
	t.Parallel()
	wrong := Check(store.JSON(`{"error_rate": {"within": "3d"}, "silence": {"after": "soon"}, "clear_after": "5m"}`))
	require.Len(t, wrong, 2)
	require.Equal(t, "/error_rate/within", wrong[0].Pointer)
	require.Equal(t, "at most 24 hours", wrong[0].Hint)
	require.Equal(t, "/silence/after", wrong[1].Pointer)
	raw, err := Length(90 * time.Minute).MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, `"90m"`, string(raw))
}
