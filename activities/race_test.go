package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// race is one contact's way through a workflow, every move of intake, router and run made by
// hand, in the order that a test wants.
type race struct {
	passage
	who    string
	at     time.Time
	intake *events.Intake
	router *events.Router
}

// newRace publishes a definition whose trigger is order.created and enrolls a contact by that event.
func newRace(t *testing.T, s *store.Store, document string, mailer activities.Mailer) *race {
	t.Helper()
	def, problems := definition.Parse([]byte(document), true)
	require.False(t, definition.HasErrors(append(problems, def.Validate(nil)...)), "%v", problems)
	definitions, quiet := events.NewDefinitions(4), slog.New(slog.DiscardHandler)
	r := &race{who: def.Key + "@example.com", at: noon, passage: passage{T: t, store: s, activities: activities.New(activities.Config{
		Store: s, Definitions: definitions, Log: quiet, Now: time.Now,
	})}}
	r.outside(mailer)
	now := func() time.Time { return r.at }
	r.intake = &events.Intake{Store: s, Now: now}
	r.router = &events.Router{Store: s, Definitions: definitions, Now: now, Log: quiet}
	hash := definition.Hash(def.Canonical())
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		others, _, err := tx.ListWorkflows(store.WorkflowFilter{Status: store.WorkflowActive}, store.Page{})
		for i := range others { // each race has the store for itself
			others[i].Status = store.WorkflowStopped
			err = errors.Join(err, tx.SaveWorkflow(&others[i]))
		}
		return errors.Join(err,
			tx.SaveAccount(&store.Account{Timezone: "UTC", Currency: "USD", DefaultConsent: events.Subscribed}),
			tx.PutDefinition(hash, def.Canonical()),
			tx.CreateWorkflow(&store.Workflow{Key: def.Key, Name: def.Name, Status: store.WorkflowActive, Version: 1, Hash: hash}),
			tx.SetWorkflowEvents(def.Key, def.EventTypes()),
		)
	}))
	r.post("order.created", nil)
	r.route()
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: def.Key}, store.Page{})
		require.Len(t, list, 1)
		r.in = names.Passage{Enrollment: list[0].ID, Hash: hash, Interpreter: interpreter.Current}
		return err
	}))
	return r
}

// post accepts an event, a second after what came before, and returns its id.
func (r *race) post(event string, data map[string]any, occurred ...time.Time) string {
	r.Helper()
	r.at = r.at.Add(time.Second)
	body := map[string]any{"type": event, "contact": map[string]any{"email": r.who}, "data": data}
	for _, at := range occurred {
		body["occurred_at"] = at.Format(time.RFC3339)
	}
	list, _, wrong := events.ParseIncoming(body)
	require.Empty(r, wrong)
	accepted, wrong, err := r.intake.Accept(context.Background(), list)
	require.NoError(r, err)
	require.Empty(r, wrong)
	return accepted[0].ID
}

func (r *race) route() {
	r.Helper()
	_, err := r.router.Drain(context.Background())
	require.NoError(r, err)
}

// advance carries out commands at an instant of the run's clock.
func (r *race) advanceAt(at time.Time, commands ...interpreter.Command) interpreter.Occurrence {
	r.Helper()
	result, err := r.activities.Advance(context.Background(), names.AdvanceInput{Passage: r.in, Now: at, Commands: commands})
	require.NoError(r, err)
	return result.Occurrences[len(result.Occurrences)-1]
}

func (r *race) park() interpreter.Occurrence {
	r.Helper()
	return r.advanceAt(r.at, command(interpreter.Begin, ""), command(interpreter.Park, ""))
}

func (r *race) arrive(at time.Time) interpreter.Occurrence {
	r.Helper()
	return r.advanceAt(at, command(interpreter.Arrive, ""))
}

// mail makes an attempt at the outward step: the short local one, or the durable one.
func (r *race) mail(first bool) (result names.SendResult) {
	in := names.SendInput{Passage: r.in, Now: r.at, Node: "it", Visit: 1, First: first}
	if first {
		result, err := r.activities.Email(context.Background(), in)
		require.NoError(r, err)
		return result
	}
	suite := &testsuite.WorkflowTestSuite{}
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivityWithOptions(r.activities.Email, activity.RegisterOptions{Name: names.Email})
	value, err := env.ExecuteActivity(names.Email, in)
	require.NoError(r, err)
	require.NoError(r, value.Get(&result))
	return result
}

