package datadir_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/devserver/datadir"
)

func TestSecondOwnerIsRefusedUntilTheFirstLeaves(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b")
	first, err := datadir.Open(path)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(path, "x.db"), first.Path("x.db"))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	_, err = datadir.Open(path)
	require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid()))
	require.ErrorContains(t, err, "FERMATA_DATA_DIR")

	require.NoError(t, first.Close())
	second, err := datadir.Open(path)
	require.NoError(t, err)
	require.NoError(t, second.Close())
}
