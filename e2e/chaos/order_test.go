package chaos_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"fermata/e2e/harness"
	"fermata/store/storetest"
	"fermata/worker"
	"fermata/workflows"
)

// walkSteps is how many events each contact of TestOrder gets.
const walkSteps = 100

// Shuffled events, each posted twice, reach one enrollment of each contact in the order
// of the contact's log, each once, while its run continues as new again and again.
func TestOrder(t *testing.T) {
	contacts := size(t, "ORDER_CONTACTS", 12, 1000)
	seed := seed(t)
	s := inProcess(t)
	definitions := s.publish("walk")
	p := walkPlan(seed, contacts)
	in := newIntake(s.api.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	began := time.Now()
	in.send(ctx, &plan{events: p.events[:contacts], posts: p.posts[:1]})
	in.send(ctx, &plan{events: p.events, posts: p.posts[1:]})
	accepted := time.Since(began)
	took, left := s.drain(30 * time.Minute)
	continued, err := s.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: `ExecutionStatus = "ContinuedAsNew"`,
	})
	require.NoError(t, err)
	a := newAudit(s, definitions)
	a.accepted(p, in)
	a.all()
	a.walks()
	say("%s: %d events of %d contacts, shuffled, each posted twice: accepted in %s, done %s later; machine: %s", t.Name(), len(p.events),
		contacts, accepted.Round(time.Second), took.Round(time.Second), machine())
	say("  runs continued as new %d, steps %d, lost %d, doubled %d, out of order %d", continued.GetCount(), a.checks["steps"],
		len(a.deviations[lost]), len(a.deviations[doubled]), len(a.deviations[order]))
	require.True(t, left.settled(), left)
	require.Empty(t, a.report())
	require.Greater(t, int(continued.GetCount()), contacts)
}

// inProcess is a stage with the whole program in this process: only there may a test
// tell a run to continue as new early.
func inProcess(t *testing.T) *stage {
	t.Helper()
	database := storetest.Postgres(t)
	db, err := sql.Open("pgx", database)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	system := harness.Start(t, harness.Options{
		Database: database, Temporal: harness.StartTemporalOn(t, harness.TemporalDatabase(t, storetest.Shared(t))),
		Worker: worker.Options{Workflow: workflows.Options{ContinueEvery: 10}},
	})
	return &stage{T: t, db: db, api: system, smtp: system.SMTP, http: system.HTTP, temporal: system.App.Temporal()}
}

// walkPlan makes the events: first those that enroll, in one request, then the steps of
// all contacts in any order, twice.
func walkPlan(seed uint64, contacts int) *plan {
	p := &plan{rng: rand.New(rand.NewPCG(seed, 5)), window: time.Second}
	first := post{}
	for c := range contacts {
		first.items = append(first.items, c)
		p.tell(c, "walk.began", 0, map[string]any{})
	}
	p.posts = append(p.posts, first)
	for n := range walkSteps {
		for c := range contacts {
			p.tell(c, "walk.stepped", 0, map[string]any{"n": n})
		}
	}
	together := min(40, max(4, contacts/5))
	for range 2 {
		shuffled := p.rng.Perm(contacts * walkSteps)
		for i := 0; i < len(shuffled); i += together {
			one := post{}
			for _, k := range shuffled[i:min(i+together, len(shuffled))] {
				one.items = append(one.items, contacts+k)
			}
			p.posts = append(p.posts, one)
		}
	}
	p.rng.Shuffle(len(p.posts)-1, func(i, j int) { p.posts[i+1], p.posts[j+1] = p.posts[j+1], p.posts[i+1] })
	return p
}

// walks checks that each contact's enrollment has taken the contact's events in the
// order of the log, all of them and each once.
func (a *audit) walks() {
	for _, e := range a.enrollments {
		taken := []string{}
		for _, step := range e.steps {
			if step.decided != "" {
				taken = append(taken, step.decided)
			}
		}
		i := 0
		for _, event := range a.contacts[e.contact].log {
			if event.typ != "walk.stepped" {
				continue
			}
			if i >= len(taken) || taken[i] != event.id {
				a.wrong(order, "enrollment %s: place %d is not event %s (number %d)", e.id, i, event.id, event.seq)
				break
			}
			i++
		}
		if i != walkSteps || len(taken) != walkSteps {
			a.wrong(lost, "enrollment %s took %d events, %d of them in order", e.id, len(taken), i)
		}
	}
}
