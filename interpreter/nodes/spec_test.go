package nodes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/nodes"
)

// settings decodes `with` and requires that nothing is wrong with it.
func settings[T nodes.Settings](t *testing.T, typ string, with map[string]any) T {
	t.Helper()
	spec, ok := nodes.Lookup(typ)
	require.True(t, ok, typ)
	r := &nodes.Report{}
	decoded := spec.Decode(with, r)
	require.Empty(t, r.Problems)
	typed, ok := decoded.(T)
	require.True(t, ok, "%T", decoded)
	return typed
}

// problems decodes `with` and returns code and path of everything that is wrong.
func problems(t *testing.T, typ string, with map[string]any) []string {
	t.Helper()
	spec, ok := nodes.Lookup(typ)
	require.True(t, ok, typ)
	r := &nodes.Report{}
	require.NotNil(t, spec.Decode(with, r))
	var found []string
	for _, p := range r.Problems {
		found = append(found, p.Code+" "+p.Path)
	}
	return found
}

// valid holds, for every type, settings and the ports that the contract gives them.
var valid = []struct {
	typ   string
	with  map[string]any
	ports []string
}{
	{"wait", map[string]any{"for": "3d"}, []string{"next"}},
	{"wait", map[string]any{"random": []any{"1h", "2d"}}, []string{"next"}},
	{"wait_until", map[string]any{"date": "2026-03-09", "at": "09:00", "past": "exit"}, []string{"next"}},
	{"wait_until", map[string]any{"field": "renewal_date", "offset": "-3d", "follow": false}, []string{"next"}},
	{"wait_until", map[string]any{"day": int64(7), "anchor": "trigger.signed_at", "weekdays": []any{"mon"}}, []string{"next"}},
	{
		"wait_event",
		map[string]any{"events": []any{map[string]any{"id": "got", "event": "a.b"}, map[string]any{"id": "lost", "event": "a.c"}}, "timeout": "5d"},
		[]string{"got", "lost", "timeout"},
	},
	{"wait_event", map[string]any{"events": []any{map[string]any{"id": "got", "event": "a.b"}}, "forever": true, "since": "enrollment"}, []string{"got"}},
	{"window", map[string]any{"from": "22:00", "to": "06:00"}, []string{"next"}},
	{"branch", map[string]any{"branches": []any{map[string]any{"id": "big", "when": map[string]any{"tag": "x"}}}}, []string{"big", "else"}},
	{"split", map[string]any{"ports": map[string]any{"b": int64(50), "a": int64(50)}}, []string{"a", "b"}},
	{"hold", nil, []string{"next"}},
	{"end", nil, nil},
	{"email", map[string]any{"subject": "Hi", "body": "x"}, []string{"next", "error"}},
	{"sms", map[string]any{"text": "Hi"}, []string{"next", "error"}},
	{"slack", map[string]any{"webhook": "secret:team", "text": "x"}, []string{"next", "error"}},
	{"notify", map[string]any{"to": "owner", "subject": "x"}, []string{"next", "error"}},
	{"webhook", map[string]any{"url": "https://a.example"}, []string{"ok", "error"}},
	{"tag_add", map[string]any{"tag": "x"}, []string{"next", "error"}},
	{"tag_remove", map[string]any{"tags": []any{"x", "y"}}, []string{"next", "error"}},
	{"field_set", map[string]any{"field": "contact.fields.plan", "increment": int64(1)}, []string{"next", "error"}},
	{"unsubscribe", nil, []string{"next", "error"}},
	{"deal_create", map[string]any{"pipeline": "sales", "value": "{{ trigger.amount }}", "currency": "usd"}, []string{"next", "error"}},
	{"deal_move", map[string]any{"pipeline": "sales", "stage": "won"}, []string{"next", "error"}},
	{"deal_assign", map[string]any{"pipeline": "sales", "round_robin": []any{"a", "b"}}, []string{"next", "error"}},
	{"course_enroll", map[string]any{"course": "a"}, []string{"next", "error"}},
	{"course_unenroll", map[string]any{"course": "a"}, []string{"next", "error"}},
	{"task_create", map[string]any{"title": "x", "due": "1d"}, []string{"next", "error"}},
	{"approval", map[string]any{"to": []any{"owner"}, "subject": "x", "timeout": "1d"}, []string{"approved", "rejected", "timeout"}},
	{"enroll_in", map[string]any{"workflow": "a", "data": map[string]any{"x": nil}}, []string{"next", "error"}},
	{"remove_from", map[string]any{"workflow": "a"}, []string{"next", "error"}},
	{"undo", map[string]any{"workflow": "a"}, []string{"next", "error"}},
	{"emit", map[string]any{"event": "my.event"}, []string{"next", "error"}},
}

func TestEveryTypeDecodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range valid {
		s := settings[nodes.Settings](t, c.typ, c.with)
		require.Equal(t, c.ports, s.Ports(), c.typ)
		require.NotEmpty(t, s.Summary(), c.typ)
		seen[c.typ] = true
	}
	require.Len(t, seen, len(nodes.All()))
}

// TestThePortsFollowTheSpec: what a page derives from the spec alone is what the
// settings themselves say.
func TestThePortsFollowTheSpec(t *testing.T) {
	t.Parallel()
	for _, c := range valid {
		spec, _ := nodes.Lookup(c.typ)
		require.Equal(t, c.ports, described(spec, c.with), c.typ)
	}
	for _, spec := range nodes.All() {
		ports := spec.Decode(spec.Initial, &nodes.Report{}).Ports()
		require.Equal(t, ports, described(spec, spec.Initial), "a new %s", spec.Type)
		require.Equal(t, spec.Kind != nodes.KindEnd, len(ports) > 0, "a new %s can be left", spec.Type)
	}
}

// described derives ports from a spec as the API hands it out.
func described(spec nodes.Spec, with map[string]any) []string {
	var ports []string
	if list, of, named := strings.Cut(spec.PortsFrom, "[]."); named {
		entries, _ := with[list].([]any)
		for _, entry := range entries {
			object, _ := entry.(map[string]any)
			id, _ := object[of].(string)
			ports = append(ports, id)
		}
	} else if object, named := strings.CutSuffix(spec.PortsFrom, "{}"); named {
		keys, _ := with[object].(map[string]any)
		ports = slices.Sorted(maps.Keys(keys))
	}
	for _, port := range spec.FixedPorts {
		key, depends := spec.PortsWhen[port]
		if _, given := with[key]; given || !depends {
			ports = append(ports, port)
		}
	}
	return ports
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	var missing []string
	for _, s := range nodes.All() {
		if !s.Available {
			missing = append(missing, s.Type)
		}
	}
	require.Empty(t, missing)
}

func TestSpecsAreComplete(t *testing.T) {
	t.Parallel()
	for _, s := range nodes.All() {
		require.NotEmpty(t, s.Title, s.Type)
		require.NotEmpty(t, s.Group, s.Type)
		require.NotEmpty(t, s.Icon, s.Type)
		require.NotEmpty(t, s.Description, s.Type)
		require.Equal(t, s.Action(), slices.Contains(s.FixedPorts, "error"), s.Type)
		fields, _ := s.Schema["properties"].(map[string]any)
		orders := map[any]bool{}
		for key, raw := range fields {
			field, _ := raw.(map[string]any)
			ui, _ := field["x-ui"].(map[string]any)
			require.NotEmpty(t, ui["widget"], "%s %s", s.Type, key)
			require.NotEmpty(t, ui["label"], "%s %s", s.Type, key)
			orders[ui["order"]] = true
		}
		require.Len(t, orders, len(fields), s.Type)
		require.Equal(t, false, s.Schema["additionalProperties"], s.Type)
	}
}

// TestWhatActivitiesExecute: every available action can be planned, and every wait
// can tell when it is over.
func TestWhatActivitiesExecute(t *testing.T) {
	t.Parallel()
	for _, s := range nodes.All() {
		decoded := s.Decode(map[string]any{}, &nodes.Report{})
		if s.Kind == nodes.KindWait {
			require.Implements(t, (*nodes.Waiter)(nil), decoded, s.Type)
		}
	}
}

