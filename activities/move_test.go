package activities_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
	"fermata/store/storetest"
)

const (
	day      = 24 * time.Hour
	restFor  = "  a: {type: wait, with: {for: %s}, next: b}\n  b: {type: tag_add, with: {tag: after}, next: c}\n  c: {type: hold}"
	restTill = "  a: {type: wait_until, with: {date: \"%s\"}, next: b}\n  b: {type: tag_add, with: {tag: after}, next: c}\n  c: {type: hold}"
)

func TestMovedWaitIsRetimed(t *testing.T) {
	t.Parallel()
	rests := func(length string) string { return fmt.Sprintf(restFor, length) }
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, c := range []struct {
			name, retime, old, next string
			due                     time.Duration // from the entry; 0: it has ended
			way                     []string
		}{
			{"shorter, and over", moving.RetimeCredit, rests("10d"), rests("1d"), 0, []string{"a/1:done:next", "b/1:done:next", "c/1:held"}},
			{"shorter", moving.RetimeCredit, rests("10d"), rests("5d"), 5 * day, []string{"a/1:waiting"}},
			{"longer", moving.RetimeCredit, rests("10d"), rests("20d"), 20 * day, []string{"a/1:waiting"}},
			{"anew", moving.RetimeRestart, rests("10d"), rests("1d"), day, []string{"a/1:canceled moved", "a/2:waiting"}},
			{"kept", moving.RetimeKeep, rests("10d"), rests("1d"), 10 * day, []string{"a/1:waiting"}},
			{"a date, kept", moving.RetimeKeep, fmt.Sprintf(restTill, "2026-04-01"), fmt.Sprintf(restTill, "2026-05-01"), 0, []string{"a/1:waiting"}},
		} {
			v := setsOut(t, s, fmt.Sprint("retimed-", i), "", c.old)
			before, now := v.last(), v.at.Add(2*day)
			v.published(moving.Terms{Retime: c.retime}, "", c.next)
			v.wakes(now)
			require.Equal(t, c.way, v.way(), c.name)
			e, a := v.enrollment(), v.steps()[0]
			require.Equal(t, []any{2, 1, "", 2}, []any{e.Version, e.Epoch, e.MoveID, v.runs}, c.name)
			switch {
			case c.name == "a date, kept":
				require.Equal(t, before.DueAt.UTC(), a.DueAt.UTC())
				v.wakes(now.Add(day))
				require.Equal(t, before.DueAt.UTC(), v.last().DueAt.UTC(), "it follows nothing")
			case c.due == 0:
				require.Equal(t, []time.Time{now, now}, []time.Time{a.DueAt.UTC(), a.LeftAt.UTC()}, "it was not due before it was moved")
			default:
				v.requireDue(c.due)
				entered := map[bool]time.Time{false: before.EnteredAt, true: now}[c.retime == moving.RetimeRestart]
				require.True(t, v.last().EnteredAt.Equal(entered), c.name)
				require.True(t, v.last().MovedAt.Equal(now))
				v.wakes(v.last().DueAt.UTC())
				require.Equal(t, "c", v.enrollment().Node, c.name)
			}
		}
	})
}

func TestMoveOfADeletedNode(t *testing.T) {
	t.Parallel()
	const next = "  a: {type: tag_add, with: {tag: x}, next: b}\n  b: {type: tag_add, with: {tag: after}, next: c}\n  c: {type: hold}"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, c := range []struct {
			missing, status, reason string
			version                 int
			way                     []string
		}{
			{moving.MissingStay, "waiting", "", 1, []string{"a/1:waiting"}},
			{moving.MissingExit, "exited", "node_deleted", 1, []string{"a/1:exited"}},
			{moving.MissingNext, "held", "hold", 2, []string{"a/1:canceled moved", "b/1:done:next", "c/1:held"}},
		} {
			v := setsOut(t, s, fmt.Sprint("deleted-", i), "", fmt.Sprintf(restFor, "10d"))
			v.published(moving.Terms{OnMissing: c.missing}, "", next)
			v.wakes(v.at.Add(day))
			e := v.enrollment()
			require.Equal(t, c.way, v.way())
			require.Equal(t, []any{c.status, c.reason, c.version, ""}, []any{e.Status, e.Reason, e.Version, e.MoveID})
			require.True(t, c.missing != moving.MissingStay || v.last().DueAt.Equal(v.last().EnteredAt.Add(10*day)))
		}
	})
}

