package engine_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rewrite stores text with old replaced by new, which must be in it.
func rewrite(t *testing.T, path, text, old, replacement string) {
	t.Helper()
	require.Contains(t, text, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(text, old, replacement)), 0o600))
}
