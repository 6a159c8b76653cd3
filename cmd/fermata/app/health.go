package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"fermata/api"
	"fermata/events"
	"fermata/store"
)

const (
	healthTimeout = 3 * time.Second
	// degradedAge is how old the oldest undone piece of work may be, in seconds.
	degradedAge = 60
	// lateAfter is how long after its due instant an open wait counts as late.
	lateAfter = time.Minute
	// temporalKeeps is how long Temporal keeps closed histories.
	temporalKeeps = 90 * 24 * time.Hour
)

// health answers the three questions: alive, ready, and how the engine is.
type health struct {
	app      *App
	workerUp atomic.Bool
}

// ready is nil when this process can do its work: the API needs the store only, so
// that intake stays in service while Temporal is away; worker and relay need
// Temporal, and a worker its own pollers. The development server needs all, once.
func (h *health) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	if err := h.app.store.Ping(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if h.app.o.Parts.API && !h.app.o.Settings.Dev {
		return nil
	}
	return h.engineReady(ctx)
}

func (h *health) engineReady(ctx context.Context) error {
	parts := h.app.o.Parts
	if !parts.Worker && !parts.Relay {
		return nil
	}
	if _, err := h.app.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("temporal: %w", err)
	}
	if parts.Worker && !h.workerUp.Load() {
		return errors.New("worker: not started")
	}
	if parts.Worker {
		if pollers, err := h.pollers(ctx); err != nil || pollers["workflow"] == 0 {
			return errors.Join(errors.New("worker: no pollers"), err)
		}
	}
	return nil
}

// pollers counts who asks Temporal for work on the queue.
func (h *health) pollers(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	for name, kind := range map[string]enumspb.TaskQueueType{
		"workflow": enumspb.TASK_QUEUE_TYPE_WORKFLOW, "activity": enumspb.TASK_QUEUE_TYPE_ACTIVITY,
	} {
		answer, err := h.app.temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: h.app.o.Settings.TemporalNamespace, TaskQueue: &taskqueuepb.TaskQueue{Name: h.app.o.Worker.Queue()}, TaskQueueType: kind,
		})
		if err != nil {
			return nil, fmt.Errorf("describe task queue: %w", err)
		}
		counts[name] = len(answer.GetPollers())
	}
	return counts, nil
}

// engine is the health of the whole engine, for GET /v1/health/engine.
func (h *health) engine(ctx context.Context) api.EngineHealth {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	out := api.EngineHealth{Status: "ok", Temporal: "ok"}
	pollers, err := h.pollers(ctx)
	out.Pollers = pollers
	if err != nil {
		out.Status, out.Temporal = "down", "unreachable"
	} else if pollers["workflow"] == 0 || pollers["activity"] == 0 {
		out.Status = "down"
	}
	if err := h.queues(ctx, &out); err != nil {
		h.app.log.WarnContext(ctx, "read queues", "error", err)
		out.Status = "down"
	}
	troubled := out.RouterAgeS > degradedAge || out.DispatcherAgeS > degradedAge || out.Late > 0 || out.Lost > 0 || out.Wedged > 0
	if out.Status == "ok" && troubled {
		out.Status = "degraded"
	}
	return out
}

func (h *health) queues(ctx context.Context, out *api.EngineHealth) error {
	return h.app.store.Read(ctx, func(tx *store.Tx) error {
		now := time.Now()
		_, oldest, err := tx.RouterLag()
		if err != nil {
			return err
		}
		out.RouterAgeS = age(now, oldest)
		if _, oldest, err = tx.DispatchLag(); err != nil {
			return err
		}
		out.DispatcherAgeS = age(now, oldest)
		late, err := tx.OverdueEnrollments(now.Add(-lateAfter), 1000)
		if err != nil {
			return err
		}
		out.Late = len(late)
		stopped, err := tx.StoppedContacts()
		if err != nil {
			return err
		}
		out.Wedged = len(stopped)
		out.Lost = int(h.app.reconciler.Lost())
		return nil
	})
}

func age(now time.Time, oldest *time.Time) float64 {
	if oldest == nil {
		return 0
	}
	return max(0, now.Sub(*oldest).Seconds())
}

// mux serves the health of a process without API.
func (h *health) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := h.ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
	mux.Handle("GET /metrics", h.app.metrics.handler())
	return mux
}

// temporalURL is where the run of an enrollment is shown, "" once Temporal has
// forgotten it.
func (a *App) temporalURL(e *store.Enrollment) string {
	if e.EndedAt != nil && time.Since(*e.EndedAt) > temporalKeeps {
		return ""
	}
	id := events.WorkflowID(e.Workflow, e.ContactID, e.ID)
	return "http://" + a.o.Settings.TemporalUIAddr + "/namespaces/" + url.PathEscape(a.o.Settings.TemporalNamespace) +
		"/workflows/" + url.PathEscape(id)
}
