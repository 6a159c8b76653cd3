package api

import (
	"errors"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// errPreview takes back what a dry run has done.
var errPreview = errors.New("dry run")

// MergeContact joins another contact into the one of the path.
func (s *server) MergeContact(c *gin.Context, id string, params gen.MergeContactParams) {
	dryRun := or(params.DryRun, false)
	creating(s, c, func(tx *store.Tx, in gen.MergeRequest) (r reply, err error) {
		err = tx.Attempt(func() error {
			if r, err = s.merge(c, tx, id, in.From); err != nil || !dryRun {
				return err
			}
			return errPreview
		})
		if dryRun && errors.Is(err, errPreview) {
			err = nil
		}
		return r, err
	})
}

func (s *server) merge(c *gin.Context, tx *store.Tx, id, other string) (reply, error) {
	into, from, err := lockMerge(tx, id, other)
	if err != nil {
		return reply{}, err
	}
	gone := from.ID
	done, err := events.Merge(tx, into, from, s.now())
	if err != nil {
		return reply{}, err
	}
	detail := map[string]any{"from": gone, "exited": len(done.Exited), "events": done.Events}
	if err := s.audit(c, tx, "contact.merge", into.ID, detail); err != nil {
		return reply{}, err
	}
	r, err := contactReply(tx, into.ID)
	if err != nil {
		return reply{}, err
	}
	tx.AfterCommit(s.nudge)
	return ok(map[string]any{
		"contact": r.body, "from": gone, "changed": done.Changed, "exited": append([]string{}, done.Exited...), "events": done.Events,
	}), nil
}

// lockMerge locks the two contacts of a merge, or says why they cannot be joined.
func lockMerge(tx *store.Tx, id, other string) (into, from *store.Contact, err error) {
	if into, err = tx.Contact(id); err != nil {
		return nil, nil, err
	}
	if from, err = tx.Contact(other); errors.Is(err, store.ErrNotFound) {
		return nil, nil, failure(kindNotFound, "there is no contact with the id in from")
	}
	switch {
	case err != nil:
		return nil, nil, err
	case from.ID != other:
		return nil, nil, failure(kindState, "the contact in from has been merged already, into %s", from.ID)
	case from.ID == into.ID:
		return nil, nil, invalid("/from", "is the contact itself", "the id of another contact")
	}
	intoID := into.ID
	if into, from, err = events.LockTwo(tx, intoID, other); err != nil {
		return nil, nil, err
	}
	if into.ID != intoID || from.ID != other {
		return nil, nil, failure(kindState, "one of the contacts has just been merged; look again")
	}
	return into, from, nil
}
