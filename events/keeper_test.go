package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
	"fermata/store"
	"fermata/store/storetest"
)

func (b *bench) keeper() *Keeper {
	return &Keeper{Store: b.s, Now: b.clock.now, Log: slog.New(slog.DiscardHandler), Pause: time.Microsecond}
}

func (b *bench) keep() map[string]int64 {
	b.Helper()
	b.clock.add(keepEvery)
	deleted, err := b.keeper().Round(b.Context())
	require.NoError(b, err)
	require.NotNil(b, deleted, "the round is due")
	return deleted
}

func (b *bench) roll() {
	b.Helper()
	_, err := (&Roller{Store: b.s, Now: b.clock.now}).Round(b.Context())
	require.NoError(b, err)
}

// enter posts an event of a person, and returns the newest enrollment in a workflow.
func (b *bench) enter(email, id, workflow string) *store.Enrollment {
	b.Helper()
	named := map[string]string{"shop": "order.placed", "gift": "gift.placed"}
	body := event("type", named[workflow], "contact", object{"email": email}, "data", object{"amount": 7})
	if id != "" {
		body["id"] = id
	}
	b.accept(body)
	b.drain()
	var e *store.Enrollment
	b.read(func(tx *store.Tx) (err error) {
		e, err = tx.LastEnrollment(workflow, b.find(tx, email).ID, "")
		return err
	})
	return e
}

func (b *bench) find(tx *store.Tx, email string) *store.Contact {
	b.Helper()
	c, err := tx.ContactByEmail(email)
	require.NoError(b, err)
	return c
}

// passed writes what a run leaves behind: a step, an effect, a mail that was opened, and, if the run
// is over, its end.
func (b *bench) passed(e *store.Enrollment, over bool) {
	b.Helper()
	now := b.clock.now()
	b.write(func(tx *store.Tx) error {
		e, c, err := tx.LockEnrollmentContact(e.ID)
		if err != nil {
			return err
		}
		step := &store.Step{EnrollmentID: e.ID, Node: "mail", Visit: 1, Seq: 1, Type: "email", Status: "done", Port: "next", EnteredAt: now, LeftAt: &now, Attempts: 1}
		if _, _, err := tx.InsertStep(step); err != nil {
			return err
		}
		send := &store.Send{
			ID: "snd_" + e.ID, ContactID: c.ID, EnrollmentID: e.ID, Workflow: e.Workflow, Node: "mail", Visit: 1, Channel: "email",
			Class: "marketing", MessageID: e.ID, State: "sent", CreatedAt: now, SentAt: &now,
		}
		if err := tx.CreateSend(send); err != nil {
			return err
		}
		if err := tx.AddMailHit(&store.MailHit{SendID: send.ID, Kind: store.HitOpen, At: now, ReadyAt: now, Recorded: true}); err != nil {
			return err
		}
		if _, err := Append(tx, sendEvent(c, send, TypeEmailOpened, "", now, nil)); err != nil {
			return err
		}
		if !over {
			return nil
		}
		if err := EndWith(tx, c, e, Ending{Status: store.StatusCompleted, Outcome: "success", Now: now}); err != nil {
			return err
		}
		return tx.MarkRunsClosed([]string{e.ID})
	})
	b.started()
	b.drain()
}

// started takes the calls to Temporal out of the queue, as the dispatcher does.
func (b *bench) started() {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		calls, err := tx.ClaimDispatches(100, time.Minute, new(store.Turn))
		for _, d := range calls {
			done, err := tx.DoneDispatch(d.ID, d.Token)
			require.NoError(b, err)
			require.True(b, done)
		}
		return err
	})
}

func (b *bench) figuresOf(workflow string) []store.FigureCell {
	b.Helper()
	var cells []store.FigureCell
	b.read(func(tx *store.Tx) (err error) {
		cells, err = tx.Figures(store.FigureQuery{
			Workflows: []string{workflow}, From: b.clock.now().AddDate(-3, 0, 0), To: b.clock.now().AddDate(0, 0, 1), Mail: true,
		})
		return err
	})
	return cells
}

func (b *bench) steps(enrollment string) int {
	b.Helper()
	var list []store.Step
	b.read(func(tx *store.Tx) (err error) {
		list, err = tx.Steps(enrollment)
		return err
	})
	return len(list)
}

func (b *bench) has(enrollment string) *store.Enrollment {
	b.Helper()
	var found *store.Enrollment
	b.read(func(tx *store.Tx) error {
		found, _ = tx.Enrollment(enrollment)
		return nil
	})
	return found
}

func (b *bench) shop() {
	b.publish("shop", object{"triggers": []any{trigger("order.placed", nil)}})
	b.publish("gift", object{"triggers": []any{trigger("gift.placed", nil)}, "settings": object{"reentry": "once"}})
}

