package events

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type object = map[string]any

func event(pairs ...any) object {
	o := object{"type": "purchase.completed", "contact": object{"email": "ada@example.com"}}
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		if pairs[i+1] == "-" {
			delete(o, key)
			continue
		}
		o[key] = pairs[i+1]
	}
	return o
}

func TestParseIncomingReadsOneEvent(t *testing.T) {
	t.Parallel()
	list, batch, wrong := ParseIncoming(event("id", "o-1", "data", object{"amount": 12.5}, "occurred_at", "2026-03-09T10:00:00.1234567+01:00"))
	require.Empty(t, wrong)
	require.False(t, batch)
	require.Len(t, list, 1)
	require.Equal(t, "o-1", list[0].ID)
	require.Equal(t, object{"amount": 12.5}, list[0].Data)
	require.Equal(t, time.Date(2026, 3, 9, 9, 0, 0, 123456000, time.UTC), *list[0].OccurredAt)
}

func TestParseIncomingNamesEachFault(t *testing.T) {
	t.Parallel()
	deep := any("x")
	for range 40 {
		deep = []any{deep}
	}
	for name, c := range map[string]struct {
		body    any
		pointer string
		says    string
	}{
		"no object":        {[]any{}, "", "must be an event"},
		"null":             {nil, "", "must be an event"},
		"no type":          {event("type", "-"), "/type", "missing"},
		"type not text":    {event("type", int64(4)), "/type", "must be a string"},
		"spelling":         {event("type", "Purchase Completed"), "/type", "did you mean purchase.completed?"},
		"reserved":         {event("type", "tag.added"), "/type", "use PUT /v1/contacts/{id}/tags/{tag}"},
		"reserved, shaped": {event("type", "Contact.Updated"), "/type", "use PATCH /v1/contacts/{id}"},
		"no contact":       {event("contact", "-"), "/contact", "missing"},
		"contact not one":  {event("contact", "ada@example.com"), "/contact", "must be an object"},
		"unknown key":      {event("typ", "x.y"), "/typ", "did you mean type?"},
		"stray key":        {event("amount", int64(1)), "/amount", "data.amount"},
		"id empty":         {event("id", ""), "/id", "1 to 200"},
		"id long":          {event("id", strings.Repeat("x", 201)), "/id", "1 to 200"},
		"id with control":  {event("id", "a\nb"), "/id", "printable"},
		"id a number":      {event("id", int64(7)), "/id", "1 to 200"},
		"data a list":      {event("data", []any{}), "/data", "must be an object"},
		"data large":       {event("data", object{"x": strings.Repeat("é", MaxData/2)}), "/data", "at most 65536"},
		"data NUL":         {event("data", object{"x": "a\x00b"}), "/data", "U+0000"},
		"data deep":        {event("data", object{"x": deep}), "/data", "nested"},
		"time":             {event("occurred_at", "yesterday"), "/occurred_at", "RFC 3339"},
		"time a number":    {event("occurred_at", int64(1)), "/occurred_at", "must be a time"},
		"empty batch":      {object{"events": []any{}}, "/events", "1 to 1000"},
		"batch no list":    {object{"events": object{}}, "/events", "must be a list"},
		"beside batch":     {object{"events": []any{event()}, "type": "x.y"}, "/type", "beside"},
		"course without":   {event("type", "course.completed"), "/data/course", "needs the key"},
		"progress":         {event("type", "course.progressed", "data", object{"course": "a", "progress": 101.0}), "/data/progress", "0 to 100"},
		"unknown contact":  {event("contact", object{"email": "a@b.co", "plan": "x"}), "/contact/plan", "fields.plan"},
	} {
		_, _, wrong := ParseIncoming(c.body)
		require.Len(t, wrong, 1, name)
		require.Equal(t, c.pointer, wrong[0].Pointer, name)
		require.Contains(t, wrong[0].Message+" "+wrong[0].Hint, c.says, name)
	}
}

func TestParseIncomingPointsIntoTheBatch(t *testing.T) {
	t.Parallel()
	items := make([]any, 20)
	for i := range items {
		items[i] = event("id", fmt.Sprint("e", i))
	}
	items[17] = event("type", "Nonsense!")
	items[19] = event("contact", object{})
	list, batch, wrong := ParseIncoming(object{"events": items})
	require.True(t, batch)
	require.Len(t, list, 20)
	require.Equal(t, []string{"/events/17/type", "/events/19/contact"}, []string{wrong[0].Pointer, wrong[1].Pointer})

	_, _, wrong = ParseIncoming(object{"events": make([]any, MaxBatch+1)})
	require.Len(t, wrong, 1)
	require.Equal(t, "/events", wrong[0].Pointer)
}

func TestDataLimitIsExact(t *testing.T) {
	t.Parallel()
	_, _, wrong := ParseIncoming(event("data", object{"x": strings.Repeat("<", MaxData-len(`{"x":""}`))}))
	require.Empty(t, wrong)
	_, _, wrong = ParseIncoming(event("data", object{"x": strings.Repeat("<", MaxData-len(`{"x":""}`)+1)}))
	require.Len(t, wrong, 1)
}

