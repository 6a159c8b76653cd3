package api

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

func TestServerRefusesLargeHeaders(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	server := NewHTTPServer(f.handler)
	require.Equal(t, 5*time.Second, server.ReadHeaderTimeout)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	for size, want := range map[int]int{8 << 10: 200, 40 << 10: 431} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/healthz", nil)
		require.NoError(t, err)
		r.Header.Set("X-Long", strings.Repeat("x", size))
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, want, answer.StatusCode)
	}
}

// endless is a body that never ends and counts what was taken from it.
type endless struct{ taken int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '['
	}
	e.taken += len(p)
	return len(p), nil
}

func TestEndlessBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for _, url := range []string{"/v1/events", "/v1/tags", "/v1/workflows", "/v1/validate", "/v1/enrollments/x/retry"} {
		body := &endless{}
		require.Equal(t, 413, f.call("POST", url, body).status, url)
		require.LessOrEqual(t, body.taken, 4*maxBody, url)
	}
	body := &endless{}
	require.GreaterOrEqual(t, f.call("POST", "/v1/files", body, withType("multipart/form-data; boundary=x")).status, 400)
	require.LessOrEqual(t, body.taken, 2*maxFile)
}

func TestDeepBodiesCostLittle(t *testing.T) {
	t.Parallel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, unit := range []string{"[", `{"a":`, `[{"a":`} {
		_, err := readJSON([]byte(strings.Repeat(unit, 10_000)))
		require.ErrorContains(t, err, "validation", fmt.Sprint(unit))
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20), "other tests included")
}
