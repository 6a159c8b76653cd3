package events

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

// backtest runs the definition of a published workflow over a range and returns what it counted.
func (b *bench) backtest(key string, from, to time.Time) (*store.Job, *BacktestResult) {
	b.Helper()
	var job *store.Job
	b.write(func(tx *store.Tx) error {
		w, err := tx.Workflow(key)
		if err != nil {
			return err
		}
		job, err = StartBacktest(tx, NewBacktest{Workflow: key, Hash: w.Hash, Version: w.Version, From: from, To: to, Person: "ada", Now: b.clock.now()})
		return err
	})
	definitions := NewDefinitions(4)
	runner := &Jobs{Store: b.s, Kinds: []JobKind{&backtestJob{definitions: definitions}}, Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
	require.NoError(b, runner.Drain(context.Background()))
	var result *BacktestResult
	b.read(func(tx *store.Tx) (err error) {
		if job, err = tx.Job(job.ID); err != nil {
			return err
		}
		row, err := tx.Backtest(job.ID)
		if err != nil {
			return err
		}
		def, err := definitions.Load(tx, row.Hash)
		if err != nil {
			return err
		}
		result, err = Backtested(row, def)
		return err
	})
	require.Equal(b, store.JobDone, job.Status, job.Error)
	require.Equal(b, job.Done, *job.Total)
	return job, result
}

func parked() object {
	return object{"start": "park", "nodes": object{"park": object{"type": "hold"}}}
}

func with(parts ...object) object {
	all := object{}
	for _, part := range parts {
		for key, value := range part {
			all[key] = value
		}
	}
	return all
}

// TestABacktestDecidesAsTheRouterDid: the same events, by the same definition, once for real and
// once afterwards.
func TestABacktestDecidesAsTheRouterDid(t *testing.T) {
	t.Parallel()
	where := object{"all": []any{
		object{"field": "event.n", "op": "gte", "value": int64(3)},
		object{"not": object{"did": "order.seen", "count": object{"gte": int64(6)}, "within": "30h"}},
	}}
	base := with(parked(), object{
		"triggers": []any{trigger("order.seen", where)},
		"exits":    []any{object{"id": "x", "event": "order.over", "where": object{"field": "event.n", "op": "lt", "value": int64(7)}}},
	})
	variants := []object{
		{},
		{"reentry": "once"},
		{"reentry": object{"cooldown": "5h"}},
		{"correlate": "trigger.key"},
		{"on_repeat": "restart", "reentry": object{"cooldown": "3h"}},
		{"on_repeat": "update", "correlate": "trigger.key"},
		{"suppress": object{"field": "trigger.n", "op": "eq", "value": int64(9)}},
		{"suppress": object{"enrolled_in": "w1"}},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		for i, settings := range variants {
			b.publish(fmt.Sprintf("w%d", i), with(base, object{"settings": settings}))
		}
		began := b.clock.now()
		random := rand.New(rand.NewPCG(7, 11))
		var seen []string
		for range 120 {
			b.clock.add(time.Duration(1+random.IntN(90)) * time.Minute)
			kind := []string{"order.seen", "order.seen", "order.over"}[random.IntN(3)]
			email := []string{"ada@example.com", "bea@example.com", "cho@example.com"}[random.IntN(3)]
			data := object{"n": int64(random.IntN(10)), "key": []any{"a", "b", ""}[random.IntN(3)]}
			id := b.accept(event("type", kind, "data", data, "contact", object{"email": email}))[0].ID
			b.drain()
			if kind == "order.seen" {
				seen = append(seen, id)
			}
		}
		b.clock.add(time.Minute)
		for i := range variants {
			key := fmt.Sprintf("w%d", i)
			expected := map[string]int{}
			for _, id := range seen {
				for _, v := range b.verdicts(id) {
					if v.Workflow == key {
						expected[v.Verdict+" "+v.Reason]++
					}
				}
			}
			job, r := b.backtest(key, began, b.clock.now())
			came := map[string]int{}
			for _, one := range r.Refused {
				came[one.Verdict+" "+one.Reason] = one.Count
			}
			if r.Entered > 0 {
				came[VerdictEnrolled+" "] = r.Entered
			}
			require.Equal(t, expected, came, "%v", variants[i])
			require.Equal(t, len(b.enrollments(key)), r.Actual.Enrolled)
			require.Equal(t, r.Actual.Enrolled, r.Entered)
			require.Zero(t, r.Actual.OnlyActual+r.Actual.OnlyBacktest)
			require.Equal(t, r.Actual.Ends, sameEnds(r), "%v", variants[i])
			require.Zero(t, job.Errors)
		}
	})
}

