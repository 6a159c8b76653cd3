package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

const (
	topicHealth = "health"
	// streamBeat is how often an idle stream says that it lives.
	streamBeat = 15 * time.Second
	// streamWrite is how long a client may take to receive what it is sent.
	streamWrite = 10 * time.Second
	// streamCheck is how often a stream looks whether its session and key still hold.
	streamCheck = 5 * time.Second
	// streamRetry is how soon a browser comes back after a cut.
	streamRetry = time.Second
)

// usualTopics are those of a stream that names none.
func usualTopics() []string {
	return []string{store.PrintWorkflows, store.PrintEnrollments, store.PrintEvents, topicHealth}
}

func topicKind(topic string) string {
	kind, _, _ := strings.Cut(topic, ":")
	return kind
}

// checkTopics names the topics that there are not.
func checkTopics(topics []string) []gen.FieldError {
	var fields []gen.FieldError
	for _, topic := range topics {
		kind, id, named := strings.Cut(topic, ":")
		if topic == topicHealth || store.HasPrint(kind, id) && named == (id != "") {
			continue
		}
		fields = append(fields, gen.FieldError{
			Pointer: "?topic", Message: fmt.Sprintf("there is no topic %q", topic),
			Hint: "workflows, workflow:<key>, enrollments, enrollment:<id>, contact:<id>, events, deals:<pipeline>, job:<id>, alarms or health",
		})
	}
	return fields
}

// lookAt makes the fingerprint of a topic.
func (s *server) lookAt(ctx context.Context, topic string) (sum []byte, err error) {
	if topic == topicHealth {
		if s.EngineHealth == nil {
			return healthSum(EngineHealth{})
		}
		return healthSum(s.EngineHealth(ctx))
	}
	kind, id, _ := strings.Cut(topic, ":")
	err = s.readStore(ctx, func(tx *store.Tx) (err error) {
		sum, err = tx.Fingerprint(kind, id)
		return err
	})
	return sum, err
}

// memory is what a client has seen of topics. It travels in the id of every event, so that any
// process can go on where another was cut off.
type memory map[string]mark

const topicBytes = 5

func topicName(topic string) (name [topicBytes]byte) {
	sum := sha256.Sum256([]byte(topic))
	copy(name[:], sum[:])
	return name
}

func (m memory) String() string {
	topics := make([]string, 0, len(m))
	for topic := range m {
		topics = append(topics, topic)
	}
	slices.Sort(topics)
	var raw []byte
	for _, topic := range topics {
		name, seen := topicName(topic), m[topic]
		raw = append(append(raw, name[:]...), seen[:]...)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// remember reads what a client has seen of topics. What it cannot know is missing, and announced.
func remember(id string, topics []string) memory {
	m := memory{}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return m
	}
	for len(raw) >= topicBytes+len(mark{}) {
		for _, topic := range topics {
			if name := topicName(topic); string(name[:]) == string(raw[:topicBytes]) {
				m[topic] = newMark(raw[topicBytes:])
			}
		}
		raw = raw[topicBytes+len(mark{}):]
	}
	return m
}

// StreamChanges tells as server-sent events which topics have changed.
func (s *server) StreamChanges(c *gin.Context, params gen.StreamChangesParams) {
	topics := slices.Compact(slices.Sorted(slices.Values(or(params.Topic, usualTopics()))))
	if fields := checkTopics(topics); len(fields) > 0 {
		s.fail(c, invalidFields(fields))
		return
	}
	w, err := s.hub.watch(topics)
	if errors.Is(err, errFull) {
		err = failure(kindStreams, "at most %d are open at once in one process; try again later", maxStreams)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	defer w.close()
	last := or(params.LastEventID, or(params.LastEventId, ""))
	stream := &stream{out: c.Writer, control: http.NewResponseController(c.Writer), watcher: w, resumed: last != "", seen: remember(last, topics)}
	s.carry(c, stream)
}

// carry sends until the client goes, its session or key ends, or the process stops. A client that
// does not take what it is sent is let go: it comes back and misses nothing.
func (s *server) carry(c *gin.Context, stream *stream) {
	ctx, who := c.Request.Context(), callerOf(c)
	beat, check := time.NewTicker(streamBeat), time.NewTicker(streamCheck)
	defer beat.Stop()
	defer check.Stop()
	err := stream.begin()
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-s.Stopping:
			return
		case <-stream.watcher.changed:
			err = stream.announce()
		case <-beat.C:
			err = stream.send(": still here\n\n")
		case <-check.C:
			err = s.holds(ctx, who)
		}
	}
}

// holds fails when the session or key of a caller has ended. A store that is away decides nothing.
func (s *server) holds(ctx context.Context, who *caller) error {
	if _, err := s.sameCaller(ctx, who); err != nil && asProblem(err).kind == kindUnauthorized {
		return err
	}
	return nil
}

// sameCaller finds a caller again. It is no use of a session: an open page does not keep one alive.
func (s *server) sameCaller(ctx context.Context, who *caller) (*caller, error) {
	if who.session != nil {
		err := s.readStore(ctx, func(tx *store.Tx) error {
			_, err := tx.Session(hashKey(s.sessions.Token(who.session)), s.now())
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			return nil, failure(kindUnauthorized, "the session has ended")
		}
		if err != nil {
			return nil, err
		}
	}
	if who.keyID == "" {
		return who, nil
	}
	return s.keyCaller(ctx, func(tx *store.Tx) (*store.APIKey, error) { return tx.APIKey(who.keyID) })
}

// stream is one answer of server-sent events.
type stream struct {
	out     gin.ResponseWriter
	control *http.ResponseController
	watcher *watcher
	resumed bool
	ready   bool
	seen    memory
}

// begin sends the header.
func (s *stream) begin() error {
	s.out.Header().Set("Content-Type", "text/event-stream")
	s.out.Header().Set("X-Accel-Buffering", "no") // a proxy must not collect what it gets
	return s.send(fmt.Sprintf("retry: %d\n\n", streamRetry.Milliseconds()))
}

// announce sends one event for each topic that differs from what the client has seen, and at first
// that the stream is ready. A client without a memory has seen nothing: what it reads from then on
// is at least as new as what the stream compares with.
func (s *stream) announce() error {
	now, known := s.watcher.current()
	if !known {
		return nil
	}
	if !s.ready && !s.resumed {
		s.seen = memory(now)
	}
	var text strings.Builder
	for _, topic := range s.watcher.topics {
		if seen, has := s.seen[topic]; has && seen == now[topic] {
			continue
		}
		s.seen[topic] = now[topic]
		writeEvent(&text, "changed", s.seen, map[string]any{"topic": topic})
	}
	if !s.ready {
		s.ready = true
		writeEvent(&text, "ready", s.seen, map[string]any{"resumed": s.resumed})
	}
	if text.Len() == 0 {
		return nil
	}
	return s.send(text.String())
}

func writeEvent(text *strings.Builder, event string, seen memory, data map[string]any) {
	encoded, _ := json.Marshal(data) // strings and booleans
	fmt.Fprintf(text, "event: %s\nid: %s\ndata: %s\n\n", event, seen, encoded)
}

func (s *stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.out.WriteString(text); err != nil {
		return err
	}
	return s.control.Flush()
}