func (r *race) enrollment() *store.Enrollment {
	r.Helper()
	var e *store.Enrollment
	require.NoError(r, r.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		e, err = tx.Enrollment(r.in.Enrollment)
		return err
	}))
	return e
}

// effects are the ledger rows of the passage.
func (r *race) effects() []store.Effect {
	r.Helper()
	var list []store.Effect
	require.NoError(r, r.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Effects(r.in.Enrollment)
		return err
	}))
	return list
}

// said is what the workflow says of an event.
func (r *race) said(event string) string {
	r.Helper()
	said := ""
	require.NoError(r, r.store.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.Verdicts(event)
		for _, v := range store.PerWorkflow(rows[event]) {
			said += v.Workflow + " " + v.Verdict
		}
		return err
	}))
	return said
}

// slow is a mail server that says when it is asked, and answers when it is told to.
type slow struct {
	sent        atomic.Int64
	asked, tell chan struct{}
}

func (m *slow) Send(context.Context, outgoing.Message) error {
	m.sent.Add(1)
	if m.asked != nil {
		close(m.asked)
		<-m.tell
	}
	return nil
}

func (m *slow) Addr() string { return "slow.example:25" }

const oneMail = `
schema: 1
key: race
name: Race
triggers: [{id: go, event: order.created}]
exits: [{id: stop, event: order.canceled}]
start: it
nodes:
  it: {type: email, with: {subject: Hello, body: Text.}}
`

// The exit has been accepted, and the router has not come to it: from the answer on, no
// intent of the enrollment can commit.
func TestIntentSeesAnExitThatTheRouterHasNot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mailer := &slow{}
		r := newRace(t, s, oneMail, mailer)
		stop := r.post("order.canceled", nil)
		for _, first := range []bool{true, false} {
			require.Equal(t, interpreter.Ended, r.mail(first).Occurrence.Kind)
			require.Zero(t, mailer.sent.Load())
			require.Empty(t, r.effects())
		}
		require.Equal(t, []string{"exited", "stop"}, []string{r.enrollment().Status, r.enrollment().Reason})
		r.route()
		require.Equal(t, "race exited", r.said(stop))
	})
}

// The intent was first: what is under way is finished and recorded, and nothing follows.
func TestSendThatWasClaimedBeforeAnExitIsRecorded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mailer := &slow{asked: make(chan struct{}), tell: make(chan struct{})}
		r := newRace(t, s, oneMail, mailer)
		done := make(chan names.SendResult)
		go func() { done <- r.mail(true) }()
		<-mailer.asked
		r.post("order.canceled", nil)
		r.route()
		require.Equal(t, "exited", r.enrollment().Status)
		close(mailer.tell)
		<-done
		require.Equal(t, store.EffectDone, r.landed().State)
		require.Equal(t, "exited", r.enrollment().Status)
		require.Equal(t, interpreter.Ended, r.mail(false).Occurrence.Kind)
		require.EqualValues(t, 1, mailer.sent.Load())
	})
}

// wait is a workflow of one wait; settings and trigger may say more.
func waitFor(settings, with string) string {
	return "schema: 1\nkey: race\nname: Race\nsettings: {" + settings + "}\ntriggers: [{id: go, event: order.created}]\n" +
		"exits: [{id: stop, event: order.canceled}]\nstart: it\nnodes:\n  it: {type: wait_event, with: {" + with + "}}\n"
}

const packed = "events: [{id: got, event: order.packed}], timeout: 1h"

// What is in the log when the step is decided wins: an exit, else the earliest event, also one
// that came later than due, else the timeout.
func TestEventInTheLogWinsOverTheTimeout(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRace(t, s, waitFor("", packed), nil)
		require.Equal(t, interpreter.Parked, r.park().Kind)
		due := *r.enrollment().DueAt
		require.Equal(t, interpreter.Parked, r.arrive(due.Add(-time.Second)).Kind)
		r.at = due.Add(time.Hour)
		event := r.post("order.packed", nil)
		o := r.arrive(r.at.Add(time.Hour))
		require.Equal(t, []string{"left", "got"}, []string{string(o.Kind), o.Port})
		r.route()
		require.Equal(t, "race advanced", r.said(event))
	})
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRace(t, s, waitFor("", packed), nil)
		r.park()
		event, stop := r.post("order.packed", nil), r.post("order.canceled", nil)
		require.Equal(t, interpreter.Ended, r.arrive(r.at.Add(2*time.Hour)).Kind)
		r.route()
		require.Equal(t, "race exited", r.said(stop))
		require.Equal(t, "race passed", r.said(event), "the wait was open, and the exit was faster")
	})
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRace(t, s, waitFor("", packed), nil)
		r.park()
		require.Equal(t, "timeout", r.arrive(r.at.Add(2*time.Hour)).Port)
		late := r.post("order.packed", nil)
		r.route()
		require.Equal(t, "race filtered", r.said(late), "no wait is open any more")
	})
}