// An event that nobody has looked at when the run moves is for the new wait, whatever becomes of the
// time; and an exit of the new version holds from then on.
func TestEventBetweenMarkAndMove(t *testing.T) {
	t.Parallel()
	const old = "  a: {type: wait_event, with: {events: [{id: got, event: order.packed}], timeout: 9d}, next: {got: c, timeout: c}}\n  c: {type: hold}"
	const next = "  z: {type: wait_event, with: {events: [{id: here, event: order.packed}, {id: lost, event: order.lost}], timeout: 20d}, next: {here: c, lost: c, timeout: c}}\n" +
		"  a: {type: tag_add, with: {tag: x}, next: z}\n  c: {type: hold}"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		n := 0
		travels := func(retime string, meanwhile func(v *traveller)) *traveller {
			n++
			v := setsOut(t, s, fmt.Sprint("between-", n), "", old)
			v.wakes(v.at.Add(time.Hour))
			v.published(moving.Terms{Map: map[string]string{"a": "z"}, Retime: retime}, "", next)
			meanwhile(v)
			v.wakes(v.at.Add(time.Minute))
			return v
		}
		for _, retime := range []string{moving.RetimeCredit, moving.RetimeRestart, moving.RetimeKeep} {
			for _, routed := range []bool{false, true} {
				event := ""
				v := travels(retime, func(v *traveller) {
					event = v.post("order.packed", nil)
					if routed {
						v.route()
					}
				})
				require.Equal(t, []string{"a/1:canceled moved", "z/1:done:here", "c/1:held"}, v.way(), retime)
				v.route()
				require.Equal(t, v.enrollment().Workflow+" advanced", v.said(event))
			}
			v := travels(retime, func(v *traveller) { v.post("order.canceled", nil) })
			require.Equal(t, "exited", v.enrollment().Status)
		}
		v := travels(moving.RetimeCredit, func(*traveller) {})
		require.Equal(t, []string{"a/1:canceled moved", "z/1:waiting"}, v.way())
		v.requireDue(20 * day)
		v.post("order.lost", nil)
		v.route()
		require.True(t, v.enrollment().WakePending, "the new wait has subscribed")
		v.wakes(v.at)
		require.Equal(t, "lost", v.steps()[1].Port)
	})
}

// What the new version waits for and the old one did not is seen with the time that counts, and not
// by a wait that begins anew.
func TestEventBeforeTheMove(t *testing.T) {
	t.Parallel()
	wait := func(event string) string {
		return "  a: {type: wait_event, with: {events: [{id: got, event: " + event + "}], timeout: 9d}, next: {got: c, timeout: c}}\n  c: {type: hold}"
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for retime, status := range map[string]string{moving.RetimeCredit: "held", moving.RetimeKeep: "held", moving.RetimeRestart: "waiting"} {
			v := setsOut(t, s, "before-"+retime, "", wait("order.packed"))
			v.post("order.lost", nil)
			v.wakes(v.at.Add(time.Minute))
			v.published(moving.Terms{Retime: retime}, "", wait("order.lost"))
			v.wakes(v.at.Add(time.Minute))
			require.Equal(t, status, v.enrollment().Status, retime)
		}
	})
}

func TestExitsOfTheNewVersion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, routed := range []bool{false, true} {
			v := setsOut(t, s, fmt.Sprint("exits-", i), "", fmt.Sprintf(restFor, "10d"))
			m := v.published(moving.Terms{}, "", fmt.Sprintf(restFor, "20d"))
			other := fmt.Sprintf(journey, v.enrollment().Workflow, "", fmt.Sprintf(restFor, "20d"))
			v.exitsOn(m, other, "order.lost")
			if routed {
				v.wakes(v.at.Add(time.Minute))
				v.post("order.canceled", nil)
				v.post("order.lost", nil)
				v.route()
			} else {
				v.post("order.lost", nil)
				v.wakes(v.at.Add(time.Minute))
			}
			e := v.enrollment()
			require.Equal(t, []any{"exited", "stop", 2}, []any{e.Status, e.Reason, e.Version}, "routed: %v", routed)
			require.Equal(t, []string{"a/1:exited"}, v.way())
		}
	})
}

// exitsOn gives a move a definition with another exit.
func (v *traveller) exitsOn(m *store.Move, document, event string) {
	v.Helper()
	def, _ := definition.Parse([]byte(strings.ReplaceAll(document, "order.canceled", event)), true)
	canonical := def.Canonical()
	require.NoError(v, v.store.Write(context.Background(), func(tx *store.Tx) error {
		require.NoError(v, tx.PutDefinition(definition.Hash(canonical), canonical))
		other := *m
		other.ID, other.LastID, other.Hash = "", "", definition.Hash(canonical)
		require.NoError(v, tx.SetWorkflowEvents(m.Workflow, def.EventTypes()))
		require.NoError(v, tx.AddMove(&other))
		_, err := events.MarkMove(tx, v.in.Enrollment, &other, true)
		return err
	}))
}

