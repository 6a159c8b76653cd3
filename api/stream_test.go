package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestStreamTellsWhatHasChanged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		l := setupLive(t, s)
		ana := "contact:" + l.contact("ana@example.com")
		bob := "contact:" + l.contact("bob@example.com")
		stream := l.listen([]string{ana, bob, "workflows", ana})
		require.Equal(t, 200, stream.status)
		stream.ready(false)
		l.rename(ana[len("contact:"):], "Ana")
		began := time.Now()
		stream.changed(ana)
		t.Logf("seen after %s", time.Since(began))
		l.must(201, "POST", "/v1/workflows", hello())
		stream.changed("workflows")
		l.rename(bob[len("contact:"):], "Bob")
		stream.changed(bob)
	})
}

// TestStreamWithoutATopic: a client that knows the call alone hears of what there is for everybody.
func TestStreamWithoutATopic(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	stream := l.listenAt("/v1/stream")
	require.Equal(t, 200, stream.status)
	id := stream.ready(false)
	l.must(201, "POST", "/v1/workflows", hello())
	stream.changed("workflows")
	stream.cut()
	l.contact("ana@example.com")
	again := l.listenAt("/v1/stream", lastSeen(id))
	again.changed("events")
	again.changed("workflows")
	again.ready(true)
}

// TestStreamResumes: whatever changed while nobody listened is announced at once, nothing else is,
// and what a cut took away halfway comes again.
func TestStreamResumes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		l, other := setupLive(t, s), setupLive(t, s)
		ana, bob := l.contact("ana@example.com"), l.contact("bob@example.com")
		topics := []string{"contact:" + ana, "contact:" + bob, "workflows"}
		first := l.listen(topics)
		id := first.ready(false)
		first.cut()
		l.rename(ana, "Ana")
		l.rename(bob, "Bob")
		second := other.listen(topics, lastSeen(id)) // another process of the same store
		halfway := second.changed("contact:" + ana)
		all := second.changed("contact:" + bob)
		require.Equal(t, all, second.ready(true))
		second.cut()

		third := l.listen(topics, lastSeen(halfway))
		third.changed("contact:" + bob)
		third.ready(true)
		fourth := l.listenAt("/v1/stream?" + url.Values{"topic": topics, "last_event_id": {all}}.Encode())
		fourth.ready(true)
		fifth := l.listen(append(topics, "events"), lastSeen(all))
		fifth.changed("events") // of which this client knows nothing
		fifth.ready(true)
		garbled := l.listen(topics[:1], lastSeen("!"))
		garbled.changed(topics[0])
		garbled.ready(true)
	})
}

// TestStreamTellsOfAlarms: one that opens, changes or is over while somebody listens, and at once when
// it did so while the stream was cut.
func TestStreamTellsOfAlarms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		l := setupLive(t, s)
		write := func(do func(tx *store.Tx) error) { require.NoError(t, s.Write(t.Context(), do)) }
		at := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
		alarm := &store.Alarm{
			Kind: "silence", Workflow: "w", Summary: "nobody came", Measured: store.JSON(`{}`), Changes: store.JSON(`[]`),
			BeganAt: at, OpenedAt: at, SeenAt: at, RemindAt: at,
		}
		stream := l.listen([]string{"alarms"})
		stream.ready(false)
		write(func(tx *store.Tx) error { return tx.CreateAlarm(alarm) })
		stream.changed("alarms")
		l.must(200, "POST", "/v1/alarms/"+alarm.ID+"/acknowledge", object{"note": "on it"})
		id := stream.changed("alarms")
		stream.cut()
		again := l.listen([]string{"alarms"}, lastSeen(id))
		again.ready(true)
		again.cut()
		alarm.EndedAt = &at
		write(func(tx *store.Tx) error { return tx.SaveAlarm(alarm) })
		after := l.listen([]string{"alarms"}, lastSeen(id))
		after.changed("alarms")
		after.ready(true)
	})
}

func TestTopicsAreLookedAtOnceForAllAndNeverForNobody(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	var mu sync.Mutex
	looks, look := map[string]int{}, l.hub.look
	l.hub.look = func(ctx context.Context, topic string) ([]byte, error) {
		mu.Lock()
		looks[topic]++
		mu.Unlock()
		return look(ctx, topic)
	}
	looked := func(topic string) int {
		mu.Lock()
		defer mu.Unlock()
		return looks[topic]
	}
	began := time.Now()
	streams := make([]*listener, 20)
	for i := range streams {
		streams[i] = l.listen([]string{"events"})
	}
	for _, one := range streams {
		one.ready(false)
	}
	require.Eventually(t, func() bool { return looked("events") >= 3 }, patience, 10*time.Millisecond)
	require.LessOrEqual(t, looked("events"), int(time.Since(began)/pollEvery)+1, "once a second, however many listen")
	for _, one := range streams {
		one.cut()
		one.over()
	}
	require.Eventually(t, func() bool { return l.watched() == 0 }, patience, 10*time.Millisecond)
	before := looked("events")
	other := l.listen([]string{"health"})
	other.ready(false)
	require.Eventually(t, func() bool { return looked("health") >= 3 }, patience, 10*time.Millisecond)
	require.LessOrEqual(t, looked("events"), before+1, "a look that was under way may end, none begins")
	require.Zero(t, looked("workflows"))
}

func (l *live) watched() int {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	return len(l.hub.watched) + l.hub.open
}

