package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/worker"
)

func TestWorkerIsReadyWhileItAsksForWorkItself(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := &health{
		app:     &App{o: Options{Worker: worker.Options{Identity: "mine"}}},
		pollers: &pollers{queue: "fermata", now: func() time.Time { return now }, readAt: now},
	}
	h.pollers.last = map[string][]string{pollWorkflow: {"another", "mine"}, pollActivity: {"mine"}}
	require.NoError(t, h.ownPollers(t.Context()))
	h.pollers.last = map[string][]string{pollWorkflow: {"another", "mine"}, pollActivity: {"another"}}
	require.EqualError(t, h.ownPollers(t.Context()), "worker: it does not ask for activity tasks of queue fermata")
}
