package activities

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGateForgetsDestinationsThatAreOver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	g := NewGate(4, func() time.Time { return now })
	for i := range 10_000 {
		now = now.Add(time.Second)
		for range 1 + i%3 {
			leave, allowed := g.Enter(fmt.Sprintf("host%d.example", i))
			require.True(t, allowed)
			leave(false)
		}
		require.LessOrEqual(t, len(g.strikes)+len(g.closed), 2*gateFull)
	}
	_, allowed := g.Enter("host9998.example")
	require.False(t, allowed, "what is not over is remembered")
}
