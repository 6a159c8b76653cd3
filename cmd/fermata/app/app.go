package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"fermata/activities"
	"fermata/api"
	"fermata/events"
	"fermata/links"
	"fermata/store"
	"fermata/web"
	"fermata/worker"
)

const (
	// stopTimeout is how long a stop may take in all.
	stopTimeout = 14 * time.Second
	// announceEvery is how often a worker tells the store that it lives.
	announceEvery = 10 * time.Second
)

// Parts says what a process runs.
type Parts struct{ API, Worker, Relay bool }

// Options start a process.
type Options struct {
	Settings Settings
	Parts    Parts
	Log      *slog.Logger
	// Extra are further handlers by path, like the mail sink of the development server.
	Extra map[string]http.Handler
	// Erased is told of each contact that was erased, see api.Config.
	Erased func(ctx context.Context, what events.Erased)
	// Reconcile is how late a step may be before its run is looked at, and how often;
	// 0 leaves both to the reconciler. Tests only.
	Reconcile time.Duration
	// AlarmEvery is how often the relay looks for trouble; 0 leaves it to the evaluator. Tests only.
	AlarmEvery time.Duration
	// Release is the version of the program, for the audit; default what the build says of itself.
	Release string
	// Clock is what schedules are fired by, and what the API takes as now; default time.Now. Tests only.
	Clock func() time.Time
	// Worker tunes the worker; tests only.
	Worker worker.Options
	// Ready, when set, is called once everything serves, with the address of the API.
	Ready func(addr string)
	// Migrate brings the database up to date first, as the development server does.
	Migrate bool
}

// App is a wired process.
type App struct {
	o           Options
	log         *slog.Logger
	store       *store.Store
	definitions *events.Definitions
	temporal    client.Client
	engine      *worker.Engine
	relay       *relay
	activities  *activities.Activities
	mailer      *activities.SMTP
	caller      *activities.Caller
	box         *Box
	links       *links.Signer
	fatal       chan error
	health      *health
	metrics     *metrics
}

// Open wires a process without starting anything.
func Open(ctx context.Context, o Options) (*App, error) {
	if err := o.Settings.Check(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		log, err := NewLog(o.Settings.Log, nil)
		if err != nil {
			return nil, err
		}
		o.Log = log
	}
	for _, weak := range o.Settings.Weak() {
		o.Log.Warn("a setting is weak", "setting", weak.Setting, "error", weak.Err)
	}
	a := &App{o: o, log: o.Log, definitions: events.NewDefinitions(256), fatal: make(chan error, 1)}
	var err error
	if a.box, err = NewBox(o.Settings.SecretKey); err != nil {
		return nil, err
	}
	if a.links, err = links.New(o.Settings.SecretKey, o.Settings.Base()); err != nil {
		return nil, fmt.Errorf("make links: %w", err)
	}
	if a.store, err = store.Open(ctx, o.Settings.Database()); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := a.prepare(ctx); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

func (a *App) prepare(ctx context.Context) error {
	s := a.o.Settings
	if a.o.Migrate {
		if err := a.store.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate store: %w", err)
		}
		if err := SeedAccount(ctx, a.store, s); err != nil {
			return err
		}
	}
	driver := worker.NewDefinitions(a.store)
	var err error
	if a.temporal, err = worker.Lazy(s.Temporal(), s.TemporalNamespace, driver, a.log); err != nil {
		return err
	}
	host, _ := os.Hostname()
	a.o.Worker.Identity = fmt.Sprintf("%d@%s@%s", os.Getpid(), host, a.o.Worker.Queue())
	a.engine = &worker.Engine{Client: a.temporal, Log: a.log, Queue: a.o.Worker.Queue(), Eager: a.o.Parts.Worker && a.o.Parts.Relay}
	a.health = &health{app: a, pollers: &pollers{
		client: a.temporal, store: a.store, namespace: s.TemporalNamespace, queue: a.o.Worker.Queue(), now: time.Now,
	}}
	a.metrics = newMetrics(a.store, time.Now)
	a.metrics.pollers = a.health.pollers
	if a.mailer, err = activities.NewSMTP(s.SMTPURL); err != nil {
		return err
	}
	a.caller = activities.NewCaller(s.AllowPrivate)
	a.relay = a.newRelay()
	if a.o.Parts.Relay {
		a.metrics.lost = a.relay.reconciler.Lost
	}
	var sink activities.Mailer
	if s.Dev {
		sink = a.mailer // every mail of the development server goes to its sink
	}
	texter, textSink, err := texters(&s)
	if err != nil {
		return err
	}
	a.activities = activities.New(activities.Config{
		Store: a.store, Definitions: a.definitions, Mailer: a.mailer, Sink: sink, Texter: texter, TextSink: textSink, Caller: a.caller,
		Secrets: a.box, Gate: activities.NewGate(worker.LocalSends, time.Now), Log: a.log, Now: time.Now,
		MailFrom: s.MailFrom, BaseURL: s.Base(), Links: a.links, Nudge: a.nudge,
		Orphan: func() { a.metrics.reconciled.WithLabelValues(worker.RepairOrphan).Inc() },
	})
	return nil
}

