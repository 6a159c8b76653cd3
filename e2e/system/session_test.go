package system_test

import (
	"bufio"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// signIn exchanges the code of the link that the program has printed for a session.
func signIn(t *testing.T, p *harness.Process) (*http.Cookie, int) {
	t.Helper()
	link := regexp.MustCompile(`(http://\S+)/sign-in#code=(\w+)`).FindStringSubmatch(p.Log())
	require.NotNil(t, link, p.Log())
	require.Equal(t, p.URL, link[1])
	res, err := http.Post(p.URL+"/v1/session", "application/json", strings.NewReader(`{"code":"`+link[2]+`"}`))
	require.NoError(t, err)
	_ = res.Body.Close()
	if len(res.Cookies()) == 0 {
		return nil, res.StatusCode
	}
	return res.Cookies()[0], res.StatusCode
}

// TestLinkOfTheBannerOpensThePageOnce: with its cookie one reads, follows a stream that tells of an
// event, and a stop waits for neither.
func TestLinkOfTheBannerOpensThePageOnce(t *testing.T) {
	t.Parallel()
	p := harness.StartProcess(t)
	cookie, status := signIn(t, p)
	require.Equal(t, http.StatusCreated, status)
	_, status = signIn(t, p)
	require.Equal(t, http.StatusUnauthorized, status, "the link works once")

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/v1/stream?topic=events&topic=health", nil)
	require.NoError(t, err)
	request.AddCookie(cookie)
	stream, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = stream.Body.Close() }()
	require.Equal(t, http.StatusOK, stream.StatusCode)
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(stream.Body); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	until(t, lines, "event: ready")
	p.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
	until(t, lines, `data: {"topic":"events"}`)

	require.Less(t, p.Stop(), 15*time.Second)
	for range lines {
		// What was sent before the stop, to the end of the stream.
	}
	p.Start()
	again, status := signIn(t, p)
	require.Equal(t, http.StatusUnauthorized, status, "the first link stands first in the log, and is used up")
	require.Nil(t, again)
	request, err = http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/v1/session", nil)
	require.NoError(t, err)
	request.AddCookie(cookie)
	who, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = who.Body.Close() }()
	body, err := io.ReadAll(who.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), `"dev":true`, "a session outlives a restart")
}

// until waits for a line of a stream.
func until(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	limit := time.After(harness.Patience)
	for {
		select {
		case line, open := <-lines:
			require.True(t, open, "the stream ended")
			if line == want {
				return
			}
		case <-limit:
			require.Fail(t, "no such line", want)
		}
	}
}
