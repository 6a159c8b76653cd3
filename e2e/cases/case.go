package cases

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/interpreter/nodes"
)

// Case is one behaviour. Its name is the key of the workflow that shows it.
type Case struct {
	Name string
	Run  func(p *Passage)
}

// All lists every case.
func All() []Case {
	return slices.Concat(
		mailCases(), consentCases(), callCases(), retryCases(), teamCases(), contactCases(), dealCases(), placeCases(),
		waitCases(), untilCases(), logicCases(), policyCases(), operatorCases(), waitEventCases(), exitCases(), entryCases(), repeatCases(), modeCases(),
		pauseCases(), quietCases(), momentCases(), whyCases(), capCases(), moveCases(), triggerCases(),
	)
}

// Run runs every case, in parallel, on one program, and checks that between them
// they entered a node of every type that can be run.
func Run(t *testing.T, o harness.Options) {
	t.Helper()
	s := harness.Start(t, o)
	s.Setup()
	var ran atomic.Int64
	t.Run("cases", func(t *testing.T) {
		for _, c := range All() {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				ran.Add(1)
				c.Run(newPassage(t, s.For(t), c.Name))
			})
		}
	})
	if int(ran.Load()) < len(All()) {
		return // only some were asked for
	}
	entered := map[string]bool{}
	for _, e := range s.Items("/v1/enrollments?limit=500") {
		for _, step := range steps(s.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)) {
			entered[step["type"].(string)] = true
		}
	}
	for _, spec := range nodes.All() {
		require.True(t, !spec.Available || entered[spec.Type], "no case enters a node of type %s", spec.Type)
	}
}

// Each runs every case on a program with SQLite and on one with PostgreSQL.
func Each(t *testing.T, o harness.Options) {
	t.Helper()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := o
			on.Database = database(t)
			Run(t, on)
		})
	}
}
