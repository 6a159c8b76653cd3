package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestAnalyticsOfAWorkflowThatNobodyEntered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "welcome", "name": "Welcome", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "hello", "nodes": {"hello": {"type": "end"}}}`)
		a := f.must(http.StatusOK, "GET", "/v1/workflows/welcome/analytics", nil)
		require.EqualValues(t, 0, a["enrolled"])
		require.Nil(t, a["completion_rate"])
		require.Len(t, a["series"], 30, "thirty days, today included")
		require.Len(t, a["nodes"], 1, "every node of the version")
		o := f.must(http.StatusOK, "GET", "/v1/overview", nil)
		require.Len(t, o["workflows"], 1)
		require.Equal(t, http.StatusNotFound, f.call("GET", "/v1/workflows/nobody/analytics", nil).status)
	})
}