// Who failed is moved as held, under the same key, and is tried again by what the new version says;
// who is in the middle of an action comes to rest first.
func TestMoveOfAHeldAction(t *testing.T) {
	t.Parallel()
	node := func(with string) string {
		return "  a: {type: deal_move, with: {pipeline: sales, stage: won" + with + "}, next: c}\n  c: {type: hold}"
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: []store.Stage{{Key: "won", Name: "Won", Kind: "won"}}})
		}))
		v := setsOut(t, s, "held-one", "", node(""))
		require.Equal(t, []string{"a/1:held no_deal"}, v.way())
		v.published(moving.Terms{Retime: moving.RetimeRestart}, "", node(", create: true"))
		v.wakes(v.at.Add(time.Hour))
		e := v.enrollment()
		require.Equal(t, []any{"held", "step_failed", 2, 2}, []any{e.Status, e.Reason, e.Version, v.runs})
		require.Equal(t, []string{"a/1:held no_deal"}, v.way())
		o := &events.Operator{Store: s, Definitions: events.NewDefinitions(4), Now: func() time.Time { return v.at }}
		require.NoError(t, o.Retry(t.Context(), e.ID, "ada"))
		v.wakes(v.at.Add(time.Hour))
		require.Equal(t, []string{"a/1:done:next", "c/1:held"}, v.way())
	})
}

// Who is marked in the middle of an action that then fails for good is moved as soon as it is held.
func TestMoveOfAnActionThatEndsHeld(t *testing.T) {
	t.Parallel()
	node := func(with string) string {
		return "  a: {type: deal_move, with: {pipeline: gone, stage: won" + with + "}, next: c}\n  c: {type: hold}"
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := &traveller{race: newRace(t, s, fmt.Sprintf(journey, "ends-held", "", node("")), nil)}
		act := interpreter.Command{Kind: interpreter.Act, Node: "a", Visit: 1, Port: "next"}
		require.Equal(t, interpreter.Failed, v.advanceAt(v.at, interpreter.Command{Kind: interpreter.Begin}, act).Kind)
		v.published(moving.Terms{}, "", node(", create: true"))
		hold := interpreter.Command{Kind: interpreter.Hold, Node: "a", Visit: 1, Code: interpreter.ReasonStepFailed}
		require.Equal(t, interpreter.Moved, v.advanceAt(v.at, hold).Kind)
		e := v.enrollment()
		require.Equal(t, []any{"held", 2, ""}, []any{e.Status, e.Version, e.MoveID})
	})
}

// An exit that stands in the log when the run moves comes before what its wait would do there.
func TestExitComesBeforeTheMovedWait(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "exit-first", "", fmt.Sprintf(restFor, "10d"))
		m := v.published(moving.Terms{}, "", fmt.Sprintf(restFor, "1s"))
		v.exitsOn(m, fmt.Sprintf(journey, "exit-first", "", fmt.Sprintf(restFor, "1s")), "order.lost")
		v.post("order.lost", nil)
		v.wakes(v.at.Add(time.Minute))
		require.Equal(t, "exited", v.enrollment().Status)
		require.Equal(t, []string{"a/1:exited"}, v.way())
	})
}

// A turn that was carried out and whose answer was lost is told the same again, and so is everything
// else that the run before still has under way.
func TestMoveIsDoneOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "once", "", fmt.Sprintf(restFor, "10d"))
		before := v.in
		v.published(moving.Terms{}, "", fmt.Sprintf(restFor, "20d"))
		in := names.AdvanceInput{Passage: before, Now: v.at.Add(day), Commands: []interpreter.Command{{Kind: interpreter.Arrive, Node: "a", Visit: 1}}}
		var first names.AdvanceResult
		for i := range 3 {
			again, err := v.activities.Advance(t.Context(), in)
			require.NoError(t, err)
			if i == 0 {
				first = again
			}
			require.Equal(t, first, again)
			require.Equal(t, interpreter.Moved, again.Occurrences[0].Kind)
			require.Equal(t, &interpreter.Edition{Version: 2, Hash: v.enrollment().Hash, Interpreter: 1, Epoch: 1}, again.Occurrences[0].To)
		}
		require.Equal(t, []string{"a/1:waiting"}, v.way())
		v.at = v.at.Add(2 * day)
		v.startRun() // also one that was lost, and is rebuilt from the rows
		v.startRun()
		v.requireDue(20 * day)
		require.Equal(t, 1, v.enrollment().Epoch)
	})
}

