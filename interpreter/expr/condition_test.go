package expr

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
)

// record is a contact's past, for tests.
type record struct {
	tags      []string
	workflows []string
	courses   map[string]float64
	deals     map[string]string
	segments  map[string]any
	events    []Event
	err       error
}

func (r record) Tagged(tag string) (bool, error) {
	for _, have := range r.tags {
		if strings.EqualFold(have, tag) {
			return true, r.err
		}
	}
	return false, r.err
}

func (r record) EnrolledIn(workflow string) (bool, error) {
	for _, have := range r.workflows {
		if have == workflow {
			return true, r.err
		}
	}
	return false, r.err
}

func (r record) Course(key string) (float64, bool, error) {
	progress, ok := r.courses[key]
	return progress, ok, r.err
}

func (r record) DealStage(pipeline, _ string) (string, bool, error) {
	stage, ok := r.deals[pipeline]
	return stage, ok, r.err
}

func (r record) Segment(key string) (any, bool, error) {
	filter, ok := r.segments[key]
	return filter, ok, r.err
}

func (r record) Events(eventType string, since time.Time) ([]Event, error) {
	var found []Event
	for _, e := range r.events {
		if e.Type == eventType && !e.AcceptedAt.Before(since) {
			found = append(found, e)
		}
	}
	return found, r.err
}

func testScope(t require.TestingT) *Scope {
	kolkata, ok := calendar.Zone("Asia/Kolkata")
	require.True(t, ok)
	bought := func(amount any, at time.Time) Event {
		return Event{ID: "evt", Type: "purchase.completed", Data: map[string]any{"amount": amount}, OccurredAt: at, AcceptedAt: at}
	}
	facts := record{
		tags: []string{"VIP"}, workflows: []string{"onboarding"}, courses: map[string]float64{"program-a": 50},
		deals: map[string]string{"clients": "Active"},
		segments: map[string]any{
			"pros":   decoded(t, `{"field": "contact.plan", "op": "eq", "value": "pro"}`),
			"nested": decoded(t, `{"all": [{"segment": "pros"}, {"tag": "vip"}]}`),
			"loop":   decoded(t, `{"segment": "loop"}`), "broken": decoded(t, `{"fild": 1}`), "everyone": nil,
		},
		events: []Event{bought(10.0, noon.AddDate(0, 0, -100)), bought("497", noon.AddDate(0, 0, -10)), bought(int64(20), noon.Add(-time.Hour))},
	}
	return &Scope{
		Now: noon, Location: kolkata, Started: noon.Add(-2 * time.Hour), Facts: facts,
		Roots: roots(t, `{
			"contact": {"email": "Ann@Example.com", "first_name": "Ann", "phone": null, "tags": ["VIP", "Lead"],
				"fields": {"plan": "pro", "score": 42, "rate": "7.5", "vip": true, "renewal": "2026-05-07", "birthday": "2026-05-05", "note": ""}},
			"trigger": {"order_id": "A-1", "amount": 497, "signed_at": "2026-05-01T10:00:00Z", "owner": "sales@x.example", "plans": ["pro", "free"],
				"meta": {"a": 1.0}},
			"event": {"order_id": "A-1", "amount": "497.00", "product": "program-a", "tag": "vip", "pattern": "^A-", "bad": "(", "big": 9007199254740993}}`),
	}
}

