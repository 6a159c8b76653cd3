package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
)

func TestPrivateTargetIsRefusedWhereItIsNotAllowed(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Change: func(settings *app.Settings) { settings.AllowPrivate = false }})
	s.Publish("\nschema: 1\nkey: inside\nname: Inside\ntriggers: [{id: go, event: form.submitted}]\nstart: a\nnodes:\n" +
		"  a: {type: webhook, with: {url: \"" + s.HTTP.URL + "\"}, next: {ok: b, error: c}}\n" +
		"  b: {type: end}\n  c: {type: slack, with: {webhook: \"" + s.HTTP.URL + "\", text: Hello}, on_error: fail}\n")
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
	e := s.Enrollment("inside", "ana@example.com", "failed")
	for i, status := range []string{"failed", "failed"} {
		step := e["steps"].([]any)[i].(map[string]any)
		require.Equal(t, status, step["status"])
		require.Equal(t, "private_target", step["reason"])
		require.InDelta(t, 1, step["attempts"], 0, "it is not tried again")
	}
	require.Empty(t, s.HTTP.Calls())
}
