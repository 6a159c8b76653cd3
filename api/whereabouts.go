package api

import (
	"encoding/json"
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// whereabouts says where enrollments stand in the words and the zone of their definitions.
type whereabouts struct {
	s        *server
	tx       *store.Tx
	contacts map[string]store.Contact
	account  *store.Account
	// moves are the versions that moves lead to, as far as they were asked for.
	moves map[string]int
}

func (s *server) whereabouts(tx *store.Tx, contacts map[string]store.Contact) (whereabouts, error) {
	account, err := events.Account(tx)
	return whereabouts{s: s, tx: tx, contacts: contacts, account: account, moves: map[string]int{}}, err
}

// of adds where the enrollment was sent, the name of the node and the zone. A definition that this
// build cannot read adds neither of these: the enrollment is shown all the same, with what the rows say.
func (w whereabouts) of(e *store.Enrollment, shown gen.Enrollment) gen.Enrollment {
	if version := w.sentTo(e); version > 0 {
		shown.MovingTo = &version
	}
	def, err := w.s.Definitions.Load(w.tx, e.Hash)
	if err != nil {
		return shown
	}
	if node := def.Nodes[e.Node]; node != nil {
		shown.Title = ptr(node.Title())
	}
	var contact *store.Contact
	if c, known := w.contacts[e.ContactID]; known {
		contact = &c
	}
	shown.Timezone = ptr(events.Zone(def.Settings.Timezone, contact, w.account).String())
	return shown
}

// sentTo is the version that an enrollment has been sent to and has not reached, else 0.
func (w whereabouts) sentTo(e *store.Enrollment) int {
	if !e.Active || e.MoveID == "" {
		return 0
	}
	version, known := w.moves[e.MoveID]
	if !known {
		if move, err := w.tx.Move(e.MoveID); err == nil {
			version = move.Version
		}
		w.moves[e.MoveID] = version
	}
	return version
}

// GetEnrollmentDefinition answers what an enrollment runs, also when that is a draft.
func (s *server) GetEnrollmentDefinition(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		e, err := tx.Enrollment(id)
		if err != nil {
			return reply{}, err
		}
		shown := gen.RunDefinition{Workflow: e.Workflow, Hash: e.Hash, Trigger: text(e.TriggerID), Summaries: shownSummaries(nil)}
		if e.Version > 0 {
			// The document of the version has the layout, which the content by hash leaves out.
			v, err := tx.Version(e.Workflow, e.Version)
			if err != nil {
				return reply{}, fmt.Errorf("read version of enrollment: %w", err)
			}
			shown.Version, shown.Definition = &e.Version, v.Document
		} else {
			body, err := tx.Definition(e.Hash)
			if err != nil {
				return reply{}, fmt.Errorf("read definition of enrollment: %w", err)
			}
			shown.Definition = json.RawMessage(body)
		}
		if def, _ := definition.Parse(shown.Definition, false); def != nil {
			shown.Summaries = shownSummaries(def)
		}
		return ok(shown), nil
	})
}
