package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// pollEvery is how often a topic that somebody watches is looked at, also when this process has
	// changed nothing: others may have.
	pollEvery = time.Second
	// wakeEvery is the least time between two looks at a topic while this process changes rows.
	wakeEvery = 200 * time.Millisecond
	// pollShare bounds what a topic may cost: after a look it rests that many times as long as the
	// look took.
	pollShare = 20
	// pollsAtOnce is how many looks at the store are under way at once.
	pollsAtOnce = 2
	// maxStreams is how many streams one process carries.
	maxStreams = 100
)

// mark is a short hash of what a topic looks like.
type mark [7]byte

func newMark(sum []byte) mark {
	var m mark
	copy(m[:], sum)
	return m
}

// hub looks at what somebody watches: each topic once, however many watch it, and not at all when
// nobody does.
type hub struct {
	look func(ctx context.Context, topic string) ([]byte, error)
	// changed is store.Changed: closed once this process has changed rows after the call.
	changed func() <-chan struct{}
	// every is pollEvery.
	every time.Duration
	log   *slog.Logger
	// ended is closed when the process stops.
	ended <-chan struct{}
	polls atomic.Int64

	mu      sync.Mutex
	open    int
	watched map[string]*watched
	turns   chan struct{}
}

// watched is one topic with those who watch it.
type watched struct {
	now      mark
	known    bool // looked at successfully at least once
	watchers map[*watcher]bool
	stop     context.CancelFunc
}

// watcher is one stream. Changed is sent to when there may be something new, and is never full.
type watcher struct {
	hub     *hub
	topics  []string
	changed chan struct{}
}

func newHub(look func(ctx context.Context, topic string) ([]byte, error), changed func() <-chan struct{}, log *slog.Logger, ended <-chan struct{}) *hub {
	return &hub{
		look: look, changed: changed, every: pollEvery, log: log, ended: ended,
		watched: map[string]*watched{}, turns: make(chan struct{}, pollsAtOnce),
	}
}

// errFull means that the process carries maxStreams streams already.
var errFull = errors.New("watch topics: there are too many streams")

// watch begins to watch topics, each named once.
func (h *hub) watch(topics []string) (*watcher, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open >= maxStreams {
		return nil, errFull
	}
	h.open++
	w := &watcher{hub: h, topics: topics, changed: make(chan struct{}, 1)}
	for _, topic := range topics {
		one := h.watched[topic]
		if one == nil {
			ctx, stop := context.WithCancel(context.Background())
			one = &watched{watchers: map[*watcher]bool{}, stop: stop}
			h.watched[topic] = one
			go h.follow(ctx, topic, one)
		}
		one.watchers[w] = true
	}
	w.wake()
	return w, nil
}

// close ends watching; nobody looks at a topic that nobody watches.
func (w *watcher) close() {
	h := w.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	for _, topic := range w.topics {
		one := h.watched[topic]
		if delete(one.watchers, w); len(one.watchers) == 0 {
			one.stop()
			delete(h.watched, topic)
		}
	}
}

func (w *watcher) wake() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// current is what the topics look like; known is false until all were looked at.
func (w *watcher) current() (marks map[string]mark, known bool) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	marks = map[string]mark{}
	for _, topic := range w.topics {
		one := w.hub.watched[topic]
		if !one.known {
			return nil, false
		}
		marks[topic] = one.now
	}
	return marks, true
}

// follow looks at a topic until nobody watches it or the process stops. A look that fails is
// repeated; nothing is missed, since what changed meanwhile differs still.
func (h *hub) follow(ctx context.Context, topic string, one *watched) {
	failed := false
	for {
		changed := h.changed() // before the look, so that what is committed during it is looked at again
		took, err := h.poll(ctx, topic, one)
		if err != nil && !failed && ctx.Err() == nil {
			h.log.Warn("look at a watched topic", "kind", topicKind(topic), "error", err)
		}
		failed = err != nil
		if !h.rest(ctx, took, changed) {
			return
		}
	}
}

// rest waits until it is time to look again: when this process changes rows, but not at once after the
// last look, else when others may have. It reports whether there is anything to look for.
func (h *hub) rest(ctx context.Context, took time.Duration, changed <-chan struct{}) bool {
	soon, late := time.NewTimer(max(wakeEvery, pollShare*took)), time.NewTimer(max(h.every, pollShare*took))
	defer soon.Stop()
	defer late.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-h.ended:
		return false
	case <-soon.C:
	}
	select {
	case <-ctx.Done():
		return false
	case <-h.ended:
		return false
	case <-changed:
	case <-late.C:
	}
	return true
}

// poll looks once and wakes those who watch when something has changed.
func (h *hub) poll(ctx context.Context, topic string, one *watched) (took time.Duration, err error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	began := time.Now()
	h.polls.Add(1)
	sum, err := h.look(ctx, topic)
	took = time.Since(began)
	if err != nil {
		return took, err
	}
	now := newMark(sum)
	h.mu.Lock()
	defer h.mu.Unlock()
	if one.known && one.now == now {
		return took, nil
	}
	one.now, one.known = now, true
	for w := range one.watchers {
		w.wake()
	}
	return took, nil
}

// healthSum is the fingerprint of the engine's health: what people are told, without the ages, which
// always change.
func healthSum(h EngineHealth) ([]byte, error) {
	h.RouterAgeS, h.DispatcherAgeS = 0, 0
	raw, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return sum[:], nil
}
