package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A patch that no longer fits breaks nothing, and its rule stands unguarded.
func TestEveryPatchFitsTheCode(t *testing.T) {
	t.Parallel()
	patches, err := filepath.Glob("../../e2e/mutants/*.patch")
	require.NoError(t, err)
	require.NotEmpty(t, patches)
	for _, patch := range patches {
		check := exec.CommandContext(t.Context(), "git", "apply", "--check", filepath.Join("e2e/mutants", filepath.Base(patch)))
		check.Dir = "../.."
		out, err := check.CombinedOutput()
		require.NoError(t, err, "%s: %s", patch, out)
	}
}
