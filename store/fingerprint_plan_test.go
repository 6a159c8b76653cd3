package store

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFingerprintsScanNoLargeTable: they are made every second. Only the tables that are as large as
// what people draw may be read without an index.
func TestFingerprintsScanNoLargeTable(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/plan.db")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	scan := regexp.MustCompile(`^SCAN (\w+)( USING)?`)
	for kind, queries := range prints {
		for _, query := range queries {
			for _, step := range plan(t, s, query) {
				found := scan.FindStringSubmatch(step)
				require.True(t, found == nil || found[2] != "" || found[1] == "workflows", "%s: %s\n%s", kind, step, query)
			}
		}
	}
}

func plan(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+strings.ReplaceAll(query, "?", "'x'"))
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	return steps
}
