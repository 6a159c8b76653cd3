package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

// planBench is a workflow with a schedule, some contacts, and a clock at Monday 9 March, 09:00 UTC.
type planBench struct{ *bench }

func plan(t *testing.T, s *store.Store, contacts int) *planBench {
	t.Helper()
	b := &planBench{setup(t, s)}
	for i := range contacts {
		b.accept(object{"type": "person.met", "contact": object{
			"email": fmt.Sprintf("p%02d@example.com", i), "fields": object{"plan": []string{"free", "pro"}[i%2]},
		}})
	}
	b.drain()
	return b
}

// version publishes a version of the workflow "weekly" with one schedule.
func (b *planBench) version(number int, schedule object, settings object) {
	b.Helper()
	raw, err := json.Marshal(object{
		"schema": 1, "key": "weekly", "name": fmt.Sprint("Weekly ", number), "start": "done", "settings": settings,
		"triggers": []any{object{"id": "plan", "schedule": schedule}}, "nodes": object{"done": object{"type": "end"}},
	})
	require.NoError(b, err)
	def, problems := definition.Parse(raw, false)
	require.False(b, definition.HasErrors(problems), "%v", problems)
	canonical := def.Canonical()
	w := &store.Workflow{Key: "weekly", Name: "Weekly", Status: store.WorkflowActive, Version: number, Hash: definition.Hash(canonical)}
	b.write(func(tx *store.Tx) error {
		if err := tx.PutDefinition(w.Hash, canonical); err != nil {
			return err
		}
		if _, err := tx.Workflow("weekly"); err != nil {
			if err := tx.CreateWorkflow(w); err != nil {
				return err
			}
		} else if err := tx.SaveWorkflow(w); err != nil {
			return err
		}
		return SetSchedules(tx, "weekly", def, b.clock.now())
	})
}

func (b *planBench) scheduler() *Scheduler {
	return &Scheduler{Store: b.s, Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
}

// tick looks at the clock once and returns how many triggers went off.
func (b *planBench) tick() int {
	b.Helper()
	fired, err := b.scheduler().Tick(context.Background())
	require.NoError(b, err)
	return fired
}

// sweep lets jobs and router do all that is left, whatever the rate.
func (b *planBench) sweep() {
	b.Helper()
	r := &Jobs{Store: b.s, Kinds: JobKinds(NewDefinitions(8)), Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
	require.Eventually(b, func() bool {
		if err := r.Drain(context.Background()); err != nil {
			return false
		}
		open := 0
		for _, j := range b.jobs() {
			if j.Open() {
				open++
			}
		}
		return open == 0
	}, 30*time.Second, 20*time.Millisecond)
	b.drain()
}

func (b *planBench) jobs() []store.Job {
	b.Helper()
	var list []store.Job
	b.read(func(tx *store.Tx) (err error) {
		list, _, err = tx.ListJobs(store.JobFilter{Kind: JobSchedule}, store.Page{Limit: 500})
		return err
	})
	return list
}

func (b *planBench) firings() []string {
	b.Helper()
	var said []string
	b.read(func(tx *store.Tx) error {
		list, err := tx.Firings("weekly")
		for _, f := range list {
			said = append(said, fmt.Sprintf("%s v%d missed %d", f.ScheduledFor.UTC().Format("01-02 15:04"), f.Version, f.Missed))
		}
		return err
	})
	return said
}

func everyMinute() object {
	return object{"cron": "* * * * *", "timezone": "UTC", "filter": is("contact.plan", "pro")}
}

func TestAScheduleEnrollsWhoTheFilterHoldsFor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := plan(t, s, 10)
		b.version(1, everyMinute(), object{})
		require.Zero(t, b.tick(), "nothing is due yet")
		b.clock.add(61 * time.Second)
		require.Equal(t, 1, b.tick())
		require.Zero(t, b.tick(), "an instant is fired once")
		b.accept(object{"type": "person.met", "contact": object{"email": "late@example.com", "fields": object{"plan": "pro"}}})
		b.sweep()
		list := b.enrollments("weekly")
		require.Len(t, list, 5)
		for _, e := range list {
			require.JSONEq(t, `{"scheduled_for": "2026-03-09T09:01:00Z"}`, string(e.TriggerData))
			require.Equal(t, "2026-03-09T09:01:00Z", e.AnchorAt.UTC().Format(time.RFC3339))
			require.Equal(t, "plan", e.TriggerID)
		}
		job := b.jobs()[0]
		require.JSONEq(t, `{"matched": 5, "fired": 5}`, string(job.Counts))
		require.Equal(t, 10, *job.Total)

		b.clock.add(time.Minute)
		require.Equal(t, 1, b.tick())
		b.sweep()
		require.Len(t, b.enrollments("weekly"), 6, "those inside stay, the new one enters")
		require.Equal(t, []string{"03-09 09:01 v1 missed 0", "03-09 09:02 v1 missed 0"}, b.firings())
	})
}

func TestAScheduleWithoutAFilterIsForAll(t *testing.T) {
	t.Parallel()
	b := plan(t, storetest.Open(t), 4)
	b.version(1, object{"cron": "* * * * *"}, object{})
	b.clock.add(time.Minute)
	require.Equal(t, 1, b.tick())
	b.sweep()
	require.Len(t, b.enrollments("weekly"), 4)
}

func TestRelaysFireAnInstantOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const rounds, relays = 20, 8
		b := plan(t, s, 2)
		b.version(1, everyMinute(), object{})
		for range rounds {
			b.clock.add(time.Minute)
			var due []store.Schedule
			b.read(func(tx *store.Tx) (err error) {
				due, err = tx.Schedules()
				return err
			})
			var fired atomic.Int64
			var all sync.WaitGroup
			begin := make(chan struct{})
			for range relays { // each has seen that the instant is due
				all.Go(func() {
					<-begin
					did, err := b.scheduler().fire(context.Background(), &due[0], b.clock.now())
					if err != nil && !store.IsTransient(err) {
						panic(err)
					}
					if did {
						fired.Add(1)
					}
				})
			}
			close(begin)
			all.Wait()
			require.EqualValues(t, 1, fired.Load())
		}
		require.Len(t, b.jobs(), rounds)
	})
}

func TestMissedInstantsAreLeftOutButForTheNewest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := plan(t, s, 2)
		b.version(1, object{"cron": "0 9 * * *", "timezone": "Europe/Berlin"}, object{})
		b.clock.add(73 * time.Hour) // Thursday 10:00 UTC
		require.Equal(t, 1, b.tick())
		require.Zero(t, b.tick())
		require.Equal(t, []string{"03-12 08:00 v1 missed 2"}, b.firings())
		require.Contains(t, string(b.jobs()[0].Params), `"missed"`)
	})
}

func TestAScheduleObeysStopPauseAndPublish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := plan(t, s, 2)
		b.version(1, everyMinute(), object{})

		b.status("weekly", store.WorkflowStopped)
		b.clock.add(5 * time.Minute)
		require.Zero(t, b.tick())
		b.write(func(tx *store.Tx) error { return tx.SkipSchedules("weekly", b.clock.now()) })
		b.status("weekly", store.WorkflowActive)
		require.Zero(t, b.tick(), "what was planned while it was stopped is not made up for")

		b.status("weekly", store.WorkflowPaused)
		b.clock.add(time.Minute)
		require.Equal(t, 1, b.tick())
		b.sweep()
		require.Len(t, b.enrollments("weekly"), 1)
		event := b.enrollments("weekly")[0].TriggerEventID
		require.Equal(t, []string{"weekly paused"}, b.said(event))
		b.status("weekly", store.WorkflowActive)

		b.clock.add(61 * time.Second)
		b.version(2, everyMinute(), object{"reentry": "once"})
		require.Equal(t, 1, b.tick(), "a publish that leaves the schedule alone leaves out no instant")
		b.version(3, object{"cron": "30 * * * *", "timezone": "UTC"}, object{})
		b.clock.add(10 * time.Minute)
		require.Zero(t, b.tick(), "the old schedule is gone")
		b.clock.add(14 * time.Minute)
		require.Equal(t, 1, b.tick())
		require.Equal(t, []string{"03-09 09:06 v1 missed 0", "03-09 09:07 v2 missed 0", "03-09 09:30 v3 missed 0"}, b.firings())
	})
}

func TestASweepEndsWhenItsWorkflowStops(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := plan(t, s, 60)
		b.version(1, object{"cron": "* * * * *"}, object{})
		b.clock.add(time.Minute)
		require.Equal(t, 1, b.tick())
		r := &Jobs{Store: b.s, Kinds: JobKinds(NewDefinitions(8)), Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
		r.setup()
		claims, err := r.claim(t.Context(), 1)
		require.NoError(t, err)
		r.step(t.Context(), claims[0])
		b.status("weekly", store.WorkflowStopped)
		b.sweep()
		job := b.jobs()[0]
		require.Equal(t, store.JobCanceled, job.Status)
		require.Equal(t, "the workflow is stopped and takes nobody in", job.Error)
		require.Equal(t, 25, job.Done)
		require.Empty(t, b.enrollments("weekly"), "whoever was fired for before is not taken in either")
	})
}

func TestTheZoneOfASchedule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		schedule       string
		setting, fires string
	}{
		{"its own", "Asia/Kolkata", "Europe/Berlin", "03:30"},
		{"the workflow's", "", "Europe/Berlin", "08:00"},
		{"the account's for that of contacts", "", "contact", "13:00"},
		{"the account's", "", "", "13:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := plan(t, storetest.Open(t), 1)
			b.write(func(tx *store.Tx) error {
				return tx.SaveAccount(&store.Account{Name: "Test", Timezone: "America/New_York", Currency: "USD", DefaultConsent: Subscribed})
			})
			schedule, settings := object{"cron": "0 9 * * *"}, object{}
			if test.schedule != "" {
				schedule["timezone"] = test.schedule
			}
			if test.setting != "" {
				settings["timezone"] = test.setting
			}
			b.clock.add(6 * time.Hour) // 15:00 UTC
			b.version(1, schedule, settings)
			b.clock.add(24 * time.Hour)
			require.Equal(t, 1, b.tick())
			require.Equal(t, []string{"03-10 " + test.fires + " v1 missed 0"}, b.firings())
		})
	}
}
