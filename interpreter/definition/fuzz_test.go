package definition_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

// allowedCodes are all codes that a problem may have.
var allowedCodes = strings.Fields(`
	syntax too_large too_deep duplicate_key yaml too_many_problems
	unknown_key required invalid_type invalid_value invalid_template conflict duplicate
	unknown_type unknown_port unknown_target cycle_without_wait missing_reference not_available
	open_port unreachable same_target many_nodes no_exit no_unsubscribe inactive_target event_never_seen same_template
	unknown_operator missing_key missing_value unexpected_value empty_group empty_condition unknown_root
	invalid_path invalid_expression invalid_duration invalid_instant invalid_regex invalid_event`)

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{examples + "/*.yaml", "testdata/malformed/*.yaml", "testdata/malformed/*.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, path := range files {
			data, err := os.ReadFile(path)
			require.NoError(f, err)
			if len(data) < 8<<10 && !strings.HasSuffix(path, ".problems.json") {
				f.Add(data, strings.HasSuffix(path, ".yaml"))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, yaml bool) {
		d, problems := definition.Parse(data, yaml)
		requireAllowed(t, problems)
		if d == nil {
			require.True(t, definition.HasErrors(problems))
			return
		}
		requireAllowed(t, d.Validate(nil))
		for _, id := range d.Order {
			n := d.Nodes[id]
			_, _, _ = n.Summary(), n.MainPort(), d.InCycle(id)
		}
		canonical := d.Canonical()
		again, repeated := definition.Parse(canonical, false)
		require.NotNil(t, again, "%v", repeated)
		require.Equal(t, string(canonical), string(again.Canonical()))
		require.Equal(t, definition.HasErrors(problems), definition.HasErrors(repeated))
		if !definition.HasErrors(problems) {
			_, err := definition.ParseCanonical(canonical)
			require.NoError(t, err)
		}
	})
}

func requireAllowed(t *testing.T, problems []definition.Problem) {
	t.Helper()
	for _, p := range problems {
		if !slices.Contains(allowedCodes, p.Code) {
			t.Fatalf("code of %s", p)
		}
	}
}
