// Package engine runs a complete Temporal server inside the calling process: frontend, history,
// matching and worker services on one SQLite file, reachable on a loopback address only. It is
// for development and for tests that need a real server. It must never be reachable from another
// machine (there is no authentication), and the production module must never import it.
package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/temporal"

	"fermata/devserver/loopback"
	"fermata/devserver/register"
)

// Version is the version of the embedded server, for example "1.32.1".
const Version = headers.ServerVersion

// DefaultNamespace is the namespace that is registered when Options names none.
const DefaultNamespace = "default"

// startLimit bounds the time from the start of the services to the first answer of the frontend.
const startLimit = 60 * time.Second

// Options configure a server.
type Options struct {
	// Dir holds the database, its version note and the log; it is created when absent.
	// Only one process may use it at a time: the caller holds the lock. Required.
	Dir string
	// Addr is the loopback host:port of the frontend; port 0 takes a free one. Default 127.0.0.1:0.
	Addr string
	// Namespace is registered with 90 days of retention and Fermata's search attributes.
	// Default "default".
	Namespace string
	// Postgres is the postgres:// URL of a database to keep everything in instead of a file in Dir,
	// for load and failure tests; see usePostgres. Default: the file.
	Postgres string
	// TimeSkipping lets clients ask for skipped time in their runs. For tests only. Default false.
	TimeSkipping bool
	// Faults is the share (0 to 1) of the server's own reads and writes that fail, half of the
	// failing writes after they were done. For tests only. Default 0.
	Faults float64
	// Notice receives what a person should know about the start, one sentence a call. Default: dropped.
	Notice func(string)
}

// Server is a running Temporal server.
type Server struct {
	inner     temporal.Server
	addr      string
	namespace string
	once      sync.Once
	stopped   error
}

// Start brings a server up and returns when its frontend answers and the namespace and the search
// attributes are registered. Errors name what the user can change: the directory, the address, or
// the version of the files.
func Start(ctx context.Context, o Options) (s *Server, err error) {
	if o, err = o.complete(); err != nil {
		return nil, err
	}
	host, port, err := loopback.Resolve(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create %s: %w", o.Dir, err)
	}
	if err := checkFiles(o.Dir, currentRelease(), o.Notice); err != nil {
		return nil, err
	}
	cfg, hosts, err := serverConfig(ctx, filepath.Join(o.Dir, databaseFile), host, port)
	if err != nil {
		return nil, err
	}
	wait := register.Wait
	if o.Postgres != "" {
		wait, err = register.Join, usePostgres(cfg, o.Postgres)
	} else {
		err = prepareDatabase(cfg, o.Dir, o.Namespace)
	}
	if err != nil {
		return nil, err
	}
	injectFaults(cfg, o.Faults)
	logger, err := openLog(filepath.Join(o.Dir, logFile))
	if err != nil {
		return nil, err
	}
	// The server reports what it cannot live with through its logger; until it is up that is an error of ours.
	defer func() {
		if f, ok := recover().(fatal); ok {
			s, err = nil, fmt.Errorf("start temporal: %s", string(f))
		}
	}()
	inner, err := temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(dynamic(o.TimeSkipping)),
	)
	if err != nil {
		return nil, fmt.Errorf("assemble temporal: %w", err)
	}
	if err := inner.Start(); err != nil {
		return nil, fmt.Errorf("start temporal: %w", err)
	}
	s = &Server{inner: inner, addr: loopback.Join(host, port), namespace: o.Namespace}
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := wait(limited, s.addr, s.namespace); err != nil {
		_ = s.Stop()
		return nil, fmt.Errorf("wait for temporal at %s: %w", s.addr, err)
	}
	return s, nil
}

// Addr is the host:port on which the frontend answers.
func (s *Server) Addr() string { return s.addr }

// Namespace is the namespace that was registered.
func (s *Server) Namespace() string { return s.namespace }

// Stop ends all services and returns when they are down; further calls return the first result.
// Open runs stay in the file and go on at the next start.
func (s *Server) Stop() error {
	s.once.Do(func() { s.stopped = s.inner.Stop() })
	return s.stopped
}

// complete fills the defaults.
func (o Options) complete() (Options, error) {
	if o.Dir == "" {
		return o, fmt.Errorf("read options: no directory for the database")
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o, nil
}

// dynamic is the server's dynamic configuration for one small process.
func dynamic(timeSkipping bool) dynamicconfig.StaticClient {
	client := dynamicconfig.StaticClient{
		// One partition a queue: with four, a lone worker polls in vain three times out of four.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// A crowd of one workflow takes turns with the others: fairness keys are heeded.
		dynamicconfig.MatchingEnableFairness.Key(): true,
		// A search attribute must be usable at once after its registration.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		// A developer's burst is no abuse; SQLite is the limit here.
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key(): 10_000,
		dynamicconfig.FrontendRPS.Key():                        10_000,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():          100_000,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():           100_000,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():          100_000,
		// Scanners page through the whole file for nothing that a small installation needs.
		dynamicconfig.HistoryScannerEnabled.Key():       false,
		dynamicconfig.TaskQueueScannerEnabled.Key():     false,
		dynamicconfig.WorkflowTimeSkippingEnabled.Key(): timeSkipping,
	}
	if timeSkipping {
		// A timer that is made when it is nearly due fires up to this much later: once when the
		// time is passed over, and again when the timer itself fires. A timer of days is made
		// long before, so those two seconds would only be seen here.
		client[dynamicconfig.TimerProcessorMaxTimeShift.Key()] = 10 * time.Millisecond
		// Years of days are skipped by one call, not only the first two hundred.
		client[dynamicconfig.WorkflowTimeSkippingMaxSkipPerSession.Key()] = 100_000
	}
	return client
}
