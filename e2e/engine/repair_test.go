package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/events"
	"fermata/store"
	"fermata/worker"
)

// eachRepaired runs a test on programs with either store whose reconciler looks every
// second.
func eachRepaired(t *testing.T, o harness.Options, run func(t *testing.T, s *harness.System)) {
	t.Helper()
	o.Reconcile, o.Log = time.Second, slog.New(slog.DiscardHandler)
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mine := o
			mine.Database = database(t)
			run(t, harness.Start(t, mine))
		})
	}
}

func publishFlow(s *harness.System, key, nodes string) {
	s.T.Helper()
	s.Publish("schema: 1\nkey: " + key + "\nname: " + key + "\ntriggers: [{id: go, event: form.submitted}]\nstart: a\nnodes:\n" + nodes)
}

func post(s *harness.System, event, email string) {
	s.T.Helper()
	s.Must("POST", "/v1/events", map[string]any{"type": event, "contact": map[string]any{"email": email}})
}

func write(s *harness.System, fn func(tx *store.Tx) error) {
	s.T.Helper()
	require.NoError(s.T, s.App.Store().Write(s.T.Context(), fn))
}

// runID is the Temporal workflow id of an enrollment.
func runID(e map[string]any) string {
	return events.WorkflowID(e["workflow"].(string), e["contact"].(map[string]any)["id"].(string), e["id"].(string))
}

func TestRunOfEndedEnrollmentClosesAlthoughItsWakeWasLost(t *testing.T) {
	t.Parallel()
	eachRepaired(t, harness.Options{}, func(t *testing.T, s *harness.System) {
		t.Helper()
		s.HTTP.Handle("/broken", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusServiceUnavailable) })
		publishFlow(s, "lost-end", "  a: {type: hold}")
		publishFlow(s, "lost-end-call", fmt.Sprintf("  a: {type: webhook, with: {url: %q}}", s.HTTP.URL+"/broken"))
		post(s, "form.submitted", "ana@example.com")
		for key, status := range map[string]string{"lost-end": "held", "lost-end-call": "running"} {
			e := s.Enrollment(key, "ana@example.com", status)
			write(s, func(tx *store.Tx) error {
				row, contact, err := tx.LockEnrollmentContact(e["id"].(string))
				if err != nil {
					return err
				}
				return events.EndWith(tx, contact, row, events.Ending{Status: "exited", Outcome: "neutral", Reason: "operator", Now: time.Now().UTC()})
			})
			s.Eventually("its run has closed", func() bool { return s.RunClosed(e) })
		}
	})
}

func TestWakeThatTemporalHasForgottenIsRepeated(t *testing.T) {
	t.Parallel()
	eachRepaired(t, harness.Options{}, func(t *testing.T, s *harness.System) {
		t.Helper()
		publishFlow(s, "lost-wake", `  a: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], forever: true}, next: {got: b}}
  b: {type: end}`)
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("lost-wake", "ana@example.com", "waiting")
		write(s, func(tx *store.Tx) error {
			if _, err := tx.SetWake(e["id"].(string)); err != nil {
				return err
			}
			calls, err := tx.Dispatches(e["id"].(string))
			if err != nil {
				return err
			}
			_, err = tx.DoneDispatch(calls[0].ID, "")
			return err
		})
		post(s, "assets.uploaded", "ana@example.com")
		s.Enrollment("lost-wake", "ana@example.com", "completed")
	})
}

