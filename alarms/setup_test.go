package alarms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type object = map[string]any

// start is Monday 9 March 2026, 12:00 UTC.
var start = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// bench is a store with an evaluator and a courier on it, and a clock that tests move by hand.
type bench struct {
	*testing.T
	s       *store.Store
	mu      sync.Mutex
	at      time.Time
	desk    *Desk
	mails   *mailbox
	calls   *calls
	courier *Courier
	n       int
}

func setup(t *testing.T, s *store.Store) *bench {
	t.Helper()
	b := &bench{T: t, s: s, at: start, mails: &mailbox{}, calls: &calls{}}
	b.desk = &Desk{Mailer: b.mails, Caller: b.calls, Secrets: plain{}, MailFrom: "Fermata <alarms@fermata.example>", Now: b.now}
	b.courier = NewCourier(s, b.desk, slog.New(slog.DiscardHandler))
	b.courier.Now = b.now
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func (b *bench) write(fn func(tx *store.Tx) error) {
	b.Helper()
	require.NoError(b, b.s.Write(context.Background(), fn))
}

func (b *bench) evaluator() *Evaluator {
	return &Evaluator{
		Store: b.s, Definitions: events.NewDefinitions(8), Now: b.now, Log: slog.New(slog.DiscardHandler), BaseURL: "https://fermata.example",
	}
}

// round passes a minute, looks for trouble and delivers what there is to say.
func (b *bench) round() {
	b.Helper()
	b.pass(time.Minute)
	did, err := b.evaluator().Tick(context.Background())
	require.NoError(b, err)
	require.True(b, did, "a round was due")
	b.deliver()
}

func (b *bench) deliver() int {
	b.Helper()
	sent, err := b.courier.Tick(context.Background())
	require.NoError(b, err)
	return sent
}

// rounds makes rounds for a length of time.
func (b *bench) rounds(d time.Duration) {
	b.Helper()
	for end := b.now().Add(d); b.now().Before(end); {
		b.round()
	}
}

// publish makes an active workflow that sends the template welcome to who buys.
func (b *bench) publish(key string) {
	b.Helper()
	b.publishStep(key, object{"type": "email", "with": object{"template": "welcome"}})
}

// publishStep makes an active workflow whose only step, for who buys, is hello.
func (b *bench) publishStep(key string, hello object) {
	b.Helper()
	raw, err := json.Marshal(object{
		"schema": 1, "key": key, "name": key, "start": "hello",
		"triggers": []any{object{"id": "buys", "event": "purchase.completed"}},
		"nodes":    object{"hello": hello},
	})
	require.NoError(b, err)
	def, problems := definition.Parse(raw, false)
	require.False(b, definition.HasErrors(problems), "%v", problems)
	canonical := def.Canonical()
	hash := definition.Hash(canonical)
	b.write(func(tx *store.Tx) error {
		if err := tx.PutDefinition(hash, canonical); err != nil {
			return err
		}
		return tx.CreateWorkflow(&store.Workflow{Key: key, Name: key, Status: store.WorkflowActive, Version: 1, Hash: hash})
	})
}

// enter makes an enrollment that was let in at an instant.
func (b *bench) enter(workflow string, at time.Time, change func(e *store.Enrollment)) *store.Enrollment {
	b.Helper()
	b.n++
	e := &store.Enrollment{
		Workflow: workflow, Version: 1, ContactID: fmt.Sprintf("con_%d", b.n), Status: store.StatusWaiting, Node: "hello", Visit: 1,
		StartedAt: at, AdmittedAt: &at, AnchorAt: at, CreatedAt: at,
	}
	if change != nil {
		change(e)
	}
	b.write(func(tx *store.Tx) error { return tx.InsertEnrollment(e) })
	return e
}

// step makes an enrollment whose step at hello was left at an instant with a status.
func (b *bench) step(workflow, status string, at time.Time) {
	b.Helper()
	e := b.enter(workflow, at, nil)
	reason := ""
	if status == "failed" {
		reason = "missing_value"
	}
	b.write(func(tx *store.Tx) error {
		_, _, err := tx.InsertStep(&store.Step{
			EnrollmentID: e.ID, Node: "hello", Visit: 1, Type: "email", Status: status, Reason: reason, EnteredAt: at, LeftAt: &at, Attempts: 1,
		})
		return err
	})
}

func (b *bench) steps(workflow, status string, n int, from time.Time) {
	b.Helper()
	for i := range n {
		b.step(workflow, status, from.Add(time.Duration(i)*time.Second))
	}
}

func (b *bench) audit(action, subject, person string, at time.Time, detail object) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		raw, err := store.ToJSON(detail)
		if err != nil {
			return err
		}
		return tx.AddAudit(&store.Audit{At: at, Person: person, Action: action, Subject: subject, Detail: raw})
	})
}

