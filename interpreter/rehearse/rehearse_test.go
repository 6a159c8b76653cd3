package rehearse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
)

const examples = "../../examples"

func example(t *testing.T, name string) *definition.Definition {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(examples, name+".yaml"))
	require.NoError(t, err)
	return parsed(t, string(data))
}

func parsed(t *testing.T, document string) *definition.Definition {
	t.Helper()
	d, problems := definition.Parse([]byte(document), true)
	require.Empty(t, problems)
	return d
}

// quick is a definition of the given nodes, written one per line; the first starts.
func quick(t *testing.T, lines ...string) *definition.Definition {
	t.Helper()
	start, _, _ := strings.Cut(lines[0], ":")
	return parsed(t, "schema: 1\nkey: quick\nname: Quick\nstart: "+start+"\nnodes:\n  "+strings.Join(lines, "\n  ")+"\n")
}

// stages looks up the pipelines that examples/setup.json creates.
func stages(t *testing.T) func(pipeline, stage string) (key, kind string, found bool) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(examples, "setup.json"))
	require.NoError(t, err)
	var content struct {
		Pipelines []struct {
			Key    string
			Stages []struct{ Key, Kind string }
		}
	}
	require.NoError(t, json.Unmarshal(raw, &content))
	return func(pipeline, stage string) (string, string, bool) {
		for _, p := range content.Pipelines {
			for _, s := range p.Stages {
				if p.Key == pipeline && (s.Key == stage || stage == "") {
					return s.Key, s.Kind, true
				}
			}
		}
		return "", "", false
	}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

func after(t *testing.T, length, event string, data map[string]any) rehearse.Injection {
	t.Helper()
	at, err := calendar.ParseDuration(length)
	require.NoError(t, err)
	return rehearse.Injection{At: at, Event: expr.Event{ID: "evt_" + length, Type: event, Data: data}}
}

func run(t *testing.T, in rehearse.Input) rehearse.Result {
	t.Helper()
	result, err := rehearse.Run(in)
	require.NoError(t, err)
	return result
}

// path lists the steps as "node instant status port", instants without the rest
// that is the same for all.
func path(r rehearse.Result) []string {
	list := make([]string, len(r.Steps))
	for i, s := range r.Steps {
		list[i] = strings.TrimSpace(s.Node + " " + s.At.UTC().Format("2006-01-02T15:04:05Z") + " " + s.Status + " " + s.Port)
	}
	return list
}

func nodesOf(r rehearse.Result) string {
	list := make([]string, len(r.Steps))
	for i, s := range r.Steps {
		list[i] = s.Node
	}
	return strings.Join(list, " ")
}

func step(t *testing.T, r rehearse.Result, node string) rehearse.Step {
	t.Helper()
	for _, s := range r.Steps {
		if s.Node == node {
			return s
		}
	}
	require.Failf(t, "step is missing", "%s is not among %s", node, nodesOf(r))
	return rehearse.Step{}
}

func effect(t *testing.T, r rehearse.Result, node string) map[string]any {
	t.Helper()
	shown, ok := step(t, r, node).Effect.(map[string]any)
	require.True(t, ok, node)
	return shown
}

