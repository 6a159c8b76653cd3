package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// mailing is a passage that stands before its mail, of a class.
func mailing(t *testing.T, s *store.Store, class string, server *postman) *passage {
	t.Helper()
	p := enroll(t, s, `{type: email, with: {to: ana@example.com, subject: Hi, body: Text., class: `+class+`}}`).outside(server)
	return p.change(func(_ *store.Enrollment, c *store.Contact) {
		c.Consent = store.JSON(`{"email": {"state": "subscribed", "source": "test"}}`)
	})
}

// forgets notes a gap.
func (p *passage) forgets(from, to time.Time) {
	p.Helper()
	require.NoError(p, p.store.Write(p.Context(), func(tx *store.Tx) error { return tx.AddGap(&store.Gap{FromAt: from, ToAt: to, Person: "Sam"}) }))
}

// rested adds a wait that the passage has been through; event is what ended it, nil for its time or a person.
func (p *passage) rested(node string, entered, due, left time.Time, event *events.Draft) {
	p.Helper()
	require.NoError(p, p.store.Write(p.Context(), func(tx *store.Tx) error {
		row := &store.Step{EnrollmentID: p.in.Enrollment, Node: node, Visit: 1, Type: "wait", Status: "done", EnteredAt: entered, DueAt: &due, LeftAt: &left}
		if event != nil {
			row.DecidedEventID = event.ID
			_, c, err := tx.LockEnrollmentContact(p.in.Enrollment)
			if err != nil {
				return err
			}
			event.Contact, event.Type, event.Source = c, "contract.signed", "api"
			if _, err := events.Append(tx, *event); err != nil {
				return err
			}
		}
		_, _, err := tx.InsertStep(row)
		return err
	}))
}

// What may have gone out in the time that a restored store does not know is unknown; what came up only after it goes out.
func TestMailAfterAGap(t *testing.T) {
	t.Parallel()
	from := time.Now().UTC().Truncate(time.Millisecond).Add(time.Hour) // everything that is there was in the backup
	at := func(hours float64) time.Time { return from.Add(time.Duration(hours * float64(time.Hour))) }
	draft := func(occurred, accepted float64) *events.Draft {
		return &events.Draft{ID: "evt_1", OccurredAt: at(occurred), Now: at(accepted)}
	}
	cases := map[string]struct {
		before func(p *passage)
		sent   bool
	}{
		"it stood before the mail":              {before: func(*passage) {}},
		"its wait ended in the gap":             {before: func(p *passage) { p.rested("w", at(-1), at(1), at(6), nil) }},
		"its wait ended after the gap":          {before: func(p *passage) { p.rested("w", at(-1), at(6), at(6), nil) }, sent: true},
		"somebody ended its wait after the gap": {before: func(p *passage) { p.rested("w", at(-1), at(8), at(6), nil) }},
		"an event of the gap came again":        {before: func(p *passage) { p.rested("w", at(-1), at(9), at(6), draft(2, 6)) }},
		"an event came after the gap":           {before: func(p *passage) { p.rested("w", at(-1), at(9), at(6), draft(6, 6)) }, sent: true},
		"an event of long ago came for the first time": {
			before: func(p *passage) { p.rested("w", at(-1), at(9), at(6), draft(-99, 6)) }, sent: true,
		},
		"a second wait would have ended in the gap, too": {before: func(p *passage) {
			p.rested("w", at(-1), at(1), at(6), nil)
			p.rested("x", at(6), at(7), at(7), nil)
		}},
		"a second wait would have ended after the gap": {before: func(p *passage) {
			p.rested("w", at(-1), at(1), at(6), nil)
			p.rested("x", at(6), at(12), at(12), nil)
		}, sent: true},
		"an event that a step of the gap makes": {before: func(p *passage) {
			e := draft(6, 6)
			e.Cause = &events.Cause{Enrollment: p.in.Enrollment, Workflow: "held", Node: "w", Visit: 1, Depth: 1}
			p.rested("w", at(-1), at(1), at(6), nil)
			p.rested("x", at(6), at(9), at(6), e)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				server := &postman{}
				p := mailing(t, s, "marketing", server)
				c.before(p)
				p.forgets(from, at(5))
				p.first(p.activities.Email)
				effect := p.landed()
				if c.sent {
					require.Equal(t, store.EffectDone, effect.State)
					require.Len(t, server.sent, 1)
					return
				}
				require.Equal(t, []any{store.EffectUnknown, 1}, []any{effect.State, effect.Copies})
				require.Empty(t, server.sent)
				send, _ := p.told()
				require.Equal(t, "unknown", send)
				require.NoError(t, p.activities.Resend(t.Context(), p.doubt()))
				require.Equal(t, store.EffectDone, p.landed().State)
				require.Len(t, server.sent, 1, "a person may send it all the same")
			})
		})
	}
}

