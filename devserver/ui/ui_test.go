package ui_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/devserver/engine"
	"fermata/devserver/loopback"
	"fermata/devserver/ui"
)

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(body)
}

func TestPageAndNamespaceAreServedUntilStop(t *testing.T) {
	t.Parallel()
	e, err := engine.Start(t.Context(), engine.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Stop()) })
	s, err := ui.Start(t.Context(), ui.Options{Addr: "127.0.0.1:0", Temporal: e.Addr(), Namespace: e.Namespace()})
	require.NoError(t, err)
	t.Cleanup(s.Stop)

	page, body := get(t, "http://"+s.Addr()+"/namespaces/default/workflows")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, body, "<html")
	require.NotEmpty(t, page.Header.Get("Content-Security-Policy"))
	api, body := get(t, "http://"+s.Addr()+"/api/v1/namespaces/default")
	require.Equal(t, http.StatusOK, api.StatusCode)
	require.Contains(t, body, "7776000s") // 90 days of retention

	s.Stop()
	host, port, err := loopback.Split(s.Addr())
	require.NoError(t, err)
	_, _, err = loopback.Resolve(t.Context(), loopback.Join(host, port))
	require.NoError(t, err)
}

func TestTakenPortIsAnError(t *testing.T) {
	t.Parallel()
	s, err := ui.Start(t.Context(), ui.Options{Addr: "127.0.0.1:0", Temporal: "127.0.0.1:1", Namespace: "default"})
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	_, err = ui.Start(t.Context(), ui.Options{Addr: s.Addr(), Temporal: "127.0.0.1:1"})
	require.ErrorContains(t, err, s.Addr())
}
