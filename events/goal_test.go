package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
	"fermata/store/storetest"
)

// goalConditions ask for everything that a goal can ask about a contact.
var goalConditions = map[string]object{
	"event":          {"field": "event.n", "op": "gte", "value": 3},
	"field":          {"field": "contact.plan", "op": "eq", "value": "pro"},
	"country":        {"field": "contact.country", "op": "eq", "value": "DE"},
	"tags":           {"field": "contact.tags", "op": "contains", "value": "VIP"},
	"courses":        {"field": "contact.courses[0].progress", "op": "gte", "value": 50},
	"deals":          {"field": "contact.deals[0].stage", "op": "eq", "value": "won"},
	"tag":            {"tag": "vip"},
	"course":         {"course": "go", "progress": object{"gte": 50}},
	"deal":           {"deal": "sales", "stage": "new"},
	"enrolled":       {"enrolled_in": "other"},
	"segment":        {"segment": "buyers"},
	"did ever":       {"did": "purchase.completed", "count": object{"gte": 2}},
	"did lately":     {"did": "purchase.completed", "within": "1d", "count": object{"gte": 2}},
	"did since then": {"did": "purchase.completed", "since": "enrollment", "count": object{"gte": 2}},
}

// Judged together, events count as they do one by one, and the statements do not grow with them.
func TestGoalsAreJudgedTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		events := b.goalEvents(40)
		for name, where := range goalConditions {
			g := goalOf(t, where)
			count := func(list []store.GoalEvent) (holds []bool, statements int64) {
				before := s.Statements()
				b.read(func(tx *store.Tx) (err error) {
					holds, err = judge(tx, g, list)
					return err
				})
				return holds, s.Statements() - before
			}
			few, fewStatements := count(append(events[:4:4], events[len(events)-1]))
			many, manyStatements := count(events)
			if name == "did lately" { // further back is read in pieces that double
				fewStatements += 6
			}
			require.LessOrEqual(t, manyStatements, fewStatements, name)
			require.LessOrEqual(t, manyStatements, int64(8), name)
			require.Equal(t, few[:4], many[:4], name)
			found := map[bool]bool{}
			for i := range events {
				b.read(func(tx *store.Tx) error {
					require.Equal(t, judgeOne(t, tx, g, &events[i]), many[i], "%s: event %d", name, i)
					return nil
				})
				found[many[i]] = true
			}
			require.Len(t, found, 2, "%s: some count and some do not", name)
		}
	})
}

func goalOf(t *testing.T, where object) *definition.Goal {
	t.Helper()
	raw, err := json.Marshal(object{
		"schema": 1, "key": "w", "name": "W", "start": "done", "triggers": []any{}, "nodes": object{"done": object{"type": "end"}},
		"settings": object{"goal": object{"event": "purchase.completed", "where": where}},
	})
	require.NoError(t, err)
	parsed, problems := definition.Parse(raw, false)
	for _, p := range problems {
		require.NotEqual(t, "error", p.Severity, p.Message)
	}
	return parsed.Settings.Goal
}

// judgeOne is what the condition says with everything read for one contact alone.
func judgeOne(t *testing.T, tx *store.Tx, g *definition.Goal, e *store.GoalEvent) bool {
	t.Helper()
	scope, err := goalScope(newBook(tx, []string{e.ContactID}), e, g.Event)
	require.NoError(t, err)
	scope.Facts = Facts(tx, e.ContactID)
	scope = scope.With("contact", expr.NewLazy(func() any {
		c, err := tx.Contact(e.ContactID)
		if errors.Is(err, store.ErrNotFound) {
			return map[string]any{}
		}
		require.NoError(t, err)
		v := newView(tx, c)
		require.NoError(t, v.load())
		return v.contact
	}))
	holds, _, err := g.Where.Eval(scope)
	require.NoError(t, err)
	return holds
}

// goalEvents makes people who have this and that, a few of them merged, each with two purchases, and one
// who is gone.
func (b *bench) goalEvents(people int) (list []store.GoalEvent) {
	b.Helper()
	began := b.clock.now()
	b.write(func(tx *store.Tx) error {
		for _, err := range []error{
			tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: []store.Stage{{Key: "new", Name: "New", Kind: "open"}, {Key: "won", Name: "Won", Kind: "won"}}}),
			tx.CreateCourse(&store.Course{Key: "go", Name: "Go"}),
			tx.CreateSegment(&store.Segment{Key: "buyers", Name: "Buyers", Filter: store.JSON(`{"tag": "Vip"}`)}),
		} {
			if err != nil {
				return err
			}
		}
		for i := range people {
			events, err := b.goalPerson(tx, i, began)
			if err != nil {
				return err
			}
			list = append(list, events...)
		}
		return nil
	})
	return append(list, store.GoalEvent{EventID: "none", ContactID: "con_gone", EnrollmentID: "none", OccurredAt: began, AcceptedAt: began, StartedAt: began})
}

func (b *bench) goalPerson(tx *store.Tx, i int, began time.Time) (list []store.GoalEvent, err error) {
	id := fmt.Sprintf("con_%03d", i)
	c := &store.Contact{ID: id, ExternalID: &id, Country: []string{"DE", "FR"}[i%2], Fields: store.JSON(`{"plan": "` + []string{"pro", "free", "old"}[i%3] + `"}`)}
	if err := tx.CreateContact(c); err != nil {
		return nil, err
	}
	merged := fmt.Sprintf("old_%03d", i)
	steps := []error{
		tx.SetContactCourse(&store.ContactCourse{ContactID: id, Course: "go", Status: []string{"enrolled", "unenrolled"}[i%2], Progress: float64(10 * (i % 10))}),
		tx.CreateDeal(&store.Deal{ID: fmt.Sprintf("deal_%03d", i), Title: "D", Pipeline: "sales", Stage: []string{"new", "won"}[i%2], Status: []string{"open", "won"}[i%2], ContactID: id}),
		tx.InsertEnrollment(&store.Enrollment{
			ID: "enr_" + id, Workflow: []string{"other", "w"}[i%2], Version: 1, ContactID: id, Status: store.StatusRunning, Node: "done", Visit: 1,
			StartedAt: began, AnchorAt: began, CreatedAt: began,
		}),
	}
	if i%4 < 2 {
		_, _, err := tx.AddContactTag(id, "VIP")
		steps = append(steps, err, tx.PutAlias(&store.ContactAlias{Kind: store.AliasID, Value: merged, ContactID: id, CreatedAt: began}))
	}
	for n := range 2 {
		at := began.Add(time.Duration(i*(1-2*n)) * 7 * time.Hour)
		of := id
		if n == 1 {
			of = merged // of a log that is the contact's only where it was merged
		}
		e := &store.Event{
			ID: fmt.Sprintf("evt_%03d_%d", i, n), ContactID: of, Seq: int64(2 - n), Type: "purchase.completed", Source: "test", BodyHash: "x",
			Data: store.JSON(fmt.Sprintf(`{"n": %d}`, i%5)), OccurredAt: at, AcceptedAt: at,
		}
		steps = append(steps, tx.InsertEvent(e))
		list = append(list, store.GoalEvent{
			EventID: e.ID, ContactID: id, EnrollmentID: "enr_" + id, OccurredAt: at, AcceptedAt: at, StartedAt: began.Add(-time.Hour), Data: e.Data,
		})
	}
	return list, errors.Join(steps...)
}
