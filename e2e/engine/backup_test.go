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
	"fermata/store"
	"fermata/store/storetest"
)

// gap is a workflow that waits, sends, calls, waits again without an instant, and sends.
const gap = `
schema: 1
key: gap
name: Over a gap
triggers: [{id: go, event: form.submitted}]
exits: [{id: out, event: contract.canceled}]
start: first
nodes:
  first:  {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], forever: true}, next: {got: hello}}
  hello:  {type: email, with: {subject: Hello, body: Text., class: marketing}, next: call}
  call:   {type: webhook, with: {url: "%s/{{ contact.first_name }}"}, next: second}
  second: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], forever: true}, next: {got: bye}}
  bye:    {type: email, with: {subject: Bye, body: Text., class: marketing}, next: pause}
  pause:  {type: wait, with: {for: 2s}, next: done}
  done:   {type: end}
`

// servers are Temporal servers that keep files, or databases.
func servers() map[string]func(t *testing.T) (*harness.Temporal, string) {
	return map[string]func(t *testing.T) (*harness.Temporal, string){
		"sqlite": func(t *testing.T) (*harness.Temporal, string) {
			return harness.StartTemporal(t), harness.Databases()["sqlite"](t)
		},
		"postgres": func(t *testing.T) (*harness.Temporal, string) {
			server, err := storetest.StartServer(t.Context(), storetest.Options{})
			require.NoError(t, err)
			t.Cleanup(server.Stop)
			database, err := server.Database(t.Context())
			require.NoError(t, err)
			return harness.StartTemporalOn(t, harness.TemporalDatabase(t, server)), database
		},
	}
}

// traveller is a contact on its way through the gap.
type traveller struct {
	s    *harness.System
	name string
}

func (p traveller) mail() string { return p.name + "@example.com" }

func (p traveller) starts() traveller {
	p.s.T.Helper()
	p.s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": p.mail(), "first_name": p.name}})
	p.is("waiting") // it stands at its first node before Temporal has heard of it
	return p.at("first")
}

// at waits until the enrollment stands at a node.
func (p traveller) at(node string) traveller {
	p.s.T.Helper()
	p.s.Eventually(p.name+" is at "+node, func() bool {
		list := p.s.Items("/v1/enrollments?workflow=gap&contact=" + p.mail())
		return len(list) == 1 && list[0]["node"] == node
	})
	return p
}

func (p traveller) gets(event string) traveller {
	p.s.T.Helper()
	post(p.s, event, p.mail())
	return p
}

func (p traveller) is(status string) map[string]any {
	p.s.T.Helper()
	return p.s.Enrollment("gap", p.mail(), status)
}

// Temporal comes back as it was a while ago. Meanwhile some enrollments have moved on, some
// have ended, some have started: all of them find together again with what the store says,
// and nothing that was done is done again.
func TestTemporalComesBackFromAnOlderBackup(t *testing.T) {
	t.Parallel()
	for name, begin := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temporal, database := begin(t)
			s := harness.Start(t, harness.Options{
				Temporal: temporal, Database: database, Reconcile: time.Second, Log: slog.New(slog.DiscardHandler),
			})
			s.Publish(fmt.Sprintf(gap, s.HTTP.URL))
			var well atomic.Bool
			s.HTTP.Handle("/tries", func(w http.ResponseWriter, _ harness.Call) {
				if !well.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			})
			people := map[string]traveller{}
			for _, name := range []string{"moves", "ends", "exits", "tries", "waits", "begins", "passes"} {
				people[name] = traveller{s, name}
			}
			for _, name := range []string{"moves", "ends", "exits", "tries", "waits"} {
				people[name].starts()
			}
			backup, err := temporal.Backup()
			require.NoError(t, err)

			people["moves"].gets("assets.uploaded").at("second")
			people["ends"].gets("assets.uploaded").at("second").gets("assets.uploaded").is("completed")
			people["exits"].gets("contract.canceled").is("exited")
			people["tries"].gets("assets.uploaded").at("call")
			people["begins"].starts().gets("assets.uploaded").at("second")
			people["passes"].starts().gets("assets.uploaded").at("second").gets("assets.uploaded").is("completed")
			require.NoError(t, backup.Restore())
			well.Store(true)

			people["tries"].at("second")
			for _, name := range []string{"moves", "tries", "waits", "begins"} {
				people[name].gets("assets.uploaded")
			}
			people["waits"].at("second").gets("assets.uploaded")
			requireTravelled(t, s, people)
		})
	}
}

// requireTravelled checks that everybody has arrived, everything was done once, and nothing
// is left behind.
func requireTravelled(t *testing.T, s *harness.System, people map[string]traveller) {
	t.Helper()
	for name, p := range people {
		if name == "exits" {
			require.Empty(t, s.SMTP.To(p.mail()))
			continue
		}
		e := p.is("completed")
		require.Equal(t, []string{"first", "hello", "call", "second", "bye", "pause", "done"}, way(e), name)
		for _, step := range e["steps"].([]any) {
			require.Equal(t, "done", step.(map[string]any)["status"], name)
		}
		subjects := map[string]int{}
		for _, m := range s.SMTP.To(p.mail()) {
			subjects[m.Subject]++
		}
		require.Equal(t, map[string]int{"Hello": 1, "Bye": 1}, subjects, name)
		if name != "tries" {
			require.Len(t, s.HTTP.On("/"+name), 1)
		}
	}
	for name, p := range people {
		e := s.Items("/v1/enrollments?workflow=gap&contact=" + p.mail())[0]
		s.Eventually("the run of "+name+" has closed, or is forgotten", func() bool {
			row := &store.Enrollment{}
			require.NoError(t, s.App.Store().Read(t.Context(), func(tx *store.Tx) (err error) {
				row, err = tx.Enrollment(e["id"].(string))
				return err
			}))
			return row.RunClosed
		})
	}
	s.Eventually("nothing is left to mend", func() bool {
		health := s.Must("GET", "/v1/health/engine", nil)
		return health["lost"] == 0.0 && health["wedged"] == 0.0 && health["late"] == 0.0
	})
}
