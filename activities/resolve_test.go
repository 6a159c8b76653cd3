package activities_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/events"
	"fermata/interpreter"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// postman is a mail server whose answers a test chooses.
type postman struct {
	mu   sync.Mutex
	sent []outgoing.Message
	fail error
}

func (p *postman) Send(_ context.Context, m outgoing.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return p.fail
}

func (p *postman) Addr() string { return "postman" }

// doubtful is a marketing mail of which nobody knows whether it went out.
func doubtful(t *testing.T, s *store.Store) (*passage, *postman) {
	t.Helper()
	server := &postman{fail: &activities.SendError{Code: "smtp_unknown", Unknown: true}}
	p := enroll(t, s, `{type: email, with: {to: ana@example.com, subject: Hi, body: Text.}}`).outside(server)
	p.change(func(_ *store.Enrollment, c *store.Contact) {
		c.Consent = store.JSON(`{"email": {"state": "subscribed", "source": "test"}}`)
	})
	p.first(p.activities.Email)
	require.Equal(t, store.EffectUnknown, p.landed().State)
	_, step := p.stands()
	require.Equal(t, "unknown", step.Status)
	server.fail = nil
	return p, server
}

func (p *passage) doubt() outgoing.Doubt {
	return outgoing.Doubt{Enrollment: p.in.Enrollment, Node: "it", Person: "Sam"}
}

// told lists the state of the mail, and how often the log says that it was sent.
func (p *passage) told() (send string, times int) {
	p.Helper()
	require.NoError(p, p.store.Read(p.Context(), func(tx *store.Tx) error {
		sends, _, err := tx.ListSends(store.SendFilter{Enrollment: p.in.Enrollment}, store.Page{Limit: 10})
		if err != nil {
			return err
		}
		require.Len(p, sends, 1)
		send = sends[0].State
		list, _, err := tx.ListEvents(store.EventFilter{Type: "email.sent"}, store.Page{Limit: 10})
		times = len(list)
		return err
	}))
	return send, times
}

func TestMarkSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p, server := doubtful(t, s)
		require.NoError(t, p.activities.MarkSent(t.Context(), p.doubt()))
		require.Equal(t, store.EffectDone, p.landed().State)
		_, step := p.stands()
		require.Equal(t, []string{"done", "operator"}, []string{step.Status, step.Reason})
		send, times := p.told()
		require.Equal(t, store.SendSent, send)
		require.Equal(t, 1, times)
		require.Len(t, server.sent, 1, "nothing goes out by it")
		var refused *events.RefusedError
		require.ErrorAs(t, p.activities.MarkSent(t.Context(), p.doubt()), &refused, "it is known now")
		require.ErrorAs(t, p.activities.Resend(t.Context(), p.doubt()), &refused)
		none := p.doubt()
		none.Enrollment = "enr_none"
		require.ErrorIs(t, p.activities.MarkSent(t.Context(), none), store.ErrNotFound)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			audit, _, err := tx.ListAudit("", store.Page{Limit: 10})
			require.Len(t, audit, 1)
			require.Equal(t, []string{"enrollment.mark_sent", "Sam"}, []string{audit[0].Action, audit[0].Person})
			return err
		}))
	})
}

func TestResend(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p, server := doubtful(t, s)
		var refused *events.RefusedError
		other := p.doubt()
		other.Visit = 2
		require.ErrorAs(t, p.activities.Resend(t.Context(), other), &refused, "another visit")

		server.fail = &activities.SendError{Code: "smtp_451"}
		require.NoError(t, p.activities.Resend(t.Context(), p.doubt()))
		effect := p.landed()
		require.Equal(t, store.EffectUnknown, effect.State, "that this one failed says nothing about the first")
		require.Equal(t, 1, effect.Copies)
		_, step := p.stands()
		require.Equal(t, []string{"unknown", "smtp_451"}, []string{step.Status, step.Reason})

		server.fail = nil
		require.NoError(t, p.activities.Resend(t.Context(), p.doubt()))
		effect = p.landed()
		require.Equal(t, store.EffectDone, effect.State)
		require.Equal(t, 2, effect.Copies, "it may have gone out twice, and says so")
		_, step = p.stands()
		require.Equal(t, []string{"done", ""}, []string{step.Status, step.Reason})
		require.NotEmpty(t, step.Result)
		require.Len(t, server.sent, 3)
		require.Equal(t, server.sent[0].ID, server.sent[2].ID, "under one key")
		send, times := p.told()
		require.Equal(t, store.SendSent, send)
		require.Equal(t, 1, times)
		require.ErrorAs(t, p.activities.Resend(t.Context(), p.doubt()), &refused)
	})
}

