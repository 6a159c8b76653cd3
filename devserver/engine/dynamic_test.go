package engine_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/dynamicconfig"
)

// The file for other servers is read without a complaint and turns fairness on, as ours has it.
func TestOtherServersAreToldToTakeTurns(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../deploy/temporal-dynamic.yaml")
	require.NoError(t, err)
	read := dynamicconfig.LoadYamlFile(raw)
	require.NoError(t, read.Err())
	require.Empty(t, read.Warnings)
	require.Equal(t, []dynamicconfig.ConstrainedValue{{Value: true}}, read.Map[dynamicconfig.MatchingEnableFairness.Key()])
}
