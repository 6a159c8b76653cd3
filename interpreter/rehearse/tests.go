package rehearse

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
)

// Codes of problems that tests of a definition have.
const (
	CodeTestFailed     = "test_failed"
	CodeTestUnfinished = "test_unfinished"
)

// TestResult is what came of one test of a definition.
type TestResult struct {
	// Name is the test's own, else its number from 1.
	Name string
	// Problems is what came otherwise than expected, none for a test that passed. Their
	// paths are pointers in the definition.
	Problems []definition.Problem
	// Diverged is where the way that it took left the path that it expects; nil: nowhere.
	Diverged *Divergence
	Result   Result
}

// Divergence is the first difference between an expected path and the way that was taken.
type Divergence struct {
	// Step counts from 0. Expected and Came are the nodes there, "" for none.
	Step           int
	Expected, Came string
}

// Passed reports whether everything came as expected.
func (r TestResult) Passed() bool { return len(r.Problems) == 0 }

// Report is what came of all tests of a definition.
type Report struct {
	Tests    []TestResult
	Coverage Coverage
}

// Problems lists what the tests found, in their order.
func (r Report) Problems() []definition.Problem {
	var list []definition.Problem
	for _, t := range r.Tests {
		list = append(list, t.Problems...)
	}
	return list
}

// Failed counts the tests that did not pass.
func (r Report) Failed() int {
	n := 0
	for _, t := range r.Tests {
		if !t.Passed() {
			n++
		}
	}
	return n
}

// Testable reports whether a definition with these problems can be run: what an
// installation lacks stops no rehearsal, everything else does.
func Testable(problems []definition.Problem) bool {
	for _, p := range problems {
		if p.Severity == definition.SeverityError && p.Code != definition.CodeMissing {
			return false
		}
	}
	return true
}

// Tests runs the tests of a definition, each for a contact of its own that it describes
// in full: no stored one is looked up, so that a test comes out alike everywhere. base
// says what the installation is like, and when a test without start_at starts. versions
// finds an earlier version of the workflow for tests that name one; nil knows none.
func Tests(d *definition.Definition, base Input, versions func(n int) *definition.Definition) Report {
	report := Report{Tests: make([]TestResult, 0, len(d.Tests))}
	cover := newCover(d)
	for i := range d.Tests {
		t := &d.Tests[i]
		run := testRun{test: t, at: "/tests/" + strconv.Itoa(i), name: t.Name}
		if run.name == "" {
			run.name = strconv.Itoa(i + 1)
		}
		subject := d
		if t.Version > 0 {
			subject = nil
			if versions != nil {
				subject = versions(t.Version)
			}
		}
		if subject == nil {
			run.fail(CodeTestFailed, "/version", fmt.Sprintf("there is no version %d here", t.Version), "leave it out to test the definition itself")
		} else if run.play(subject, base); subject == d {
			cover.take(run.result)
		}
		report.Tests = append(report.Tests, TestResult{Name: run.name, Problems: run.problems, Diverged: run.diverged, Result: run.result})
	}
	report.Coverage = cover.coverage()
	return report
}

// testRun is one test on its way.
type testRun struct {
	test     *definition.Test
	at, name string
	result   Result
	problems []definition.Problem
	diverged *Divergence
}

func (r *testRun) fail(code, below, message, hint string) {
	r.problems = append(r.problems, definition.Problem{
		Severity: definition.SeverityError, Code: code, Path: r.at + below,
		Message: fmt.Sprintf("the test %q: %s", r.name, message), Hint: hint,
	})
}

