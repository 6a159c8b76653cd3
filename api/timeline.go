package api

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// contactByRef finds the contact that an id, a mail address or an external id names.
func contactByRef(tx *store.Tx, ref string) (*store.Contact, error) {
	id, err := contactID(tx, ref)
	if err != nil {
		return nil, err
	}
	return tx.Contact(id)
}

func (s *server) GetContactTimeline(c *gin.Context, id string, params gen.GetContactTimelineParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		contact, err := contactByRef(tx, id)
		if err != nil {
			return reply{}, err
		}
		moments, next, err := tx.Timeline(contact.ID, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items, err := s.shapeTimeline(tx, contact, moments)
		return ok(list[gen.TimelineItem]{Items: items, Next: text(next)}), err
	})
}

func (s *server) shapeTimeline(tx *store.Tx, contact *store.Contact, moments []store.Moment) ([]gen.TimelineItem, error) {
	var rows []store.Event
	for i := range moments {
		if moments[i].Event != nil {
			rows = append(rows, *moments[i].Event)
		}
	}
	log, err := shapeEvents(tx, rows)
	if err != nil {
		return nil, err
	}
	paused, err := tx.PausedWorkflows()
	if err != nil {
		return nil, err
	}
	account, err := events.Account(tx)
	if err != nil {
		return nil, fmt.Errorf("read account: %w", err)
	}
	zone := events.Zone(events.ZoneOfContact, contact, account)
	people := map[string]store.Contact{contact.ID: *contact}
	ledgers := map[string]map[effectKey]*gen.StepEffect{}
	items, dues := make([]gen.TimelineItem, len(moments)), events.NewDues(tx, s.Definitions, s.now())
	for i := range moments {
		m := &moments[i]
		item := gen.TimelineItem{At: m.At.UTC(), Kind: gen.TimelineItemKind(m.Kind)}
		if m.Enrollment != nil {
			if err := dues.Mend(m.Enrollment, m.Step, contact); err != nil {
				return nil, err
			}
			item.Enrollment = ptr(s.shapeEnrollment(m.Enrollment, people, paused))
		}
		switch {
		case m.Event != nil:
			item.Event, log = &log[0], log[1:]
			aboutEvent(&item)
		case m.Step != nil:
			step, err := stepOf(tx, m.Step, ledgers)
			if err != nil {
				return nil, err
			}
			item.Step, item.Summary = &step, aboutStep(&step, zone)
		case m.Send != nil:
			item.Send = ptr(shapeSend(m.Send))
			item.Summary = fmt.Sprintf("Message %q to %s: %s.", m.Send.Subject, m.Send.ToAddress, m.Send.State)
		case m.Kind == store.MomentEnded:
			item.Summary = fmt.Sprintf("Left %s: %s, %s.", m.Enrollment.Workflow, because(m.Enrollment.Status, m.Enrollment.Reason), m.Enrollment.Outcome)
		default:
			item.Summary = fmt.Sprintf("Entered %s.", m.Enrollment.Workflow)
		}
		items[i] = item
	}
	return items, nil
}

// stepOf shapes a step with its effects; the ledger of each enrollment is read once.
func stepOf(tx *store.Tx, row *store.Step, ledgers map[string]map[effectKey]*gen.StepEffect) (gen.Step, error) {
	effects, read := ledgers[row.EnrollmentID]
	if !read {
		ledger, err := tx.Effects(row.EnrollmentID)
		if err != nil {
			return gen.Step{}, err
		}
		effects = effectsOf(ledger)
		ledgers[row.EnrollmentID] = effects
	}
	return shapeStep(row, effects)
}

// aboutEvent says what an event did, and tells changes of the contact from other events.
func aboutEvent(item *gen.TimelineItem) {
	e := item.Event
	var did []string
	for _, v := range e.Verdicts {
		if v.Workflow != nil {
			did = append(did, *v.Workflow+" "+because(string(v.Verdict), v.Reason))
		}
	}
	item.Summary = e.Type + "."
	if len(did) > 0 {
		item.Summary = e.Type + ": " + strings.Join(did, "; ") + "."
	}
	switch e.Type {
	case events.TypeContactCreated:
		item.Kind, item.Summary = gen.TimelineItemKindContact, "The contact was made."
	case events.TypeContactUpdated:
		item.Kind, item.Summary = gen.TimelineItemKindContact, "The contact was changed."
		data, err := decodeObject(e.Data)
		if changed, _ := data["changed"].(map[string]any); err == nil && len(changed) > 0 {
			names := make([]string, 0, len(changed))
			for name := range changed {
				names = append(names, name)
			}
			sort.Strings(names)
			item.Summary = "The contact was changed: " + strings.Join(names, ", ") + "."
		}
	}
}

func aboutStep(step *gen.Step, zone *time.Location) string {
	what := fmt.Sprintf("%s: %s", step.Title, because(string(step.Status), or(step.Reason, "")))
	if step.LeftAt == nil && step.DueAt != nil {
		what += " until " + events.Spoken(*step.DueAt, zone)
	}
	if step.LeftAt != nil && step.Port != nil && *step.Port != nodes.PortNext {
		what += ", on by “" + *step.Port + "”"
	}
	return what + "."
}

// because is a code with its reason, if it has one.
func because(code, reason string) string {
	if reason == "" {
		return code
	}
	return code + " (" + reason + ")"
}
