package api

import (
	"bytes"
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/api/testreport"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

// testWork is how long all tests of a definition may take together.
const testWork = 3 * time.Second

// ValidateDefinition lists what is wrong with a definition; one that cannot even be read is an
// answer too, not an error.
func (s *server) ValidateDefinition(c *gin.Context, params gen.ValidateDefinitionParams) {
	def, problems := definition.Parse(rawBody(c), c.GetString(ctxMediaType) == yamlType)
	if def == nil {
		s.send(c, ok(gen.Problems{Problems: shownProblems(problems), Summaries: shownSummaries(nil)}))
		return
	}
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
		all, err := s.validated(tx, def.Key, def)
		if err != nil {
			return reply{}, err
		}
		return s.judgement(c.Request.Context(), tx, def, all, or(params.Tests, true))
	})
}

// ValidateWorkflow lists what is wrong with the draft, or with the definition in the body.
func (s *server) ValidateWorkflow(c *gin.Context, key string, params gen.ValidateWorkflowParams) {
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
		w, err := tx.Workflow(key)
		if err != nil {
			return reply{}, err
		}
		document, err := givenDraft(c, w)
		if err != nil {
			return reply{}, err
		}
		def, problems, err := s.judged(tx, w.Key, document)
		if err != nil {
			return reply{}, err
		}
		return s.judgement(c.Request.Context(), tx, def, problems, or(params.Tests, true))
	})
}

// givenDraft is the document that a call is about: the one in its body, or without one the draft. A
// definition that cannot be read is answered as one that cannot be saved.
func givenDraft(c *gin.Context, w *store.Workflow) ([]byte, error) {
	if string(bytes.TrimSpace(rawBody(c))) == "{}" {
		return w.Draft, nil
	}
	d, err := readDraft(c)
	if err != nil {
		return nil, err
	}
	return d.document, otherKey(d, w.Key)
}

func (s *server) judgement(ctx context.Context, tx *store.Tx, def *definition.Definition, problems []definition.Problem, run bool) (reply, error) {
	answer := gen.Problems{Summaries: shownSummaries(def)}
	if run {
		tests, err := s.runTests(ctx, tx, def, problems)
		if err != nil {
			return reply{}, err
		}
		problems, answer.Tests = append(problems, tests.problems()...), tests.shown()
	}
	answer.Problems = shownProblems(problems)
	return ok(answer), nil
}

// tested is what came of the tests of the definition with this hash; nil when there was nothing to run.
type tested struct {
	hash   string
	report rehearse.Report
}

func (t *tested) problems() []definition.Problem {
	if t == nil {
		return nil
	}
	return t.report.Problems()
}

// runTests runs the tests of a definition; nil when it has none, or problems that stop them.
func (s *server) runTests(ctx context.Context, tx *store.Tx, def *definition.Definition, problems []definition.Problem) (*tested, error) {
	if def == nil || len(def.Tests) == 0 || !rehearse.Testable(problems) {
		return nil, nil
	}
	account, err := events.Account(tx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, testWork)
	defer cancel()
	base := events.RehearsalBase(tx, account)
	base.Start, base.Stop = s.now().Truncate(time.Second), func() bool { return ctx.Err() != nil }
	report := rehearse.Tests(def, base, func(n int) *definition.Definition {
		v, err := tx.Version(def.Key, n)
		if err != nil {
			return nil
		}
		earlier, err := s.Definitions.Load(tx, v.Hash)
		if err != nil {
			return nil
		}
		return earlier
	})
	return &tested{hash: definition.Hash(def.Canonical()), report: report}, nil
}

// testDraft runs the tests of a draft before its publish begins: nobody else has to wait for what
// they take. What it cannot find the publish itself will say.
func (s *server) testDraft(ctx context.Context, key string) *tested {
	var before *tested
	err := s.readStoreWithin(ctx, storeWork, func(tx *store.Tx) error {
		w, err := tx.Workflow(key)
		if err != nil {
			return err
		}
		def, problems := definition.Parse(w.Draft, false)
		if def != nil {
			problems = def.Validate(nil)
		}
		before, err = s.runTests(ctx, tx, def, problems)
		return err
	})
	if err != nil {
		return nil
	}
	return before
}

// testPublication adds what the tests say to a publication: what they said before it began, or, when
// the draft has changed since, what they say now.
func (s *server) testPublication(ctx context.Context, tx *store.Tx, p *publication, before *tested) (err error) {
	if p.def == nil || len(p.def.Tests) == 0 || !rehearse.Testable(p.problems) {
		return nil
	}
	p.tests = before
	if before == nil || before.hash != definition.Hash(p.def.Canonical()) {
		if p.tests, err = s.runTests(ctx, tx, p.def, p.problems); err != nil {
			return err
		}
	}
	p.problems = append(p.problems, p.tests.problems()...)
	return nil
}

// shown is the report as it is answered.
func (t *tested) shown() *gen.TestReport {
	if t == nil {
		return nil
	}
	return testreport.Of(t.report)
}
