package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
	"fermata/store/storetest"
)

// TestStopUnderLoadFailsNoRequest: clients ask until they are told, every 50 ms, that the process
// is not ready any more. It ends soon, and each of their requests has its answer.
func TestStopUnderLoadFailsNoRequest(t *testing.T) {
	t.Parallel()
	s := servedSQLite(t)
	var asked atomic.Int64
	var ready atomic.Bool
	ready.Store(true)
	failures := make(chan string, 1000)
	var clients sync.WaitGroup
	for i := range 8 {
		client := ownClient(t)
		clients.Go(func() {
			for n := 0; ready.Load(); n++ {
				status, err := s.post(client, fmt.Sprintf("c%d-%d", i, n))
				asked.Add(1)
				if err != nil || status != http.StatusAccepted {
					failures <- fmt.Sprintf("%d %v", status, err)
				}
			}
		})
	}
	clients.Go(func() {
		probe := ownClient(t)
		for ready.Load() {
			answer, err := probe.Get(s.url + "/readyz")
			if err != nil {
				ready.Store(false)
				return
			}
			_ = answer.Body.Close()
			ready.Store(answer.StatusCode == http.StatusOK)
			<-time.After(50 * time.Millisecond)
		}
	})
	slow := s.begin()
	require.Eventually(t, func() bool { return asked.Load() > int64(sizes.Of(200, 5000)) }, time.Minute, 10*time.Millisecond)
	began := time.Now()
	s.stop()
	clients.Wait()
	slow.finish(t)
	require.NoError(t, <-s.done)
	require.Less(t, time.Since(began), stopTimeout+time.Second)
	close(failures)
	for failure := range failures {
		require.Fail(t, "a request failed", failure)
	}
	t.Logf("%d requests, stopped in %s", asked.Load(), time.Since(began).Round(time.Millisecond))
	logged := strings.Count(storetest.Dump(t, s.app.o.Settings.Database()), "events.type: form.submitted\n")
	require.EqualValues(t, asked.Load()+1, logged, "what was accepted is in the log")
}

// slowRequest is a request whose body is on its way.
type slowRequest struct {
	net.Conn
	rest string
}

// begin sends the first half of a request.
func (s *served) begin() *slowRequest {
	s.Helper()
	body := `{"id": "slow", "type": "form.submitted", "contact": {"email": "slow@example.com"}}`
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s, err)
	s.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "POST /v1/events HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", servedKey, len(body), body[:20])
	require.NoError(s, err)
	return &slowRequest{Conn: connection, rest: body[20:]}
}

// finish sends the rest and reads the answer.
func (r *slowRequest) finish(t *testing.T) {
	t.Helper()
	_, err := io.WriteString(r, r.rest)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(r), nil)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusAccepted, answer.StatusCode)
}
