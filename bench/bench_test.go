//go:build bench

package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"fermata/activities"
	"fermata/e2e/harness"
	"fermata/store"
	"fermata/store/storetest"
)

const (
	flows    = 400
	inFlight = 50
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestBench prints flows per second of four ways to do the same, and the time from
// an event to its first effect. It fails when the engine costs more than agreed:
// 0.75 of the hand-written local version, 4 times the regular one, 50 ms.
func TestBench(t *testing.T) {
	ctx := context.Background()
	server, err := storetest.StartServer(ctx, storetest.Options{Durable: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	database, err := server.Database(ctx)
	require.NoError(t, err)
	s := harness.Start(t, harness.Options{Database: database, Temporal: harness.StartTemporalOn(t, harness.TemporalDatabase(t, server))})
	prepare(s)
	h := byHand(t, s)

	run := func(name string, flow func(n int) error) float64 {
		if only := os.Getenv("FERMATA_BENCH_ONLY"); only != "" && !strings.Contains(name, only) {
			return 1
		}
		warm(t, flow)
		rate := measure(t, flow)
		fmt.Printf("%-42s %7.1f flows/s\n", name, rate)
		return rate
	}
	start := func(flow any) func(int) error {
		return func(n int) error {
			contact, err := h.begin(ctx, n)
			if err != nil {
				return err
			}
			r, err := h.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
				ID: uuid.NewString(), TaskQueue: handQueue, EnableEagerStart: true,
			}, flow, contact)
			if err != nil {
				return err
			}
			return r.Get(ctx, nil)
		}
	}
	run("empty workflow", func(int) error {
		r, err := h.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: uuid.NewString(), TaskQueue: handQueue, EnableEagerStart: true}, empty)
		if err != nil {
			return err
		}
		return r.Get(ctx, nil)
	})
	slow := run("six effects by hand, regular activities", start(regular))
	fast := run("six effects by hand, local activities", start(local))
	ours := run("six effects drawn, through HTTP", drawn(t, s))
	p50 := latency(t, s)
	fmt.Printf("event to first effect, one at a time           p50 %s\n", p50.Round(time.Millisecond/10))
	fmt.Printf("ours / local by hand %.2f (at least 0.75), ours / regular by hand %.2f (at least 4)\n", ours/fast, ours/slow)
	require.GreaterOrEqual(t, ours/fast, 0.75)
	require.GreaterOrEqual(t, ours/slow, 4.0)
	require.Less(t, p50, 50*time.Millisecond)
}

func byHand(t *testing.T, s *harness.System) *hand {
	mailer, err := activities.NewSMTP(s.SMTP.URL())
	require.NoError(t, err)
	h := &hand{store: s.App.Store(), mailer: mailer, caller: activities.NewCaller(true), client: s.App.Temporal(), slack: s.HTTP.URL + "/slack"}
	w := worker.New(h.client, handQueue, worker.Options{
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
	})
	h.register(w)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return h
}

func prepare(s *harness.System) {
	s.Setup()
	s.Publish("schema: 1\nkey: onboarding-14\nname: Onboarding\nsettings: {correlate: trigger.order_id}\n" +
		"triggers: [{id: by_hand, manual: true}]\nstart: rest\nnodes:\n  rest: {type: wait, with: {for: 14d}}\n")
	s.Publish(harness.Example(s.T, "post-purchase"))
	s.Publish("schema: 1\nkey: first\nname: First\ntriggers: [{id: go, event: form.submitted}]\nstart: hi\n" +
		"nodes:\n  hi: {type: email, with: {subject: Hi, body: Hi., class: transactional}}\n")
}

// drawn posts a purchase and waits until its passage has ended. One reader asks the
// store for all of them, so that waiting costs next to nothing.
func drawn(t *testing.T, s *harness.System) func(n int) error {
	watch := &watcher{waiting: map[string]chan struct{}{}}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go watch.run(ctx, s.App.Store())
	return func(int) error {
		order := uuid.NewString()
		ended := watch.add(order)
		s.Must("POST", "/v1/events", map[string]any{
			"type": "purchase.completed", "contact": map[string]any{"email": order + "@example.com", "first_name": "Ana"},
			"data": map[string]any{"order_id": order, "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD"},
		})
		select {
		case <-ended:
			return nil
		case <-time.After(time.Minute):
			return fmt.Errorf("the passage of order %s did not end", order)
		}
	}
}

// watcher tells flows that their passage has ended.
type watcher struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func (w *watcher) add(order string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	ended := make(chan struct{})
	w.waiting[order] = ended
	return ended
}

func (w *watcher) run(ctx context.Context, db *store.Store) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_ = db.Read(ctx, func(tx *store.Tx) error {
			list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: "post-purchase", Status: "completed"}, store.Page{Limit: 2 * inFlight})
			w.tell(list)
			return err
		})
	}
}

func (w *watcher) tell(list []store.Enrollment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range list {
		if ended := w.waiting[e.Key]; ended != nil {
			close(ended)
			delete(w.waiting, e.Key)
		}
	}
}

func warm(t *testing.T, flow func(int) error) {
	for n := range 20 {
		require.NoError(t, flow(n))
	}
}

func measure(t *testing.T, flow func(int) error) float64 {
	began := time.Now()
	var wait sync.WaitGroup
	work := make(chan int)
	failures := make(chan error, flows)
	for range inFlight {
		wait.Go(func() {
			for n := range work {
				if err := flow(n); err != nil {
					failures <- err
				}
			}
		})
	}
	for n := range flows {
		work <- n
	}
	close(work)
	wait.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
	return flows / time.Since(began).Seconds()
}

// latency is the median time from posting an event to the acceptance of the mail
// that is its first effect.
func latency(t *testing.T, s *harness.System) time.Duration {
	var times []time.Duration
	for i := range 60 {
		email := fmt.Sprintf("latency%d@example.com", i)
		began := time.Now()
		s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": email}})
		require.Eventually(t, func() bool { return len(s.SMTP.To(email)) == 1 }, 10*time.Second, time.Millisecond)
		times = append(times, s.SMTP.To(email)[0].At.Sub(began))
	}
	slices.Sort(times)
	return times[len(times)/2]
}
