package engine

import (
	"fmt"
	"os"
	"path/filepath"

	"go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"

	"fermata/devserver/register"
)

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
	ns, err := sqliteschema.NewNamespaceConfig(clusterName, namespace, false, register.SearchAttributes())
	if err != nil {
		return fmt.Errorf("describe namespace %s: %w", namespace, err)
	}
	ns.Detail.Config.Retention = durationpb.New(register.Retention)
	if err := sqliteschema.CreateNamespaces(sql, ns); err != nil {
		return fmt.Errorf("create namespace %s: %w", namespace, err)
	}
	return nil
}