// What is older than it is to be kept goes; what somebody inside still reads, what the router has not
// come to and what figures count by its rows stays; and the figures are the same.
func TestRetentionDeletesWhatNobodyNeeds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.shop()
		inside := b.enter("inside@example.com", "inside", "shop")
		b.passed(inside, false)
		b.clock.add(24 * time.Hour)
		first := b.enter("often@example.com", "first", "shop")
		b.passed(first, true)
		b.clock.add(time.Hour)
		second := b.enter("often@example.com", "second", "shop")
		b.passed(second, true)
		b.accept(event("id", "unrouted", "type", "order.placed", "contact", object{"email": "late@example.com"}))
		b.clock.add(399 * 24 * time.Hour)
		b.accept(event("id", "young", "type", "order.placed", "contact", object{"email": "often@example.com"}))
		before := b.figuresOf("shop")
		require.Equal(t, []string{"order.placed", "email.opened"}, wanted(b.events("inside@example.com")))

		b.clock.add(48 * time.Hour)
		require.Zero(t, b.keep()["steps"])
		require.NotNil(t, b.has(first.ID), "no roll-up speaks for it yet")
		require.Equal(t, before, b.figuresOf("shop"), "opens are counted by their events")

		b.roll()
		deleted := b.keep()
		require.EqualValues(t, 2, deleted["steps"])
		require.EqualValues(t, 2, deleted["sends"])
		require.EqualValues(t, 1, deleted["enrollments"], "the last one says that the contact was there")
		require.Equal(t, before, b.figuresOf("shop"), "to the last digit")
		require.Nil(t, b.has(first.ID))
		require.True(t, b.has(second.ID).Pruned)
		require.Empty(t, b.has(second.ID).TriggerData)
		require.Zero(t, b.steps(second.ID))
		require.Equal(t, []string{"order.placed"}, wanted(b.events("often@example.com")), "the young one")

		require.Equal(t, 1, b.steps(inside.ID), "who is inside keeps everything")
		require.Equal(t, []string{"order.placed", "email.opened"}, wanted(b.events("inside@example.com")))
		require.Equal(t, []string{"order.placed"}, wanted(b.events("late@example.com")), "it was never routed")
		b.roll()
		require.Empty(t, b.keep(), "and that was all")
		b.drain()
		require.Len(t, b.enrollments("shop"), 4, "the unrouted and the young one have been heard")
	})
}

// An id is unique for ever, also when its event is gone; and `once` is once.
func TestRetentionForgetsNoIDAndNoPassage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.shop()
		gift := b.enter("ada@example.com", "posted", "gift")
		b.passed(gift, true)
		fire := func() (added bool) {
			b.write(func(tx *store.Tx) error {
				c, err := tx.LockContact(b.find(tx, "ada@example.com").ID)
				require.NoError(t, err)
				_, added, err = Fire(tx, Firing{Contact: c, Workflow: "gift", Trigger: "t", Key: "2026-03-09", Now: b.clock.now(), Source: "date"})
				return err
			})
			b.drain()
			return added
		}
		require.True(t, fire())
		b.clock.add(402 * 24 * time.Hour)
		b.roll()
		deleted := b.keep()
		require.Positive(t, deleted["events"])
		require.Positive(t, deleted["steps"])
		require.Empty(t, wanted(b.events("ada@example.com")))

		again := b.accept(event("id", "posted", "type", "gift.placed", "contact", object{"email": "ada@example.com"}))
		require.True(t, again[0].Duplicate)
		require.False(t, fire(), "the same firing")
		require.Empty(t, wanted(b.events("ada@example.com")))

		entered := b.enter("ada@example.com", "another", "gift")
		require.Equal(t, gift.ID, entered.ID, "nobody new")
		require.Contains(t, b.said("another"), "gift reentry once")
	})
}

// A round that is stopped in the middle has done no harm, and the next one goes on.
func TestRetentionStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.shop()
		for i := range 60 {
			b.passed(b.enter(fmt.Sprintf("c%d@example.com", i), "", "shop"), true)
		}
		before := b.figuresOf("shop")
		b.clock.add(402 * 24 * time.Hour)
		b.roll()
		total, stops := int64(0), 0
		for range 20 {
			b.clock.add(time.Minute)
			ctx, stop := context.WithCancel(t.Context())
			k := b.keeper()
			k.Count = func(table string, n int64) {
				if table == "steps" {
					total += n
				}
				stop()
			}
			_, err := k.Round(ctx)
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				stops++
			}
			require.Equal(t, before, b.figuresOf("shop"))
			stop()
		}
		require.Greater(t, stops, 2)
		require.EqualValues(t, 60, total)
	})
}

