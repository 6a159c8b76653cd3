package composetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func writeKeys(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(root, "deploy", "compose-env"), file).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func TestKeysAreWrittenOnceAndForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	said := writeKeys(t, file)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	first, err := os.ReadFile(file)
	require.NoError(t, err)
	env := strings.Fields(string(first))
	require.Len(t, env, len(keys))
	for i, line := range env {
		name, value, _ := strings.Cut(line, "=")
		require.True(t, strings.HasPrefix(keys[i], name+"="), name)
		if i > 0 {
			require.GreaterOrEqual(t, len(value), 64, name)
		}
	}
	_, key, _ := strings.Cut(env[2], "=")
	require.Contains(t, said, key)
	require.Contains(t, said, "http://127.0.0.1:8080")

	require.Contains(t, writeKeys(t, file), key)
	second, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))

	other := filepath.Join(t.TempDir(), ".env")
	writeKeys(t, other)
	third, err := os.ReadFile(other)
	require.NoError(t, err)
	require.NotEqual(t, string(first), string(third))

	_, err = load(t.Context(), env)
	require.NoError(t, err)
}
