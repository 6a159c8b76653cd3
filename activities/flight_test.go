package activities_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/interpreter"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// outside makes the effects outside of a passage possible.
func (p *passage) outside(mailer activities.Mailer) *passage {
	p.activities.Gate = activities.NewGate(4, time.Now)
	p.activities.Caller = activities.NewCaller(true)
	p.activities.Mailer = mailer
	p.activities.MailFrom = "Fermata <news@example.com>"
	return p
}

// first makes the short attempt at the outward step.
func (p *passage) first(send func(context.Context, names.SendInput) (names.SendResult, error)) names.SendResult {
	p.Helper()
	result, err := send(p.Context(), names.SendInput{Passage: p.in, Now: noon, Node: "it", Visit: 1, First: true})
	require.NoError(p, err)
	return result
}

// landed waits until nothing is under way and returns the ledger row.
func (p *passage) landed() *store.Effect {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 20*time.Second)
	defer cancel()
	p.activities.Drain(ctx)
	require.NoError(p, ctx.Err())
	var effect *store.Effect
	require.NoError(p, p.store.Read(p.Context(), func(tx *store.Tx) (err error) {
		effect, err = tx.Effect(store.EffectRef{EnrollmentID: p.in.Enrollment, Node: "it", Visit: 1})
		return err
	}))
	return effect
}

func answers(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAnswerThatTheStoreCannotHoldIsRecordedAllTheSame(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"escaped NUL": `{"a": "x\u0000y", "k\u0000": ["\u0000"]}`, "binary": "GIF89a\x00\x01\xff\xfe", "text": "ok",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				p := enroll(t, s, `{type: webhook, with: {url: "`+answers(t, 200, body)+`", save_as: answer}}`).outside(nil)
				result := p.first(p.activities.Webhook)
				require.Equal(t, interpreter.Left, result.Occurrence.Kind)
				require.Equal(t, store.EffectDone, p.landed().State)
				_, step := p.stands()
				require.Equal(t, "done", step.Status)
			})
		})
	}
}

func TestRefusalInAnyAlphabetIsRecorded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		// 500 bytes end inside a character.
		p := enroll(t, s, `{type: webhook, with: {url: "`+answers(t, 400, strings.Repeat("…", 400)+"\x00")+`"}}`).outside(nil)
		require.Equal(t, "http_400", p.first(p.activities.Webhook).Occurrence.Code)
		require.Equal(t, store.EffectFailed, p.landed().State)
		_, step := p.stands()
		require.Contains(t, step.Error, "answer 400: …")
	})
}

func TestFailedCallKeepsItsAddressToItself(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.URL
	server.Close()
	p := enroll(t, storetest.Open(t), `{type: slack, with: {webhook: "`+address+`/services/T0KEN", text: Hello}}`).outside(nil)
	require.True(t, p.first(p.activities.Slack).Defer)
	effect := p.landed()
	_, step := p.stands()
	require.Equal(t, "connect", step.Reason)
	require.NotContains(t, step.Error+effect.Error, "T0KEN")
}

func TestEffectThatComesThroughAfterTheHoldWakesItsRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		free := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-free }))
		t.Cleanup(server.Close)
		p := enroll(t, s, `{type: webhook, with: {url: "`+server.URL+`"}}`).outside(nil)
		require.True(t, p.first(p.activities.Webhook).Defer)
		require.Equal(t, "held", p.advance(command(interpreter.Hold, interpreter.ReasonStepFailed))[0].Status)
		close(free)
		require.Equal(t, store.EffectDone, p.landed().State)
		e, step := p.stands()
		require.Equal(t, []string{"running", "", "done"}, []string{e.Status, e.Reason, step.Status})
		require.True(t, e.WakePending, "the run sleeps and must be told")
		require.Equal(t, interpreter.Left, p.advance(command(interpreter.Arrive, ""))[0].Kind)
	})
}

// bomb is a mailer that cannot stand a mail.
type bomb struct{}

func (bomb) Send(context.Context, outgoing.Message) error { panic("cannot stand it") }
func (bomb) Addr() string                                 { return "bomb" }

func TestPanicOfAnEffectEndsNothingButItself(t *testing.T) {
	t.Parallel()
	for class, state := range map[string]string{"marketing": "unknown", "transactional": "running"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			p := enroll(t, storetest.Open(t), `{type: email, with: {to: ana@example.com, subject: Hi, body: Text., class: `+class+`}}`).outside(bomb{})
			p.first(p.activities.Email)
			require.Equal(t, store.EffectUnknown, p.landed().State)
			_, step := p.stands()
			require.Equal(t, []string{state, "panic"}, []string{step.Status, step.Reason})
		})
	}
}

// trap is a mailer that has no name to be told.
type trap struct{ bomb }

func (trap) Addr() string { panic("ana@example.com") }

func TestPanicOfAStepTellsNobodyWhatItHeld(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: email, with: {to: ana@example.com, subject: Hi, body: Text.}}`).outside(trap{})
	_, err := p.activities.Email(t.Context(), names.SendInput{Passage: p.in, Now: noon, Node: "it", Visit: 1, First: true})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "ana@")
}
