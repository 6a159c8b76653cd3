package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/links"
	"fermata/store"
	"fermata/store/storetest"
)

const (
	approve = "decision=approved"
	reject  = "decision=rejected"
)

// askedOf is the API with somebody who waits at an approval that two people were asked.
type askedOf struct {
	*mailed
	enrollment string
	asks       [2]string
}

func setupAsked(t *testing.T, s *store.Store) *askedOf {
	t.Helper()
	a := &askedOf{mailed: setupMailed(t, s)}
	a.must(201, "POST", "/v1/workflows", object{
		"schema": 1, "key": "refund", "name": "Refunds", "start": "it", "triggers": []object{{"id": "go", "manual": true}},
		"exits": []object{{"id": "off", "event": "order.canceled"}}, "nodes": object{
			"it":  object{"type": "approval", "with": object{"to": "boss@team.example", "subject": "x", "forever": true}, "next": object{"approved": "end", "rejected": "end"}},
			"end": object{"type": "end"},
		},
	})
	a.must(200, "POST", "/v1/workflows/refund/publish", nil)
	a.must(200, "POST", "/v1/workflows/refund/enrollments", object{"contacts": []string{a.contact}})
	a.enrollment = path(t, a.must(200, "GET", "/v1/enrollments?workflow=refund", nil), "items").([]any)[0].(map[string]any)["id"].(string)
	due := a.clock.Now().Add(48 * time.Hour)
	a.change(func(tx *store.Tx, e *store.Enrollment) error {
		e.Status, e.Node, e.Visit = store.StatusWaiting, "it", 1
		if _, _, err := tx.InsertStep(&store.Step{
			EnrollmentID: e.ID, Node: "it", Visit: 1, Type: "approval", Title: "Ask", Status: "waiting", EnteredAt: a.clock.Now(), DueAt: &due,
			Input: store.JSON(`{"to": ["x"], "subject": "Refund <b>Ana</b>?", "text": "She says:\n\"no\" <script>alert(1)</script>"}`),
		}); err != nil {
			return err
		}
		for i, address := range []string{"boss@team.example", "eve@team.example"} {
			ask := &store.Ask{ID: store.NewID("ask"), EnrollmentID: e.ID, Node: "it", Visit: 1, Address: address, State: store.AskSent, CreatedAt: a.clock.Now()}
			a.asks[i] = ask.ID
			if err := tx.AddAsk(ask); err != nil {
				return err
			}
		}
		return nil
	})
	return a
}

func (a *askedOf) change(edit func(tx *store.Tx, e *store.Enrollment) error) {
	a.t.Helper()
	require.NoError(a.t, a.store.Write(a.t.Context(), func(tx *store.Tx) error {
		e, _, err := tx.LockEnrollmentContact(a.enrollment)
		if err != nil {
			return err
		}
		if err := edit(tx, e); err != nil {
			return err
		}
		return tx.SaveEnrollment(e)
	}))
}

// leaves closes the step as a run would.
func (a *askedOf) leaves(status, port, reason string) {
	a.t.Helper()
	a.change(func(tx *store.Tx, e *store.Enrollment) error {
		step, err := tx.Step(e.ID, "it", 1)
		if err != nil {
			return err
		}
		at := a.clock.Now()
		step.Status, step.Port, step.Reason, step.LeftAt = status, port, reason, &at
		return tx.SaveStep(step)
	})
}

func (a *askedOf) link(i int) string { return a.links.Answer(a.asks[i]) }

func TestLookingAtAQuestionDecidesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := setupAsked(t, s)
		for _, method := range []string{"GET", "HEAD"} {
			w := a.page(method, a.link(0), "")
			require.Equal(t, http.StatusOK, w.Code)
			require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
			require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		}
		page := a.page("GET", a.link(0)+"?decision=approved", "").Body.String()
		require.Contains(t, page, "Refund &lt;b&gt;Ana&lt;/b&gt;?")
		require.Contains(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;")
		require.NotContains(t, page, "<script")
		require.Contains(t, page, "Asked by the workflow Refunds.")
		require.Contains(t, page, "Answer until ")
		require.Equal(t, 2, strings.Count(page, "<button"))
		for body, media := range map[string]string{
			"": formType, "decision=": formType, "decision=yes": formType, approve + "&" + reject: formType, approve: "text/plain",
			`{"decision": "approved"}`: "application/json",
		} {
			w := a.page("POST", a.link(0), body, "Content-Type", media)
			require.Equal(t, http.StatusBadRequest, w.Code, body)
			require.Contains(t, w.Body.String(), "Nothing was decided")
		}
		require.Empty(t, a.events(events.TypeWorkflowDecided))
	})
}

func TestTheFirstAnswerDecides(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := setupAsked(t, s)
		for i, body := range []string{reject, approve, reject} {
			w := a.post(a.link((i+1)%2), body)
			require.Equal(t, http.StatusOK, w.Code, w.Body)
			require.Contains(t, w.Body.String(), "Rejected by eve@team.example on 20")
			require.NotContains(t, w.Body.String(), "<button")
		}
		found := a.events(events.TypeWorkflowDecided)
		require.Len(t, found, 1)
		require.Equal(t, object{
			"workflow": "refund", "enrollment": a.enrollment, "node": "it", "visit": 1.0, "decision": "rejected", "by": "eve@team.example",
		}, path(t, found[0], "data"))
		audit := a.must(200, "GET", "/v1/audit", nil)["items"].([]any)
		require.Equal(t, []any{"enrollment.answer", "eve@team.example", "enrollment:" + a.enrollment},
			[]any{path(t, audit[0], "action"), path(t, audit[0], "person"), path(t, audit[0], "subject")})

		a.leaves("exited", "", "off")
		require.Contains(t, a.page("GET", a.link(0), "").Body.String(), "It came too late to count")
	})
}

func TestAQuestionThatIsNotOpenSaysWhy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := setupAsked(t, s)
		for words, left := range map[string][3]string{
			"The time to answer is over": {"done", "timeout", ""},
			"An operator went on":        {"skipped", "approved", "operator"},
			"does not count any more":    {"canceled", "", events.ReasonMoved},
			"ended before":               {"exited", "", "off"},
		} {
			a.leaves(left[0], left[1], left[2])
			w := a.post(a.link(0), approve)
			require.Equal(t, http.StatusOK, w.Code)
			require.Contains(t, w.Body.String(), words)
			require.NotContains(t, w.Body.String(), "<button")
		}
		require.Empty(t, a.events(events.TypeWorkflowDecided))
		a.must(204, "DELETE", "/v1/contacts/"+a.contact, nil)
		w := a.post(a.link(0), approve)
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Contains(t, w.Body.String(), "This question is gone")
	})
}

// TestAnswerTokens: a token of another kind is good for nothing here, and this one for nothing else.
func TestAnswerTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := setupAsked(t, s)
		token := strings.TrimPrefix(a.link(0), mailBase+links.AnswerPath)
		for _, address := range []string{
			links.AnswerPath + strings.TrimPrefix(a.links.Unsubscribe(a.asks[0]), mailBase+links.UnsubscribePath),
			links.AnswerPath + token[:len(token)-1], links.AnswerPath + "x",
		} {
			for _, method := range []string{"GET", "POST"} {
				w := a.page(method, address, approve, "Content-Type", formType)
				require.Equal(t, http.StatusNotFound, w.Code, address)
				require.Contains(t, w.Body.String(), "This link does not work")
			}
		}
		require.Equal(t, http.StatusNotFound, a.page("POST", links.UnsubscribePath+token, oneClick, "Content-Type", formType).Code)
		require.Empty(t, a.events(events.TypeWorkflowDecided))
		require.Equal(t, http.StatusMethodNotAllowed, a.page("PUT", a.link(0), approve, "Content-Type", formType).Code)
	})
}
