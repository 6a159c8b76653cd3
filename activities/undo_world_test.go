package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/store"
)

// shop is one contact's passages through several workflows, their commands given by hand.
type shop struct {
	*testing.T
	store       *store.Store
	activities  *activities.Activities
	definitions *events.Definitions
	who         string
	now         time.Time
	nudge       func()
}

func newShop(t *testing.T, s *store.Store) *shop {
	t.Helper()
	w := &shop{T: t, store: s, definitions: events.NewDefinitions(8), now: noon, nudge: func() {}}
	w.activities = activities.New(activities.Config{
		Store: s, Definitions: w.definitions, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return noon }, Nudge: func() { w.nudge() },
	})
	w.write(func(tx *store.Tx) error {
		c := &store.Contact{Fields: store.JSON(`{"plan": "silver"}`)}
		err := errors.Join(
			tx.CreateContact(c), tx.CreateCourse(&store.Course{Key: "guitar", Name: "Guitar"}),
			tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: []store.Stage{
				{Key: "new", Name: "New", Kind: "open"}, {Key: "won", Name: "Won", Kind: "won"}, {Key: "refunded", Name: "Refunded", Kind: "lost"},
			}}),
		)
		w.who = c.ID
		_, _, tagged := tx.AddContactTag(c.ID, "old")
		return errors.Join(err, tagged)
	})
	return w
}

func (w *shop) write(do func(*store.Tx) error) {
	w.Helper()
	require.NoError(w, w.store.Write(context.Background(), do))
}

func (w *shop) read(do func(*store.Tx) error) {
	w.Helper()
	require.NoError(w, w.store.Read(context.Background(), do))
}

// workflow publishes a workflow that is correlated by trigger.order.
func (w *shop) workflow(key, nodes string) {
	w.Helper()
	def, problems := definition.Parse([]byte("schema: 1\nkey: "+key+"\nname: "+key+
		"\nsettings: {correlate: trigger.order}\nstart: a\nnodes:\n"+nodes), true)
	require.Empty(w, problems)
	hash := definition.Hash(def.Canonical())
	w.write(func(tx *store.Tx) error {
		return errors.Join(tx.PutDefinition(hash, def.Canonical()), tx.CreateWorkflow(
			&store.Workflow{Key: key, Name: key, Status: store.WorkflowActive, Version: 1, Hash: hash},
		))
	})
}

// enters enrolls the contact for an order.
func (w *shop) enters(key, order string, test ...bool) names.Passage {
	w.Helper()
	var in names.Passage
	w.write(func(tx *store.Tx) error {
		c, err := tx.LockContact(w.who)
		if err != nil {
			return err
		}
		workflow, err := tx.Workflow(key)
		if err != nil {
			return err
		}
		def, err := w.definitions.Load(tx, workflow.Hash)
		if err != nil {
			return err
		}
		done, err := events.Enroll(tx, events.EnrollInput{
			Contact: c, Workflow: workflow, Def: def, Hash: workflow.Hash, Version: 1, Now: w.now,
			Data: map[string]any{"order": order}, Test: len(test) > 0,
		})
		require.Equal(w, events.VerdictEnrolled, done.Verdict)
		in = w.passage(done.Enrollment)
		return err
	})
	return in
}

func (w *shop) passage(e *store.Enrollment) names.Passage {
	return names.Passage{Enrollment: e.ID, Hash: e.Hash, Interpreter: interpreter.Current, Epoch: e.Epoch}
}

// acts carries out the actions at nodes, in order, each for the nth time.
func (w *shop) acts(in names.Passage, visit int, nodes ...string) ([]interpreter.Occurrence, error) {
	commands := make([]interpreter.Command, len(nodes))
	for i, node := range nodes {
		commands[i] = interpreter.Command{Kind: interpreter.Act, Node: node, Visit: visit, Port: "next"}
	}
	result, err := w.activities.Advance(context.Background(), names.AdvanceInput{Passage: in, Now: w.now, Commands: commands})
	return result.Occurrences, err
}

