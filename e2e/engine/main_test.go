// Package engine_test runs the whole program against real parts: a Temporal server,
// SQLite and PostgreSQL, SMTP and HTTP.
package engine_test

import (
	"testing"

	"fermata/e2e/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// each runs a test on a program with SQLite and on one with PostgreSQL.
func each(t *testing.T, run func(t *testing.T, s *harness.System)) {
	t.Helper()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, harness.Start(t, harness.Options{Database: database(t)}))
		})
	}
}
