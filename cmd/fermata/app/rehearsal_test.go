package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/api"
	"fermata/api/gen"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func TestExamplesRehearseOnAFreshInstallation(t *testing.T) {
	t.Parallel()
	s := storetest.OpenURL(t, storetest.SQLite(t))
	missing := map[string][]any{}
	for _, name := range []string{"agency-onboarding", "post-purchase", "refund"} {
		raw, err := os.ReadFile(filepath.Join("../../../examples", name+".yaml"))
		require.NoError(t, err)
		def, problems := definition.Parse(raw, true)
		require.Empty(t, problems)
		contact := json.RawMessage(`{"email": "ana@example.com"}`)
		order := json.RawMessage(`{"order_id": "A-1", "product": "program-a", "amount": 497}`)
		var result *gen.RehearseResult
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			result, err = rehearseDefinition(t.Context(), def, gen.RehearseRequest{Contact: &contact, Trigger: &gen.RehearseTrigger{Data: &order}}, api.Lookups{Tx: tx})
			return err
		}))
		require.Equal(t, "completed", result.Status, "%s: %v", name, result.Steps)
		for _, step := range result.Steps {
			if step.Effect == nil {
				continue
			}
			var effect struct{ Missing []any }
			require.NoError(t, json.Unmarshal(*step.Effect, &effect))
			missing[name] = append(missing[name], effect.Missing...)
		}
	}
	require.Equal(t, []any{"course program-a", "pipeline sales"}, missing["post-purchase"])
	require.Equal(t, []any{"course program-a", "pipeline sales"}, missing["refund"])
	require.Equal(t, []any{"pipeline clients"}, missing["agency-onboarding"])
}
