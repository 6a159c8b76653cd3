package api

import (
	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes/form"
	"fermata/store"
)

// PreviewTrigger counts the contacts for whom a trigger would go off as they are now.
func (s *server) PreviewTrigger(c *gin.Context) {
	in, err := bind[gen.TriggerPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	raw, err := decodeObject(in.Trigger)
	if err != nil {
		s.fail(c, invalid("/trigger", "must be an object", "a trigger as it stands in a definition"))
		return
	}
	report := form.Report{}
	trigger := definition.ReadTrigger(raw, &report)
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
		st, err := s.stage(tx, seenFrom{workflow: &in.Workflow})
		if err != nil {
			return reply{}, err
		}
		answer := gen.TriggerPreview{Problems: previewProblems(&report)}
		if failed(answer.Problems) {
			answer.NotCounted = ptr("the trigger cannot be read")
			return ok(answer), nil
		}
		if answer.NotCounted = untold(&trigger); answer.NotCounted != nil {
			return ok(answer), nil
		}
		finder, err := events.NewTriggerFinder(tx, in.Workflow, st.settings.Timezone, &trigger, s.now())
		if err != nil {
			return reply{}, err
		}
		answer.Matches, err = countFound(tx, finder)
		return ok(answer), err
	})
}

// untold says why contacts do not tell whether a trigger would go off, nil when they do.
func untold(t *definition.Trigger) *string {
	switch t.Type {
	case definition.TriggerEvent:
		if t.Where == nil {
			return ptr("every event of its type counts, whoever it is about")
		}
		return uncountable(t.Where)
	case definition.TriggerSchedule, definition.TriggerInactivity, definition.TriggerDate:
		return nil
	}
	return ptr("a person or a call names the contact")
}
