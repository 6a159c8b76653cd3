// Package plain_test runs every case on a program in production's settings. It shares
// its processors with no other package: `make test` runs those that start the whole
// program one after the other.
package plain_test

import (
	"testing"

	"fermata/e2e/cases"
	"fermata/e2e/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestCases(t *testing.T) {
	t.Parallel()
	cases.Each(t, harness.Options{})
}