// sameEnds are the ends of a backtest with those inside, as Actual lists them.
func sameEnds(r *BacktestResult) []BacktestEnd {
	all := map[string]int{}
	for _, e := range r.Ends {
		all[e.Status+" "+e.Outcome+" "+e.Reason] += e.Count
	}
	for _, n := range r.Inside {
		all["inside  "] += n.Count
	}
	return ends(all)
}

func TestABacktestCountsWhatWouldHaveHappened(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		began := b.clock.now()
		b.publish("other", with(parked(), object{"triggers": []any{trigger("cart.updated", nil)}}))
		for i := range 10 {
			contact := object{"email": fmt.Sprintf("p%d@example.com", i)}
			b.accept(event("type", "cart.updated", "data", object{"amount": int64(i * 10)}, "contact", contact))
			b.drain()
			b.clock.add(time.Hour)
			if i%2 == 0 {
				b.accept(event("type", "order.paid", "contact", contact))
			}
			b.clock.add(time.Hour)
		}
		b.write(func(tx *store.Tx) error {
			c, err := tx.ContactByEmail("p9@example.com")
			if err != nil {
				return err
			}
			c.Consent = store.JSON(`{"email": {"state": "unsubscribed"}}`)
			return tx.UpdateContact(c)
		})
		b.clock.add(10 * 24 * time.Hour)
		b.publish("carts", object{
			"triggers": []any{trigger("cart.updated", object{"field": "event.amount", "op": "gte", "value": int64(20)})},
			"exits":    []any{object{"id": "paid", "event": "order.paid", "outcome": "success"}},
			"start":    "wait",
			"nodes": object{
				"wait": object{"type": "wait", "with": object{"for": "1d"}, "next": "fork"},
				"fork": object{"type": "branch", "with": object{"branches": []any{object{"id": "big", "when": object{"field": "trigger.amount", "op": "gte", "value": int64(60)}}}}, "next": object{"big": "mail", "else": "mark"}},
				"mail": object{"type": "email", "with": object{"subject": "Your cart", "body": "Hello"}, "next": "mark"},
				"mark": object{"type": "tag_add", "with": object{"tag": "asked"}, "next": "last"},
				"last": object{"type": "wait", "with": object{"for": "30d"}},
			},
		})
		_, r := b.backtest("carts", began, b.clock.now())
		require.Equal(t, 10, r.Contacts)
		require.Equal(t, 15, r.Events)
		require.Equal(t, 8, r.Entered)
		require.Equal(t, 8, r.EnteredContacts)
		require.Len(t, r.Samples, 8)
		require.Equal(t, []BacktestRefusal{{Verdict: "filtered", Count: 2, Samples: r.Refused[0].Samples}}, r.Refused)
		require.Len(t, r.Refused[0].Samples, 2)
		require.Equal(t, []BacktestRule{{Path: "", Field: "event.amount", Op: "gte", Expected: 20.0, Count: 2}}, r.Rules)
		require.Equal(t, []BacktestEnd{{Status: "exited", Outcome: "success", Reason: "paid", Count: 4}}, r.Ends)
		require.Equal(t, []BacktestCount{{Name: "last", Count: 4}}, r.Inside)
		require.Equal(t, []BacktestBranch{{Node: "fork", Ports: []BacktestPort{{Port: "big", Count: 2, Share: 0.5}, {Port: "else", Count: 2, Share: 0.5}}}}, r.Branches)
		require.Equal(t, 1, r.Sends.Total)
		require.Equal(t, 1, r.Sends.Suppressed, "nobody gets mail that said no")
		require.Equal(t, []BacktestCount{{Name: "2026-03-10", Count: 1}}, r.Sends.ByDay)
		require.Equal(t, []BacktestCount{{Name: "tag", Count: 4}}, r.Effects)
		require.Equal(t, 8, r.Overlaps[0].Count, "all of them were in the other workflow")
		require.Zero(t, r.Actual.Enrolled)
		require.Equal(t, 8, r.Actual.OnlyBacktest)

		// A shorter range knows less, and leaves nothing behind in the real world.
		_, r = b.backtest("carts", began, began.Add(2*time.Hour))
		require.Equal(t, 2, r.Events)
		require.Zero(t, r.Entered)
		require.Empty(t, b.enrollments("carts"))
	})
}

