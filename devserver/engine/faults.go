package engine

import (
	"go.temporal.io/server/common/config"
)

// read and written are the methods of the server's stores that fail on demand: those that every
// run passes through.
var (
	readMethods = map[config.DataStoreName][]string{
		config.ExecutionStoreName: {"GetWorkflowExecution", "GetCurrentExecution", "ReadHistoryBranch", "GetHistoryTasks"},
		config.TaskStoreName:      {"GetTasks"},
	}
	writeMethods = map[config.DataStoreName][]string{
		config.ExecutionStoreName: {"CreateWorkflowExecution", "UpdateWorkflowExecution", "AppendHistoryNodes", "AddHistoryTasks"},
		config.TaskStoreName:      {"CreateTasks", "UpdateTaskQueue"},
		config.ShardStoreName:     {"UpdateShard"},
	}
)

// injectFaults makes a share of the server's reads and writes fail. Half of the writes that fail
// have been done: their caller is told of a timeout all the same.
func injectFaults(cfg *config.Config, rate float64) {
	if rate <= 0 {
		return
	}
	stores := map[config.DataStoreName]config.FaultInjectionDataStoreConfig{}
	add := func(methods map[config.DataStoreName][]string, errors map[string]float64) {
		for store, names := range methods {
			if stores[store].Methods == nil {
				stores[store] = config.FaultInjectionDataStoreConfig{Methods: map[string]config.FaultInjectionMethodConfig{}}
			}
			for _, name := range names {
				stores[store].Methods[name] = config.FaultInjectionMethodConfig{Errors: errors}
			}
		}
	}
	add(readMethods, map[string]float64{"Timeout": rate / 2, "Unavailable": rate / 2})
	add(writeMethods, map[string]float64{"ExecuteAndTimeout": rate / 2, "Timeout": rate / 4, "Unavailable": rate / 4})
	name := cfg.Persistence.DefaultStore
	store := cfg.Persistence.DataStores[name]
	store.FaultInjection = &config.FaultInjection{Targets: config.FaultInjectionTargets{DataStores: stores}}
	cfg.Persistence.DataStores[name] = store
}
