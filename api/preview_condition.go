package api

import (
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/expr"
	"fermata/store"
)

const (
	// previewLook is how many contacts a preview of a condition looks at, at most.
	previewLook = 20_000
	// previewPage is how many of them it takes at a time.
	previewPage = 500
	// previewCount is how long it counts; what it has counted by then is answered.
	previewCount = 1500 * time.Millisecond
)

// PreviewCondition evaluates a condition for one contact and counts the contacts that it is true of.
func (s *server) PreviewCondition(c *gin.Context) {
	in, err := bind[gen.ConditionPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	body, err := bodyObject(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	condition, issues := expr.ParseCondition(body["condition"])
	answer := gen.ConditionPreview{Problems: []gen.PreviewProblem{}}
	for _, issue := range issues {
		answer.Problems = append(answer.Problems, previewError(issue.Path, issue.Message, issue.Hint))
	}
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
		// Also a condition that cannot be read is looked at for an unknown contact or workflow.
		st, err := s.stage(tx, seenFrom{contact: in.Contact, workflow: in.Workflow, trigger: in.Trigger, event: in.Event})
		if err != nil {
			return reply{}, err
		}
		if condition == nil {
			answer.NotCounted = ptr("the condition cannot be read")
			return ok(answer), nil
		}
		if err := missingSegments(tx, condition, body["condition"], &answer); err != nil {
			return reply{}, err
		}
		if st.contact != nil {
			if answer.Contact, err = judgeContact(condition, st.scope); err != nil {
				return reply{}, err
			}
		}
		if answer.NotCounted = uncountable(condition); answer.NotCounted == nil {
			answer.Matches, err = s.countMatches(tx, condition)
		}
		return ok(answer), err
	})
}

// missingSegments reports the segments that a condition names and nobody has made.
func missingSegments(tx *store.Tx, condition *expr.Condition, raw any, answer *gen.ConditionPreview) error {
	wrong, err := events.CheckSegments(tx, condition, raw, "")
	for _, one := range wrong {
		answer.Problems = append(answer.Problems, previewError(one.Pointer, one.Message, one.Hint))
	}
	return err
}

// judgeContact evaluates the condition as a run would.
func judgeContact(condition *expr.Condition, scope *expr.Scope) (*gen.ConditionVerdict, error) {
	result, seen, err := condition.Eval(scope)
	if err != nil {
		return nil, err
	}
	values, err := shownValues(seen)
	if err != nil {
		return nil, err
	}
	return &gen.ConditionVerdict{Result: result, Values: or(values, []gen.SeenValue{}), Why: condition.Why(result, seen)}, nil
}

// uncountable says why contacts cannot be counted by a condition, nil when they can.
func uncountable(condition *expr.Condition) *string {
	switch used := condition.References(); {
	case used.UsesEvent, used.UsesTrigger:
		return ptr("it looks at an event, and every contact has another one")
	case used.UsesPassage:
		return ptr("it looks at the passage itself, and only contacts inside have one")
	}
	return nil
}

// countMatches counts the contacts of which the condition is true.
func (s *server) countMatches(tx *store.Tx, condition *expr.Condition) (*gen.ConditionMatches, error) {
	if condition.Always() {
		all, _, err := tx.ContactsNow()
		return &gen.ConditionMatches{Of: all, Count: all, Looked: all, Exact: true}, err
	}
	finder, err := events.NewFinder(tx, condition, s.now())
	if err != nil {
		return nil, err
	}
	return countFound(tx, finder)
}

// countFound counts whom a finder finds, for as long as there is time.
func countFound(tx *store.Tx, finder *events.Finder) (*gen.ConditionMatches, error) {
	all, last, err := tx.ContactsNow()
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(previewCount)
	count := &gen.ConditionMatches{Of: all, Exact: all == 0}
	walk := events.Walk{Until: last, Most: previewPage, Stop: func() bool { return time.Now().After(until) }}
	for !count.Exact && count.Looked < previewLook && !walk.Stop() {
		walk.Look = min(previewPage, previewLook-count.Looked)
		found, err := finder.Next(walk)
		if err != nil {
			return nil, err
		}
		count.Count += len(found.Contacts)
		count.Looked += found.Looked
		walk.After = found.At
		count.Exact = found.End || found.At == last
	}
	return count, nil
}
