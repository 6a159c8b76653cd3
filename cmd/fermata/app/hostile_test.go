package app

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
)

// hostileMemory bounds what hostile clients may cost, in bytes, the test's own part included.
const hostileMemory = 100 << 20

// TestHostileClientsCostLittleAndHoldUpNobody: clients that send slowly, never read, never end or
// nest without end are many, and others are served all the same.
func TestHostileClientsCostLittleAndHoldUpNobody(t *testing.T) {
	s := servedSQLite(t) // not in parallel: it measures memory
	before := heap()
	each := sizes.Of(30, 500)
	var highest atomic.Uint64
	s.stall(each, "GET /v1/events HTTP/1.1\r\nHost: a.example\r\nX-Slow: ")
	s.stall(each, "POST /v1/events HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer "+servedKey+
		"\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"events\": [")
	s.stall(each, strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: a.example\r\n\r\n", 20)) // and read nothing
	large := make([]byte, 3<<20)
	var hostile sync.WaitGroup
	for _, one := range []struct {
		body   func() io.Reader
		status int
	}{
		{func() io.Reader { return strings.NewReader(strings.Repeat("[", 10_000)) }, 422},
		{func() io.Reader { return strings.NewReader(strings.Repeat(`{"a":`, 10_000)) }, 422},
		{func() io.Reader { return bytes.NewReader(large) }, 413},
	} {
		hostile.Go(func() {
			client := ownClient(t)
			for range each {
				status, err := s.send(client, one.body())
				if err == nil && status != one.status { // a server may hang up on a body that it does not want
					t.Errorf("%d, not %d", status, one.status)
				}
				highest.Store(max(highest.Load(), heap()))
			}
		})
	}
	friend := ownClient(t)
	for i := range each {
		began := time.Now()
		status, err := s.post(friend, fmt.Sprintf("friend-%d", i))
		require.NoError(t, err)
		require.Equal(t, http.StatusAccepted, status)
		require.Less(t, time.Since(began), 10*time.Second)
	}
	hostile.Wait()
	grown := max(highest.Load(), heap()) - min(before, highest.Load())
	t.Logf("%d hostile clients of each kind, memory + %d MiB", each, grown>>20)
	require.Less(t, grown, uint64(hostileMemory))
}

// stall opens n connections, sends a text on each of them, and then nothing.
func (s *served) stall(n int, text string) {
	s.Helper()
	for range n {
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		require.NoError(s, err)
		s.Cleanup(func() { _ = connection.Close() })
		_, err = io.WriteString(connection, text)
		require.NoError(s, err)
	}
}

// heap is what this process has of memory that it uses.
func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}

// TestSlowHeadersAreCutOff: a client that never ends its header loses its connection.
func TestSlowHeadersAreCutOff(t *testing.T) {
	t.Parallel()
	s := servedSQLite(t)
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(t, err)
	defer func() { _ = connection.Close() }()
	_, err = io.WriteString(connection, "GET /healthz HTTP/1.1\r\nX-Slow: ")
	require.NoError(t, err)
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = io.ReadAll(connection)
	require.NoError(t, err, "the server hangs up, before this client loses patience")
}