func (w *shop) did(in names.Passage, nodes ...string) {
	w.Helper()
	occurrences, err := w.acts(in, 1, nodes...)
	require.NoError(w, err)
	require.Len(w, occurrences, len(nodes))
	for _, o := range occurrences {
		require.Equal(w, interpreter.Left, o.Kind, "%+v", o)
	}
}

// undoes runs the workflow called undo+key for an order and returns the result of its step.
func (w *shop) undoes(key, order string) undone {
	w.Helper()
	name := "undo-" + key
	if !w.has(name) {
		w.workflow(name, `  a: {type: undo, with: {workflow: `+key+`, correlate: "{{ trigger.order }}"}}`)
	}
	in := w.enters(name, order)
	w.did(in, "a")
	w.write(func(tx *store.Tx) error {
		e, err := tx.LockEnrollment(in.Enrollment)
		if err != nil {
			return err
		}
		return events.End(tx, e, store.StatusCompleted, "success", "", w.now)
	})
	return w.result(in)
}

func (w *shop) has(key string) (there bool) {
	w.read(func(tx *store.Tx) error {
		_, err := tx.Workflow(key)
		there = err == nil
		return nil
	})
	return there
}

// undone is what people read of an undo.
type undone struct {
	Enrollments int
	Ended       []string
	Undone      []line
	NotUndone   []line `json:"not_undone"`
	More        bool
}

type line struct{ Workflow, Node, What, Reason, By string }

// told are the lines of an undo as short texts.
func told(lines []line) []string {
	out := []string{}
	for _, l := range lines {
		text := l.Node + ": " + l.What
		if l.Reason != "" {
			text += ", " + l.Reason
		}
		if l.By != "" {
			text += " " + l.By
		}
		out = append(out, text)
	}
	return out
}

func (w *shop) result(in names.Passage) (said undone) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		step, err := tx.Step(in.Enrollment, "a", 1)
		if err != nil {
			return err
		}
		require.Equal(w, "done", step.Status)
		require.Equal(w, 1, step.Attempts)
		return json.Unmarshal(step.Result, &said)
	})
	return said
}

// stands is everything that a workflow may have changed.
func (w *shop) stands() map[string]any {
	w.Helper()
	state := map[string]any{}
	w.read(func(tx *store.Tx) error {
		c, err := tx.Contact(w.who)
		fields := map[string]any{}
		tags, errTags := tx.ContactTags(w.who)
		courses, errCourses := tx.ContactCourses(w.who)
		deals, errDeals := tx.DealsOfContact(w.who, "")
		tasks, _, errTasks := tx.ListTasks(store.TaskFilter{Contact: w.who}, store.Page{})
		err = errors.Join(err, errTags, errCourses, errDeals, errTasks, c.Fields.Decode(&fields))
		state["fields"], state["tags"], state["tasks"] = fields, tags, len(tasks)
		access := []string{}
		for _, course := range courses {
			access = append(access, course.Course+" "+course.Status)
		}
		dealt := []string{}
		for _, deal := range deals {
			dealt = append(dealt, deal.Stage+" "+deal.Status+" "+deal.Owner)
		}
		state["courses"], state["deals"] = access, dealt
		return err
	})
	return state
}

// logged counts events of the contact.
func (w *shop) logged(typ string) (n int) {
	w.read(func(tx *store.Tx) error {
		list, err := tx.EventsAfter(w.who, 0, []string{typ}, 1000)
		n = len(list)
		return err
	})
	return n
}

func (w *shop) enrollment(in names.Passage) (e *store.Enrollment) {
	w.read(func(tx *store.Tx) (err error) {
		e, err = tx.Enrollment(in.Enrollment)
		return err
	})
	return e
}

func (w *shop) route() {
	w.Helper()
	router := &events.Router{Store: w.store, Definitions: w.definitions, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler)}
	_, err := router.Drain(context.Background())
	require.NoError(w, err)
}

// inside finds the contact's passage through a workflow.
func (w *shop) inside(key string) []names.Passage {
	w.Helper()
	var list []names.Passage
	w.read(func(tx *store.Tx) error {
		rows, _, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: key}, store.Page{})
		for i := range rows {
			list = append(list, w.passage(&rows[i]))
		}
		return err
	})
	return list
}