func TestOperators(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule   string
		want   bool
		reason string
	}{
		{`{"field": "contact.plan", "op": "eq", "value": "pro"}`, true, ""},
		{`{"field": "contact.plan", "op": "eq", "value": "Pro"}`, false, ""},
		{`{"field": "contact.email", "op": "eq", "value": "ann@example.COM"}`, true, ""},
		{`{"field": "trigger.owner", "op": "eq", "value": "Sales@x.example"}`, true, ""},
		{`{"field": "event.tag", "op": "eq", "value": "Vip"}`, true, ""},
		{`{"field": "event.amount", "op": "eq", "value": 497}`, true, ""},
		{`{"field": "trigger.amount", "op": "eq", "value": "497"}`, true, ""},
		{`{"field": "event.amount", "op": "eq", "value": "497"}`, false, ""},
		{`{"field": "event.big", "op": "eq", "value": 9007199254740992}`, false, ""},
		{`{"field": "event.big", "op": "eq", "value": "9007199254740993"}`, true, ""},
		{`{"field": "contact.vip", "op": "eq", "value": true}`, true, ""},
		{`{"field": "contact.vip", "op": "eq", "value": "true"}`, false, "type"},
		{`{"field": "contact.plan", "op": "eq", "value": 1}`, false, "type"},
		{`{"field": "contact.tags", "op": "eq", "value": "vip"}`, false, "type"},
		{`{"field": "contact.tags", "op": "eq", "value": ["vip", "lead"]}`, true, ""},
		{`{"field": "trigger.plans", "op": "eq", "value": ["free", "pro"]}`, false, ""},
		{`{"field": "contact.plan", "op": "ne", "value": "free"}`, true, ""},
		{`{"field": "contact.plan", "op": "ne", "value": "pro"}`, false, ""},
		{`{"field": "contact.plan", "op": "ne", "value": 1}`, false, "type"},
		{`{"field": "contact.nothing", "op": "ne", "value": 1}`, true, "missing"},
		{`{"field": "contact.nothing", "op": "eq", "value": 1}`, false, "missing"},
		{`{"field": "contact.phone", "op": "eq", "value": "1"}`, false, "missing"},
		{`{"field": "contact.score", "op": "gt", "value": 41.5}`, true, ""},
		{`{"field": "contact.score", "op": "gt", "value": 42}`, false, ""},
		{`{"field": "contact.score", "op": "gte", "value": "42"}`, true, ""},
		{`{"field": "contact.rate", "op": "lt", "value": 10}`, true, ""},
		{`{"field": "contact.rate", "op": "lt", "value": "10"}`, true, ""},
		{`{"field": "contact.rate", "op": "lte", "value": 7.5}`, true, ""},
		{`{"field": "contact.plan", "op": "gt", "value": "free"}`, true, ""},
		{`{"field": "contact.plan", "op": "gt", "value": 3}`, false, "type"},
		{`{"field": "contact.vip", "op": "gt", "value": 0}`, false, "type"},
		{`{"field": "trigger.signed_at", "op": "gt", "value": "2026-05-01T11:00:00+02:00"}`, true, ""},
		{`{"field": "contact.nothing", "op": "lt", "value": 3}`, false, "missing"},
		{`{"field": "contact.plan", "op": "in", "value": ["free", "pro"]}`, true, ""},
		{`{"field": "contact.plan", "op": "in", "value": []}`, false, ""},
		{`{"field": "contact.plan", "op": "in", "value": [1, 2]}`, false, "type"},
		{`{"field": "contact.plan", "op": "in", "value": [1, "pro"]}`, true, ""},
		{`{"field": "contact.score", "op": "in", "value": ["42"]}`, true, ""},
		{`{"field": "contact.plan", "op": "in", "value": {"ref": "trigger.plans"}}`, true, ""},
		{`{"field": "contact.plan", "op": "in", "value": {"ref": "trigger.amount"}}`, false, "type"},
		{`{"field": "event.order_id", "op": "in", "value": ["B", {"ref": "trigger.order_id"}]}`, true, ""},
		{`{"field": "event.order_id", "op": "in", "value": ["A-1", {"ref": "trigger.nothing"}]}`, false, "missing_ref"},
		{`{"field": "contact.plan", "op": "not_in", "value": ["free"]}`, true, ""},
		{`{"field": "contact.plan", "op": "not_in", "value": ["pro"]}`, false, ""},
		{`{"field": "contact.nothing", "op": "not_in", "value": ["pro"]}`, true, "missing"},
		{`{"field": "contact.plan", "op": "not_in", "value": [1]}`, false, "type"},
		{`{"field": "contact.tags", "op": "contains", "value": "vip"}`, true, ""},
		{`{"field": "trigger.plans", "op": "contains", "value": "PRO"}`, false, ""},
		{`{"field": "contact.plan", "op": "contains", "value": "r"}`, true, ""},
		{`{"field": "contact.plan", "op": "contains", "value": "R"}`, false, ""},
		{`{"field": "contact.email", "op": "contains", "value": "@EXAMPLE"}`, true, ""},
		{`{"field": "contact.score", "op": "contains", "value": 4}`, false, "type"},
		{`{"field": "contact.plan", "op": "contains", "value": 4}`, false, "type"},
		{`{"field": "contact.tags", "op": "not_contains", "value": "new"}`, true, ""},
		{`{"field": "contact.tags", "op": "not_contains", "value": "LEAD"}`, false, ""},
		{`{"field": "contact.nothing", "op": "not_contains", "value": "x"}`, false, "missing"},
		{`{"field": "contact.score", "op": "not_contains", "value": "x"}`, false, "type"},
		{`{"field": "contact.first_name", "op": "starts_with", "value": "An"}`, true, ""},
		{`{"field": "contact.first_name", "op": "starts_with", "value": "an"}`, false, ""},
		{`{"field": "contact.email", "op": "ends_with", "value": "@example.COM"}`, true, ""},
		{`{"field": "contact.score", "op": "ends_with", "value": "2"}`, false, "type"},
		{`{"field": "contact.first_name", "op": "matches", "value": "^A.n$"}`, true, ""},
		{`{"field": "contact.first_name", "op": "matches", "value": "^a"}`, false, ""},
		{`{"field": "contact.score", "op": "matches", "value": "4"}`, false, "type"},
		{`{"field": "event.order_id", "op": "matches", "value": {"ref": "event.pattern"}}`, true, ""},
		{`{"field": "event.order_id", "op": "matches", "value": {"ref": "event.bad"}}`, false, "invalid_regex"},
		{`{"field": "contact.note", "op": "exists"}`, true, ""},
		{`{"field": "contact.phone", "op": "exists"}`, false, ""},
		{`{"field": "contact.phone", "op": "missing", "value": true}`, true, ""},
		{`{"field": "contact.plan", "op": "missing"}`, false, ""},
		{`{"field": "trigger.signed_at", "op": "before", "value": "2026-05-02"}`, true, ""},
		{`{"field": "trigger.signed_at", "op": "before", "value": "2026-05-01"}`, false, ""},
		{`{"field": "trigger.signed_at", "op": "after", "value": "2026-05-01"}`, false, ""},
		{`{"field": "trigger.signed_at", "op": "after", "value": "2026-04-30"}`, true, ""},
		{`{"field": "trigger.signed_at", "op": "after", "value": {"ref": "trigger.signed_at"}}`, false, ""},
		{`{"field": "contact.renewal", "op": "after", "value": {"ref": "trigger.signed_at"}}`, true, ""},
		{`{"field": "contact.renewal", "op": "before", "value": "2026-05-07T23:00:00+05:30"}`, false, ""},
		{`{"field": "contact.plan", "op": "before", "value": "2026-05-01"}`, false, "type"},
		{`{"field": "contact.score", "op": "after", "value": "2026-05-01"}`, false, "type"},
		{`{"field": "trigger.signed_at", "op": "before", "value": {"ref": "contact.plan"}}`, false, "type"},
		{`{"field": "trigger.signed_at", "op": "within_last", "value": "5d"}`, true, ""},
		{`{"field": "trigger.signed_at", "op": "within_last", "value": "3d"}`, false, ""},
		{`{"field": "trigger.signed_at", "op": "within_next", "value": "3d"}`, false, ""},
		{`{"field": "contact.renewal", "op": "within_next", "value": "2d"}`, true, ""},
		{`{"field": "contact.renewal", "op": "within_next", "value": "1d"}`, false, ""},
		{`{"field": "contact.birthday", "op": "within_next", "value": "1d"}`, true, ""},
		{`{"field": "contact.birthday", "op": "within_last", "value": "1h"}`, true, ""},
		{`{"field": "contact.renewal", "op": "within_last", "value": "60d"}`, false, ""},
		{`{"field": "contact.plan", "op": "within_last", "value": "60d"}`, false, "type"},
		{`{"field": "trigger.signed_at", "op": "within_last", "value": {"ref": "contact.plan"}}`, false, "type"},
		{`{"field": "event.order_id", "op": "eq", "value": {"ref": "trigger.order_id"}}`, true, ""},
		{`{"field": "event.order_id", "op": "eq", "value": {"ref": "trigger.nothing"}}`, false, "missing_ref"},
		{`{"field": "event.order_id", "op": "ne", "value": {"ref": "trigger.nothing"}}`, false, "missing_ref"},
		{`{"field": "contact.nothing", "op": "ne", "value": {"ref": "contact.phone"}}`, false, "missing_ref"},
		{`{"field": "trigger.meta", "op": "eq", "value": {"ref": "trigger.meta"}}`, true, ""},
		{`{"field": "deal.stage", "op": "missing"}`, true, ""},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			c, issues := ParseCondition(decoded(t, tt.rule))
			require.Empty(t, issues)
			got, values, err := c.Eval(testScope(t))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Len(t, values, 1)
			require.Equal(t, tt.want, values[0].Result)
			require.Equal(t, tt.reason, values[0].Reason)
		})
	}
}

