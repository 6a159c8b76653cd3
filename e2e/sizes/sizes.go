// Package sizes says how much is done by tests that have a short and a full form. The short one
// runs with all the others and shows that the rule holds; the full one shows it as often as
// docs/RELIABILITY.md promises, and runs with make soak. It is for tests only.
package sizes

import (
	"os"
	"time"
)

// Env asks for the full form when it is set.
const Env = "FERMATA_SOAK"

// Full says that the full form runs.
func Full() bool { return os.Getenv(Env) != "" }

// Of is short, or full in the full form.
func Of[T int | time.Duration](short, full T) T {
	if Full() {
		return full
	}
	return short
}
