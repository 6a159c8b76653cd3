package expr

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhy(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	scope := &Scope{
		Now: now, Started: now,
		Roots: map[string]any{
			"contact": map[string]any{"country": "DE", "fields": map[string]any{"plan": "free", "seats": int64(3)}, "tags": []any{"vip"}},
			"event":   map[string]any{"amount": int64(497)},
		},
		Facts: record{
			tags: []string{"vip"}, courses: map[string]float64{"go": 40}, deals: map[string]string{"sales": "won"},
			segments: map[string]any{"pros": map[string]any{"field": "contact.plan", "op": "eq", "value": "pro"}},
			events:   []Event{{Type: "purchase.completed", AcceptedAt: now.AddDate(0, 0, -1)}},
		},
	}
	for rule, want := range map[string]string{
		`{"field": "contact.plan", "op": "eq", "value": "pro"}`:                   "no, because plan = free",
		`{"field": "contact.plan", "op": "eq", "value": "free"}`:                  "yes, because plan = free",
		`{"not": {"field": "contact.plan", "op": "eq", "value": "free"}}`:         "no, because plan = free",
		`{"field": "contact.fields.seats", "op": "gte", "value": 5}`:              "no, because seats = 3, less than 5",
		`{"field": "event.amount", "op": "lt", "value": 500}`:                     "yes, because event.amount = 497, less than 500",
		`{"field": "contact.city", "op": "eq", "value": "x"}`:                     "no, because city has no value",
		`{"field": "contact.city", "op": "missing"}`:                              "yes, because city has no value",
		`{"field": "contact.country", "op": "missing"}`:                           "no, because country has a value",
		`{"field": "contact.plan", "op": "eq", "value": {"ref": "trigger.plan"}}`: "no, because what plan is compared with has no value",
		`{"field": "contact.plan", "op": "gt", "value": 5}`:                       "no, because plan = free, which cannot be compared with 5",
		`{"field": "contact.plan", "op": "in", "value": ["pro", "max"]}`:          "no, because plan = free, none of pro, max",
		`{"field": "contact.tags", "op": "contains", "value": "x"}`:               "no, because tags = vip, without x",
		`{"tag": "vip"}`:  "yes, because it has the tag vip",
		`{"tag": "cold"}`: "no, because it does not have the tag cold",
		`{"course": "go", "progress": {"gte": 50}}`:                           "no, because its progress in go is 40, less than 50",
		`{"course": "rust", "progress": {"gte": 50}}`:                         "no, because it is not in the course rust",
		`{"deal": "sales", "stage": "lost"}`:                                  "no, because its deal in sales is at won",
		`{"segment": "pros"}`:                                                 "no, because it is not in the segment pros",
		`{"segment": "none"}`:                                                 "no, because there is no segment none",
		`{"did": "purchase.completed"}`:                                       "yes, because purchase.completed happened once",
		`{"did": "purchase.completed", "count": {"gte": 2}, "within": "60d"}`: "no, because purchase.completed happened once within the last 60d, less than 2",
		`{"did": "email.opened", "since": "enrollment"}`:                      "no, because email.opened never happened since the enrollment began",
		`{"expr": "contact.seats > 5"}`:                                       "no, because the expression is false",
		`{"expr": "contact.nothing > 5"}`:                                     "no, because the expression needs a value that is missing",
		`{"all": [{"tag": "vip"}, {"field": "contact.plan", "op": "eq", "value": "pro"}, {"tag": "cold"}]}`:  "no, because plan = free",
		`{"all": [{"tag": "vip"}, {"field": "contact.plan", "op": "eq", "value": "free"}]}`:                  "yes, because it has the tag vip and plan = free",
		`{"any": [{"tag": "cold"}, {"field": "contact.plan", "op": "eq", "value": "free"}, {"tag": "vip"}]}`: "yes, because plan = free",
		`{"any": [{"tag": "cold"}, {"field": "contact.plan", "op": "eq", "value": "pro"}]}`:                  "no, because it does not have the tag cold and plan = free",
		`{"any": [{"tag": "a"}, {"tag": "b"}, {"tag": "c"}, {"tag": "d"}, {"tag": "e"}]}`:                    "no, because it does not have the tag a and it does not have the tag b and it does not have the tag c and 2 more",
		`{"not": {"any": [{"tag": "cold"}, {"tag": "vip"}]}}`:                                                "no, because it has the tag vip",
		`{"all": [{"any": [{"tag": "cold"}, {"tag": "old"}]}, {"tag": "vip"}]}`:                              "no, because it does not have the tag cold and it does not have the tag old",
		`{"any": [{"all": [{"tag": "vip"}, {"tag": "cold"}]}, {"not": {"tag": "cold"}}]}`:                    "yes, because it does not have the tag cold",
	} {
		c, issues := ParseCondition(decoded(t, rule))
		require.Empty(t, issues, rule)
		result, values, err := c.Eval(scope)
		require.NoError(t, err)
		require.Equal(t, want, c.Why(result, values), rule)
	}
	var always *Condition
	require.Equal(t, "yes, because it asks nothing", always.Why(true, nil))
}

func TestConditionsOfAPassage(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]bool{
		`{"field": "vars.booking", "op": "exists"}`:                        true,
		`{"expr": "enrollment.key == 'a'"}`:                                true,
		`{"not": {"did": "email.opened", "since": "enrollment"}}`:          true,
		`{"all": [{"tag": "a"}, {"did": "email.opened", "within": "5d"}]}`: false,
	} {
		c, issues := ParseCondition(decoded(t, rule))
		require.Empty(t, issues, rule)
		require.Equal(t, want, c.References().UsesPassage, rule)
	}
}

func TestMissingValuesAreTold(t *testing.T) {
	t.Parallel()
	scope := &Scope{Roots: map[string]any{"contact": map[string]any{"first_name": "Ana"}}}
	for text, want := range map[string][]string{
		"Hi {{ contact.first_name }}":                              nil,
		"Hi {{ contact.nick }}, {{ trigger.amount | times: 2 }}":   {"contact.nick", "trigger.amount"},
		"Hi {{ contact.nick | default: 'you' }}":                   nil,
		"{% if contact.nick %}x{% endif %}":                        nil,
		"{% if contact.first_name %}{{ contact.nick }}{% endif %}": {"contact.nick"},
	} {
		var missing []string
		_, err := Render(text, scope, RenderOptions{Missing: func(path string) { missing = append(missing, path) }})
		require.NoError(t, err, text)
		require.Equal(t, want, missing, text)
	}
}
