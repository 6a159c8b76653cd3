package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestNormaliseTakesOutWhatDiffersFromPersonToPerson(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"answer 401: request 17a-9 of ana@example.com":                                 "answer #: request # of ‹address›",
		`{"error": "no customer", "id": 12.5}`:                                         "{‹value›: ‹value›, ‹value›: #}",
		"dial tcp 127.0.0.1:8080: connect: connection refused":                         "dial tcp #: connect: connection refused",
		"dial tcp [2001:db8::1]:443: i/o timeout":                                      "dial tcp #: i/o timeout",
		"get https://a.example/x?token=abc: EOF":                                       "get ‹address› EOF",
		"field score holds many words, which is not a number":                          "field score holds ‹value›, which is not a number",
		"there is no secret calendar":                                                  "there is no secret calendar",
		"it doesn't fit, it won't":                                                     "it doesn't fit, it won't",
		"the value 'Ana' and “Bo” of con_01HZ\n  at 2026-03-02T09:00:00Z is not known": "the value ‹value› and ‹value› of # at # is not known",
	} {
		require.Equal(t, want, normalise(message), message)
	}
}

func TestBlameIsFoundByFamily(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"http_401": HelpsAfterSetting, "http_503": HelpsWhenBack, "http_418": HelpsAfterSetting, "smtp_550": HelpsAfterData, "smtp_unknown": HelpsWhenBack,
	} {
		known, ok := blameOf(code)
		require.True(t, ok, code)
		require.Equal(t, want, known.helps, code)
	}
	_, ok := blameOf("something_else")
	require.False(t, ok)
}

// waiting publishes a workflow, enrolls ada and leaves her at a wait.
func (b *bench) waiting() *store.Enrollment {
	b.Helper()
	b.publish("flow", object{
		"triggers": []any{object{"id": "go", "event": "form.submitted"}}, "exits": []any{object{"id": "out", "event": "order.canceled"}},
		"start": "nap", "nodes": object{"nap": object{"type": "wait", "with": object{"for": "1h"}, "next": "done"}, "done": object{"type": "end"}},
	})
	b.post("form.submitted", object{})
	b.drain()
	var e *store.Enrollment
	b.write(func(tx *store.Tx) (err error) {
		list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: "flow"}, store.Page{})
		if err != nil {
			return err
		}
		due := b.clock.now().Add(time.Hour)
		if e, _, err = tx.LockEnrollmentContact(list[0].ID); err != nil {
			return err
		}
		e.Status, e.Node, e.Visit, e.DueAt = store.StatusWaiting, "nap", 1, &due
		row := &store.Step{EnrollmentID: e.ID, Node: "nap", Visit: 1, Type: "wait", Status: "waiting", EnteredAt: b.clock.now(), DueAt: &due, PlannedAt: &due}
		if _, _, err = tx.InsertStep(row); err != nil {
			return err
		}
		return tx.SaveEnrollment(e)
	})
	return e
}

func (b *bench) enrollment(id string) *store.Enrollment {
	b.Helper()
	var e *store.Enrollment
	b.read(func(tx *store.Tx) (err error) {
		e, err = tx.Enrollment(id)
		return err
	})
	return e
}

// An event that ends the enrollment does so whether or not a person holds it.
func TestExitWinsOverAPersonsHold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		e := b.waiting()
		o := &Operator{Store: s, Definitions: b.router.Definitions, Now: b.clock.now}
		require.NoError(t, o.Hold(t.Context(), e.ID, "ask legal", "Sam"))
		require.Equal(t, "held", b.enrollment(e.ID).Status)
		b.post("order.canceled", object{})
		b.drain()
		require.Equal(t, "exited", b.enrollment(e.ID).Status)
	})
}

func TestReleasedHoldIsWhereItWas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		e := b.waiting()
		o := &Operator{Store: s, Definitions: b.router.Definitions, Now: b.clock.now}
		var refused *RefusedError
		require.ErrorAs(t, o.Release(t.Context(), e.ID, "", "Sam"), &refused, "nobody holds it")
		require.NoError(t, o.Hold(t.Context(), e.ID, "", "Sam"))
		held := b.enrollment(e.ID)
		require.Equal(t, []any{"held", "operator", "operator", (*time.Time)(nil)}, []any{held.Status, held.Reason, held.Hold, held.DueAt})
		require.ErrorAs(t, o.Release(t.Context(), e.ID, "next", "Sam"), &refused)
		require.Equal(t, "/port", refused.Pointer)
		require.NoError(t, o.Release(t.Context(), e.ID, "", "Sam"))
		free := b.enrollment(e.ID)
		require.Equal(t, []string{"waiting", "", ""}, []string{free.Status, free.Reason, free.Hold})
		require.Equal(t, *e.DueAt, free.DueAt.UTC())
		require.NoError(t, o.Hold(t.Context(), e.ID, "", "Sam"))
		require.NoError(t, o.Skip(t.Context(), e.ID, "", "Sam"))
		require.Empty(t, b.enrollment(e.ID).Hold, "who is sent on is not held any more")
	})
}

// Between the moment when a job finds somebody and the lock, that one may have moved on.
func TestOperateLooksAgainUnderTheLock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		found := b.waiting()
		k := &operateJob{operator: &Operator{Definitions: b.router.Definitions}}
		p := &OperateParams{Order: Order{Action: ActionExit}, Filter: Selection{Workflow: "flow", Node: "nap"}}
		b.write(func(tx *store.Tx) error {
			e, _, err := tx.LockEnrollmentContact(found.ID)
			if err != nil {
				return err
			}
			e.Node = "done"
			return tx.SaveEnrollment(e)
		})
		batch := &JobBatch{Job: &store.Job{ID: "job_1"}, Now: b.clock.now(), counts: map[string]int{}}
		b.write(func(tx *store.Tx) error { return k.each(tx, batch, p, []store.Enrollment{*found}) })
		require.Equal(t, map[string]int{CountMovedOn: 1}, batch.counts)
		require.True(t, b.enrollment(found.ID).Active)
	})
}
