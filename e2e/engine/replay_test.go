package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
)

// The gate before another build: open runs fit the code that made them, and one whose code leads
// elsewhere is named.
func TestReplayOfOpenRuns(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	s.Publish("schema: 1\nkey: gate\nname: Gate\ntriggers: [{id: go, event: form.submitted}]\nstart: tag\nnodes:\n" +
		"  tag: {type: tag_add, with: {tag: seen}, next: rest}\n  rest: {type: wait, with: {for: 3d}, next: done}\n  done: {type: end}\n")
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
	e := s.Enrollment("gate", "ana@example.com", "waiting")
	parked(t, s, e) // an open task has recorded nothing that could differ
	var out strings.Builder
	gate := app.Replay{Store: s.App.Store(), Client: s.App.Temporal(), Definitions: worker.NewDefinitions(s.App.Store()), Out: &out}
	require.NoError(t, gate.Run(t.Context()))
	require.Equal(t, "1 runs fit this build, 0 do not; 0 active enrollments have no run\n", out.String())

	other := storetest.Open(t)
	var hash string
	var body []byte
	require.NoError(t, s.App.Store().Read(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Enrollment(e["id"].(string))
		require.NoError(t, err)
		hash = row.Hash
		body, err = tx.Definition(hash)
		return err
	}))
	require.NoError(t, other.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutDefinition(hash, []byte(strings.Replace(string(body), `"start":"tag"`, `"start":"rest"`, 1)))
	}))
	out.Reset()
	gate.Definitions = worker.NewDefinitions(other)
	require.ErrorContains(t, gate.Run(t.Context()), "1 runs do not fit")
	require.Contains(t, out.String(), e["id"].(string)+" does not fit: ")
}
