package api

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// patience bounds every wait of these tests; none of them waits for so long on an idle machine.
const patience = 30 * time.Second

// live is the API behind a real server.
type live struct {
	*fixture
	server *httptest.Server
	hub    *hub
}

func setupLive(t *testing.T, s *store.Store, change ...func(*Config)) *live {
	t.Helper()
	l := &live{}
	l.fixture = setup(t, s, append(change, func(c *Config) {
		made, err := newServer(*c)
		require.NoError(t, err)
		l.hub = made.hub
		handler, err := made.routes()
		require.NoError(t, err)
		l.server = httptest.NewUnstartedServer(handler)
	})...)
	l.handler = l.server.Config.Handler
	// Limits that a stream must outlive.
	l.server.Config.ReadTimeout, l.server.Config.IdleTimeout = 200*time.Millisecond, 200*time.Millisecond
	l.server.Start()
	t.Cleanup(l.server.Close)
	return l
}

// event is one server-sent event.
type event struct {
	name, id string
	data     map[string]any
}

// listener is an open stream.
type listener struct {
	t      *testing.T
	status int
	events chan event
	ended  chan struct{}
	cut    context.CancelFunc
}

func (l *live) listen(topics []string, opts ...option) *listener {
	l.t.Helper()
	return l.listenAt("/v1/stream?"+url.Values{"topic": topics}.Encode(), opts...)
}

func (l *live) listenAt(where string, opts ...option) *listener {
	l.t.Helper()
	ctx, cut := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.server.URL+where, nil)
	require.NoError(l.t, err)
	r.Header.Set("Authorization", "Bearer "+adminKey)
	for _, opt := range opts {
		opt(r)
	}
	res, err := l.server.Client().Do(r)
	require.NoError(l.t, err)
	s := &listener{t: l.t, status: res.StatusCode, events: make(chan event, 1000), ended: make(chan struct{}), cut: cut}
	go s.read(res.Body)
	l.t.Cleanup(func() {
		cut()
		<-s.ended
	})
	return s
}

func (s *listener) read(body io.ReadCloser) {
	defer close(s.ended)
	defer func() { _ = body.Close() }()
	lines := bufio.NewScanner(body)
	var one event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			one.name = value
		case "id":
			one.id = value
		case "data":
			_ = json.Unmarshal([]byte(value), &one.data)
		case "":
			if one.name != "" && value == "" {
				s.events <- one
			}
			one = event{}
		}
	}
}

func (s *listener) next() event {
	s.t.Helper()
	select {
	case one := <-s.events:
		return one
	case <-time.After(patience):
		require.Fail(s.t, "no event came")
		return event{}
	}
}

// changed expects the next event to say that a topic has changed, and returns its id.
func (s *listener) changed(topic string) string {
	s.t.Helper()
	one := s.next()
	require.Equal(s.t, "changed", one.name)
	require.Equal(s.t, topic, one.data["topic"])
	return one.id
}

func (s *listener) ready(resumed bool) string {
	s.t.Helper()
	one := s.next()
	require.Equal(s.t, "ready", one.name)
	require.Equal(s.t, resumed, one.data["resumed"])
	return one.id
}

func (s *listener) over() {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		require.Fail(s.t, "the stream did not end")
	}
}

func lastSeen(id string) option { return withHeader("Last-Event-ID", id) }

func (l *live) contact(email string) string {
	l.t.Helper()
	return l.must(201, "POST", "/v1/contacts", object{"email": email})["id"].(string)
}

func (l *live) rename(id, name string) {
	l.t.Helper()
	l.must(200, "PATCH", "/v1/contacts/"+id, object{"first_name": name})
}