// Somebody closes runs by hand: the enrollments fail, and their place is free.
func TestRunClosedInTemporalFailsItsEnrollment(t *testing.T) {
	t.Parallel()
	eachRepaired(t, harness.Options{}, func(t *testing.T, s *harness.System) {
		t.Helper()
		s.HTTP.Handle("/broken", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusServiceUnavailable) })
		publishFlow(s, "closed-wait", "  a: {type: wait, with: {for: 30d}}")
		counts := func(n int) bool {
			_, metrics := s.Do("GET", "/metrics", nil)
			return strings.Contains(string(metrics), fmt.Sprintf("fermata_reconciled_total{kind=%q} %d\n", worker.RepairEnded, n))
		}
		require.True(t, counts(0), "nothing was mended yet")
		publishFlow(s, "closed-call", fmt.Sprintf("  a: {type: webhook, with: {url: %q}}", s.HTTP.URL+"/broken"))
		for how, closeRun := range map[string]func(ctx context.Context, id string) error{
			"terminate": func(ctx context.Context, id string) error {
				return s.App.Temporal().TerminateWorkflow(ctx, id, "", "by hand")
			},
			"cancel": func(ctx context.Context, id string) error { return s.App.Temporal().CancelWorkflow(ctx, id, "") },
		} {
			mail := how + "@example.com"
			post(s, "form.submitted", mail)
			for key, status := range map[string]string{"closed-wait": "waiting", "closed-call": "running"} {
				e := s.Enrollment(key, mail, status)
				s.Eventually("it waits, or has tried twice", func() bool {
					steps := s.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["steps"].([]any)
					return key == "closed-wait" || len(steps) > 0 && steps[0].(map[string]any)["attempts"].(float64) >= 2
				})
				require.NoError(t, closeRun(t.Context(), runID(e)))
				e = s.Enrollment(key, mail, "failed")
				require.Equal(t, "terminated_in_temporal", e["reason"], how)
				last := e["steps"].([]any)[0].(map[string]any)
				require.Equal(t, []any{"exited", "terminated_in_temporal"}, []any{last["status"], last["reason"]}, how)
			}
			post(s, "form.submitted", mail)
			s.Eventually("its place is free", func() bool {
				return len(s.Items("/v1/enrollments?workflow=closed-wait&contact="+mail)) == 2
			})
		}
		s.Eventually("each repair is counted", func() bool { return counts(4) })
	})
}

// poison makes every workflow task of one run fail, from a chosen moment.
type poison struct {
	interceptor.WorkerInterceptorBase
	mu   sync.Mutex
	runs map[string]bool
}

func (p *poison) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &poisonedWorkflow{interceptor.WorkflowInboundInterceptorBase{Next: next}, p}
}

type poisonedWorkflow struct {
	interceptor.WorkflowInboundInterceptorBase
	p *poison
}

func (w *poisonedWorkflow) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return w.Next.Init(&poisonedCalls{interceptor.WorkflowOutboundInterceptorBase{Next: out}, w.p})
}

type poisonedCalls struct {
	interceptor.WorkflowOutboundInterceptorBase
	p *poison
}

func (c *poisonedCalls) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	c.p.mu.Lock()
	struck := c.p.runs[workflow.GetInfo(ctx).WorkflowExecution.RunID]
	c.p.mu.Unlock()
	if struck {
		panic("this run cannot go on")
	}
	return c.Next.ExecuteLocalActivity(ctx, name, args...)
}

