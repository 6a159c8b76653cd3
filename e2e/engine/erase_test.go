package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"

	"fermata/e2e/harness"
	"fermata/e2e/sizes"
	"fermata/store/storetest"
)

// erasureNodes handle the contact in every way: sent, called, answered, asked about, written to us.
const erasureNodes = `
schema: 1
key: forget
name: Forget
triggers: [{id: go, event: form.submitted}]
start: a
nodes:
  a: {type: email, with: {subject: "For {{ contact.first_name }}", body: "{{ trigger.word }}", class: transactional}, next: b}
  b: {type: webhook, with: {url: "%[1]s/echo", body: {who: "{{ contact.last_name }}"}, save_as: answer}, next: c}
  c: {type: notify, with: {to: "team@example.com", subject: "{{ contact.first_name }} is here"}, next: d}
  d: {type: task_create, with: {title: "Call {{ contact.first_name }}"}, next: e}
  e: {type: branch, with: {branches: [{id: slow, when: {field: trigger.kind, op: eq, value: slow}}, {id: broken, when: {field: trigger.kind, op: eq, value: broken}}]}, next: {slow: f, broken: g, else: h}}
  f: {type: email, with: {subject: "Slowly, {{ contact.first_name }}", body: "slow", class: transactional}, next: i}
  g: {type: webhook, with: {url: "%[1]s/broken", body: {who: "{{ contact.last_name }}"}}, next: i}
  h: {type: wait, with: {for: 30d}, next: i}
  i: {type: email, with: {subject: "Later, {{ contact.first_name }}", body: "later", class: transactional}, next: j}
  j: {type: end}
`

// TestErasedContactsLeaveNoTrace erases contacts that wait, retry and are being written to: nothing
// of them is left in any table or history, and nothing is sent to them any more.
func TestErasedContactsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			erasing(t, harness.Start(t, harness.Options{Database: url}), url)
		})
	}
}

const vanishing = "Vanishcanary"

func erasing(t *testing.T, s *harness.System, url string) {
	t.Helper()
	s.HTTP.Handle("/echo", func(w http.ResponseWriter, c harness.Call) { _, _ = io.WriteString(w, c.Body) })
	s.HTTP.Handle("/broken", func(w http.ResponseWriter, c harness.Call) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, c.Body)
	})
	release, held := make(chan struct{}), make(chan struct{}, 10)
	waiting := sizes.Of(3, 498)
	kinds := append(slices.Repeat([]string{"waiting"}, waiting), "broken", "slow")
	people := make([]map[string]any, len(kinds))
	s.Publish(fmt.Sprintf(erasureNodes, s.HTTP.URL))
	for i, kind := range kinds {
		email := fmt.Sprintf("%s-%d@example.com", strings.ToLower(vanishing), i)
		if kind == "slow" {
			s.SMTP.Decide(email, func(m harness.Mail) error {
				if strings.Contains(m.Raw, "Slowly") {
					held <- struct{}{}
					<-release
				}
				return nil
			})
		}
		people[i] = map[string]any{"email": email, "first_name": vanishing, "last_name": vanishing, "phone": vanishing, "fields": map[string]any{"plan": vanishing}}
		s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": people[i], "data": map[string]any{"word": vanishing, "kind": kind}})
	}
	s.Eventually("everybody stands where they should", func() bool {
		return count(s, "forget", "waiting") == waiting && len(s.HTTP.On("/broken")) > 0 && len(held) == 1
	})
	passages := s.Items("/v1/enrollments?limit=500&workflow=forget")
	require.Len(t, passages, len(kinds))
	require.Contains(t, storetest.Dump(t, url), vanishing)

	for _, e := range passages {
		status, _ := s.Do("DELETE", "/v1/contacts/"+e["contact"].(map[string]any)["id"].(string), nil)
		require.Equal(t, http.StatusNoContent, status)
	}
	close(release)
	sent := len(s.SMTP.Mails())
	for i, e := range passages {
		var h *historypb.History
		s.Eventually("the run has closed", func() bool {
			h = history(t, s, e)
			return h.Events[len(h.Events)-1].GetWorkflowExecutionCompletedEventAttributes() != nil
		})
		require.NotContains(t, strings.ToLower(exported(t, h)), strings.ToLower(vanishing))
		listed, err := s.App.Temporal().DescribeWorkflowExecution(t.Context(), runID(e), "")
		require.NoError(t, err)
		for _, field := range listed.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields() {
			require.NotContains(t, strings.ToLower(string(field.GetData())), strings.ToLower(vanishing))
		}
		require.Empty(t, listed.GetWorkflowExecutionInfo().GetMemo().GetFields())
		ended := s.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
		require.Equal(t, "exited", ended["status"])
		require.Equal(t, "erased", ended["reason"])
		require.NotEmpty(t, ended["steps"], i)
	}
	// The mail that was under way is recorded as sent, without a word about to whom.
	s.Eventually("the mail under way is recorded", func() bool {
		for _, send := range s.Items("/v1/sends?workflow=forget") {
			if send["node"] == "f" {
				return send["state"] == "sent"
			}
		}
		return false
	})
	for line := range strings.SplitSeq(storetest.Dump(t, url), "\n") {
		require.NotContains(t, strings.ToLower(line), strings.ToLower(vanishing))
	}
	require.LessOrEqual(t, len(s.SMTP.Mails()), sent+1, "nothing but what was under way")
	for _, m := range s.SMTP.Mails() {
		require.NotContains(t, m.Raw, "Later")
	}
}
