package api

import (
	"context"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestStoreAwayIsNeverAccepted(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	blocked, done := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.Write(context.Background(), func(*store.Tx) error {
			close(blocked)
			<-done
			return nil
		})
	}()
	<-blocked
	defer close(done)
	for _, one := range []struct {
		url  string
		body object
	}{{"/v1/events", purchase()}, {"/v1/tasks", object{"title": "x"}}} {
		began := time.Now()
		a := f.call("POST", one.url, one.body)
		require.Equal(t, 503, a.status, a.body)
		require.Equal(t, "2", a.header.Get("Retry-After"))
		require.Contains(t, a.body, `"unavailable"`)
		require.Less(t, time.Since(began), 2500*time.Millisecond)
	}
	require.Equal(t, 200, f.call("GET", "/v1/tasks", nil).status, "reading goes on")
}

func TestStoreGoneAnswers503(t *testing.T) {
	t.Parallel()
	url, cut := throughProxy(t, storetest.Postgres(t))
	f := setup(t, storetest.OpenURL(t, url))
	f.must(202, "POST", "/v1/events", purchase())
	f.must(200, "GET", "/readyz", nil)
	cut()
	for url, body := range map[string]object{"/v1/events": purchase(), "/v1/tasks": {"title": "x"}} {
		began := time.Now()
		a := f.call("POST", url, body)
		require.Equal(t, 503, a.status, a.body)
		require.Less(t, time.Since(began), 2500*time.Millisecond)
	}
	a := f.call("GET", "/v1/contacts", nil)
	require.Equal(t, 503, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, 503, f.call("GET", "/readyz", nil).status)
	require.Equal(t, 200, f.call("GET", "/healthz", nil).status)
}

// throughProxy returns a database's URL through a proxy, and what cuts every connection for good.
func throughProxy(t *testing.T, database string) (through string, cut func()) {
	t.Helper()
	target, err := url.Parse(database)
	require.NoError(t, err)
	network, address := "tcp", target.Host
	if dir := target.Query().Get("host"); dir != "" {
		network, address = "unix", filepath.Join(dir, ".s.PGSQL.5432")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, address)
			if err != nil {
				_ = near.Close()
				continue
			}
			context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
		}
	}()
	cut = func() {
		_ = listener.Close()
		cancel()
	}
	t.Cleanup(cut)
	query := target.Query()
	query.Del("host")
	query.Set("sslmode", "disable")
	target.Host, target.RawQuery = listener.Addr().String(), query.Encode()
	return target.String(), cut
}
