package app

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"fermata/alarms"
	"fermata/store"
	"fermata/worker"
)

const (
	// metricsKept is how long one reading of the store serves scrapes.
	metricsKept = 2 * time.Second
	// metricsWait is how long a scrape waits for the store.
	metricsWait = time.Second
)

var (
	routerAge     = prometheus.NewDesc("fermata_router_age_seconds", "Age of the oldest accepted event that is not routed.", nil, nil)
	dispatcherAge = prometheus.NewDesc("fermata_dispatcher_age_seconds", "Age of the oldest call to Temporal that is not made.", nil, nil)
	activeNow     = prometheus.NewDesc("fermata_enrollments_active", "Active enrollments, tests included.", []string{"status"}, nil)
	lateNow       = prometheus.NewDesc("fermata_enrollments_late", "Active enrollments that were due more than a minute ago.", nil, nil)
	wedgedNow     = prometheus.NewDesc("fermata_enrollments_wedged", "Active enrollments that cannot go on by themselves.", nil, nil)
	stoppedNow    = prometheus.NewDesc("fermata_contacts_stopped", "Contacts whose queue has stopped at an event that cannot be routed.", nil, nil)
	lostNow       = prometheus.NewDesc("fermata_runs_lost", "Runs that the last round of the reconciler found lost, or open although their enrollment has ended.", nil, nil)
	differenceNow = prometheus.NewDesc("fermata_reconcile_difference", "Active enrollments less open runs of Temporal, by cause, as compared last; absent before the first time.", []string{"cause"}, nil)
	alarmsNow     = prometheus.NewDesc("fermata_alarms_open", "Alarms that are not over.", []string{"kind"}, nil)
	pollersNow    = prometheus.NewDesc("fermata_pollers", "Workers that ask Temporal for tasks; absent while Temporal does not answer.", []string{"queue", "kind"}, nil)
)

// deletedAlways are the tables whose count of deleted rows is there from the start.
var deletedAlways = []string{"events", "enrollments", "steps"}

// metrics reads the series of the product from the store when they are asked for. A
// store that does not answer leaves them out; nothing in them names a contact.
type metrics struct {
	store    *store.Store
	now      func() time.Time
	registry *prometheus.Registry
	// lost is how many runs the reconciler of this process found lost; nil without one.
	lost func() int64
	// pollers asks Temporal; nil leaves that out.
	pollers *pollers

	accepted   prometheus.Counter
	reconciled *prometheus.CounterVec
	deleted    *prometheus.CounterVec

	mu     sync.Mutex
	readAt time.Time
	last   []prometheus.Metric
}

func newMetrics(s *store.Store, now func() time.Time) *metrics {
	m := &metrics{
		store: s, now: now, registry: prometheus.NewRegistry(),
		accepted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fermata_events_accepted_total", Help: "Events that this process has accepted, duplicates left out.",
		}),
		reconciled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fermata_reconciled_total", Help: "What the reconciler of this process has mended.",
		}, []string{"kind"}),
		deleted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fermata_retention_deleted_total", Help: "Rows that this process has deleted because their time was over.",
		}, []string{"table"}),
	}
	for _, table := range deletedAlways {
		m.deleted.WithLabelValues(table)
	}
	for _, kind := range worker.Repairs {
		m.reconciled.WithLabelValues(kind)
	}
	m.registry.MustRegister(m, m.accepted, m.reconciled, m.deleted)
	return m
}

// handler serves these series and those of the process.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{prometheus.DefaultGatherer, m.registry}, promhttp.HandlerOpts{})
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{routerAge, dispatcherAge, activeNow, lateNow, wedgedNow, stoppedNow, lostNow, differenceNow, alarmsNow, pollersNow} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	for _, one := range m.current() {
		to <- one
	}
}

// current is the last reading, or a new one when that is too old.
func (m *metrics) current() []prometheus.Metric {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if m.readAt.IsZero() || now.Sub(m.readAt) >= metricsKept {
		m.last, m.readAt = m.read(now), now
	}
	return m.last
}

// read is empty when the store does not answer.
func (m *metrics) read(now time.Time) []prometheus.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), metricsWait)
	defer cancel()
	var list []prometheus.Metric
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		list = append(list, prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...))
	}
	err := m.store.Read(ctx, func(tx *store.Tx) error {
		_, oldest, err := tx.RouterLag()
		if err != nil {
			return err
		}
		gauge(routerAge, age(now, oldest))
		if _, oldest, err = tx.DispatchLag(); err != nil {
			return err
		}
		gauge(dispatcherAge, age(now, oldest))
		active, late, err := tx.CountActive(now.Add(-lateAfter))
		if err != nil {
			return err
		}
		for _, status := range []string{store.StatusRunning, store.StatusWaiting, store.StatusPaused, store.StatusHeld} {
			gauge(activeNow, float64(active[status]), status)
		}
		gauge(lateNow, float64(late))
		wedged, err := tx.CountWedged()
		if err != nil {
			return err
		}
		gauge(wedgedNow, float64(wedged))
		stopped, err := tx.StoppedContacts()
		if err != nil {
			return err
		}
		gauge(stoppedNow, float64(len(stopped)))
		open, err := tx.CountAlarms()
		if err != nil {
			return err
		}
		for _, kind := range alarms.Kinds {
			gauge(alarmsNow, float64(open[kind]), kind)
		}
		return readDifference(tx, gauge)
	})
	if err != nil {
		list = nil
	}
	if m.lost != nil {
		gauge(lostNow, float64(m.lost()))
	}
	if found, ok := m.askPollers(ctx); ok {
		for _, kind := range []string{pollWorkflow, pollActivity} {
			gauge(pollersNow, float64(len(found[kind])), m.pollers.queue, kind)
		}
	}
	return list
}

// readDifference gives what the last comparison with Temporal found.
func readDifference(tx *store.Tx, gauge func(desc *prometheus.Desc, value float64, labels ...string)) error {
	row, err := tx.Reconciliation()
	if err != nil || row == nil {
		return err
	}
	causes := map[string]int64{}
	if err := row.Causes.Decode(&causes); err != nil {
		return err
	}
	for _, cause := range worker.Causes {
		gauge(differenceNow, float64(causes[cause]), cause)
	}
	return nil
}

func (m *metrics) askPollers(ctx context.Context) (map[string][]string, bool) {
	if m.pollers == nil {
		return nil, false
	}
	found, err := m.pollers.identities(ctx)
	return found, err == nil
}
