package harness

import (
	"path/filepath"
	"testing"

	"fermata/store/storetest"
)

// Databases are the stores that every test of the whole program runs on: each makes
// an empty database of its own and returns its URL.
func Databases() map[string]func(t testing.TB) string {
	return map[string]func(t testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "fermata.db") },
		"postgres": storetest.Postgres,
	}
}
