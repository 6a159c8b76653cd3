package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"fermata/api"
	"fermata/events"
	"fermata/store"
	"fermata/worker"
)

const (
	healthTimeout = 3 * time.Second
	// degradedAge is how old the oldest undone piece of work may be, in seconds.
	degradedAge = 60
	// lateAfter is how long after its due instant an open wait counts as late.
	lateAfter = time.Minute
	// temporalKeeps is how long Temporal keeps closed histories.
	temporalKeeps = 90 * 24 * time.Hour
	// detailsShown bounds how many of a kind the health names.
	detailsShown = 20
)

// health answers the three questions: alive, ready, and how the engine is.
type health struct {
	app      *App
	pollers  *pollers
	workerUp atomic.Bool
	leaving  atomic.Bool
}

// ready is nil when this process can do its work: the API needs the store only, so
// that intake stays in service while Temporal is away; worker and relay need
// Temporal, and a worker its own pollers. The development server needs all, once. Who is
// about to end is not ready.
func (h *health) ready(ctx context.Context) error {
	if h.leaving.Load() {
		return errors.New("stopping")
	}
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
		return h.ownPollers(ctx)
	}
	return nil
}

// ownPollers fails when this worker does not ask Temporal for work of either kind.
func (h *health) ownPollers(ctx context.Context) error {
	found, err := h.pollers.identities(ctx)
	if err != nil {
		return fmt.Errorf("worker: read pollers: %w", err)
	}
	for _, kind := range []string{pollWorkflow, pollActivity} {
		if !slices.Contains(found[kind], h.app.o.Worker.Identity) {
			return fmt.Errorf("worker: it does not ask for %s tasks of queue %s", kind, h.pollers.queue)
		}
	}
	return nil
}

// engine is the health of the whole engine, for GET /v1/health/engine.
func (h *health) engine(ctx context.Context) api.EngineHealth {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	out := api.EngineHealth{Status: "ok", Temporal: "ok", Details: []api.HealthDetail{}}
	h.askTemporal(ctx, &out)
	if err := h.app.store.Read(ctx, func(tx *store.Tx) error { return h.readStore(tx, &out) }); err != nil {
		h.app.log.WarnContext(ctx, "read queues", "error", err)
		out.Status = "down"
		out.Details = append(out.Details, api.HealthDetail{Kind: "store", Cause: "the store does not answer"})
	}
	troubled := out.RouterAgeS > degradedAge || out.DispatcherAgeS > degradedAge || out.Late > 0 || out.Lost > 0 || out.Wedged > 0
	if out.Status == "ok" && troubled {
		out.Status = "degraded"
	}
	return out
}

// askTemporal fills in whether Temporal answers and who asks it for work.
func (h *health) askTemporal(ctx context.Context, out *api.EngineHealth) {
	found, err := h.pollers.identities(ctx)
	if err != nil {
		out.Status, out.Temporal = "down", "unreachable"
		out.Details = append(out.Details, api.HealthDetail{Kind: "temporal", Cause: "Temporal does not answer"})
		return
	}
	out.Pollers = map[string]int{}
	for _, kind := range []string{pollWorkflow, pollActivity} {
		if out.Pollers[kind] = len(found[kind]); len(found[kind]) == 0 {
			out.Status = "down"
			out.Details = append(out.Details, api.HealthDetail{
				Kind: "pollers", Subject: h.pollers.queue, Cause: "no worker asks for " + kind + " tasks of this queue",
			})
		}
	}
}

// readStore fills in what the store knows of late and stopped work.
func (h *health) readStore(tx *store.Tx, out *api.EngineHealth) error {
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
	if _, out.Late, err = tx.CountActive(now.Add(-lateAfter)); err != nil {
		return err
	}
	if out.Lost, err = h.lost(tx); err != nil {
		return err
	}
	return wedged(tx, out)
}

// lost is how many runs are missing. The relay of this process knows it from its last round; without
// one it is what the relay of another process has noted, within the minute.
func (h *health) lost(tx *store.Tx) (int, error) {
	if h.app.o.Parts.Relay {
		return int(h.app.relay.reconciler.Lost()), nil
	}
	row, err := tx.Reconciliation()
	if err != nil || row == nil {
		return 0, err
	}
	causes := map[string]int{}
	if err := row.Causes.Decode(&causes); err != nil {
		return 0, fmt.Errorf("read causes: %w", err)
	}
	return causes[worker.CauseLost], nil
}

// wedged fills in who cannot go on without a person: enrollments whose run fails again
// and again, and contacts whose queue has stopped at an event.
func wedged(tx *store.Tx, out *api.EngineHealth) error {
	stopped, err := tx.StoppedContacts()
	if err != nil {
		return err
	}
	count, err := tx.CountWedged()
	if err != nil {
		return err
	}
	yes := true
	list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Wedged: &yes, Active: &yes}, store.Page{Limit: detailsShown})
	if err != nil {
		return err
	}
	out.Wedged = count + len(stopped)
	for i := range list {
		out.Details = append(out.Details, api.HealthDetail{
			Kind: "enrollment", Subject: list[i].ID, Cause: list[i].WedgeCause(), Since: list[i].WedgedAt,
		})
	}
	for i := range stopped[:min(len(stopped), detailsShown)] {
		out.Details = append(out.Details, api.HealthDetail{
			Kind: "contact", Subject: stopped[i].ContactID, Cause: "its queue has stopped: " + stopped[i].Error, Since: &stopped[i].CreatedAt,
		})
	}
	return nil
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