func TestResendAsksForConsent(t *testing.T) {
	t.Parallel()
	p, server := doubtful(t, storetest.Open(t))
	p.change(func(_ *store.Enrollment, c *store.Contact) {
		c.Consent = store.JSON(`{"email": {"state": "unsubscribed", "source": "test"}}`)
	})
	var refused *events.RefusedError
	require.ErrorAs(t, p.activities.Resend(t.Context(), p.doubt()), &refused)
	require.Contains(t, refused.Message, "unsubscribed")
	require.Len(t, server.sent, 1)
	require.Equal(t, store.EffectUnknown, p.landed().State)
	require.NoError(t, p.activities.MarkSent(t.Context(), p.doubt()), "that it was sent can be said all the same")
}

func TestAttemptThatDiedCanBeResolved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p, _ := doubtful(t, s)
		ref := store.EffectRef{EnrollmentID: p.in.Enrollment, Node: "it", Visit: 1}
		claim := func(lease int) {
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
				claimed, err := tx.ReclaimUnknown(ref, "of the dead", time.Duration(lease)*time.Second)
				require.True(t, claimed)
				return err
			}))
		}
		claim(600)
		var refused *events.RefusedError
		require.ErrorAs(t, p.activities.MarkSent(t.Context(), p.doubt()), &refused, "somebody is at work on it")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.GiveBackUnknown(ref, "of the dead", "", false)
			return err
		}))
		claim(-1)
		require.NoError(t, p.activities.MarkSent(t.Context(), p.doubt()))
		require.Equal(t, store.EffectDone, p.landed().State)
	})
}

// An exit took the contact away while a worker died over the mail: what became of it can be said, and
// changes nothing else; it is not sent again behind the exit.
func TestEffectOfAnExitedStepCanBeSaidToBeSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p, server := doubtful(t, s)
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			steps, err := tx.Steps(p.in.Enrollment)
			if err != nil {
				return err
			}
			steps[0].Status, steps[0].Reason = "exited", "bought"
			return tx.SaveStep(&steps[0])
		}))
		var refused *events.RefusedError
		require.ErrorAs(t, p.activities.Resend(t.Context(), p.doubt()), &refused)
		require.Contains(t, refused.Hint, "mark_sent")
		require.NoError(t, p.activities.MarkSent(t.Context(), p.doubt()))
		require.Equal(t, store.EffectDone, p.landed().State)
		_, step := p.stands()
		require.Equal(t, []string{"exited", "bought"}, []string{step.Status, step.Reason})
		send, times := p.told()
		require.Equal(t, store.SendSent, send)
		require.Equal(t, 1, times)
		require.Len(t, server.sent, 1)
	})
}

func TestMarkSentLetsAHeldStepGoOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := &postman{fail: &activities.SendError{Code: "smtp_unknown", Unknown: true}}
		p := enroll(t, s, `{type: email, with: {to: ana@example.com, subject: Hi, body: Text., class: transactional}}`).outside(server)
		p.first(p.activities.Email)
		p.landed()
		require.Equal(t, "held", p.advance(command(interpreter.Hold, interpreter.ReasonStepFailed))[0].Status)
		var refused *events.RefusedError
		require.ErrorAs(t, p.activities.Resend(t.Context(), p.doubt()), &refused)
		require.Contains(t, refused.Hint, "retry")
		require.NoError(t, p.activities.MarkSent(t.Context(), p.doubt()))
		e, step := p.stands()
		require.Equal(t, []string{"running", "", "done"}, []string{e.Status, e.Reason, step.Status})
		require.True(t, e.WakePending, "the run sleeps and must be told")
		require.Equal(t, interpreter.Left, p.advance(command(interpreter.Arrive, ""))[0].Kind)
	})
}