func TestMatchesRefusesLongSubjects(t *testing.T) {
	t.Parallel()
	c, issues := ParseCondition(decoded(t, `{"field": "event.text", "op": "matches", "value": "a"}`))
	require.Empty(t, issues)
	s := &Scope{Roots: map[string]any{"event": map[string]any{"text": strings.Repeat("a", maxSubject+1)}}}
	got, values, err := c.Eval(s)
	require.NoError(t, err)
	require.False(t, got)
	require.Equal(t, "too_long", values[0].Reason)
	require.Less(t, len(values[0].Saw.(string)), 600, "records stay small")
}

func TestBehaviourAndGroups(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule string
		want bool
		last Value
	}{
		{`{"did": "purchase.completed"}`, true, Value{Field: "did:purchase.completed", Op: "gte", Expected: int64(1), Saw: int64(3), Result: true}},
		{`{"did": "purchase.completed", "within": "60d"}`, true, Value{Field: "did:purchase.completed", Op: "gte", Expected: int64(1), Saw: int64(2), Result: true}},
		{`{"did": "purchase.completed", "since": "enrollment"}`, true, Value{Field: "did:purchase.completed", Op: "gte", Expected: int64(1), Saw: int64(1), Result: true}},
		{`{"did": "purchase.completed", "count": {"gte": 4}}`, false, Value{Field: "did:purchase.completed", Op: "gte", Expected: int64(4), Saw: int64(3)}},
		{`{"did": "purchase.completed", "count": {"eq": 0}}`, false, Value{Field: "did:purchase.completed", Op: "eq", Expected: int64(0), Saw: int64(3)}},
		{`{"did": "purchase.refunded", "count": {"eq": 0}}`, true, Value{Field: "did:purchase.refunded", Op: "eq", Expected: int64(0), Saw: int64(0), Result: true}},
		{`{"did": "purchase.completed", "where": {"field": "event.amount", "op": "gte", "value": {"ref": "trigger.amount"}}}`, true, Value{Field: "did:purchase.completed", Op: "gte", Expected: int64(1), Saw: int64(1), Result: true}},
		{`{"tag": "vip"}`, true, Value{Field: "tag", Op: "has", Expected: "vip", Saw: true, Result: true}},
		{`{"tag": "new"}`, false, Value{Field: "tag", Op: "has", Expected: "new", Saw: false}},
		{`{"enrolled_in": "onboarding"}`, true, Value{Field: "enrolled_in", Op: "has", Expected: "onboarding", Saw: true, Result: true}},
		{`{"course": "program-a"}`, true, Value{Field: "course", Op: "has", Expected: "program-a", Saw: true, Result: true}},
		{`{"course": "program-a", "progress": {"gte": 50}}`, true, Value{Field: "course:program-a", Op: "gte", Expected: int64(50), Saw: int64(50), Result: true}},
		{`{"course": "program-a", "progress": {"gt": 50.5}}`, false, Value{Field: "course:program-a", Op: "gt", Expected: 50.5, Saw: int64(50)}},
		{`{"course": "program-b", "progress": {"gte": 0}}`, false, Value{Field: "course:program-b", Op: "gte", Expected: int64(0), Reason: "missing"}},
		{`{"deal": "clients"}`, true, Value{Field: "deal", Op: "has", Expected: "clients", Saw: true, Result: true}},
		{`{"deal": "clients", "stage": "active"}`, true, Value{Field: "deal:clients", Op: "eq", Expected: "active", Saw: "Active", Result: true}},
		{`{"deal": "sales", "stage": "new"}`, false, Value{Field: "deal:sales", Op: "eq", Expected: "new", Reason: "missing"}},
		{`{"segment": "pros"}`, true, Value{Field: "segment", Op: "has", Expected: "pros", Saw: true, Result: true}},
		{`{"segment": "nested"}`, true, Value{Field: "segment", Op: "has", Expected: "nested", Saw: true, Result: true}},
		{`{"segment": "everyone"}`, true, Value{Field: "segment", Op: "has", Expected: "everyone", Saw: true, Result: true}},
		{`{"segment": "nobody"}`, false, Value{Field: "segment", Op: "has", Expected: "nobody", Reason: "missing_segment"}},
		{`{"segment": "broken"}`, false, Value{Field: "segment", Op: "has", Expected: "broken", Reason: "missing_segment"}},
		{`{"segment": "loop"}`, false, Value{Field: "segment", Op: "has", Expected: "loop", Saw: false}},
		{`{"not": {"tag": "new"}}`, true, Value{Path: "/not", Field: "tag", Op: "has", Expected: "new", Saw: false}},
		{`{"all": [{"tag": "vip"}, {"tag": "new"}, {"tag": "vip"}]}`, false, Value{Path: "/all/1", Field: "tag", Op: "has", Expected: "new", Saw: false}},
		{`{"any": [{"tag": "new"}, {"all": [{"tag": "vip"}]}, {"tag": "new"}]}`, true, Value{Path: "/any/1/all/0", Field: "tag", Op: "has", Expected: "vip", Saw: true, Result: true}},
		{`{"expr": "contact.score > 40 && trigger.amount == 497.0"}`, true, Value{Field: "expr", Op: "expr", Expected: "contact.score > 40 && trigger.amount == 497.0", Saw: true, Result: true}},
		{`{"expr": "contact.nothing > 40"}`, false, Value{Field: "expr", Op: "expr", Expected: "contact.nothing > 40", Reason: "missing"}},
		{`{"expr": "contact.score"}`, false, Value{Field: "expr", Op: "expr", Expected: "contact.score", Saw: int64(42), Reason: "type"}},
		{`{"expr": "contact.score + 'x' == 'y'"}`, false, Value{Field: "expr", Op: "expr", Expected: "contact.score + 'x' == 'y'", Reason: "type"}},
		{`{"expr": "1 / 0 == 1"}`, false, Value{Field: "expr", Op: "expr", Expected: "1 / 0 == 1", Reason: "expression"}},
		{`{"expr": "now < timestamp('2026-05-06T00:00:00Z') && now - timestamp(trigger.signed_at) > duration('72h')"}`, true, Value{Field: "expr", Op: "expr", Expected: "now < timestamp('2026-05-06T00:00:00Z') && now - timestamp(trigger.signed_at) > duration('72h')", Saw: true, Result: true}},
		{`{"expr": "'VIP' in contact.tags && !has(deal.id) && event['order_id'].startsWith('A')"}`, true, Value{Field: "expr", Op: "expr", Expected: "'VIP' in contact.tags && !has(deal.id) && event['order_id'].startsWith('A')", Saw: true, Result: true}},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			c, issues := ParseCondition(decoded(t, tt.rule))
			require.Empty(t, issues)
			got, values, err := c.Eval(testScope(t))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.NotEmpty(t, values)
			require.Equal(t, tt.last, values[len(values)-1])
		})
	}
}

