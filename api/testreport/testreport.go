// Package testreport shapes what came of the tests of a definition as the API answers it, for the
// server and for whoever runs the tests without one. It must never run them.
package testreport

import (
	"fermata/api/gen"
	"fermata/interpreter/rehearse"
)

// most is how many steps of a test are shown.
const most = 1000

// Of is the report as it is answered.
func Of(r rehearse.Report) *gen.TestReport {
	failed, coverage := r.Failed(), r.Coverage
	out := &gen.TestReport{
		Passed: len(r.Tests) - failed, Failed: failed, Items: make([]gen.TestOutcome, len(r.Tests)),
		Coverage: gen.TestCoverage{
			Ports: coverage.Ports, Taken: coverage.Taken, Missing: make([]gen.NodePort, len(coverage.Missing)), Unvisited: coverage.Unvisited,
		},
	}
	for i := range r.Tests {
		out.Items[i] = outcome(&r.Tests[i])
	}
	for i, way := range coverage.Missing {
		out.Coverage.Missing[i] = gen.NodePort{Node: way.Node, Port: way.Port}
	}
	return out
}

func outcome(t *rehearse.TestResult) gen.TestOutcome {
	out := gen.TestOutcome{
		Name: t.Name, Passed: t.Passed(), Status: some(t.Result.Status), Outcome: some(t.Result.Outcome), Path: []string{}, Steps: []gen.TestStep{},
	}
	for _, step := range t.Result.Steps[:min(len(t.Result.Steps), most)] {
		out.Path = append(out.Path, step.Node)
		out.Steps = append(out.Steps, gen.TestStep{Node: step.Node, Status: step.Status, Port: some(step.Port)})
	}
	if d := t.Diverged; d != nil {
		out.Diverged = &gen.TestDivergence{Step: d.Step, Expected: some(d.Expected), Came: some(d.Came)}
	}
	return out
}

// some is a text, or null for none.
func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
