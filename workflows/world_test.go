package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/e2e/harness"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
	"fermata/workflows"
)

func TestMain(m *testing.M) { harness.Main(m) }

// world is one enrollment on the real activities and a real store, in an
// environment whose clock skips what nobody does anything in.
type world struct {
	*testing.T
	env         *testsuite.TestWorkflowEnvironment
	store       *store.Store
	definitions *events.Definitions
	smtp        *harness.SMTP
	http        *harness.HTTP
	// begun is when the environment's clock starts.
	begun time.Time
}

// plain keeps secrets unsealed.
type plain struct{}

func (plain) Open(_ string, cipher, _ []byte) (string, error) { return string(cipher), nil }

func newWorld(t *testing.T, begun string, o workflows.Options) *world {
	t.Helper()
	at, err := time.Parse(time.RFC3339, begun)
	require.NoError(t, err)
	w := &world{
		T: t, store: storetest.Open(t), definitions: events.NewDefinitions(16),
		smtp: harness.StartSMTP(t), http: harness.StartHTTP(t), begun: at.UTC(),
	}
	quiet := slog.New(slog.DiscardHandler)
	suite := &testsuite.WorkflowTestSuite{}
	suite.SetLogger(log.NewStructuredLogger(quiet))
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetStartTime(w.begun)
	w.env.SetTestTimeout(time.Minute)
	mailer, err := activities.NewSMTP(w.smtp.URL())
	require.NoError(t, err)
	worker.Register(w.env, activities.New(activities.Config{
		Store: w.store, Definitions: w.definitions, Mailer: mailer, Caller: activities.NewCaller(true), Secrets: plain{},
		Gate: activities.NewGate(8, time.Now), Log: quiet, Now: time.Now, MailFrom: "Fermata <fermata@sink.test>",
	}), o)
	w.write(func(tx *store.Tx) error {
		return tx.SaveAccount(&store.Account{Timezone: "UTC", Currency: "USD", DefaultConsent: "subscribed"})
	})
	return w
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.Helper()
	require.NoError(w, w.store.Write(context.Background(), fn))
}

// publish makes the workflow of a document active.
func (w *world) publish(document string) *definition.Definition {
	w.Helper()
	def, problems := definition.Parse([]byte(document), true)
	require.NotNil(w, def)
	require.False(w, definition.HasErrors(append(problems, def.Validate(nil)...)), "%v", problems)
	canonical := def.Canonical()
	hash := definition.Hash(canonical)
	w.write(func(tx *store.Tx) error {
		if err := tx.PutDefinition(hash, canonical); err != nil {
			return err
		}
		if err := tx.CreateWorkflow(&store.Workflow{Key: def.Key, Name: def.Name, Status: store.WorkflowActive, Version: 1, Hash: hash}); err != nil {
			return err
		}
		var types []string
		for _, trigger := range def.Triggers {
			types = append(types, trigger.Event)
		}
		return tx.SetWorkflowEvents(def.Key, types)
	})
	return def
}

// accept posts an event at an instant and routes it.
func (w *world) accept(at time.Time, event string, contact, data map[string]any) {
	w.Helper()
	contact["email"] = address
	list, _, wrong := events.ParseIncoming(map[string]any{"type": event, "contact": contact, "data": data})
	require.Empty(w, wrong)
	now := func() time.Time { return at }
	_, wrong, err := (&events.Intake{Store: w.store, Now: now}).Accept(context.Background(), list)
	require.NoError(w, err)
	require.Empty(w, wrong)
	_, err = (&events.Router{Store: w.store, Definitions: w.definitions, Now: now, Log: slog.New(slog.DiscardHandler)}).Drain(context.Background())
	require.NoError(w, err)
}

const address = "ana@example.com"

// later posts an event when so much of the environment's time has passed, and wakes
// the run as the dispatcher does.
func (w *world) later(after time.Duration, event string, contact, data map[string]any) {
	w.env.RegisterDelayedCallback(func() {
		w.accept(w.env.Now().UTC(), event, contact, data)
		w.env.SignalWorkflow(names.SignalWake, nil)
	}, after)
}

// passes enrolls the contact and runs the enrollment to its end.
func (w *world) passes(def *definition.Definition, contact, data map[string]any) *store.Enrollment {
	w.Helper()
	w.accept(w.begun, def.Triggers[0].Event, contact, data)
	e := w.enrollment(def.Key)
	w.env.ExecuteWorkflow(names.Enrollment, names.Start{
		Enrollment: e.ID, Workflow: e.Workflow, Contact: e.ContactID, Version: e.Version, Hash: e.Hash,
		Interpreter: e.Interpreter, Epoch: e.Epoch,
	}, def.Canonical())
	require.True(w, w.env.IsWorkflowCompleted())
	require.NoError(w, w.env.GetWorkflowError())
	return w.enrollment(def.Key)
}

func (w *world) enrollment(workflow string) *store.Enrollment {
	w.Helper()
	var list []store.Enrollment
	require.NoError(w, w.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, _, err = tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow}, store.Page{Limit: 10})
		return err
	}))
	require.Len(w, list, 1)
	return &list[0]
}

func (w *world) steps(e *store.Enrollment) []store.Step {
	w.Helper()
	var list []store.Step
	require.NoError(w, w.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Steps(e.ID)
		return err
	}))
	return list
}

// requireLeft checks when each node was left, to the second; one timer does for a
// wait, so that nothing is early and nothing late.
func (w *world) requireLeft(e *store.Enrollment, want map[string]string) {
	w.Helper()
	got := map[string]string{}
	for _, s := range w.steps(e) {
		require.NotNil(w, s.LeftAt, s.Node)
		if want[s.Node] != "" {
			got[s.Node] = s.LeftAt.UTC().Format(time.RFC3339)
		}
	}
	require.Equal(w, want, got)
}
