package api

import (
	"encoding/json"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// PreviewWait computes when a wait would be over, by the arithmetic of a run.
func (s *server) PreviewWait(c *gin.Context) {
	in, err := bind[gen.WaitPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	settings, _, problems, err := readSettings(string(in.Type), &in.With)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		st, err := s.stage(tx, seenFrom{contact: in.Contact, workflow: in.Workflow, trigger: in.Trigger})
		if err != nil {
			return reply{}, err
		}
		answer, loc, err := previewZone(st, in)
		if err != nil {
			return reply{}, err
		}
		answer.Problems = problems
		if !failed(problems) {
			s.foresee(&answer, settings, s.dueInput(st, in, loc))
		}
		return ok(answer), nil
	})
}

// dueInput is what the wait of an enrollment would depend on.
func (s *server) dueInput(st *stage, in gen.WaitPreviewRequest, loc *time.Location) nodes.DueInput {
	entered := or(in.EnteredAt, s.now()).UTC()
	scope := *st.scope
	scope.Now, scope.Location = entered, loc
	return nodes.DueInput{
		Now: entered, Entered: entered, Anchor: or(in.StartedAt, entered).UTC(), Scope: &scope, Location: loc, Seed: "preview",
	}
}

// foresee fills in when the wait ends, and why then.
func (s *server) foresee(answer *gen.WaitPreview, settings nodes.Settings, in nodes.DueInput) {
	waiter, waits := settings.(nodes.Waiter)
	if !waits {
		return
	}
	due := waiter.Due(in)
	if due.Failure != nil {
		answer.Problems = append(answer.Problems, previewError("", due.Failure.Message, "the step would be held until there is a date"))
		return
	}
	answer.Note = text(nodes.DueNote(settings, in, due))
	if !due.Forever {
		answer.DueAt, answer.Local = utc(&due.At), ptr(nodes.LocalWords(due.At, in.Location))
	}
}

// previewZone finds the zone that counts, and who says so.
func previewZone(st *stage, in gen.WaitPreviewRequest) (gen.WaitPreview, *time.Location, error) {
	setting := st.settings.Timezone
	if in.Settings != nil {
		var err error
		if setting, err = zoneSetting(*in.Settings); err != nil {
			return gen.WaitPreview{}, nil, err
		}
	}
	answer := gen.WaitPreview{}
	if in.Timezone != nil {
		loc, known := calendar.Zone(*in.Timezone)
		if !known {
			return answer, nil, invalid("/timezone", "is not the name of a time zone", "Europe/Berlin")
		}
		answer.Timezone, answer.TimezoneSource = loc.String(), gen.WaitPreviewTimezoneSourceRequest
		return answer, loc, nil
	}
	loc, source := events.ZoneSource(setting, st.contact, st.account)
	answer.Timezone, answer.TimezoneSource = loc.String(), gen.WaitPreviewTimezoneSource(source)
	return answer, loc, nil
}

// zoneSetting is the time zone in settings of a workflow that are being edited.
func zoneSetting(settings json.RawMessage) (string, error) {
	object, err := decodeObject(settings)
	if err != nil {
		return "", invalid("/settings", "must be an object", "")
	}
	zone, given := object["timezone"]
	if !given {
		return definition.ZoneContact, nil
	}
	name, isText := zone.(string)
	if !isText {
		return "", invalid("/settings/timezone", "must be a string", "contact, or Europe/Berlin")
	}
	return name, nil
}