func TestAgencyOnboardingKeepsLocalMorningsOnBusinessDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone, start  string
		day7, day14, day21 string
	}{
		{"over the start of summer time", "America/New_York", "2026-03-02T15:00:00Z", "2026-03-09T13:00:00Z", "2026-03-16T13:00:00Z", "2026-03-23T13:00:00Z"},
		{"the first morning still in winter time", "America/New_York", "2026-02-25T15:00:00Z", "2026-03-04T14:00:00Z", "2026-03-11T13:00:00Z", "2026-03-18T13:00:00Z"},
		{"from a Saturday to Mondays", "America/New_York", "2026-02-28T15:00:00Z", "2026-03-09T13:00:00Z", "2026-03-16T13:00:00Z", "2026-03-23T13:00:00Z"},
		{"half an hour off", "Asia/Kolkata", "2026-03-02T15:00:00Z", "2026-03-09T03:30:00Z", "2026-03-16T03:30:00Z", "2026-03-23T03:30:00Z"},
		{"tomorrow already there", "Asia/Kolkata", "2026-03-02T20:00:00Z", "2026-03-10T03:30:00Z", "2026-03-17T03:30:00Z", "2026-03-24T03:30:00Z"},
		{"half an hour of summer time", "Australia/Lord_Howe", "2026-03-20T00:00:00Z", "2026-03-26T22:00:00Z", "2026-04-02T22:00:00Z", "2026-04-09T22:30:00Z"},
		{"the account's zone for an unknown one", "Mars/Olympus", "2026-03-02T15:00:00Z", "2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z", "2026-03-23T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			berlin, _ := calendar.Zone("Europe/Berlin")
			began := time.Now()
			r := run(t, rehearse.Input{
				Definition: example(t, "agency-onboarding"), Start: instant(t, tt.start), Location: berlin, Stage: stages(t),
				Contact: map[string]any{"id": "con_1", "email": "ana@example.com", "first_name": "Ana", "timezone": tt.zone},
				Trigger: expr.Event{ID: "evt_1", Type: "contract.signed"},
				Stubs:   map[string]rehearse.Stub{"kickoff": {Status: 201, Body: map[string]any{"upload_url": "https://up.example/7"}}},
			})
			require.Less(t, time.Since(began), time.Second, "21 days take no time")
			require.Equal(t, []string{
				"welcome " + tt.start + " done next", "kickoff " + tt.start + " done ok", "assets " + tt.start + " done next",
				"day7 " + tt.day7 + " done next", "strategy " + tt.day7 + " done next",
				"day14 " + tt.day14 + " done next", "draft " + tt.day14 + " done next",
				"day21 " + tt.day21 + " done next", "route " + tt.day21 + " done next", "done " + tt.day21 + " done",
			}, path(r))
			require.Equal(t, "completed success "+tt.day21, r.Status+" "+r.Outcome+" "+r.End.UTC().Format(time.RFC3339))
			require.Equal(t, []string{"ana@example.com"}, effect(t, r, "welcome")["to"])
			require.Contains(t, effect(t, r, "welcome")["text"], "Hi Ana,")
			require.Contains(t, effect(t, r, "assets")["text"], "https://up.example/7")
			deal := effect(t, r, "route")["deal"].(map[string]any)
			require.Equal(t, "account-manager@agency.example", deal["owner"])
			require.Equal(t, "clients", deal["pipeline"])
			require.Equal(t, true, effect(t, r, "route")["created"])
		})
	}
}

func TestAgencyOnboardingGoesOnWithoutItsBooking(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: example(t, "agency-onboarding"), Start: instant(t, "2026-03-02T15:00:00Z"),
		Contact: map[string]any{"email": "ana@example.com"}, Stubs: map[string]rehearse.Stub{"kickoff": {Status: 503}},
		Events: []rehearse.Injection{after(t, "10d", "contract.canceled", nil)},
	})
	require.Equal(t, []string{
		"welcome 2026-03-02T15:00:00Z done next", "kickoff 2026-03-02T15:00:00Z failed error", "assets 2026-03-02T15:00:00Z done next",
		"day7 2026-03-09T09:00:00Z done next", "strategy 2026-03-09T09:00:00Z done next", "day14 2026-03-12T15:00:00Z exited",
	}, path(r))
	require.Equal(t, "http_503", step(t, r, "kickoff").Reason)
	require.Contains(t, effect(t, r, "assets")["text"], "reply to this mail")
	require.Equal(t, []string{"exited", "failed", "canceled"}, []string{r.Status, r.Outcome, r.Reason})
}

func TestOnboarding14FollowsTheCourse(t *testing.T) {
	t.Parallel()
	progress := func(at string, percent int64) rehearse.Injection {
		return after(t, at, "course.progressed", map[string]any{"course": "program-a", "progress": percent})
	}
	refund := func(at, order string) rehearse.Injection {
		return after(t, at, "purchase.refunded", map[string]any{"order_id": order})
	}
	for _, tt := range []struct {
		name                          string
		events                        []rehearse.Injection
		nodes, status, outcome, cause string
		end                           string
	}{
		{
			"on track",
			[]rehearse.Injection{progress("5d", 60), progress("2d", 10), refund("6d", "A-2")},
			"hello first started day7 half praise day14 survey done", "completed", "success", "", "2026-03-16T13:00:00Z",
		},
		{"never begins", nil, "hello first started nudge day7 half help day14 survey done", "completed", "success", "", "2026-03-16T13:00:00Z"},
		{
			"begins and stops",
			[]rehearse.Injection{progress("2d", 10), progress("8d", 90)},
			"hello first started day7 half help day14 survey done", "completed", "success", "", "2026-03-16T13:00:00Z",
		},
		{"refunded", []rehearse.Injection{refund("5d", "A-1")}, "hello first started nudge day7", "exited", "neutral", "refunded", "2026-03-07T15:00:00Z"},
		{
			"finished early",
			[]rehearse.Injection{after(t, "10d", "course.completed", map[string]any{"course": "program-a"})},
			"hello first started nudge day7 half help day14", "exited", "success", "finished", "2026-03-12T14:00:00Z",
		},
		{
			"another course does not count",
			[]rehearse.Injection{after(t, "10d", "course.completed", map[string]any{"course": "program-b"})},
			"hello first started nudge day7 half help day14 survey done", "completed", "success", "", "2026-03-16T13:00:00Z",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, rehearse.Input{
				Definition: example(t, "onboarding-14"), Start: instant(t, "2026-03-02T15:00:00Z"), Events: tt.events,
				Contact: map[string]any{"id": "con_1", "email": "ana@example.com", "timezone": "America/New_York"},
				Trigger: expr.Event{Type: "manual", Data: map[string]any{"order_id": "A-1"}},
			})
			require.Equal(t, tt.nodes, nodesOf(r))
			require.Equal(t, []string{tt.status, tt.outcome, tt.cause}, []string{r.Status, r.Outcome, r.Reason})
			require.Equal(t, tt.end, r.End.UTC().Format(time.RFC3339))
		})
	}
}

