// Package stickyoff_test runs every case with the sticky cache off, so that each
// task begins with a replay of the whole history. The cache belongs to the process,
// hence a package of its own.
package stickyoff_test

import (
	"testing"

	"fermata/e2e/cases"
	"fermata/e2e/harness"
	"fermata/worker"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestCasesWithoutStickyCache(t *testing.T) {
	t.Parallel()
	cases.Each(t, harness.Options{Worker: worker.Options{StickyOff: true}})
}
