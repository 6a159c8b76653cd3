package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

func TestActivateRefusesWhatALivingWorkerDoesNotKnow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var out strings.Builder
		active := func() (version string) {
			_ = s.Read(t.Context(), func(tx *store.Tx) (err error) {
				version, err = tx.Meta(events.MetaInterpreter)
				return err
			})
			return version
		}
		require.ErrorContains(t, app.Activate(t.Context(), s, interpreter.Current+1, time.Now(), &out), "is not known to this build")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.AnnounceWorker("old", interpreter.Current-1, 0) }))
		require.ErrorContains(t, app.Activate(t.Context(), s, 0, time.Now(), &out), "worker old knows versions up to")
		require.Empty(t, active())
		// A worker that has said nothing for a while is gone.
		require.NoError(t, app.Activate(t.Context(), s, 0, time.Now().Add(5*time.Minute), &out))
		require.Equal(t, "1", active())
		require.Contains(t, out.String(), "is active")
	})
}