func TestValuesAreInOrderOfEvaluation(t *testing.T) {
	t.Parallel()
	c, issues := ParseCondition(decoded(t, `{"all": [
		{"segment": "nested"},
		{"any": [{"field": "contact.plan", "op": "eq", "value": "free"}, {"not": {"tag": "new"}}]},
		{"did": "purchase.completed", "count": {"gte": 1, "lt": 3}},
		{"tag": "vip"}]}`))
	require.Empty(t, issues)
	got, values, err := c.Eval(testScope(t))
	require.NoError(t, err)
	require.False(t, got)
	var paths []string
	for _, v := range values {
		paths = append(paths, v.Path)
	}
	require.Equal(t, []string{
		"/all/0/segment/all/0/segment", "/all/0/segment/all/0", "/all/0/segment/all/1", "/all/0",
		"/all/1/any/0", "/all/1/any/1/not", "/all/2", "/all/2",
	}, paths)
}

func TestEvalReturnsOnlyErrorsOfFacts(t *testing.T) {
	t.Parallel()
	down := errors.New("store is down")
	for _, rule := range []string{
		`{"tag": "a"}`, `{"enrolled_in": "a"}`, `{"course": "a"}`, `{"course": "a", "progress": {"gte": 1}}`, `{"deal": "a"}`,
		`{"deal": "a", "stage": "b"}`, `{"segment": "a"}`, `{"did": "a.b"}`, `{"not": {"tag": "a"}}`, `{"any": [{"tag": "a"}]}`,
		`{"did": "a.b", "where": {"tag": "a"}}`,
	} {
		c, issues := ParseCondition(decoded(t, rule))
		require.Empty(t, issues, rule)
		got, _, err := c.Eval(&Scope{Facts: record{err: down}})
		require.ErrorIs(t, err, down, rule)
		require.False(t, got, rule)
		_, _, err = c.Eval(&Scope{})
		require.ErrorIs(t, err, ErrNoFacts, rule)
	}
}

