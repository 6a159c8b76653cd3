package engine

import (
	"context"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"

	"fermata/devserver/loopback"
)

const clusterName = "active"

// historyShards can never change for a file once it exists. Four keep two cores busy and the idle cost low.
const historyShards = 4

// serverConfig is the whole static configuration: one SQLite file, no metrics, no archival, and
// every service on the frontend's host. The services find each other by fixed addresses, so no
// membership ring listens.
func serverConfig(ctx context.Context, database, host string, port int) (*config.Config, map[primitives.ServiceName]static.Hosts, error) {
	frontend := loopback.Join(host, port)
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
			if p, err = loopback.FreePort(ctx, host); err != nil {
				return nil, nil, err
			}
		}
		cfg.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: p, BindOnIP: host}}
		self := loopback.Join(host, p)
		hosts[name] = static.Hosts{Self: self, All: []string{self}}
	}
	return cfg, hosts, nil
}