// A passage that begins after the gap owes what it does to the event that let it in.
func TestPassageThatBeginsAfterAGap(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"an event of the gap comes again": true, "a new event": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				p, now, state := mailing(t, s, "marketing", &postman{}), noon, store.EffectDone
				p.forgets(now.Add(-3*time.Hour), now.Add(-time.Hour))
				trigger := events.Draft{ID: "evt_1", Type: "form.submitted", OccurredAt: now, Now: now, Source: "api"}
				if again {
					trigger.OccurredAt, state = now.Add(-2*time.Hour), store.EffectUnknown
				}
				p.change(func(e *store.Enrollment, _ *store.Contact) { e.StartedAt, e.TriggerEventID = now, trigger.ID })
				require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) (err error) {
					if _, trigger.Contact, err = tx.LockEnrollmentContact(p.in.Enrollment); err != nil {
						return err
					}
					_, err = events.Append(tx, trigger)
					return err
				}))
				p.first(p.activities.Email)
				require.Equal(t, state, p.landed().State)
			})
		})
	}
}

// What is sent at least once is sent, under the same key, and the ledger counts both.
func TestTransactionalMailAfterAGap(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := &postman{}
		p := mailing(t, s, "transactional", server)
		p.forgets(noon, time.Now().Add(time.Hour))
		p.first(p.activities.Email)
		effect := p.landed()
		require.Equal(t, []any{store.EffectDone, 2}, []any{effect.State, effect.Copies})
		require.Len(t, server.sent, 1)
	})
}

// What had failed at the backup may have succeeded since; what failed after the gap is tried again.
func TestFailedMailAndAGap(t *testing.T) {
	t.Parallel()
	for name, inGap := range map[string]bool{"before": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				server := &postman{fail: &activities.SendError{Code: "smtp_451"}}
				p := mailing(t, s, "marketing", server)
				p.first(p.activities.Email)
				require.Equal(t, store.EffectFailed, p.landed().State)
				if inGap {
					p.forgets(time.Now().Add(time.Minute), time.Now().Add(time.Hour))
				} else {
					p.forgets(noon.Add(-time.Hour), noon.Add(time.Hour))
				}
				server.fail = nil
				p.first(p.activities.Email)
				require.Equal(t, map[bool]string{true: store.EffectUnknown, false: store.EffectDone}[inGap], p.landed().State)
			})
		})
	}
}

// A passage that a step lets in owes what it does to when that step was reached.
func TestPassageThatAStepBeginsAfterAGap(t *testing.T) {
	t.Parallel()
	for name, due := range map[string]time.Duration{store.EffectUnknown: -2 * time.Hour, store.EffectDone: -time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				p := mailing(t, s, "marketing", &postman{})
				p.forgets(noon.Add(-3*time.Hour), noon.Add(-time.Hour))
				e := p.row()
				parent := *e
				parent.ID, parent.Workflow, parent.Key = store.NewID("enr"), "other", "parent"
				parent.StartedAt, parent.CreatedAt = noon.Add(-5*time.Hour), noon.Add(-5*time.Hour)
				cause, err := events.CauseOf(&parent, "enroll", 1)
				require.NoError(t, err)
				raw, err := store.ToJSON(cause)
				require.NoError(t, err)
				ends, left := noon.Add(due), noon
				require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.InsertEnrollment(&parent); err != nil {
						return err
					}
					wait := &store.Step{EnrollmentID: parent.ID, Node: "w", Visit: 1, Type: "wait", Status: "done", EnteredAt: parent.StartedAt, DueAt: &ends, LeftAt: &left}
					_, _, err := tx.InsertStep(wait)
					return err
				}))
				p.change(func(e *store.Enrollment, _ *store.Contact) { e.ParentID, e.Cause = parent.ID, raw })
				p.first(p.activities.Email)
				require.Equal(t, name, p.landed().State)
			})
		})
	}
}

// row is the enrollment as it stands.
func (p *passage) row() (e *store.Enrollment) {
	p.Helper()
	require.NoError(p, p.store.Read(p.Context(), func(tx *store.Tx) (err error) {
		e, err = tx.Enrollment(p.in.Enrollment)
		return err
	}))
	return e
}