func TestProblemsOfSettings(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"unknown_key /fro", "required /for"}, problems(t, "wait", map[string]any{"fro": "1d"}))
	require.Equal(t, []string{"required /for"}, problems(t, "wait", nil))
	require.Equal(t, []string{"conflict /random"}, problems(t, "wait", map[string]any{"for": "1d", "random": []any{"1d", "2d"}}))
	require.Equal(t, []string{"invalid_value /url"}, problems(t, "webhook", map[string]any{"url": "example.com"}))
	require.Equal(t, []string{"invalid_value /headers/A"}, problems(t, "webhook", map[string]any{"url": "https://a.example", "headers": map[string]any{"A": "secret:"}}))
	require.Equal(t, []string{"invalid_value /field"}, problems(t, "field_set", map[string]any{"field": "contact.tags", "value": "x"}))
	require.Equal(t, []string{"duplicate /branches/1/id"}, problems(t, "branch", map[string]any{"branches": []any{
		map[string]any{"id": "a", "when": map[string]any{"tag": "x"}}, map[string]any{"id": "a", "when": map[string]any{"tag": "y"}},
	}}))
	require.Equal(t, []string{"invalid_value /ports"}, problems(t, "split", map[string]any{"ports": map[string]any{"a": int64(99)}}))
	require.Equal(t, []string{"invalid_template /body"}, problems(t, "email", map[string]any{"subject": "x", "body": "{{ contact.email"}))
	require.Equal(t, []string{"invalid_template /body/a/1"}, problems(t, "webhook", map[string]any{
		"url": "https://a.example", "body": map[string]any{"a": []any{"x", "{% if %}"}},
	}))
}

// TestSummariesHoldNoAddress: summaries stand in Temporal's history for ever.
func TestSummariesHoldNoAddress(t *testing.T) {
	t.Parallel()
	for typ, with := range map[string]map[string]any{
		"email":       {"subject": "Hi", "body": "x", "to": "ana@example.com"},
		"notify":      {"to": []any{"ana@example.com"}, "subject": "Hi"},
		"deal_assign": {"pipeline": "sales", "owner": "ana@example.com"},
		"deal_create": {"pipeline": "sales", "owner": "ana@example.com"},
		"task_create": {"title": "x", "assignee": "ana@example.com"},
		"approval":    {"to": "ana@example.com", "subject": "x", "forever": true},
		"field_set":   {"field": "email", "value": "ana@example.com"},
		"webhook":     {"url": "https://ana@example.com/path/ana?ana=1", "sign": "ana"},
	} {
		require.NotContains(t, settings[nodes.Settings](t, typ, with).Summary(), "ana", typ)
	}
}

func TestSummariesAreReadable(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		typ  string
		with map[string]any
	}{
		"Wait 2 days":                                       {"wait", map[string]any{"for": "2d"}},
		"Wait 1 hour":                                       {"wait", map[string]any{"for": "1h"}},
		"Wait between 1 day and 21 days":                    {"wait", map[string]any{"random": []any{"1d", "3w"}}},
		"Only 09:00–17:00, Mon–Fri":                         {"window", map[string]any{"from": "09:00", "to": "17:00", "weekdays": []any{"mon", "tue", "wed", "thu", "fri"}}},
		"Only 00:00–24:00, Mon, Wed":                        {"window", map[string]any{"weekdays": []any{"wed", "mon"}}},
		"Send “Hi {{ contact.name }}”":                      {"email", map[string]any{"subject": "Hi {{ contact.name }}", "body": "x"}},
		"Send template welcome":                             {"email", map[string]any{"template": "welcome"}},
		"PUT to hooks.example:8080":                         {"webhook", map[string]any{"url": "https://hooks.example:8080/x?y=z", "method": "PUT"}},
		"Wait until 3 days before contact.renewal at 09:00": {"wait_until", map[string]any{"field": "renewal", "offset": "-3d", "at": "09:00"}},
		"Split: a 30%, b 70%":                               {"split", map[string]any{"ports": map[string]any{"a": int64(30), "b": int64(70)}}},
	} {
		require.Equal(t, want, settings[nodes.Settings](t, c.typ, c.with).Summary())
	}
}
