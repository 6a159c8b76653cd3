package cases

import (
	"slices"
	"testing"

	"fermata/e2e/harness"
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
		waitCases(), untilCases(), logicCases(), policyCases(), operatorCases(), exitCases(), entryCases(), modeCases(),
	)
}

// Run runs every case, in parallel, on one program.
func Run(t *testing.T, o harness.Options) {
	t.Helper()
	s := harness.Start(t, o)
	s.Setup()
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Run(newPassage(t, s.For(t), c.Name))
		})
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