// Conditions that look back further than events are kept keep them for longer.
func TestRetentionKeepsWhatConditionsLookBackTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("far", object{
			"triggers": []any{trigger("order.placed", nil)}, "start": "fork",
			"nodes": object{
				"fork": object{"type": "branch", "with": object{"branches": []any{
					object{"id": "old", "when": object{"did": "order.placed", "within": "500d"}},
				}}, "next": object{"old": "done", "else": "done"}},
				"done": object{"type": "end"},
			},
		})
		b.accept(event("type", "page.seen", "contact", object{"email": "ada@example.com"}))
		b.drain()
		b.clock.add(450 * 24 * time.Hour)
		require.Zero(t, b.keep()["events"])
		b.status("far", store.WorkflowArchived)
		require.Positive(t, b.keep()["events"])
	})
}

func TestLookback(t *testing.T) {
	t.Parallel()
	for document, far := range map[string]string{
		`{"a": [{"did": "x.y", "within": "60d"}, {"not": {"did": "x.y", "within": "2w"}}]}`: "60d",
		`{"inactivity": {"without": ["email.opened"], "for": "90d"}}`:                       "90d",
		`{"type": "wait", "with": {"for": "700d"}}`:                                         "0s",
		`{"settings": {"frequency_cap": "3/30d"}}`:                                          "30d",
		`{"did": "x.y", "within": {"since": "enrollment"}}`:                                 "0s",
	} {
		var value any
		require.NoError(t, json.Unmarshal([]byte(document), &value))
		want, err := calendar.ParseOffset(far)
		require.NoError(t, err)
		require.Equal(t, want, lookback(value), document)
	}
}

// Two processes share the rounds, and a process that lost its claim writes nothing.
func TestRetentionIsMadeByOneProcess(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.keep()
		deleted, err := b.keeper().Round(t.Context())
		require.NoError(t, err)
		require.Nil(t, deleted, "the round was just made")
		lost := &sweep{Keeper: b.keeper(), token: "claim_of_another"}
		require.ErrorIs(t, lost.batch(t.Context(), func(*store.Tx) error {
			t.Error("it writes")
			return nil
		}), errKeptElsewhere)
	})
}

// events is the log of a contact, as far as it is there.
func (b *bench) events(email string) []store.Event {
	b.Helper()
	var list []store.Event
	b.read(func(tx *store.Tx) (err error) {
		list, err = tx.EventsAfter(b.find(tx, email).ID, 0, nil, 1000)
		return err
	})
	return list
}

// wanted are the types of events but those that say what the platform did.
func wanted(list []store.Event) []string {
	kept := []string{}
	for _, e := range list {
		if e.Type == "order.placed" || e.Type == "gift.placed" || e.Type == TypeEmailOpened || e.Type == TypeTriggered {
			kept = append(kept, e.Type)
		}
	}
	return kept
}

// A workflow's day of which somebody is still inside keeps its rows, and no other one; and what a
// roll-up says is what the rows said last, also when it was built long before.
func TestRetentionLeavesFiguresTrue(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.shop()
		ended, inside := b.enter("ada@example.com", "", "shop"), b.enter("bob@example.com", "", "shop")
		b.passed(ended, true)
		gift := b.enter("ada@example.com", "", "gift")
		b.passed(gift, true)
		b.clock.add(10 * 24 * time.Hour)
		b.roll()
		b.write(func(tx *store.Tx) error {
			send, c, err := LockSend(tx, "snd_"+gift.ID)
			require.NoError(t, err)
			_, err = Append(tx, sendEvent(c, send, TypeEmailClicked, "", b.clock.now(), nil))
			return err
		})
		b.clock.add(402 * 24 * time.Hour)
		shop, gifts := b.figuresOf("shop"), b.figuresOf("gift")
		require.EqualValues(t, 1, gifts[0].Nodes["mail"].Clicked)
		require.EqualValues(t, 1, b.keep()["steps"], "of the gift")
		require.Equal(t, gifts, b.figuresOf("gift"))
		require.Equal(t, shop, b.figuresOf("shop"))

		b.passed(inside, true)
		shop = b.figuresOf("shop")
		require.EqualValues(t, 2, shop[0].Completed)
		for range 2 {
			b.clock.add(201 * 24 * time.Hour)
			b.roll()
		}
		require.EqualValues(t, 2, b.keep()["steps"])
		require.Equal(t, shop, b.figuresOf("shop"))
		require.Equal(t, gifts, b.figuresOf("gift"))

		b.write(func(tx *store.Tx) error {
			return tx.SaveAccount(&store.Account{Name: "Test", Timezone: "Asia/Tokyo", Currency: "USD", MailFrom: "shop@example.com"})
		})
		b.roll()
		again, err := (&Roller{Store: s, Now: b.clock.now}).Round(t.Context())
		require.NoError(t, err)
		require.Zero(t, again, "days of the old zone stay, and the others are built once")
		require.Equal(t, shop, b.figuresOf("shop"))
		require.Equal(t, gifts, b.figuresOf("gift"))
	})
}
