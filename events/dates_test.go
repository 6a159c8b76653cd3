package events

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

// dateBench is a bench whose workflow "dates" has date triggers.
type dateBench struct {
	*bench
	planner *Planner
	jobs    *Jobs
}

// instantOf is an instant of the bench's clock.
func instantOf(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

func date(settings object) object { return object{"id": "d", "date": settings} }

func birthday(settings object) object {
	settings["field"] = "contact.day"
	return date(settings)
}

func setupDates(t *testing.T, s *store.Store, trigger, settings object) *dateBench {
	t.Helper()
	b := &dateBench{bench: setup(t, s)}
	b.planner = b.newPlanner()
	b.jobs = &Jobs{Store: s, Kinds: JobKinds(b.router.Definitions), Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
	b.publish("dates", object{"triggers": []any{trigger}, "settings": settings})
	b.rules(true)
	return b
}

func (b *dateBench) newPlanner() *Planner {
	return &Planner{Store: b.s, Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
}

// rules takes the workflow's date triggers into force, or out of it.
func (b *dateBench) rules(open bool) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		w, err := tx.LockWorkflow("dates")
		if err != nil {
			return err
		}
		var def *definition.Definition
		if open {
			if def, err = b.router.Definitions.Load(tx, w.Hash); err != nil {
				return err
			}
		}
		return SetDateRules(tx, "dates", def, b.clock.now(), "test")
	})
}

func (b *dateBench) look() {
	b.Helper()
	require.NoError(b, b.jobs.Drain(context.Background()))
}

// at moves the clock to an instant and lets everything happen that is due.
func (b *dateBench) at(text string) {
	b.Helper()
	b.set(text)
	b.look()
	require.NoError(b, b.planner.Drain(context.Background()))
	b.drain()
}

// set moves the clock while nobody looks.
func (b *dateBench) set(text string) { b.clock.add(instantOf(text).Sub(b.clock.now())) }

// save gives ada@example.com what a request would.
func (b *dateBench) save(contact object) {
	b.Helper()
	contact["email"] = "ada@example.com"
	in, wrong := ParseContact(contact, "")
	require.Empty(b, wrong)
	b.write(func(tx *store.Tx) error {
		_, err := Upsert(tx, in, b.clock.now(), "api", nil)
		return err
	})
}

func (b *dateBench) day(value any) { b.save(object{"fields": object{"day": value}}) }

// fired lists when the trigger went off for ada@example.com, as planned, each with its verdict.
func (b *dateBench) fired() []string {
	b.Helper()
	list := []string{}
	for _, e := range b.log("ada@example.com") {
		if e.Type == TypeTriggered {
			said := b.said(e.ID)
			require.Len(b, said, 1)
			list = append(list, e.OccurredAt.UTC().Format("2006-01-02 15:04")+" "+said[0])
		}
	}
	return list
}

func eachDates(t *testing.T, trigger, settings object, test func(b *dateBench)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(setupDates(t, s, trigger, settings)) })
}

func TestDateTriggerFiresInTheContactsZone(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"offset": "-3d", "at": "10:00"}), object{}, func(b *dateBench) {
		b.save(object{"timezone": "Asia/Kolkata", "fields": object{"day": "2026-03-20"}})
		b.at("2026-03-17 04:29")
		require.Empty(b, b.fired())
		b.at("2026-03-17 04:30")
		require.Equal(b, []string{"2026-03-17 04:30 dates enrolled"}, b.fired())
		e := b.enrollments("dates")[0]
		require.Equal(b, "d", e.TriggerID)
		require.JSONEq(b, `{"scheduled_for": "2026-03-17T04:30:00Z"}`, string(e.TriggerData))
		require.True(b, instantOf("2026-03-17 04:30").Equal(e.AnchorAt))
		b.at("2027-04-01 00:00")
		require.Len(b, b.fired(), 1)
	})
}

func TestDateTriggerCountsInTheSettingsZone(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"at": "02:30"}), object{"timezone": "America/New_York"}, func(b *dateBench) {
		b.save(object{"timezone": "Asia/Kolkata", "fields": object{"day": "2027-03-14"}})
		b.at("2027-03-14 06:59")
		require.Empty(b, b.fired())
		b.at("2027-03-14 07:00")
		require.Equal(b, []string{"2027-03-14 07:00 dates enrolled"}, b.fired(), "02:30 is skipped in that night")
	})
}

func TestDateTriggerIsLateAfterAnOutage(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.day("2026-03-20")
		b.at("2026-04-20 00:00")
		require.Equal(b, []string{"2026-03-20 09:00 dates enrolled"}, b.fired())
	})
}