func TestNilConditionIsAlwaysTrue(t *testing.T) {
	t.Parallel()
	c, issues := ParseCondition(nil)
	require.Empty(t, issues)
	for _, always := range []*Condition{c, nil} {
		got, values, err := always.Eval(&Scope{})
		require.NoError(t, err)
		require.True(t, got)
		require.Empty(t, values)
		require.True(t, always.Always())
		require.Equal(t, References{}, always.References())
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	c, issues := ParseCondition(decoded(t, `{"all": [
		{"tag": "b"}, {"tag": "a"}, {"not": {"tag": "b"}}, {"enrolled_in": "w"}, {"course": "c", "progress": {"gte": 1}},
		{"deal": "p", "stage": "s2"}, {"deal": "p", "stage": "s1"}, {"deal": "q"}, {"segment": "g"},
		{"did": "x.y", "where": {"all": [{"field": "event.a", "op": "exists"}, {"tag": "c"}]}}]}`))
	require.Empty(t, issues)
	require.Equal(t, References{
		Tags: []string{"a", "b", "c"}, Workflows: []string{"w"}, Courses: []string{"c"}, Pipelines: []string{"p", "q"},
		Segments: []string{"g"}, Events: []string{"x.y"}, Stages: map[string][]string{"p": {"s1", "s2"}},
	}, c.References())
	for rule, want := range map[string]References{
		`{"field": "event.a", "op": "exists"}`:                              {UsesEvent: true},
		`{"field": "contact.a", "op": "eq", "value": {"ref": "trigger.a"}}`: {UsesTrigger: true},
		`{"field": "contact.a", "op": "in", "value": [{"ref": "event.a"}]}`: {UsesEvent: true},
		`{"expr": "contact.tags.exists(x, x == trigger.tag)"}`:              {UsesTrigger: true},
		`{"expr": "event.a == 1"}`:                                          {UsesEvent: true},
		`{"expr": "contact.event == 1"}`:                                    {},
	} {
		c, issues := ParseCondition(decoded(t, rule))
		require.Empty(t, issues, rule)
		require.Equal(t, want, c.References(), rule)
	}
}
