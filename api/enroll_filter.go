package api

import (
	"context"
	"errors"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/expr"
	"fermata/store"
)

const (
	// previewWork is how long a dry run over a filter counts; what it has counted by then is answered.
	previewWork = 8 * time.Second
	// previewTogether is how many contacts it enrolls and takes back in one transaction.
	previewTogether = 25
)

// checkFiltered checks what belongs to an enrollment by filter alone.
func checkFiltered(body map[string]any) error {
	if _, given := body["contacts"]; given {
		return invalid("/contacts", "cannot stand beside filter", "give one of them")
	}
	if rate, given := body["rate"].(string); given {
		if _, err := events.ParseJobRate(rate); err != nil {
			return invalid("/rate", "is not a rate of at most 10000 a second", "a count per duration: 100/1m")
		}
	}
	return nil
}

// enrollFiltered queues a job that enrolls everybody whom the filter holds for, or counts them.
func (s *server) enrollFiltered(c *gin.Context, key string, in gen.EnrollRequest, dryRun bool) {
	if !or(in.Test, false) && !dryRun && !callerOf(c).may(scopePublisher) {
		s.fail(c, failure(kindForbidden, "enrolling by filter needs the scope %s; test: true does not", scopePublisher))
		return
	}
	if dryRun {
		result, err := s.previewFiltered(c.Request.Context(), key, in)
		if err != nil {
			s.fail(c, err)
			return
		}
		s.send(c, ok(result))
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		if _, err := knownFilter(tx, *in.Filter, "/filter"); err != nil {
			return reply{}, err
		}
		by, err := s.openByHand(tx, key, in)
		if err != nil {
			return reply{}, err
		}
		total, last, err := tx.ContactsNow()
		if err != nil {
			return reply{}, err
		}
		params := events.EnrollParams{ByHand: by, Filter: *in.Filter, Until: last}
		if in.Data != nil {
			params.Data = *in.Data
		}
		job, err := events.StartJob(tx, events.NewJob{
			Kind: events.JobEnroll, Subject: key, Rate: or(in.Rate, ""), Person: callerOf(c).person, Params: params, Total: &total, Now: s.now(),
		})
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		if err := s.audit(c, tx, "workflow.enroll", key, map[string]any{"job": job.ID, "test": by.Test}); err != nil {
			return reply{}, err
		}
		return accepted(job)
	})
}

// openByHand is byHand that makes sure that the enrollment can begin now.
func (s *server) openByHand(tx *store.Tx, key string, in gen.EnrollRequest) (events.ByHand, error) {
	by, err := s.byHand(tx, key, in)
	if err == nil {
		_, err = by.Open(tx, s.Definitions)
	}
	return by, err
}

// previewFiltered counts what a job would do: it looks at everybody, enrolls the matching ones by
// the real rules, a few at a time, and rolls back.
func (s *server) previewFiltered(ctx context.Context, key string, in gen.EnrollRequest) (gen.EnrollResult, error) {
	counts := map[string]int{events.CountMatched: 0}
	result := gen.EnrollResult{Items: []gen.EnrollItem{}, Counts: &counts, Matched: ptr(0), Examined: ptr(0), Complete: ptr(false)}
	deadline := time.Now().Add(previewWork)
	late := func() bool { return time.Now().After(deadline) }
	var filter *expr.Condition
	last := ""
	err := s.readStore(ctx, func(tx *store.Tx) (err error) {
		if filter, err = knownFilter(tx, *in.Filter, "/filter"); err != nil {
			return err
		}
		total := 0
		total, last, err = tx.ContactsNow()
		result.Total = &total
		return err
	})
	for at := ""; err == nil && !*result.Complete && !late(); {
		var found events.Found
		err = s.readStoreWithin(ctx, previewWork, func(tx *store.Tx) error {
			finder, err := events.NewFinder(tx, filter, s.now())
			if err != nil {
				return err
			}
			found, err = finder.Next(events.Walk{After: at, Until: last, Look: searchLook, Most: previewTogether, Stop: late})
			return err
		})
		if err != nil {
			break
		}
		at, result.Complete = found.At, &found.End
		*result.Examined += found.Looked
		counts[events.CountMatched] += len(found.Contacts)
		err = s.tryEnroll(ctx, key, in, found.Contacts, counts)
	}
	*result.Matched = counts[events.CountMatched]
	for _, verdict := range events.EntryVerdicts {
		result.Enrolled += counts[verdict]
	}
	return result, err
}

// tryEnroll counts what would become of contacts, and leaves everything as it was.
func (s *server) tryEnroll(ctx context.Context, key string, in gen.EnrollRequest, contacts []store.Contact, counts map[string]int) error {
	err := s.writeStore(ctx, func(tx *store.Tx) error {
		by, err := s.byHand(tx, key, in)
		if err != nil {
			return err
		}
		entry, err := by.Open(tx, s.Definitions)
		if err != nil {
			return err
		}
		err = entry.EnrollFound(contacts, s.now(), func(_ *store.Contact, r events.EnrollResult, failed error) {
			word := r.Verdict
			if failed != nil {
				word = events.CountFailed
			}
			counts[word]++
		})
		if err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}
