package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Dump returns every value of every column of every table of a store, one "table.column: value" a
// line, bytes as text: for tests of what must not be there.
func Dump(t testing.TB, url string) string {
	t.Helper()
	driver, source := "pgx", url
	tables := "SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1"
	if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
		tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	var out strings.Builder
	names := []string{}
	each(t, db, tables, func(_ []string, values []any) { names = append(names, fmt.Sprint(values[0])) })
	require.Greater(t, len(names), 20, "all tables")
	for _, table := range names {
		each(t, db, `SELECT * FROM "`+table+`"`, func(columns []string, values []any) {
			for i, value := range values {
				fmt.Fprintf(&out, "%s.%s: %v\n", table, columns[i], value)
			}
		})
	}
	return out.String()
}

// each reads rows, bytes as text.
func each(t testing.TB, db *sql.DB, query string, row func(columns []string, values []any)) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		require.NoError(t, rows.Scan(targets...))
		for i, value := range values {
			if raw, isBytes := value.([]byte); isBytes {
				values[i] = string(raw)
			}
		}
		row(columns, values)
	}
	require.NoError(t, rows.Err())
}
