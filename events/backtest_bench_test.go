//go:build bench

package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// TestABacktestOfManyEvents prints how long 100,000 past events take.
func TestABacktestOfManyEvents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := backtestOf(setup(t, s), 100_000)
		t.Logf("%d events of %d contacts, %d passages in %s: %.0f events/s", r.Events, r.Contacts, r.Entered, r.Took.Round(time.Millisecond), r.PerSecond)
		require.Less(t, r.Took, 10*time.Minute)
	})
}