func (b *bench) set(workflow string, settings object) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		raw, err := store.ToJSON(settings)
		if err != nil {
			return err
		}
		return tx.SaveAlarmSettings(workflow, raw)
	})
}

func (b *bench) channel(kind string, target Target, change func(c *store.AlarmChannel)) *store.AlarmChannel {
	b.Helper()
	raw, err := store.ToJSON(target)
	require.NoError(b, err)
	c := &store.AlarmChannel{Name: kind, Type: kind, Target: raw, Kinds: store.JSON("[]"), Workflows: store.JSON("[]"), Enabled: true}
	if change != nil {
		change(c)
	}
	b.write(func(tx *store.Tx) error { return tx.CreateAlarmChannel(c) })
	return c
}

func (b *bench) mailChannel() *store.AlarmChannel {
	b.Helper()
	return b.channel(ChannelMail, Target{To: []string{"ops@example.com"}}, nil)
}

// alarms lists alarms, the oldest first, each as "kind workflow open|over".
func (b *bench) alarms() []string {
	b.Helper()
	said := []string{}
	for _, a := range b.list() {
		state := "over"
		if a.Open() {
			state = "open"
		}
		said = append([]string{a.Kind + " " + a.Workflow + " " + state}, said...)
	}
	return said
}

func (b *bench) list() []store.Alarm {
	b.Helper()
	var list []store.Alarm
	require.NoError(b, b.s.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, _, err = tx.ListAlarms(store.AlarmFilter{}, store.Page{Limit: 100})
		return err
	}))
	return list
}

// only is the one alarm that there is.
func (b *bench) only() *store.Alarm {
	b.Helper()
	list := b.list()
	require.Len(b, list, 1)
	return &list[0]
}

func changesOf(t *testing.T, a *store.Alarm) []string {
	t.Helper()
	var list []Change
	require.NoError(t, a.Changes.Decode(&list))
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Words
	}
	return words
}

// mailbox keeps mails in the place of a server.
type mailbox struct {
	mu    sync.Mutex
	mails []outgoing.Message
	fail  error
}

func (m *mailbox) Send(_ context.Context, one outgoing.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.mails = append(m.mails, one)
	return nil
}

func (m *mailbox) subjects() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := []string{}
	for _, one := range m.mails {
		list = append(list, one.Subject)
	}
	return list
}

// calls makes real calls.
type calls struct{}

// rejection is a failure of a call; a final one is not to be tried again.
type rejection struct {
	status int
	final  bool
}

func (r *rejection) Error() string   { return fmt.Sprint("answer ", r.status) }
func (r *rejection) Permanent() bool { return r.final }

func (calls) Do(ctx context.Context, r outgoing.Request) (outgoing.Answer, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return outgoing.Answer{}, err
	}
	for name, value := range r.Headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return outgoing.Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= 300 {
		return outgoing.Answer{}, &rejection{response.StatusCode, response.StatusCode == http.StatusGone}
	}
	return outgoing.Answer{Status: response.StatusCode}, nil
}

// plain is a box whose secrets lie open.
type plain struct{}

func (plain) Open(_ string, cipher, _ []byte) (string, error) { return string(cipher), nil }

// hook is an HTTP server that keeps what it was sent.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	answer int
	got    []received
}

type received struct {
	header http.Header
	body   []byte
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{answer: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		if err == nil {
			h.got = append(h.got, received{r.Header, body})
		}
		w.WriteHeader(h.answer)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) set(answer int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = answer
}

func (h *hook) received() []received {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]received{}, h.got...)
}

var errAway = errors.New("the server is away")
