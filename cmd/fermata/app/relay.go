package app

import (
	"context"
	"time"

	"fermata/alarms"
	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/worker"
)

// relay is what moves the work that stands in the store: every part looks for rows of its own and
// shares them with the relays of other processes.
type relay struct {
	router     *events.Router
	dispatcher *events.Dispatcher
	jobs       *events.Jobs
	scheduler  *events.Scheduler
	planner    *events.Planner
	watcher    *events.Watcher
	hits       *events.HitRecorder
	resumer    *events.Resumer
	admitter   *events.Admitter
	roller     *events.Roller
	keeper     *events.Keeper
	reconciler *worker.Reconciler
	census     *worker.Census
	evaluator  *alarms.Evaluator
	courier    *alarms.Courier
}

func (a *App) newRelay() *relay {
	s, log := a.store, a.log
	r := &relay{
		router:     &events.Router{Store: s, Definitions: a.definitions, Log: log},
		dispatcher: &events.Dispatcher{Store: s, Engine: a.engine, Log: log, Workers: 16},
	}
	r.router.Dispatched = r.dispatcher.Nudge
	r.jobs = &events.Jobs{Store: s, Log: log, Kinds: events.JobKinds(a.definitions), Wrote: r.nudgeQueues}
	r.scheduler = &events.Scheduler{Store: s, Now: a.o.Clock, Log: log, Queued: r.jobs.Nudge}
	r.planner = &events.Planner{Store: s, Log: log, Fired: r.router.Nudge}
	r.watcher = &events.Watcher{Store: s, Definitions: a.definitions, Log: log, Fired: r.router.Nudge}
	r.hits = &events.HitRecorder{Store: s, Log: log, Wrote: r.router.Nudge}
	r.resumer = &events.Resumer{Store: s, Log: log, Dispatched: r.dispatcher.Nudge}
	r.admitter = &events.Admitter{Store: s, Definitions: a.definitions, Log: log, Dispatched: r.dispatcher.Nudge}
	r.roller = &events.Roller{Store: s, Log: log}
	r.keeper = &events.Keeper{
		Store: s, Log: log, Events: kept(a.o.Settings.RetentionEvents), Steps: kept(a.o.Settings.RetentionSteps),
		Count: func(table string, n int64) { a.metrics.deleted.WithLabelValues(table).Add(float64(n)) },
	}
	r.reconciler = &worker.Reconciler{
		Store: s, Engine: a.engine, Log: log, Now: time.Now, Nudge: a.nudge, Every: a.o.Reconcile, Overdue: a.o.Reconcile,
		Count: func(kind string, n int) { a.metrics.reconciled.WithLabelValues(kind).Add(float64(n)) },
	}
	r.census = &worker.Census{
		Store: s, Engine: a.engine, Log: log, Now: time.Now, Lost: r.reconciler.Lost, Every: 4 * a.o.Reconcile,
	}
	r.courier = alarms.NewCourier(s, &alarms.Desk{
		Mailer: a.mailer, Caller: a.caller, Secrets: a.box, MailFrom: a.o.Settings.MailFrom, Now: time.Now,
	}, log)
	r.evaluator = &alarms.Evaluator{
		Store: s, Definitions: a.definitions, Log: log, Every: a.o.AlarmEvery, BaseURL: a.o.Settings.Base(), Queued: r.courier.Nudge,
	}
	return r
}

// kept reads how long something is kept; Settings.Check has seen that it is a duration.
func kept(text string) calendar.Duration {
	d, err := calendar.ParseDuration(text)
	if err != nil {
		return calendar.Duration{}
	}
	return d
}

// parts are what runs until the process stops.
func (r *relay) parts() []func(context.Context) error {
	return []func(context.Context) error{
		r.router.Run, r.dispatcher.Run, r.jobs.Run, r.scheduler.Run, r.planner.Run,
		r.watcher.Run, r.hits.Run, r.resumer.Run, r.admitter.Run, r.roller.Run, r.keeper.Run, r.reconciler.Run, r.census.Run,
		r.evaluator.Run, r.courier.Run,
	}
}

// nudge tells every part that may have work now; the others look at the clock anyway.
func (r *relay) nudge() {
	r.nudgeQueues()
	r.jobs.Nudge()
	r.resumer.Nudge()
	r.admitter.Nudge()
}

func (r *relay) nudgeQueues() {
	r.router.Nudge()
	r.dispatcher.Nudge()
}
