package engine

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
)

const clusterName = "active"

// historyShards can never change for a file once it exists. Four keep two cores busy and the idle cost low.
const historyShards = 4

// serverConfig is the whole static configuration: one SQLite file, no metrics, no archival, and
// every service on the frontend's host. The services find each other by fixed addresses, so no
// membership ring listens.
func serverConfig(database, host string, port int) (*config.Config, map[primitives.ServiceName]static.Hosts, error) {
	frontend := net.JoinHostPort(host, strconv.Itoa(port))
	cfg := &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: host},
		},
		Persistence: config.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				sqliteplugin.PluginName: {SQL: &config.SQL{
					PluginName:   sqliteplugin.PluginName,
					DatabaseName: database,
					// synchronous 2 is FULL: what was acknowledged survives a power cut.
					ConnectAttributes: map[string]string{
						"mode": "rwc", "journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000",
					},
				}},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		Services: map[string]config.Service{},
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, name := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		p := port
		if name != primitives.FrontendService {
			var err error
			if p, err = freePort(host); err != nil {
				return nil, nil, err
			}
		}
		cfg.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: p, BindOnIP: host}}
		self := net.JoinHostPort(host, strconv.Itoa(p))
		hosts[name] = static.Hosts{Self: self, All: []string{self}}
	}
	return cfg, hosts, nil
}

// freePort returns a port of host that nobody listens on. One connection is opened and closed from
// the listening side, which leaves the port in TIME_WAIT: the kernel then gives it to nobody who
// asks for port 0, while binding it by number still works.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, fmt.Errorf("find a free port on %s: %w", host, err)
	}
	defer func() { _ = l.Close() }()
	out, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return 0, fmt.Errorf("find a free port on %s: %w", host, err)
	}
	defer func() { _ = out.Close() }()
	in, err := l.Accept()
	if err != nil {
		return 0, fmt.Errorf("find a free port on %s: %w", host, err)
	}
	if err := in.Close(); err != nil {
		return 0, fmt.Errorf("find a free port on %s: %w", host, err)
	}
	return l.Addr().(*net.TCPAddr).Port, nil
}