// Whoever stands between two steps goes by the ways of the new version, and a passage that left by a
// port that leads nowhere any more is complete. Visits go on counting.
func TestMoveBetweenSteps(t *testing.T) {
	t.Parallel()
	const old = "  a: {type: wait, with: {for: 1d}, max_visits: 2, next: b}\n  b: {type: tag_add, with: {tag: round}, next: a}"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "round", "", old)
		v.wakes(v.last().DueAt.UTC())
		require.Equal(t, []string{"a/1:done:next", "b/1:done:next", "a/2:waiting"}, v.way())
		v.published(moving.Terms{}, "", "  a: {type: wait, with: {for: 1d}, max_visits: 2, next: z}\n  z: {type: tag_add, with: {tag: z}, next: b}\n  b: {type: tag_add, with: {tag: round}, next: a}")
		v.wakes(v.at)
		v.wakes(v.last().DueAt.UTC())
		e := v.enrollment()
		require.Equal(t, []string{"failed", "runaway"}, []string{e.Status, e.Reason}, "visits were carried")
		require.Equal(t, []string{"a/1:done:next", "b/1:done:next", "a/2:done:next", "z/1:done:next", "b/2:done:next"}, v.way())

		v = setsOut(t, s, "anew", "", "  a: {type: wait, with: {for: 9d}, max_visits: 1, next: c}\n  c: {type: hold}")
		v.published(moving.Terms{Retime: moving.RetimeRestart}, "", "  a: {type: wait, with: {for: 1s}, max_visits: 1, next: c}\n  c: {type: hold}")
		v.wakes(v.at)
		v.at = v.last().DueAt.UTC()
		v.advanceAt(v.at, interpreter.Command{Kind: interpreter.Arrive, Node: "a", Visit: 2})
		v.startRun()
		require.Equal(t, []string{"a/1:canceled moved", "a/2:done:next", "c/1:held"}, v.way(), "a move is no visit too many")
	})
}

// A message that waits for its hour waits by the hours of the new version.
func TestMoveOfAMessageThatWaits(t *testing.T) {
	t.Parallel()
	const mail = "  a: {type: email, with: {subject: Hello, body: Text., class: marketing}, next: c}\n  c: {type: hold}"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mailer := &slow{}
		v := &traveller{race: newRace(t, s, fmt.Sprintf(journey, "hours", `quiet_hours: {from: "11:00", to: "18:00"}`, mail), mailer)}
		v.startRun()
		require.Equal(t, []string{"a/1:waiting"}, v.way())
		v.published(moving.Terms{}, "", mail)
		v.wakes(v.at.Add(time.Minute))
		require.Equal(t, []string{"a/1:done:next", "c/1:held"}, v.way())
		require.EqualValues(t, 1, mailer.sent.Load())
	})
}

// An operator takes somebody out of an action that is under way: it is recorded, and nothing of it
// reaches the new place.
func TestOperatorMovesOutOfAnAction(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mailer := &slow{asked: make(chan struct{}), tell: make(chan struct{})}
		r := newRace(t, s, oneMail[:len(oneMail)-1]+"\n  c: {type: hold}\n", mailer)
		done := make(chan names.SendResult)
		go func() { done <- r.mail(true) }()
		<-mailer.asked
		o := &events.Operator{Store: s, Definitions: events.NewDefinitions(4), Now: func() time.Time { return r.at }}
		require.NoError(t, o.Move(t.Context(), r.in.Enrollment, "c", 0, "ada"))
		close(mailer.tell)
		<-done
		require.Equal(t, store.EffectDone, r.landed().State)
		require.Equal(t, interpreter.Moved, r.mail(false).Occurrence.Kind)
		v := &traveller{race: r}
		v.startRun()
		require.Equal(t, []string{"it/1:canceled moved", "c/1:held"}, v.way())
		require.EqualValues(t, 1, mailer.sent.Load())
	})
}

func TestDefinitionIsReadByItsHash(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	v := setsOut(t, s, "read", "", fmt.Sprintf(restFor, "10d"))
	body, err := v.activities.Definition(t.Context(), v.in.Hash)
	require.NoError(t, err)
	require.Equal(t, v.in.Hash, definition.Hash(body))
	lost := activities.New(activities.Config{Store: s, Log: slog.New(slog.DiscardHandler)})
	_, err = lost.Definition(t.Context(), "unknown")
	require.Error(t, err)
}
