package engine

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// SearchAttributes are the attributes that runs carry for whoever reads the Temporal Web UI.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		"FermataWorkflow": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataContact":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataVersion":  enumspb.INDEXED_VALUE_TYPE_INT,
		"FermataStatus":   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// prepareDatabase creates the schema in a new file and the namespace in a file that lacks it.
// Written before the services start, both are there with the first answer; registering through
// the API would take seconds of cache refreshes.
func prepareDatabase(cfg *config.Config, dir, namespace string) error {
	sql := cfg.Persistence.DataStores[sqliteplugin.PluginName].SQL
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); os.IsNotExist(err) {
		if err := sqliteschema.SetupSchema(sql); err != nil {
			return fmt.Errorf("create schema in %s: %w", sql.DatabaseName, err)
		}
		if err := writeRelease(dir, currentRelease()); err != nil {
			return err
		}
	}
	ns, err := sqliteschema.NewNamespaceConfig(clusterName, namespace, false, SearchAttributes())
	if err != nil {
		return fmt.Errorf("describe namespace %s: %w", namespace, err)
	}
	ns.Detail.Config.Retention = durationpb.New(Retention)
	if err := sqliteschema.CreateNamespaces(sql, ns); err != nil {
		return fmt.Errorf("create namespace %s: %w", namespace, err)
	}
	return nil
}

// settle waits until the frontend serves the namespace, then registers the search attributes that
// a file from an earlier release lacks.
func (s *Server) settle(ctx context.Context) error {
	c, err := client.NewLazyClient(client.Options{
		HostPort: s.addr, Namespace: s.namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("make client: %w", err)
	}
	defer c.Close()
	if err := untilServed(ctx, c, s.namespace); err != nil {
		return err
	}
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: s.namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: s.namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("register search attributes: %w", err)
	}
	return nil
}

// untilServed asks for the namespace until it is described or ctx ends.
func untilServed(ctx context.Context, c client.Client, namespace string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		_, err := c.WorkflowService().DescribeNamespace(try, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("describe namespace %s: %w", namespace, err)
		case <-tick.C:
		}
	}
}
