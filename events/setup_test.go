package events

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// clock is a time that tests move by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is one store with intake and router on it.
type bench struct {
	*testing.T
	s      *store.Store
	clock  *clock
	intake *Intake
	router *Router
}

func setup(t *testing.T, s *store.Store) *bench {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)}
	b := &bench{T: t, s: s, clock: c, intake: &Intake{Store: s, Now: c.now}}
	b.router = b.newRouter()
	return b
}

func (b *bench) newRouter() *Router {
	return &Router{
		Store: b.s, Definitions: NewDefinitions(16), Now: b.clock.now, Log: slog.New(slog.DiscardHandler),
		Backoff: func(int) time.Duration { return 0 },
	}
}

func (b *bench) write(fn func(tx *store.Tx) error) {
	b.Helper()
	require.NoError(b, b.s.Write(context.Background(), fn))
}

func (b *bench) read(fn func(tx *store.Tx) error) {
	b.Helper()
	require.NoError(b, b.s.Read(context.Background(), fn))
}

// publish makes an active workflow of one end node with what def adds to it.
func (b *bench) publish(key string, def object) {
	b.Helper()
	document := object{
		"schema": 1, "key": key, "name": key, "start": "done",
		"triggers": []any{}, "nodes": object{"done": object{"type": "end"}},
	}
	var types []string
	for name, value := range def {
		document[name] = value
	}
	for _, list := range []string{"triggers", "exits"} {
		items, _ := document[list].([]any)
		for _, item := range items {
			if name, ok := item.(object)["event"].(string); ok {
				types = append(types, name)
			}
		}
	}
	raw, err := json.Marshal(document)
	require.NoError(b, err)
	parsed, problems := definition.Parse(raw, false)
	for _, p := range problems {
		require.NotEqual(b, "error", p.Severity, p.Message)
	}
	canonical := parsed.Canonical()
	hash := definition.Hash(canonical)
	b.write(func(tx *store.Tx) error {
		if err := tx.PutDefinition(hash, canonical); err != nil {
			return err
		}
		w := &store.Workflow{Key: key, Name: key, Status: store.WorkflowActive, Version: 1, Hash: hash}
		if err := tx.CreateWorkflow(w); err != nil {
			return err
		}
		return tx.SetWorkflowEvents(key, unique(types))
	})
}

func unique(list []string) []string {
	seen, kept := map[string]bool{}, []string{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}

func (b *bench) status(workflow, status string) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		w, err := tx.Workflow(workflow)
		if err != nil {
			return err
		}
		w.Status = status
		return tx.SaveWorkflow(w)
	})
}

// accept posts a body and fails the test unless all of it is accepted.
func (b *bench) accept(body any) []Accepted {
	b.Helper()
	list, _, wrong := ParseIncoming(body)
	require.Empty(b, wrong)
	accepted, wrong, err := b.intake.Accept(context.Background(), list)
	require.NoError(b, err)
	require.Empty(b, wrong)
	return accepted
}

// post accepts one event of ada@example.com and returns its id.
func (b *bench) post(eventType string, data object) string {
	b.Helper()
	return b.accept(event("type", eventType, "data", data))[0].ID
}

func (b *bench) drain() {
	b.Helper()
	_, err := b.router.Drain(context.Background())
	require.NoError(b, err)
}

func (b *bench) contact(email string) *store.Contact {
	b.Helper()
	var c *store.Contact
	b.read(func(tx *store.Tx) (err error) {
		c, err = tx.ContactByEmail(email)
		return err
	})
	return c
}

func (b *bench) log(email string) []store.Event {
	b.Helper()
	var list []store.Event
	b.read(func(tx *store.Tx) (err error) {
		c, err := tx.ContactByEmail(email)
		if err != nil {
			return err
		}
		list, err = tx.EventsAfter(c.ID, 0, nil, 100000)
		return err
	})
	for i, e := range list {
		require.Equal(b, int64(i+1), e.Seq, "the log has no gap")
	}
	return list
}

func types(list []store.Event) []string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Type
	}
	return names
}

// said returns the verdicts on an event, each as "workflow verdict reason".
func (b *bench) said(event string) []string {
	b.Helper()
	var list []string
	for _, v := range b.verdicts(event) {
		line := v.Workflow + " " + v.Verdict
		if v.Reason != "" {
			line += " " + v.Reason
		}
		list = append(list, line)
	}
	return list
}

func (b *bench) verdicts(event string) []store.Verdict {
	b.Helper()
	var found map[string][]store.Verdict
	b.read(func(tx *store.Tx) (err error) {
		found, err = tx.Verdicts(event)
		return err
	})
	return found[event]
}

func (b *bench) enrollments(workflow string) []store.Enrollment {
	b.Helper()
	var list []store.Enrollment
	b.read(func(tx *store.Tx) (err error) {
		list, _, err = tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow}, store.Page{Limit: 500})
		return err
	})
	return list
}

func trigger(eventType string, where any) object {
	t := object{"id": "t", "event": eventType}
	if where != nil {
		t["where"] = where
	}
	return t
}

func is(field string, value any) object {
	return object{"field": field, "op": "eq", "value": value}
}