func TestTopicsThatThereAreNot(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	many := "/v1/stream?" + strings.Repeat("topic=events&", 21)
	f.run(t, []scenario{
		{name: "unknown", method: "GET", url: "/v1/stream?topic=accounts", status: 422, expected: []string{`"?topic"`, `no topic \"accounts\"`, "deals:"}},
		{name: "one of two", method: "GET", url: "/v1/stream?topic=events&topic=x:1", status: 422, expected: []string{`no topic \"x:1\"`}, forbidden: []string{`no topic \"events\"`}},
		{name: "id missing", method: "GET", url: "/v1/stream?topic=contact:", status: 422},
		{name: "id missing altogether", method: "GET", url: "/v1/stream?topic=contact", status: 422},
		{name: "id where none belongs", method: "GET", url: "/v1/stream?topic=events:1", status: 422},
		{name: "colon where none belongs", method: "GET", url: "/v1/stream?topic=events:", status: 422},
		{name: "id of health", method: "GET", url: "/v1/stream?topic=health:1", status: 422},
		{name: "NUL", method: "GET", url: "/v1/stream?topic=contact:%00", status: 422},
		{name: "too many", method: "GET", url: many, status: 422, expected: []string{"21 times"}},
		{name: "events only", method: "GET", url: "/v1/stream?topic=events", opts: []option{withKey(f.onlyEvents())}, status: 403},
	})
}

func (f *fixture) onlyEvents() string {
	key, _ := f.issue([]string{scopeEvents}, nil)
	return key
}

func TestStreamsAreLimited(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	streams := make([]*listener, maxStreams)
	for i := range streams {
		streams[i] = l.listen([]string{"events"})
		require.Equal(t, 200, streams[i].status)
	}
	a := l.call("GET", "/v1/stream?topic=events", nil)
	require.Equal(t, 503, a.status)
	require.Equal(t, "too-many-streams", a.json["type"])
	require.NotEmpty(t, a.header.Get("Retry-After"))
	streams[0].cut()
	require.Eventually(t, func() bool { return l.watched() == 1+maxStreams-1 }, patience, 10*time.Millisecond)
	require.Equal(t, 200, l.listen([]string{"events"}).status)
}

// TestStreamEndsWithWhatOpenedIt: session ended, key revoked, key expired.
func TestStreamEndsWithWhatOpenedIt(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	key, id := l.issue([]string{scopeViewer}, nil)
	short, _ := l.issue([]string{scopeViewer}, object{"expires_at": l.clock.Now().Add(time.Hour).Format(time.RFC3339)})
	cookie := l.signIn(object{"key": adminKey})
	stays := l.listen([]string{"events"})
	ends := []*listener{
		l.listen([]string{"events"}, withKey(key)), l.listen([]string{"events"}, withCookie(l.signIn(object{"key": key}))),
		l.listen([]string{"events"}, withKey(short)), l.listen([]string{"events"}, withCookie(cookie)),
	}
	for _, one := range append(ends, stays) {
		one.ready(false)
	}
	l.must(204, "DELETE", "/v1/api-keys/"+id, nil)
	l.must(204, "DELETE", "/v1/session", nil, withCookie(cookie))
	l.clock.Advance(2 * time.Hour)
	for _, one := range ends {
		one.over()
	}
	l.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"})
	stays.changed("events")
}

// TestStreamLetsTheProcessStop: a server that shuts down waits for what it serves.
func TestStreamLetsTheProcessStop(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	l := setupLive(t, storetest.Open(t), func(c *Config) { c.Stopping = stopping })
	stream := l.listen([]string{"events"})
	stream.ready(false)
	close(stopping)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, l.server.Config.Shutdown(ctx))
	stream.over()
}

// TestStreamSurvivesAStoreThatIsAway: what changed is told when it is back.
func TestStreamSurvivesAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	var away atomic.Bool
	look := l.hub.look
	l.hub.look = func(ctx context.Context, topic string) ([]byte, error) {
		if away.Load() {
			return nil, errors.New("away")
		}
		return look(ctx, topic)
	}
	stream := l.listen([]string{"events"})
	stream.ready(false)
	away.Store(true)
	l.contact("ana@example.com")
	late := l.listen([]string{"workflows"})
	polls := l.hub.polls.Load()
	require.Eventually(t, func() bool { return l.hub.polls.Load() > polls+4 }, patience, 10*time.Millisecond)
	require.Empty(t, stream.events)
	require.Empty(t, late.events, "not ready before its topic was looked at")
	away.Store(false)
	stream.changed("events")
	late.ready(false)
}

func TestStreamTellsOfHealth(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	health := EngineHealth{Status: "ok"}
	l := setupLive(t, storetest.Open(t), func(c *Config) {
		c.EngineHealth = func(context.Context) EngineHealth {
			mu.Lock()
			defer mu.Unlock()
			health.RouterAgeS++ // always changes, and is no news
			return health
		}
	})
	stream := l.listen([]string{"health"})
	stream.ready(false)
	polls := l.hub.polls.Load()
	require.Eventually(t, func() bool { return l.hub.polls.Load() > polls+1 }, patience, 10*time.Millisecond)
	require.Empty(t, stream.events)
	mu.Lock()
	health.Status = "degraded"
	mu.Unlock()
	stream.changed("health")
}

// stuck is a client that takes nothing: every write runs into its deadline.
type stuck struct{ *httptest.ResponseRecorder }

func (stuck) SetWriteDeadline(time.Time) error { return nil }
func (stuck) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Err: errors.New("i/o timeout")}
}

func (s stuck) WriteString(string) (int, error) {
	return s.Write(nil)
}

func TestSlowClientIsLetGo(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	r := httptest.NewRequest(http.MethodGet, "/v1/stream?topic=events", nil)
	r.Header.Set("Authorization", "Bearer "+adminKey)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.handler.ServeHTTP(stuck{httptest.NewRecorder()}, r)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		require.Fail(t, "it is still served")
	}
	require.Zero(t, l.watched())
}
