package api

import (
	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// seen decodes recorded values of conditions; rows hold them as they are answered.
func seen(j store.JSON) ([]gen.SeenValue, error) {
	values := []gen.SeenValue{}
	if err := j.Decode(&values); err != nil {
		return nil, err
	}
	if values == nil {
		values = []gen.SeenValue{}
	}
	return values, nil
}

// shapeVerdicts answers what became of an event, once for each workflow, and that it came again.
func shapeVerdicts(rows []store.Verdict, repeated bool) ([]gen.Verdict, error) {
	rows = store.PerWorkflow(rows)
	if repeated {
		rows = append(rows, store.Verdict{Verdict: events.VerdictDuplicate, Reason: "posted_again"})
	}
	shown := make([]gen.Verdict, len(rows))
	for i := range rows {
		v := &rows[i]
		values, err := seen(v.Values)
		if err != nil {
			return nil, err
		}
		shown[i] = gen.Verdict{
			Workflow: text(v.Workflow), Verdict: gen.VerdictVerdict(v.Verdict), Reason: v.Reason, Values: values, Enrollment: text(v.EnrollmentID),
		}
		if v.Version > 0 {
			shown[i].Version = &v.Version
		}
	}
	return shown, nil
}

// shapeEvents answers events with their contacts' addresses and their verdicts.
func shapeEvents(tx *store.Tx, rows []store.Event) ([]gen.Event, error) {
	ids, people := make([]string, len(rows)), make([]string, len(rows))
	for i := range rows {
		ids[i], people[i] = rows[i].ID, rows[i].ContactID
	}
	verdicts, err := tx.Verdicts(ids...)
	if err != nil {
		return nil, err
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return nil, err
	}
	shown := make([]gen.Event, len(rows))
	for i := range rows {
		e := &rows[i]
		list, err := shapeVerdicts(verdicts[e.ID], e.Repeated)
		if err != nil {
			return nil, err
		}
		shown[i] = gen.Event{
			Id: e.ID, Type: e.Type, Contact: contactRef(e.ContactID, contacts), Data: rawObject(e.Data),
			OccurredAt: e.OccurredAt.UTC(), AcceptedAt: e.AcceptedAt.UTC(), Source: text(e.Source), Verdicts: list,
		}
	}
	return shown, nil
}

func contactRef(id string, contacts map[string]store.Contact) gen.ContactRef {
	ref := gen.ContactRef{Id: id}
	if found, exists := contacts[id]; exists {
		ref.Email = found.Email
	}
	return ref
}

func (s *server) ListEvents(c *gin.Context, params gen.ListEventsParams) {
	filter := store.EventFilter{Contact: or(params.Contact, ""), Type: or(params.Type, ""), Verdict: string(or(params.Verdict, ""))}
	s.read(c, func(tx *store.Tx) (reply, error) {
		var err error
		if filter.Contact, err = contactID(tx, filter.Contact); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListEvents(filter, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items, err := shapeEvents(tx, rows)
		return ok(list[gen.Event]{Items: items, Next: text(next)}), err
	})
}

func (s *server) GetEvent(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		e, err := tx.Event(id)
		if err != nil {
			return reply{}, err
		}
		items, err := shapeEvents(tx, []store.Event{*e})
		if err != nil {
			return reply{}, err
		}
		return ok(items[0]), nil
	})
}
