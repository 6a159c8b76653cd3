package engine_test

import (
	"testing"

	"fermata/e2e/cases"
	"fermata/e2e/harness"
	"fermata/worker"
	"fermata/workflows"
)

func TestCases(t *testing.T) {
	t.Parallel()
	cases.Each(t, harness.Options{})
}

func TestCasesContinuedAsNewAfterEveryStep(t *testing.T) {
	t.Parallel()
	cases.Each(t, harness.Options{Worker: worker.Options{Workflow: workflows.Options{ContinueEvery: 1}}})
}