func TestOnboarding14RecordsWhatItSaw(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: example(t, "onboarding-14"), Start: instant(t, "2026-03-02T15:00:00Z"),
		Contact: map[string]any{"email": "ana@example.com", "courses": []any{map[string]any{"course": "Program-A", "status": "enrolled", "progress": int64(40)}}},
	})
	require.Equal(t, "begun", step(t, r, "started").Port)
	half := step(t, r, "half")
	require.Equal(t, "else", half.Port)
	require.NotEmpty(t, half.Values)
	require.Equal(t, "/branches/0/when", half.Values[0].Path[:len("/branches/0/when")])
	last := half.Values[len(half.Values)-1]
	require.False(t, last.Result)
	require.InDelta(t, 40, last.Saw, 0)
}

// purchase is the event that examples/README.md shows.
var purchase = expr.Event{
	ID: "evt_1", Type: "purchase.completed",
	Data: map[string]any{"order_id": "A-1001", "product": "program-a", "product_name": "Program A", "amount": int64(497), "currency": "USD"},
}

func TestPostPurchase(t *testing.T) {
	t.Parallel()
	in := rehearse.Input{
		Definition: example(t, "post-purchase"), Start: instant(t, "2026-03-02T15:00:00Z"), Trigger: purchase, Stage: stages(t),
		Contact: map[string]any{"id": "con_1", "email": "ana@example.com", "first_name": "Ana"},
	}
	r := run(t, in)
	require.Equal(t, "access receipt tag onboard deal team done", nodesOf(r))
	require.Equal(t, []string{"completed", "success"}, []string{r.Status, r.Outcome})
	require.Zero(t, r.End.Sub(r.Start))
	require.Equal(t, map[string]any{"kind": "course", "course": "program-a", "enroll": true}, effect(t, r, "access"))
	require.Equal(t, "Your receipt for Program A", effect(t, r, "receipt")["subject"])
	require.Equal(t, "Hi Ana, we received 497 USD. Order A-1001.", effect(t, r, "receipt")["text"])
	require.Equal(t, []string{"buyer-program-A"}, effect(t, r, "tag")["add"])
	require.Equal(t, map[string]any{"order_id": "A-1001"}, effect(t, r, "onboard")["data"])
	deal := effect(t, r, "deal")["deal"].(map[string]any)
	require.Equal(t, []any{"sales", "won", "won"}, []any{deal["pipeline"], deal["stage"], deal["status"]})
	require.Equal(t, "secret:slack_team", effect(t, r, "team")["webhook"])
	require.Equal(t, "ana@example.com bought Program A", effect(t, r, "team")["text"])

	again := run(t, in)
	require.Equal(t, r, again, "a rehearsal leaves nothing behind")
}

