package expr

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC)

func decoded(t require.TestingT, doc string) any {
	v, err := DecodeJSON([]byte(doc))
	require.NoError(t, err, doc)
	return v
}

func roots(t require.TestingT, doc string) map[string]any {
	return decoded(t, doc).(map[string]any)
}

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	got := decoded(t, `{"a": 1, "b": 1.5, "c": 1.0, "d": 9223372036854775807, "e": 9223372036854775808, "f": [null, true, "x"], "g": 1e3}`)
	require.Equal(t, map[string]any{
		"a": int64(1), "b": 1.5, "c": 1.0, "d": int64(9223372036854775807), "e": 9223372036854775808.0,
		"f": []any{nil, true, "x"}, "g": 1000.0,
	}, got)
	for _, bad := range []string{"", "{", "1 2", `{"a": 1e999}`, "nan", "{}x"} {
		_, err := DecodeJSON([]byte(bad))
		require.Error(t, err, bad)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"497": 497.0, "497.5": 497.5, "-0.1": -0.1, "12345678": 12345678.0, "7": int64(7), "true": true, "": nil,
		"1e+30": 1e30, "0.0000001": 1e-7, "2026-05-05T12:00:00Z": noon, "ab1": []any{"a", "b", 1.0},
		`{"a":"<b>","n":2}`: map[string]any{"n": 2.0, "a": "<b>"}, "3": 3, "x": "x", "vip": []string{"vip"},
	} {
		require.Equal(t, want, Text(v))
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	s := &Scope{Roots: roots(t, `{
		"contact": {"email": "a@b.example", "first_name": null, "fields": {"plan": "pro", "email": "shadow", "my key": 3, "a.b": 4}},
		"event": {"items": [{"sku": "x"}, {"sku": "y"}], "amount": 497.0, "fields": {"plan": "inner"}},
		"vars": {"booking": "text"}}`)}
	for path, want := range map[string]any{
		"contact.email": "a@b.example", "contact.plan": "pro", "contact.fields.plan": "pro", "contact.first_name": nil,
		`contact.fields["my key"]`: int64(3), `contact.fields['a.b']`: int64(4), "contact.my key": int64(3),
		"event.items[1].sku": "y", "event.items.0.sku": "x", "event.items.size": int64(2), "event.items.last.sku": "y",
		"event.amount": 497.0, "vars.booking": "text",
	} {
		got, ok := s.Lookup(path)
		require.True(t, ok, path)
		require.Equal(t, want, got, path)
	}
	for _, path := range []string{
		"", ".", "contact.", ".contact", "contact..email", "contact.nothing", "event.plan", "event.items[2]", "event.items[-1]",
		"event.items[x]", "event.items[", `contact["email]`, "nothing", "deal.id", "vars.booking.x", "event.amount.x",
		"{{ contact.email }}", "contact.email | upcase", "event.items.5", "contact[]", `contact[""]`,
	} {
		_, ok := s.Lookup(path)
		require.False(t, ok, path)
	}
}

func TestEventRootAndWithEvent(t *testing.T) {
	t.Parallel()
	e := Event{ID: "evt_1", Type: "purchase.completed", OccurredAt: noon, Data: map[string]any{"amount": 5.0, "$type": "forged"}}
	s := &Scope{Roots: map[string]any{"event": EventRoot(Event{ID: "evt_0", Type: "a.b"})}}
	candidate := s.WithEvent(e)
	for path, want := range map[string]any{
		"event.$type": "purchase.completed", "event.$id": "evt_1", "event.$occurred_at": "2026-05-05T12:00:00Z", "event.amount": 5.0,
	} {
		got, ok := candidate.Lookup(path)
		require.True(t, ok, path)
		require.Equal(t, want, got, path)
	}
	require.Equal(t, "forged", e.Data["$type"])
	before, _ := s.Lookup("event.$id")
	require.Equal(t, "evt_0", before)
	_, ok := s.Lookup("event.$occurred_at")
	require.False(t, ok)
	_, ok = (&Scope{}).WithEvent(e).Lookup("event.amount")
	require.True(t, ok)
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	known := []string{"eq", "contains", "starts_with", "within_last"}
	require.Equal(t, "contains", Suggest("containz", known))
	require.Equal(t, "starts_with", Suggest("startswith", known))
	require.Empty(t, Suggest("zzzzzzzz", known))
}

func TestCheckEventType(t *testing.T) {
	t.Parallel()
	_, ok := CheckEventType("purchase.completed")
	require.True(t, ok)
	for name, nearest := range map[string]string{
		"Purchase.Completed": "purchase.completed", "purchase-completed": "purchase.completed", "purchase completed": "purchase.completed",
		"order:created": "order.created", "purchase..done": "purchase.done", "1st.buy": "st.buy", "purchase": "", "": "", "..": "", "é": "",
	} {
		got, ok := CheckEventType(name)
		require.False(t, ok, name)
		require.Equal(t, nearest, got, name)
	}
}