func TestParseContactKnowsGivenNullAndAbsent(t *testing.T) {
	t.Parallel()
	in, wrong := ParseContact(object{
		"email": "  Ada@Example.COM ", "phone": nil, "first_name": "Ada", "fields": object{"plan": nil, "seats": int64(3)},
	}, "/contact")
	require.Empty(t, wrong)
	require.Equal(t, Text{Given: true, Value: "ada@example.com"}, in.Email)
	require.Equal(t, Text{Given: true}, in.Phone)
	require.Equal(t, Text{Given: true, Value: "Ada"}, in.FirstName)
	require.Equal(t, Text{}, in.LastName)
	require.Equal(t, object{"plan": nil, "seats": int64(3)}, in.Fields)
}

func TestParseContactRefuses(t *testing.T) {
	t.Parallel()
	many := object{}
	for i := range 201 {
		many[fmt.Sprint("f", i)] = int64(1)
	}
	for name, c := range map[string]struct {
		raw     object
		pointer string
	}{
		"nobody":            {object{"first_name": "Ada"}, "/contact"},
		"null identifiers":  {object{"email": nil, "external_id": nil}, "/contact"},
		"mail":              {object{"email": "ada"}, "/contact/email"},
		"mail empty":        {object{"email": ""}, "/contact/email"},
		"mail with newline": {object{"email": "a@b.co\r\nBcc: x@y.zz"}, "/contact/email"},
		"mail not text":     {object{"email": true}, "/contact/email"},
		"external number":   {object{"external_id": int64(5)}, "/contact/external_id"},
		"unknown":           {object{"id": "x", "tags": []any{}}, "/contact/tags"},
		"slash":             {object{"id": "x", "a/b": 1}, "/contact/a~1b"},
		"field key":         {object{"id": "x", "fields": object{"a.b": "x"}}, "/contact/fields/a.b"},
		"fields a list":     {object{"id": "x", "fields": []any{}}, "/contact/fields"},
		"many fields":       {object{"id": "x", "fields": many}, "/contact/fields"},
		"consent channel":   {object{"id": "x", "consent": object{"fax": object{"state": "none"}}}, "/contact/consent/fax"},
		"consent state":     {object{"id": "x", "consent": object{"email": object{"state": "yes"}}}, "/contact/consent/email/state"},
	} {
		_, wrong := ParseContact(c.raw, "/contact")
		require.Len(t, wrong, 1, name)
		require.Equal(t, c.pointer, wrong[0].Pointer, name)
	}
	_, wrong := ParseContact(object{"id": "x", "plan": "pro"}, "")
	require.Equal(t, "fields.plan", wrong[0].Hint)
	_, wrong = ParseContactPatch(object{"first_name": "Ada"}, "")
	require.Empty(t, wrong)
	_, wrong = ParseContactPatch(object{"id": "x"}, "")
	require.Len(t, wrong, 1)
}

func TestNormalizeEmail(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a@b.co", "x+y.z_1'o@sub-1.example.org", "jörg@müller.de", " A@B.CO "} {
		_, ok := NormalizeEmail(good)
		require.True(t, ok, good)
	}
	for _, bad := range []string{
		"", "a", "@b.co", "a@", "a@b", "a@b..co", "a@-b.co", "a b@c.de", "a@b@c.de", "a,b@c.de", "<a@b.co>", ".a@b.co",
		"a.@b.co", "a..b@c.de", "a@b.co,c@d.ee", "a\x00@b.co", strings.Repeat("a", 65) + "@b.co", "a@" + strings.Repeat("b.", 130) + "co",
	} {
		_, ok := NormalizeEmail(bad)
		require.False(t, ok, bad)
	}
}

func TestCauseCutsLoops(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	var none *Cause
	require.False(t, none.Loops("a", "c1", at))

	entered := none.Enters("a", "c1", at)
	made := entered.ByStep("enr_1", "a", "tag", 1)
	require.Equal(t, 1, made.Depth)
	require.True(t, made.Loops("a", "c1", at.Add(59*time.Second)))
	require.False(t, made.Loops("a", "c1", at.Add(time.Minute)))
	require.False(t, made.Loops("a", "c2", at))
	require.False(t, made.Loops("b", "c1", at))
	require.Empty(t, none.ByStep("e", "w", "n", 1).Chain)

	deep := made
	for i := range 9 {
		deep = deep.Enters(fmt.Sprint("w", i), "c1", at).ByStep("e", "w", "n", 1)
	}
	require.Equal(t, 10, deep.Depth)
	require.False(t, deep.Loops("z", "c1", at))
	deep = deep.Enters("w9", "c1", at).ByStep("e", "w", "n", 1)
	require.True(t, deep.Loops("z", "c1", at), "a chain of 11 is cut")
	require.Len(t, made.Chain, 1, "a longer chain leaves the shorter one alone")
}