func TestRefund(t *testing.T) {
	t.Parallel()
	deal := map[string]any{"id": "deal_1", "pipeline": "sales", "stage": "won", "status": "won"}
	course := map[string]any{"course": "program-a", "status": "enrolled", "progress": int64(30)}
	refund := purchase
	refund.Type = "purchase.refunded"
	r := run(t, rehearse.Input{
		Definition: example(t, "refund"), Start: instant(t, "2026-03-02T15:00:00Z"), Trigger: refund, Stage: stages(t),
		Contact: map[string]any{
			"email": "ana@example.com", "tags": []any{"vip", "Buyer-Program-A"}, "deals": []any{deal}, "courses": []any{course},
		},
	})
	require.Equal(t, "revoke untag stop deal notice done", nodesOf(r))
	require.Equal(t, []string{"completed", "success"}, []string{r.Status, r.Outcome})
	require.Equal(t, "A-1001", effect(t, r, "stop")["correlate"])
	moved := effect(t, r, "deal")["deal"].(map[string]any)
	require.Equal(t, []any{"deal_1", "refunded", "lost"}, []any{moved["id"], moved["stage"], moved["status"]})
	require.Equal(t, "We refunded 497 USD.", effect(t, r, "notice")["text"])
	require.Equal(t, "won", deal["stage"], "the caller's contact is not touched")
	require.Equal(t, "enrolled", course["status"], "the caller's contact is not touched")
}

// TestApprovalIsAnsweredByAnEvent: an answer that names another node or workflow is not meant.
func TestApprovalIsAnsweredByAnEvent(t *testing.T) {
	t.Parallel()
	ask := `it: {type: approval, with: {to: [boss@example.com, owner], subject: "Send {{ contact.email }} the offer?", body: "{{ event.$type }}", timeout: 5d}, next: {approved: yes, rejected: no, timeout: late}}`
	ends := []string{ask, "yes: {type: tag_add, with: {tag: '{{ event.$type }}'}}", "no: {type: end, with: {outcome: failed}}", "late: {type: end, with: {outcome: neutral}}"}
	answer := func(at string, data map[string]any) rehearse.Injection { return after(t, at, nodes.EventDecided, data) }
	for name, c := range map[string]struct {
		events []rehearse.Injection
		way    string
	}{
		"approved": {[]rehearse.Injection{answer("1h", map[string]any{"decision": "approved"})}, "it yes"},
		"rejected": {[]rehearse.Injection{answer("1h", map[string]any{"decision": "rejected", "node": "it"})}, "it no"},
		"the first": {[]rehearse.Injection{
			answer("1h", map[string]any{"decision": "approved", "node": "other"}), answer("2h", map[string]any{"decision": "approved", "workflow": "other"}),
			answer("3h", map[string]any{"decision": "maybe"}), answer("4h", map[string]any{"decision": "rejected"}), answer("5h", map[string]any{"decision": "approved"}),
		}, "it no"},
		"too late": {[]rehearse.Injection{answer("200h", map[string]any{"decision": "approved"})}, "it late"},
		"nobody":   {nil, "it late"},
	} {
		def := quick(t, ends...)
		def.Settings.Owner = "sam@example.com"
		r := run(t, rehearse.Input{
			Definition: def, Start: instant(t, "2026-03-02T15:00:00Z"), Events: c.events, Trigger: purchase, Contact: map[string]any{"email": "ana@example.com"},
		})
		require.Equal(t, c.way, nodesOf(r), name)
		shown := effect(t, r, "it")
		require.Equal(t, []any{"mail", []string{"boss@example.com", "sam@example.com"}, "Send ana@example.com the offer?"}, []any{shown["kind"], shown["to"], shown["subject"]}, name)
		if name == "approved" {
			require.Equal(t, []string{"purchase.completed"}, effect(t, r, "yes")["add"], "an answer does not become event")
		}
	}
	r := run(t, rehearse.Input{
		Definition: quick(t, "it: {type: approval, with: {to: owner, subject: s, forever: true}, next: {approved: it}}"), Start: instant(t, "2026-03-02T15:00:00Z"), Trigger: purchase,
	})
	require.Equal(t, "held step_failed", r.Status+" "+r.Reason, "there is nobody to ask")
}

func TestTypesThatCannotRunAreNotPretended(t *testing.T) {
	t.Parallel()
	waits := map[string]string{
		"wait_event": `{type: wait_event, with: {events: [{id: got, event: a.b}], timeout: 5d}, next: {timeout: done}}`,
		"approval":   `{type: approval, with: {to: owner, subject: s, timeout: 5d}, next: {timeout: done}}`,
	}
	for typ, node := range waits {
		if spec, _ := nodes.Lookup(typ); spec.Available {
			continue
		}
		r := run(t, rehearse.Input{Definition: quick(t, "it: "+node, "done: {type: end}"), Start: instant(t, "2026-03-02T15:00:00Z")})
		require.Equal(t, "held not_available", r.Status+" "+r.Reason, typ)
	}
}
