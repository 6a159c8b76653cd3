package engine_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// No worker lives for longer than a step may be retried: the time counts in which the
// other side was tried, so the step goes on with what is left of it.
func TestOutageOfOursSpendsNoRetryTime(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.Options{Database: database(t), Log: slog.New(slog.DiscardHandler)})
			var well atomic.Bool
			s.HTTP.Handle("/call", func(w http.ResponseWriter, _ harness.Call) {
				if !well.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			})
			s.HTTP.Handle("/never", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusServiceUnavailable) })
			for key, path := range map[string]string{"mends": "/call", "never": "/never"} {
				publishFlow(s, key, fmt.Sprintf(`  a: {type: webhook, retry: {max: 20s}, with: {url: %q}, next: {ok: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: neutral}}`, s.HTTP.URL+path))
			}
			post(s, "form.submitted", "ana@example.com")
			s.Eventually("both were tried", func() bool {
				return len(s.HTTP.On("/call")) >= 2 && len(s.HTTP.On("/never")) >= 2
			})
			s.Stop()
			stopped := time.Now()
			s.Eventually("the retry time is over", func() bool { return time.Since(stopped) > 22*time.Second })
			before := len(s.HTTP.On("/never"))
			well.Store(true)
			s.Run()
			e := s.Enrollment("mends", "ana@example.com", "completed")
			require.Equal(t, []string{"a", "b"}, way(e))
			e = s.Enrollment("never", "ana@example.com", "completed")
			require.Equal(t, []string{"a", "c"}, way(e))
			require.Greater(t, len(s.HTTP.On("/never")), before+1, "what was left of the retry time was used")
		})
	}
}