// texters are where text messages go, and those of tests; nil where there is no gateway.
func texters(s *Settings) (texter, sink activities.Texter, err error) {
	gateway, err := activities.NewGateway(s.SMSURL, s.SMSToken, s.SMSFrom)
	if err != nil || gateway == nil {
		return nil, nil, err
	}
	if s.Dev {
		sink = gateway
	}
	return gateway, sink, nil
}

// nudge tells the relay of this process that there is work.
func (a *App) nudge() {
	if a.o.Parts.Relay {
		a.relay.nudge()
	}
}

// Run runs the parts until ctx ends, then stops them gracefully.
func (a *App) Run(ctx context.Context) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	start := func(run func(context.Context) error) {
		parts.Add(1)
		go func() {
			defer parts.Done()
			if err := run(running); err != nil && running.Err() == nil {
				a.fail(err)
			}
		}()
	}
	start(a.noteRelease)
	if a.o.Parts.Relay {
		for _, run := range a.relay.parts() {
			start(run)
		}
	}
	if a.o.Parts.Worker {
		start(a.runWorker)
		start(a.announce)
	}
	server, err := a.listen(running)
	if err != nil {
		cancel()
		parts.Wait()
		return errors.Join(err, a.close())
	}
	if server != nil {
		start(server.run)
	}
	if a.o.Ready != nil {
		start(a.tellReady(server))
	}
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-a.fatal:
	}
	stopping, done := context.WithTimeout(context.Background(), stopTimeout)
	defer done()
	// Requests and work are brought to an end side by side: a client that is slow to go
	// must not take the time that an effect under way needs to be recorded.
	served := make(chan struct{})
	go func() {
		defer close(served)
		if server != nil {
			server.stop(stopping)
		}
	}()
	cancel()
	parts.Wait()
	a.activities.Drain(stopping)
	<-served
	return errors.Join(failed, a.close())
}

func (a *App) fail(err error) {
	select {
	case a.fatal <- err:
	default:
	}
}

func (a *App) close() error {
	a.temporal.Close()
	return a.store.Close()
}

// Store gives tests and commands the store of the process.
func (a *App) Store() *store.Store { return a.store }

// Temporal gives tests and commands the connection to Temporal.
func (a *App) Temporal() client.Client { return a.temporal }

// runWorker runs the Temporal worker; while Temporal is away it tries again.
func (a *App) runWorker(ctx context.Context) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		options := a.o.Worker
		options.OnFatal = a.fail
		w := worker.New(a.temporal, a.activities, options)
		err := w.Start()
		if err == nil {
			a.health.workerUp.Store(true)
			<-ctx.Done()
			a.health.workerUp.Store(false)
			w.Stop()
			return nil
		}
		a.log.WarnContext(ctx, "start worker", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// announce tells the store which interpreter versions this worker can run.
func (a *App) announce(ctx context.Context) error {
	id := a.o.Worker.Identity
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	for {
		if err := worker.Announce(ctx, a.store, id); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "announce worker", "error", err)
		}
		select {
		case <-ctx.Done():
			return worker.Retire(context.WithoutCancel(ctx), a.store, id)
		case <-tick.C:
		}
	}
}

// tellReady calls Ready once all parts serve.
func (a *App) tellReady(s *server) func(context.Context) error {
	return func(ctx context.Context) error {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if a.health.ready(ctx) == nil {
				addr := ""
				if s != nil {
					addr = s.addr()
				}
				a.o.Ready(addr)
				return nil
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// handler makes the API's handler; streams end with running.
func (a *App) handler(running context.Context) (http.Handler, error) {
	s := a.o.Settings
	person := "first key"
	if s.Dev {
		person = "developer"
	}
	extra := map[string]http.Handler{"/metrics": a.metrics.handler()}
	for path, h := range a.o.Extra {
		extra[path] = h
	}
	return api.New(api.Config{
		Store: a.store, Definitions: a.definitions, Log: a.log, Now: a.o.Clock,
		Intake:       &events.Intake{Store: a.store, Now: time.Now, Nudge: a.nudge, Count: func(n int) { a.metrics.accepted.Add(float64(n)) }},
		BootstrapKey: s.APIKey, BootstrapPerson: person, SecretBox: a.box, BaseURL: s.Base(), Links: a.links, Erased: a.o.Erased,
		Dev: s.Dev, SignInCode: s.SignInCode, Page: web.Files(), Stopping: running.Done(),
		Operator:    &events.Operator{Store: a.store, Definitions: a.definitions, Now: time.Now, Nudge: a.nudge},
		Effects:     a.activities,
		Mailer:      a.mailer,
		MailFrom:    s.MailFrom,
		SMS:         s.SMSURL != "",
		Caller:      a.caller,
		Rehearse:    rehearseDefinition,
		TemporalURL: a.temporalURL, EngineHealth: a.health.engine, Ready: a.health.ready, Extra: extra,
	})
}
