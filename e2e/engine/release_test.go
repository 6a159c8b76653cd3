package engine_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/e2e/sizes"
	"fermata/worker"
)

// Ways in which a release can be wrong.
const (
	panics        = iota // its code panics
	refuses              // it does not understand the definition
	otherCommands        // it wants something else than what is recorded
	waysToBeBroken
)

// badRelease is a release that can carry no enrollment: each one meets one of the ways.
type badRelease struct {
	interceptor.WorkerInterceptorBase
	mu     sync.Mutex
	struck map[string]int
}

// strike chooses the way in which an enrollment meets the release, the same each time.
func (b *badRelease) strike(enrollment string, begun bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	way, met := b.struck[enrollment]
	if !met {
		way = len(b.struck) % waysToBeBroken
		// What a new run records of other commands stays in its history, so that it has to be
		// made anew, which takes a while.
		if way == otherCommands && !begun && !sizes.Full() {
			way = panics
		}
		b.struck[enrollment] = way
	}
	return way
}

func (b *badRelease) met() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.struck)
}

func (b *badRelease) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &badWorkflow{interceptor.WorkflowInboundInterceptorBase{Next: next}, b}
}

type badWorkflow struct {
	interceptor.WorkflowInboundInterceptorBase
	b *badRelease
}

func (w *badWorkflow) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	switch w.b.strike(in.Args[0].(names.Start).Enrollment, workflow.IsReplaying(ctx)) {
	case panics:
		panic("a bug of the new release")
	case refuses:
		in.Args[1] = []byte(`{"schema": 99}`)
	case otherCommands:
		if err := workflow.Sleep(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	return w.Next.ExecuteWorkflow(ctx, in)
}

const patientFlow = `  a: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], forever: true}, next: {got: b}}
  b: {type: email, with: {subject: Once, body: Text., class: marketing}, next: c}
  c: {type: wait, with: {for: 1s}, next: d}
  d: {type: tag_add, with: {tag: arrived}, next: e}
  e: {type: end}`

// A release that can carry nobody takes over, while people wait, are woken and come in. When the
// one before it is back, everybody goes on as if nothing had been.
func TestPoisonedReleaseFailsNobody(t *testing.T) {
	t.Parallel()
	front := harness.Start(t, harness.Options{
		Database: harness.Databases()["postgres"](t), Parts: &app.Parts{API: true, Relay: true}, Reconcile: time.Second, Log: slog.New(slog.DiscardHandler),
	})
	release := func(interceptors ...interceptor.WorkerInterceptor) *harness.System {
		return harness.Start(t, harness.Options{
			Parts: &app.Parts{Worker: true}, Log: slog.New(slog.DiscardHandler), Worker: worker.Options{TaskQueue: front.Queue(), Interceptors: interceptors},
			Database: front.Database(), Change: func(s *app.Settings) { s.SMTPURL = front.SMTP.URL() },
		})
	}
	publishFlow(front, "patient", patientFlow)
	parked, fresh := people("parked", sizes.Of(6, 60)), people("fresh", sizes.Of(4, 60))
	good := release()
	for _, mail := range parked {
		post(front, "form.submitted", mail)
	}
	front.Eventually("they wait", func() bool { return count(front, "patient", "waiting") == len(parked) })
	good.Stop()

	bad := &badRelease{struck: map[string]int{}}
	poisoned, until := release(bad), time.Now().Add(sizes.Of(0, 5*time.Minute))
	for i := range parked {
		post(front, "assets.uploaded", parked[i])
	}
	for i := range fresh {
		post(front, "form.submitted", fresh[i])
	}
	front.Eventually("everybody has met it", func() bool { return bad.met() == len(parked)+len(fresh) })
	<-time.After(time.Until(until))
	require.Empty(t, front.SMTP.Mails())
	require.Zero(t, count(front, "patient", "failed"))
	poisoned.Stop()

	release()
	for _, mail := range fresh {
		post(front, "assets.uploaded", mail)
	}
	all := len(parked) + len(fresh)
	began := time.Now()
	for count(front, "patient", "completed") < all {
		require.Zero(t, count(front, "patient", "failed"))
		require.Less(t, time.Since(began), sizes.Of(4*time.Minute, 20*time.Minute), "waited in vain: everybody goes on")
		<-time.After(200 * time.Millisecond)
	}
	t.Logf("all went on within %s", time.Since(began).Round(time.Second))
	for _, mail := range append(parked, fresh...) {
		e := front.Enrollment("patient", mail, "completed")
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, way(e))
		require.Len(t, front.SMTP.To(mail), 1)
	}
}

func people(name string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%d@example.com", name, i)
	}
	return list
}

func count(s *harness.System, workflow, status string) int {
	s.T.Helper()
	return len(s.Items("/v1/enrollments?limit=500&workflow=" + workflow + "&status=" + status))
}