func TestABacktestGoesOnInAnotherRunnerAndCanBeCanceled(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", with(parked(), object{"triggers": []any{trigger("order.seen", nil)}}))
	began := b.clock.now()
	var batch []any
	for i := range 450 {
		batch = append(batch, event("type", "order.seen", "contact", object{"email": fmt.Sprintf("p%d@example.com", i)}))
	}
	b.accept(object{"events": batch})
	b.clock.add(time.Minute)
	kind := &backtestJob{definitions: NewDefinitions(4)}
	start := func() string {
		var j *store.Job
		b.write(func(tx *store.Tx) error {
			w, err := tx.Workflow("w")
			if err != nil {
				return err
			}
			j, err = StartBacktest(tx, NewBacktest{Workflow: "w", Hash: w.Hash, From: began, To: b.clock.now(), Now: b.clock.now()})
			return err
		})
		return j.ID
	}
	once := func() string {
		runner := &Jobs{Store: b.s, Kinds: []JobKind{kind}, Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
		runner.setup()
		claims, err := runner.claim(context.Background(), 1)
		require.NoError(t, err)
		for _, claim := range claims {
			_, err := runner.batch(context.Background(), claim)
			require.NoError(t, err)
			return claim.id
		}
		return ""
	}
	id := start()
	for once() != "" {
	}
	b.read(func(tx *store.Tx) error {
		j, err := tx.Job(id)
		require.NoError(t, err)
		require.Equal(t, []any{store.JobDone, 450}, []any{j.Status, j.Done})
		row, err := tx.Backtest(id)
		require.NoError(t, err)
		r, err := Backtested(row, &definition.Definition{})
		require.NoError(t, err)
		require.Equal(t, 450, r.Entered)
		require.Len(t, r.Samples, tallySamples)
		return nil
	})

	id = start()
	require.Equal(t, id, once())
	b.write(func(tx *store.Tx) error {
		_, err := CancelJob(tx, id, b.clock.now())
		return err
	})
	require.Empty(t, once(), "nothing is left of a canceled one")
}

// backtestOf carries n past events of n/5 contacts through a definition with a wait, a branch and
// a mail, and returns the result.
func backtestOf(b *bench, n int) *BacktestResult {
	b.Helper()
	b.publish("w", object{
		"settings": object{"reentry": object{"cooldown": "1h"}},
		"triggers": []any{trigger("order.seen", object{"field": "event.n", "op": "lt", "value": int64(50)})},
		"exits":    []any{object{"id": "over", "event": "order.over"}},
		"start":    "wait",
		"nodes": object{
			"wait": object{"type": "wait", "with": object{"for": "2h"}, "next": "fork"},
			"fork": object{"type": "branch", "with": object{"branches": []any{object{"id": "big", "when": object{"field": "trigger.n", "op": "gte", "value": int64(20)}}}}, "next": object{"big": "mail", "else": "mail"}},
			"mail": object{"type": "email", "with": object{"subject": "Order {{ trigger.n }}", "body": "Hello {{ contact.first_name }}", "class": "transactional"}},
		},
	})
	began := b.clock.now()
	for from := 0; from < n; from += 1000 {
		batch := make([]any, 0, 1000)
		for i := from; i < min(n, from+1000); i++ {
			kind := "order.seen"
			if i%7 == 0 {
				kind = "order.over"
			}
			batch = append(batch, event("type", kind, "data", object{"n": int64(i % 100)}, "contact", object{"external_id": fmt.Sprintf("c%d", i%(n/5))}))
		}
		b.accept(object{"events": batch})
		b.clock.add(10 * time.Minute)
	}
	_, r := b.backtest("w", began, b.clock.now())
	require.Equal(b, n, r.Events)
	return r
}

func TestTheRateOfABacktest(t *testing.T) {
	t.Parallel()
	r := backtestOf(setup(t, storetest.Open(t)), 5000)
	t.Logf("%d events of %d contacts, %d passages: %.0f events/s", r.Events, r.Contacts, r.Entered, r.PerSecond)
	require.Greater(t, r.PerSecond, 50.0, "a month of a small shop takes no hours")
}