func TestDateInThePastDoesNotFire(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.day("2026-03-08")
		b.at("2026-03-10 09:00")
		require.Empty(b, b.fired())
		b.day("2026-03-10")
		b.at("2026-03-11 09:00")
		require.Empty(b, b.fired(), "it was 09:00 already")
	})
}

func TestYearlyDateFiresEveryYear(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"yearly": true}), object{"reentry": "once"}, func(b *dateBench) {
		b.day("1992-02-29")
		b.at("2027-02-28 08:59")
		require.Empty(b, b.fired())
		b.at("2027-02-28 09:00")
		b.at("2028-02-28 10:00")
		require.Len(b, b.fired(), 1)
		b.at("2028-02-29 10:00")
		b.at("2030-06-01 00:00")
		require.Equal(b, []string{
			"2027-02-28 09:00 dates enrolled", "2028-02-29 09:00 dates reentry active",
			"2029-02-28 09:00 dates reentry active", "2030-02-28 09:00 dates reentry active",
		}, b.fired())
	})
}

func TestDateTriggerFollowsItsField(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{"reentry": "after_exit"}, func(b *dateBench) {
		b.day("2026-03-20")
		b.at("2026-03-19 00:00")
		b.day("2026-03-25")
		b.at("2026-03-21 00:00")
		require.Empty(b, b.fired(), "changed before it was due")
		b.day(nil)
		b.at("2026-03-26 00:00")
		require.Empty(b, b.fired(), "cleared")
		b.day("2026-03-27")
		b.at("2026-03-27 09:00")
		require.Len(b, b.fired(), 1)
		b.day("2026-03-28")
		b.at("2026-03-27 10:00")
		b.save(object{"fields": object{"day": "2026-03-27T23:00:00Z"}})
		b.at("2026-03-28 00:00")
		require.Len(b, b.fired(), 1, "one firing for each date")
		b.day("2026-04-01")
		b.at("2026-04-01 09:00")
		require.Equal(b, []string{"2026-03-27 09:00 dates enrolled", "2026-04-01 09:00 dates reentry active"}, b.fired())
	})
}

func TestDateTriggerFollowsTheZone(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.save(object{"timezone": "Asia/Kolkata", "fields": object{"day": "2026-03-20"}})
		b.at("2026-03-20 03:00")
		b.save(object{"timezone": "America/New_York"})
		b.at("2026-03-20 12:59")
		require.Empty(b, b.fired())
		b.at("2026-03-20 13:00")
		require.Equal(b, []string{"2026-03-20 13:00 dates enrolled"}, b.fired())
		b.save(object{"timezone": "Pacific/Honolulu"})
		b.at("2026-03-21 13:00")
		require.Len(b, b.fired(), 1, "the same date once more, further west")
	})
}

func TestDateThatFellDueBeforeAChangeStillFires(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.day("2026-03-20")
		b.set("2026-03-20 09:30") // nobody has looked since
		b.day("2026-06-01")
		b.at("2026-03-20 10:00")
		require.Equal(b, []string{"2026-03-20 09:00 dates enrolled"}, b.fired())
	})
}

func TestDateTriggerOfAWorkflowThatTakesNobodyIn(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"yearly": true}), object{}, func(b *dateBench) {
		b.day("1990-03-20")
		b.at("2026-03-10 00:00")
		b.status("dates", store.WorkflowPaused)
		b.at("2026-03-20 09:00")
		require.Equal(b, []string{"2026-03-20 09:00 dates paused"}, b.fired(), "who enters waits at the start")

		b.set("2027-03-20 10:00") // due before the stop, while nobody looked
		b.status("dates", store.WorkflowStopped)
		b.rules(false)
		b.at("2027-03-20 10:01")
		require.Equal(b, "2027-03-20 09:00 dates filtered not_active", b.fired()[1], "it was due before the stop: logged, and said so")
		b.at("2028-03-21 00:00")
		require.Len(b, b.fired(), 2, "nothing falls due while it is stopped")

		b.status("dates", store.WorkflowActive)
		b.rules(true)
		b.at("2028-03-22 00:00")
		require.Len(b, b.fired(), 2, "what passed meanwhile does not come back")
		b.at("2029-03-20 09:00")
		require.Equal(b, "2029-03-20 09:00 dates reentry active", b.fired()[2])
	})
}

func TestStoppedDateTriggerIsOutOfForceAtOnce(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.day("2026-03-20")
		b.look()
		b.rules(false)
		b.set("2026-03-20 10:00")
		require.NoError(b, b.planner.Drain(context.Background()), "before its plans are cleared away")
		b.drain()
		require.Empty(b, b.fired())
	})
}

func TestPublishedDateTriggerLooksAtEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		for _, who := range []string{"a", "b"} {
			b.accept(event("type", "page.viewed", "contact", object{"email": who + "@example.com", "fields": object{"day": "2026-03-09T10:00:00Z"}}))
		}
		dates := setupDates(t, s, birthday(object{}), object{})
		b = dates.bench
		dates.set("2026-03-09 11:00")
		// The job has not come yet: b takes back what would have been due, and a is left alone.
		in, wrong := ParseContact(object{"email": "b@example.com", "fields": object{"day": "2026-03-09T10:30:00Z"}}, "")
		require.Empty(t, wrong)
		b.write(func(tx *store.Tx) error {
			_, err := Upsert(tx, in, b.clock.now(), "api", nil)
			return err
		})
		dates.at("2026-03-09 11:30")
		fired := map[string]int{}
		for _, who := range []string{"a", "b"} {
			for _, e := range b.log(who + "@example.com") {
				if e.Type == TypeTriggered {
					fired[who]++
				}
			}
		}
		require.Equal(t, map[string]int{"a": 1}, fired, "a's date had not passed when the version came; b's had when it was given")
		b.read(func(tx *store.Tx) error {
			plans, err := tx.DatePlans(ruleOf(t, tx), b.contact("b@example.com").ID)
			require.Empty(t, plans)
			return err
		})
	})
}

func ruleOf(t *testing.T, tx *store.Tx) string {
	t.Helper()
	rules, err := tx.DateRules("dates")
	require.NoError(t, err)
	require.Len(t, rules, 1)
	return rules[0].ID
}

func TestUnchangedDateTriggerKeepsItsPlans(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{}), object{}, func(b *dateBench) {
		b.day("2026-03-20")
		b.look()
		var before, after string
		b.read(func(tx *store.Tx) error { before = ruleOf(b.T, tx); return nil })
		b.set("2026-03-10 00:00")
		b.rules(true)
		b.read(func(tx *store.Tx) error { after = ruleOf(b.T, tx); return nil })
		require.Equal(b, before, after)
		b.write(func(tx *store.Tx) error { return RestartDateRules(tx, b.clock.now(), "test") })
		b.read(func(tx *store.Tx) error { after = ruleOf(b.T, tx); return nil })
		require.NotEqual(b, before, after)
		b.look()
		b.read(func(tx *store.Tx) error {
			gone, err := tx.DatePlans(before, b.contact("ada@example.com").ID)
			require.NoError(b, err)
			require.Empty(b, gone, "plans of an ended rule are cleared away")
			made, err := tx.DatePlans(after, b.contact("ada@example.com").ID)
			require.Len(b, made, 1)
			return err
		})
		b.at("2026-03-21 00:00")
		require.Len(b, b.fired(), 1)
	})
}

func TestDateOfADeal(t *testing.T) {
	t.Parallel()
	eachDates(t, date(object{"field": "deal.title"}), object{"reentry": "after_exit"}, func(b *dateBench) {
		b.save(object{})
		c := b.contact("ada@example.com")
		deals := []string{"2026-03-20", "2026-03-21"}
		b.write(func(tx *store.Tx) error {
			if err := tx.CreatePipeline(&store.Pipeline{Key: "p", Name: "p", Stages: []store.Stage{{Key: "s", Name: "s", Kind: "open"}}}); err != nil {
				return err
			}
			locked, err := tx.LockContact(c.ID)
			if err != nil {
				return err
			}
			for i, title := range deals {
				deal := &store.Deal{ID: store.NewID("deal"), Title: title, Pipeline: "p", Stage: "s", Status: "open", ContactID: c.ID}
				if err := tx.CreateDeal(deal); err != nil {
					return err
				}
				deals[i] = deal.ID
				if _, err := Append(tx, Draft{Contact: locked, Type: TypeDealCreated, Now: b.clock.now(), Data: object{"deal_id": deal.ID}}); err != nil {
					return err
				}
			}
			return nil
		})
		b.at("2026-03-20 09:00")
		require.Equal(b, []string{"2026-03-20 09:00 dates enrolled"}, b.fired())
		require.JSONEq(b, `{"scheduled_for": "2026-03-20T09:00:00Z", "deal_id": "`+deals[0]+`"}`, string(b.enrollments("dates")[0].TriggerData))
		b.write(func(tx *store.Tx) error {
			locked, err := tx.LockContact(c.ID)
			if err != nil {
				return err
			}
			if err := tx.DeleteDeal(deals[1]); err != nil {
				return err
			}
			return FollowDates(tx, locked, b.clock.now())
		})
		b.at("2026-03-22 09:00")
		require.Len(b, b.fired(), 1, "the deal is gone")
	})
}