func TestWedgedRunIsListedAndMadeAnewOnDemand(t *testing.T) {
	t.Parallel()
	p := &poison{runs: map[string]bool{}}
	eachRepaired(t, harness.Options{Worker: worker.Options{Interceptors: []interceptor.WorkerInterceptor{p}}}, func(t *testing.T, s *harness.System) {
		t.Helper()
		publishFlow(s, "wedged", `  a: {type: email, with: {subject: Once, body: Text., class: marketing}, next: b}
  b: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], timeout: 30d}, next: {got: c}}
  c: {type: tag_add, with: {tag: arrived}, next: d}
  d: {type: end}`)
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("wedged", "ana@example.com", "waiting")
		run, err := s.App.Temporal().DescribeWorkflowExecution(t.Context(), runID(e), "")
		require.NoError(t, err)
		p.mu.Lock()
		p.runs[run.GetWorkflowExecutionInfo().GetExecution().GetRunId()] = true
		p.mu.Unlock()
		post(s, "assets.uploaded", "ana@example.com")
		var wedged []map[string]any
		s.Eventually("it is listed", func() bool {
			wedged = s.Items("/v1/enrollments?wedged=true")
			return len(wedged) == 1
		})
		require.Contains(t, wedged[0]["wedged"].(map[string]any)["cause"], "workflow task fails")
		health := s.Must("GET", "/v1/health/engine", nil)
		require.Equal(t, []any{"degraded", 1.0}, []any{health["status"], health["wedged"]})
		detail := health["details"].([]any)[0].(map[string]any)
		require.Equal(t, []any{"enrollment", e["id"]}, []any{detail["kind"], detail["subject"]})

		s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/retry", nil)
		after := s.Enrollment("wedged", "ana@example.com", "completed")
		require.Equal(t, []string{"a", "b", "c", "d"}, way(after))
		require.Len(t, s.SMTP.To("ana@example.com"), 1)
		require.Nil(t, after["wedged"])
		s.Eventually("its run has closed", func() bool { return s.RunClosed(e) })
		require.Equal(t, "completed", s.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["status"])
	})
}

// An error of one enrollment's own data repeats for ever: it is listed with its text, and
// goes on when the data is mended.
func TestTransactionThatAlwaysFailsIsListedWithItsCause(t *testing.T) {
	t.Parallel()
	eachRepaired(t, harness.Options{}, func(t *testing.T, s *harness.System) {
		t.Helper()
		publishFlow(s, "broken-row", `  a: {type: hold, next: b}
  b: {type: tag_add, with: {tag: arrived}, next: c}
  c: {type: end}`)
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("broken-row", "ana@example.com", "held")
		set := func(data string) {
			write(s, func(tx *store.Tx) error {
				row, err := tx.LockEnrollment(e["id"].(string))
				if err != nil {
					return err
				}
				row.Cause = store.JSON(data)
				return tx.SaveEnrollment(row)
			})
		}
		set(`"text"`)
		s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/release", map[string]any{})
		var wedged []map[string]any
		s.Eventually("it is listed", func() bool {
			wedged = s.Items("/v1/enrollments?wedged=true")
			return len(wedged) == 1
		})
		cause := wedged[0]["wedged"].(map[string]any)["cause"].(string)
		require.Contains(t, cause, "Advance fails")
		require.Contains(t, cause, "read cause", "it says what is wrong")
		set(`{}`)
		s.Enrollment("broken-row", "ana@example.com", "completed")
		require.Empty(t, s.Items("/v1/enrollments?wedged=true"))
	})
}

func TestQueueThatNobodyServesIsNamed(t *testing.T) {
	t.Parallel()
	database := harness.Databases()["sqlite"](t)
	s := harness.Start(t, harness.Options{Database: database, Parts: &app.Parts{API: true, Relay: true}})
	health := func() map[string]any { return s.Must("GET", "/v1/health/engine", nil) }
	require.Equal(t, "down", health()["status"])
	require.Len(t, health()["details"], 2)
	for _, detail := range health()["details"].([]any) {
		require.Equal(t, []any{"pollers", s.Queue()}, []any{detail.(map[string]any)["kind"], detail.(map[string]any)["subject"]})
	}
	_, metrics := s.Do("GET", "/metrics", nil)
	require.Contains(t, string(metrics), fmt.Sprintf("fermata_pollers{kind=\"workflow\",queue=%q} 0", s.Queue()))
	workers := harness.Start(t, harness.Options{Database: database, Parts: &app.Parts{Worker: true}, Worker: worker.Options{TaskQueue: s.Queue()}})
	s.Eventually("the worker is seen", func() bool { return health()["status"] == "ok" })
	workers.Stop()
	s.Eventually("nobody is left", func() bool { return health()["status"] == "down" })
}
