package engine_test

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/brokenmail"
	"fermata/e2e/harness"
	"fermata/e2e/sizes"
)

// troubles are what three conversations in ten suffer from, in turn.
var troubles = []brokenmail.Fate{
	{At: brokenmail.Data}, {At: brokenmail.Dot}, {At: brokenmail.Quit}, {At: brokenmail.Body}, {At: brokenmail.Recipient, Reply: "451 4.3.0 later"}, {At: brokenmail.Dot},
}

// brokenFate is the fate of the n-th conversation: three in ten break, scattered.
func brokenFate(n int) brokenmail.Fate {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, n)
	if h.Sum32()%10 >= 3 {
		return brokenmail.Fate{}
	}
	return troubles[h.Sum32()/10%uint32(len(troubles))]
}

// Mails go over a link that is cut before, in and after them, after the server has them and after it
// said so: marketing at most once, shown as unknown where nobody can know; all others at least once,
// each time as the same mail.
func TestMailsOverALinkThatIsCut(t *testing.T) {
	t.Parallel()
	server := brokenmail.Start(t, brokenFate)
	s := harness.Start(t, harness.Options{
		Database: harness.Databases()["postgres"](t), Log: slog.New(slog.DiscardHandler),
		Change: func(s *app.Settings) { s.SMTPURL = server.URL() },
	})
	publishFlow(s, "letters", `  a: {type: email, with: {subject: News, body: Text., class: marketing}, next: b}
  b: {type: email, with: {subject: Bill, body: Text., class: transactional}, next: c}
  c: {type: end}`)
	n := sizes.Of(40, 5000)
	for from := 0; from < n; from += 500 {
		var list []any
		for _, mail := range people("letter", n)[from:min(n, from+500)] {
			list = append(list, map[string]any{"type": "form.submitted", "contact": map[string]any{"email": mail}})
		}
		s.Must("POST", "/v1/events", map[string]any{"events": list})
	}
	began, patience := time.Now(), sizes.Of(4*time.Minute, time.Hour)
	for left := n; left > 0; <-time.After(200 * time.Millisecond) {
		list := s.Must("GET", "/v1/workflows/letters/analytics", nil)
		left = n - int(list["finished"].(float64))
		require.Lessf(t, time.Since(began), patience, "%d have not ended", left)
	}
	requireLetters(t, s, server, n)
}

// requireLetters compares what each step says with what the server has.
func requireLetters(t *testing.T, s *harness.System, server *brokenmail.Server, n int) {
	t.Helper()
	has, to := map[string]int{}, map[string]string{}
	for _, m := range server.Mails() {
		has[m.MessageID]++
		if other, known := to[m.MessageID]; known {
			require.Equal(t, other, m.To)
		}
		to[m.MessageID] = m.To
	}
	passages, unknown, again := 0, 0, 0
	for path := "/v1/enrollments?workflow=letters&limit=500"; path != ""; {
		page := s.Must("GET", path, nil)
		for _, item := range page["items"].([]any) {
			passages++
			e := s.Must("GET", "/v1/enrollments/"+item.(map[string]any)["id"].(string), nil)
			require.Equal(t, []any{"completed", "success"}, []any{e["status"], e["outcome"]})
			require.Equal(t, []string{"a", "b", "c"}, way(e))
			news, bill := e["steps"].([]any)[0].(map[string]any), e["steps"].([]any)[1].(map[string]any)
			copies := has[messageIDOf(e, "a")]
			if news["status"] == "unknown" {
				unknown++
				require.LessOrEqual(t, copies, 1)
			} else {
				require.Equal(t, "done", news["status"])
				require.Equal(t, 1, copies, "what is said to be sent was sent, once")
			}
			require.Equal(t, "done", bill["status"])
			copies = has[messageIDOf(e, "b")]
			require.Positive(t, copies, "what must arrive has arrived")
			again += copies - 1
		}
		path = ""
		if next, more := page["next"].(string); more {
			path = "/v1/enrollments?workflow=letters&limit=500&cursor=" + next
		}
	}
	require.Equal(t, n, passages)
	require.Len(t, to, len(has))
	require.Positive(t, unknown, "some were cut so that nobody can know")
	t.Logf("%d mails in %d conversations: %d unknown, %d sent again as the same mail", 2*n, server.Conversations(), unknown, again)
}

// messageIDOf is what the mail of a node is called, for every attempt.
func messageIDOf(e map[string]any, node string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s.%s.1", e["id"], node))
	return fmt.Sprintf("<%x@sink.test>", sum[:16])
}
