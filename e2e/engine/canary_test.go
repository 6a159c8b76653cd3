package engine_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"fermata/e2e/harness"
)

// canaries are values that a passage handles, of every origin: the contact, its
// fields, the event, secrets, answers, errors, and what is rendered from them.
var canaries = map[string]string{
	"first name": "CanaryFirst", "last name": "CanaryLast", "mail address": "canary-mail@example.com", "phone": "+15550142",
	"field": "CanaryField", "event data": "CanaryEvent", "secret": "CanarySecret", "answer": "CanaryAnswer", "error text": "CanaryError",
	"mail text": "CanaryText", "tag": "CanaryTag", "external id": "CanaryExternal",
}

const canaryNodes = `
schema: 1
key: canary
name: Canary
triggers: [{id: go, event: form.submitted}]
exits: [{id: stop, event: form.canceled}]
start: a
nodes:
  a: {type: email, with: {subject: "{{ contact.first_name }} {{ trigger.word }}", body: "CanaryText for {{ contact.last_name }}", class: transactional}, next: b}
  b: {type: webhook, with: {url: "secret:canary", body: {plan: "{{ contact.plan }}"}, save_as: answer}, next: c}
  c: {type: branch, with: {branches: [{id: yes, when: {field: vars.answer.word, op: eq, value: CanaryAnswer}}]}, next: {yes: d}}
  d: {type: tag_add, with: {tag: "CanaryTag {{ trigger.word }}"}, next: e}
  e: {type: field_set, with: {field: plan, value: "{{ trigger.word }} CanaryField"}, next: f}
  f: {type: task_create, with: {title: "Call {{ contact.phone }}"}, next: g}
  g: {type: deal_create, with: {pipeline: sales, title: "{{ contact.first_name }}"}, next: h}
  h: {type: webhook, retry: {max: 2s}, on_error: continue, with: {url: "{{ trigger.broken }}/CanaryEvent"}, next: i}
  i: {type: wait, with: {for: 30d}, next: j}
  j: {type: end}
`

func TestHistoryHoldsNoData(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	s.Setup()
	s.Must("PUT", "/v1/secrets/canary", map[string]any{"value": s.HTTP.URL + "/CanarySecret"})
	s.HTTP.Handle("/CanarySecret", func(w http.ResponseWriter, _ harness.Call) { _, _ = w.Write([]byte(`{"word": "CanaryAnswer"}`)) })
	s.HTTP.Handle("/broken/CanaryEvent", func(w http.ResponseWriter, _ harness.Call) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("CanaryError"))
	})
	s.Publish(canaryNodes)
	mail := canaries["mail address"]
	s.Must("POST", "/v1/events", map[string]any{
		"type": "form.submitted", "data": map[string]any{"word": "CanaryEvent", "broken": s.HTTP.URL + "/broken"},
		"contact": map[string]any{
			"email": mail, "first_name": "CanaryFirst", "last_name": "CanaryLast", "phone": "+15550142", "external_id": "CanaryExternal",
			"fields": map[string]any{"plan": "CanaryField"},
		},
	})
	s.Enrollment("canary", mail, "waiting")
	// The canaries did pass through: they are in the timeline.
	require.Len(t, s.SMTP.To(mail), 1)
	require.Contains(t, s.SMTP.To(mail)[0].Raw, "CanaryText")
	require.Len(t, s.HTTP.On("/CanarySecret"), 1)
	s.Must("POST", "/v1/events", map[string]any{"type": "form.canceled", "contact": map[string]any{"email": mail}, "data": map[string]any{"why": "CanaryEvent"}})
	e := s.Enrollment("canary", mail, "exited")
	var h *historypb.History
	s.Eventually("the run has closed", func() bool {
		h = history(t, s, e)
		return h.Events[len(h.Events)-1].GetWorkflowExecutionCompletedEventAttributes() != nil
	})
	export := exported(t, h)
	for what, canary := range canaries {
		require.NotContains(t, export, canary, what)
	}
	require.Contains(t, export, e["id"].(string), "the export is the whole history")
}

// exported is everything that an export of a history shows: its JSON, the bytes of
// its payloads, and whatever looks like base64 in it, decoded.
func exported(t *testing.T, h *historypb.History) string {
	t.Helper()
	text := protojson.Format(h)
	raw, err := proto.Marshal(h)
	require.NoError(t, err)
	export := text + string(raw)
	for _, candidate := range regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}={0,2}`).FindAllString(export, -1) {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
			if decoded, err := encoding.DecodeString(candidate); err == nil {
				export += "\n" + string(decoded)
			}
		}
	}
	return export
}
