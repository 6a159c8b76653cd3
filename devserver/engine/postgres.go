package engine

import (
	"fmt"
	"net/url"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/tools/common/schema"
	toolsql "go.temporal.io/server/tools/sql"
)

const (
	// postgresShards is a production-like number; it can never change for a database.
	postgresShards = 64
	// postgresConns is the size of each of the server's pools.
	postgresConns    = 20
	visibilitySuffix = "_visibility"
)

// usePostgres makes the server keep everything in the PostgreSQL database of a postgres:// URL, and
// visibility in the one beside it that is named like it with _visibility behind. Both must exist;
// their schema is brought up to date.
func usePostgres(cfg *config.Config, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || len(u.Path) < 2 {
		return fmt.Errorf("the PostgreSQL URL names no database")
	}
	name := u.Path[1:]
	cfg.Persistence.NumHistoryShards = postgresShards
	cfg.Persistence.DefaultStore, cfg.Persistence.VisibilityStore = name, name+visibilitySuffix
	cfg.Persistence.DataStores = map[string]config.DataStore{}
	for database, schemaName := range map[string]string{
		name: "postgresql/v12/temporal", name + visibilitySuffix: "postgresql/v12/visibility",
	} {
		sql := postgresStore(u, database)
		if err := updateSchema(sql, schemaName); err != nil {
			return fmt.Errorf("bring the schema of %s up to date: %w", database, err)
		}
		cfg.Persistence.DataStores[database] = config.DataStore{SQL: sql}
	}
	return nil
}

func postgresStore(u *url.URL, database string) *config.SQL {
	attributes := map[string]string{"sslmode": "disable"}
	for name, values := range u.Query() {
		attributes[name] = values[0]
	}
	password, _ := u.User.Password()
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: database, ConnectAddr: u.Host,
		User: u.User.Username(), Password: password, ConnectAttributes: attributes,
		MaxConns: postgresConns, MaxIdleConns: postgresConns,
	}
}

// updateSchema sets up an empty database and applies what is missing in an older one.
func updateSchema(sql *config.SQL, name string) error {
	logger := log.NewNoopLogger()
	db, err := toolsql.NewConnection(sql, logger)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ReadSchemaVersion(); err != nil {
		setup := schema.NewSetupSchemaTask(db, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(db, &schema.UpdateConfig{DBName: sql.DatabaseName, SchemaName: name}, logger).Run()
}