// The order of the log is the order of acceptance, whatever the events say of themselves.
func TestEarliestInTheLogWinsNotTheEarliestToOccur(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRace(t, s, waitFor("", "events: [{id: x, event: order.packed}, {id: y, event: order.sent}], timeout: 1h"), nil)
		y := r.post("order.sent", nil, noon.Add(10*time.Hour))
		x := r.post("order.packed", nil, noon.Add(-10*time.Hour))
		require.Equal(t, "y", r.park().Port)
		r.route()
		require.Equal(t, []string{"race advanced", "race passed"}, []string{r.said(y), r.said(x)})
	})
}

// Accepting, routing and parking in every order: either the wait finds the event in the log when
// it opens, or its run will be woken and finds it then. Twice, with the routing in two parts.
func TestEventReachesItsWaitInEveryOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		moves := []func(r *race){
			func(r *race) { r.post("order.packed", nil) }, func(r *race) { r.route() }, func(r *race) { r.park() }, func(r *race) { r.route() },
		}
		key := 0
		for _, order := range orders(len(moves)) {
			key++
			r := newRace(t, s, strings.Replace(waitFor("", packed), "key: race", fmt.Sprint("key: race", key), 1), nil)
			for _, move := range order {
				moves[move](r)
			}
			r.route()
			r.reached(order)
		}
	})
}

// orders lists every order of n things.
func orders(n int) (list [][]int) {
	if n == 0 {
		return [][]int{{}}
	}
	for _, rest := range orders(n - 1) {
		for at := range n {
			list = append(list, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return list
}

// reached checks that the wait has got its event, or that the run is about to be told.
func (r *race) reached(what any) {
	r.Helper()
	_, step := r.stands()
	if step.LeftAt == nil {
		require.True(r, r.enrollment().WakePending, "%v: nobody will wake the run", what)
		r.arrive(r.at.Add(time.Minute))
		_, step = r.stands()
	}
	require.Equal(r, "got", step.Port, "%v", what)
	require.NotNil(r, step.LeftAt)
}

func TestEventReachesItsWaitWhenBothComeAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for n := range 40 {
			r := newRace(t, s, strings.Replace(waitFor("", packed), "key: race", fmt.Sprint("key: race", n), 1), nil)
			var both sync.WaitGroup
			both.Go(func() {
				r.post("order.packed", nil)
				r.route()
			})
			both.Go(func() {
				_, err := r.activities.Advance(context.Background(), names.AdvanceInput{
					Passage: r.in, Now: noon, Commands: []interpreter.Command{command(interpreter.Begin, ""), command(interpreter.Park, "")},
				})
				require.NoError(t, err)
			})
			both.Wait()
			r.route()
			r.reached(n)
		}
	})
}

// An event that may become the trigger of a running enrollment is the router's first: the run
// neither takes it nor times out before the router has spoken, and sleeps without a timer.
func TestWaitLeavesItsTriggerToTheRouter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRace(t, s, waitFor("on_repeat: update", "events: [{id: got, event: order.created}], timeout: 1h"), nil)
		r.park()
		again := r.post("order.created", map[string]any{"n": 2})
		o := r.arrive(r.at)
		require.Equal(t, interpreter.Parked, o.Kind)
		require.NotZero(t, o.Due)
		o = r.arrive(r.at.Add(2 * time.Hour))
		require.Equal(t, interpreter.Parked, o.Kind, "it is due, and the router has the word")
		require.Zero(t, o.Due, "a timer would only fire again at once")
		r.route()
		require.True(t, r.enrollment().WakePending)
		require.Equal(t, "race advanced", r.said(again))
		require.Equal(t, "timeout", r.arrive(r.at.Add(2*time.Hour)).Port)
		require.JSONEq(t, `{"n": 2}`, string(r.enrollment().TriggerData))
	})
}
