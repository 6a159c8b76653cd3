#!/bin/sh
# Creates Temporal's two databases on PostgreSQL and brings their schemas up to date. It runs before
# every start of Temporal; each step does nothing where there is nothing to do. The connection is
# what temporal-sql-tool reads: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu
for part in temporal visibility; do
	db=temporal
	[ "$part" = temporal ] || db=temporal_visibility
	temporal-sql-tool --db "$db" create-database
	temporal-sql-tool --db "$db" setup-schema -v 0.0
	temporal-sql-tool --db "$db" update-schema --schema-name "postgresql/v12/$part"
done