// play runs the test and compares what came with what it expects.
func (r *testRun) play(d *definition.Definition, base Input) {
	in := base
	in.Definition, in.Contact = d, Blank(r.test.Contact)
	if r.test.StartAt != nil {
		in.Start = *r.test.StartAt
	}
	in.Trigger = expr.Event{ID: "rehearsal", Type: TriggerType(d, r.test.Trigger.Type), Data: orEmpty(r.test.Trigger.Data), OccurredAt: in.Start, AcceptedAt: in.Start}
	in.Events, in.Stubs = nil, map[string]Stub{}
	for i, e := range r.test.Events {
		in.Events = append(in.Events, Injection{At: e.At, Event: expr.Event{ID: fmt.Sprintf("rehearsal-%d", i+1), Type: e.Type, Data: orEmpty(e.Data)}})
	}
	for id, s := range r.test.Stubs {
		in.Stubs[id] = Stub{Status: s.Status, Body: s.Body}
	}
	var err error
	switch r.result, err = Run(in); {
	case errors.Is(err, ErrStopped):
		r.fail(CodeTestUnfinished, "", "there was no time left to run it", "fewer or shorter tests, or fewer rounds of a loop")
	case err != nil:
		r.fail(CodeTestUnfinished, "", err.Error(), "rehearse it to see how far it comes")
	default:
		r.compare()
	}
}

func (r *testRun) compare() {
	expect := r.test.Expect
	if expect.Outcome != "" && expect.Outcome != r.result.Outcome {
		r.fail(CodeTestFailed, "/expect/outcome", fmt.Sprintf("expected the outcome %s, %s", expect.Outcome, r.ended()), "it went "+r.way())
	}
	if len(expect.Path) > 0 {
		r.comparePath(expect.Path)
	}
	if expect.Effects != nil {
		r.compareEffects(expect.Effects)
	}
}

// ended says how the passage ended, or where it stays.
func (r *testRun) ended() string {
	if r.result.Outcome != "" {
		return "came " + r.result.Outcome
	}
	if n := len(r.result.Steps); n > 0 {
		return fmt.Sprintf("but it is %s at %s", r.result.Status, r.result.Steps[n-1].Node)
	}
	return "but it is " + r.result.Status
}

func (r *testRun) way() string {
	nodes := make([]string, len(r.result.Steps))
	for i, s := range r.result.Steps {
		nodes[i] = s.Node
	}
	const most = 60
	if len(nodes) > most {
		nodes = append(nodes[:most], "…")
	}
	return strings.Join(nodes, " → ")
}

// comparePath wants each step, in their order, and none besides.
func (r *testRun) comparePath(expected []string) {
	steps := r.result.Steps
	for i := range max(len(expected), len(steps)) {
		switch {
		case i >= len(steps):
			r.diverged = &Divergence{Step: i, Expected: expected[i]}
			r.fail(CodeTestFailed, "/expect/path/"+strconv.Itoa(i), fmt.Sprintf("expected %s next, %s", expected[i], r.ended()), "it went "+r.way())
		case i >= len(expected):
			r.diverged = &Divergence{Step: i, Came: steps[i].Node}
			r.fail(CodeTestFailed, "/expect/path", fmt.Sprintf("expected no step after the first %d, came %s", i, steps[i].Node), "it went "+r.way())
		case expected[i] != steps[i].Node:
			r.diverged = &Divergence{Step: i, Expected: expected[i], Came: steps[i].Node}
			r.fail(CodeTestFailed, "/expect/path/"+strconv.Itoa(i), fmt.Sprintf("expected %s as step %d, came %s", expected[i], i+1, steps[i].Node), "it went "+r.way())
		default:
			continue
		}
		return // what comes after the first difference follows from it
	}
}

// TriggerType is the type of event that starts a rehearsal: the one that it names, else the first
// that enrolls.
func TriggerType(d *definition.Definition, named string) string {
	if named != "" {
		return named
	}
	for _, t := range d.TriggerEvents() {
		return t
	}
	return "manual"
}

// Blank is the contact that a rehearsal begins with when nobody is stored: what is given, and
// nothing for the rest.
func Blank(given map[string]any) map[string]any {
	contact := map[string]any{
		"id": "con_rehearsal", "email": nil, "external_id": nil, "first_name": nil, "last_name": nil, "phone": nil,
		"country": nil, "timezone": nil, "fields": map[string]any{}, "subscribed": true, "consent": map[string]any{},
	}
	maps.Copy(contact, given)
	return contact
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
