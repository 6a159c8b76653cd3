// Package continued_test runs every case with continue-as-new after every step, so that
// no run keeps anything that is not carried over.
package continued_test

import (
	"testing"

	"fermata/e2e/cases"
	"fermata/e2e/harness"
	"fermata/worker"
	"fermata/workflows"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestCasesContinuedAsNewAfterEveryStep(t *testing.T) {
	t.Parallel()
	cases.Each(t, harness.Options{Worker: worker.Options{Workflow: workflows.Options{ContinueEvery: 1}}})
}
