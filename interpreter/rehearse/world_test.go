package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
)

func TestExitsWinWhileHeld(t *testing.T) {
	t.Parallel()
	document := "schema: 1\nkey: held\nname: Held\nexits:\n  - {id: gone, event: order.canceled, outcome: failed}\nstart: it\nnodes:\n  it: "
	for name, node := range map[string]string{
		"a failed step":          `{type: webhook, with: {url: "https://example.com"}}`,
		"a hold":                 `{type: hold, with: {}}`,
		"a wait without instant": `{type: wait_until, with: {field: contact.nothing}}`,
	} {
		in := rehearse.Input{
			Definition: parsed(t, document+node+"\n"), Start: instant(t, "2026-03-02T15:00:00Z"), Stubs: map[string]rehearse.Stub{"it": {Status: 500}},
			Events: []rehearse.Injection{after(t, "1d", "order.paid", nil), after(t, "3d", "order.canceled", nil)},
		}
		r := run(t, in)
		require.Equal(t, []string{"exited", "failed", "gone"}, []string{r.Status, r.Outcome, r.Reason}, name)
		require.Equal(t, []string{"it 2026-03-05T15:00:00Z exited"}, path(r), name)

		in.Events = in.Events[:1]
		r = run(t, in)
		require.Equal(t, "held", r.Status, name)
		require.Equal(t, []string{"it 2026-03-02T15:00:00Z held"}, path(r), "%s: parked since it was entered", name)
	}
}

func TestHeldSaysWhy(t *testing.T) {
	t.Parallel()
	for node, want := range map[string][]string{
		`{type: webhook, with: {url: "https://example.com"}}`:    {"step_failed", "http_500"},
		`{type: wait_until, with: {field: contact.nothing}}`:     {nodes.CodeNoDate, nodes.CodeNoDate},
		`{type: hold, with: {reason: "check"}}`:                  {"hold", ""},
		`{type: deal_move, with: {pipeline: sales, stage: won}}`: {"step_failed", "no_deal"},
	} {
		r := run(t, rehearse.Input{Definition: quick(t, "it: "+node), Start: instant(t, "2026-03-02T15:00:00Z"), Stubs: map[string]rehearse.Stub{"it": {Status: 500}}})
		require.Equal(t, "held", r.Status, node)
		require.Equal(t, want, []string{r.Reason, r.Steps[0].Reason}, "%s: the passage, and its step", node)
	}
}

func TestErrorPoliciesInARehearsal(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string][]string{
		"on_error: continue, next: done":         {"completed", "success", ""},
		"on_error: fail, next: done":             {"failed", "failed", "step_failed"},
		"next: {ok: done, error: bad}":           {"completed", "neutral", ""},
		"disabled: true, next: {ok: done}":       {"completed", "success", ""},
		"on_error: fail, next: {error: bad}":     {"completed", "neutral", ""},
		"on_error: continue, next: {error: bad}": {"completed", "neutral", ""},
	} {
		r := run(t, rehearse.Input{
			Definition: quick(t,
				`it: {type: webhook, with: {url: "https://example.com"}, `+policy+"}", "done: {type: end}", "bad: {type: end, with: {outcome: neutral}}",
			),
			Start: instant(t, "2026-03-02T15:00:00Z"), Stubs: map[string]rehearse.Stub{"it": {Status: 500}},
		})
		require.Equal(t, want, []string{r.Status, r.Outcome, r.Reason}, policy)
	}
}

func TestPastMomentEndsWhenItIsAskedTo(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t, `it: {type: wait_until, with: {date: "2026-03-01", past: exit}, next: done}`, "done: {type: end}"),
		Start:      instant(t, "2026-03-02T15:00:00Z"),
	})
	require.Equal(t, []string{"exited", "neutral", "past"}, []string{r.Status, r.Outcome, r.Reason})
	require.Equal(t, []string{"it 2026-03-02T15:00:00Z exited"}, path(r), "the step is shown")
}

func TestMailUsesItsTemplate(t *testing.T) {
	t.Parallel()
	in := rehearse.Input{
		Definition: quick(t, `it: {type: email, with: {template: "welcome-{{ contact.plan }}"}}`), Start: instant(t, "2026-03-02T15:00:00Z"),
		Contact: map[string]any{"email": "ana@example.com", "first_name": "Ana", "fields": map[string]any{"plan": "pro"}},
		Template: func(key string) *nodes.TemplateSource {
			if key != "welcome-pro" {
				return nil
			}
			return &nodes.TemplateSource{Subject: "Hello {{ contact.first_name }}", Text: "Welcome to {{ contact.plan }}.", Class: nodes.ClassTransactional}
		},
	}
	shown := effect(t, run(t, in), "it")
	require.Equal(t, []any{"Hello Ana", "Welcome to pro.", "transactional"}, []any{shown["subject"], shown["text"], shown["class"]})
}

func TestMailWithoutAddressIsSuppressed(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{Definition: quick(t, "it: {type: email, with: {subject: s, body: b}}"), Start: instant(t, "2026-03-02T15:00:00Z")})
	require.Equal(t, "suppressed no_address", r.Steps[0].Status+" "+r.Steps[0].Reason)
	require.Equal(t, "completed success", r.Status+" "+r.Outcome)
}

func TestEffectsAreShownAsTheyWere(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t,
			`make: {type: deal_create, with: {pipeline: sales, title: New, value: 100}, next: more}`,
			`more: {type: field_set, with: {field: orders, increment: 2}, next: win}`,
			`win: {type: deal_move, with: {pipeline: sales, stage: won}, next: tags}`,
			`tags: {type: tag_add, with: {tags: [buyer, vip]}, next: untag}`,
			`untag: {type: tag_remove, with: {tag: VIP}, next: which}`,
			`which: {type: branch, with: {branches: [{id: "yes", when: {all: [{tag: Buyer}, {not: {tag: vip}}, {deal: sales, stage: won}, {field: contact.orders, op: eq, value: 5}]}}]}}`,
		),
		Start: instant(t, "2026-03-02T15:00:00Z"), Stage: stages(t), Contact: map[string]any{"fields": map[string]any{"orders": int64(3)}},
	})
	require.Equal(t, "yes", step(t, r, "which").Port)
	require.Equal(t, "new", effect(t, r, "make")["deal"].(map[string]any)["stage"])
	require.Equal(t, "won", effect(t, r, "win")["deal"].(map[string]any)["stage"])
	require.InDelta(t, 5, effect(t, r, "more")["to"], 0)
	require.Equal(t, "completed neutral open_port", r.Status+" "+r.Outcome+" "+r.Reason)
}

func TestNothingNeedsToExistForARehearsal(t *testing.T) {
	t.Parallel()
	in := rehearse.Input{
		Definition: quick(t,
			`open: {type: deal_create, with: {pipeline: partners, title: New}, next: win}`,
			`win: {type: deal_move, with: {pipeline: partners, stage: won}, next: stage}`,
			`stage: {type: deal_move, with: {pipeline: sales, stage: paid, create: true}, next: course}`,
			`course: {type: course_enroll, with: {course: program-b}, next: mail}`,
			`mail: {type: email, with: {template: welcome, subject: "Hi {{ contact.email }}"}, next: there}`,
			`there: {type: deal_move, with: {pipeline: sales, stage: won}, next: done}`,
			"done: {type: end}",
		),
		Start: instant(t, "2026-03-02T15:00:00Z"), Stage: stages(t), Contact: map[string]any{"email": "ana@example.com"},
		Course:   func(key string) bool { return key == "program-a" },
		Template: func(string) *nodes.TemplateSource { return nil },
	}
	r := run(t, in)
	require.Equal(t, "completed success", r.Status+" "+r.Outcome)
	missing := map[string]any{}
	for _, s := range r.Steps[:6] {
		missing[s.Node] = s.Effect.(map[string]any)["missing"]
	}
	require.Equal(t, map[string]any{
		"open": []string{"pipeline partners"}, "win": []string{"pipeline partners"}, "stage": []string{"stage sales/paid"},
		"course": []string{"course program-b"}, "mail": []string{"template welcome"}, "there": nil,
	}, missing)
	require.Equal(t, []any{"", "open"}, []any{effect(t, r, "open")["deal"].(map[string]any)["stage"], effect(t, r, "open")["deal"].(map[string]any)["status"]})
	require.Equal(t, []any{"won", "open"}, []any{effect(t, r, "win")["deal"].(map[string]any)["stage"], effect(t, r, "win")["deal"].(map[string]any)["status"]})
	require.Equal(t, "won", effect(t, r, "there")["deal"].(map[string]any)["status"], "what exists has its own kind")
	require.Equal(t, []any{"Hi ana@example.com", "-- \nUnsubscribe: " + nodes.SampleUnsubscribeURL + "\n"}, []any{effect(t, r, "mail")["subject"], effect(t, r, "mail")["text"]})

	in.Stage, in.Course, in.Template = nil, nil, nil
	r = run(t, in)
	require.Equal(t, "completed success", r.Status+" "+r.Outcome)
	for _, s := range r.Steps[:6] {
		require.NotContains(t, s.Effect, "missing", s.Node)
	}
}

func TestFailureSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t, `it: {type: deal_move, on_error: fail, with: {pipeline: partners, stage: won}}`),
		Start:      instant(t, "2026-03-02T15:00:00Z"), Stage: stages(t),
	})
	require.Equal(t, "failed no_deal", r.Status+" "+r.Steps[0].Reason)
	require.Equal(t, "the contact has no deal in pipeline partners", effect(t, r, "it")["error"])
	require.Equal(t, []string{"pipeline partners"}, effect(t, r, "it")["missing"])
}

func TestEventAtTheDueInstantComesFirst(t *testing.T) {
	t.Parallel()
	document := "schema: 1\nkey: race\nname: Race\nexits:\n  - {id: bought, event: purchase.completed, outcome: success}\nstart: it\nnodes:\n  it: {type: wait, with: {for: 3d}}\n"
	for at, want := range map[string]string{"3d": "exited", "2d": "exited", "73h": "completed"} {
		r := run(t, rehearse.Input{
			Definition: parsed(t, document), Start: instant(t, "2026-03-02T15:00:00Z"),
			Events: []rehearse.Injection{after(t, at, "purchase.completed", nil)},
		})
		require.Equal(t, want, r.Status, at)
	}
}

func TestTriggerIsInTheLog(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t, `it: {type: branch, with: {branches: [{id: "yes", when: {did: purchase.completed, within: 60d}}]}}`),
		Start:      instant(t, "2026-03-02T15:00:00Z"), Trigger: purchase,
	})
	require.Equal(t, "yes", r.Steps[0].Port)
}

func TestAnyDealOfARehearsalMayBeAtTheStage(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t, `it: {type: branch, with: {branches: [{id: "no", when: {deal: sales, stage: lost}}, {id: "yes", when: {all: [{deal: sales, stage: won}, {deal: SALES, stage: New}]}}]}}`),
		Start:      instant(t, "2026-03-02T15:00:00Z"),
		Contact: map[string]any{"deals": []any{
			map[string]any{"id": "d1", "pipeline": "sales", "stage": "won", "status": "won"},
			map[string]any{"id": "d2", "pipeline": "sales", "stage": "new", "status": "open"},
		}},
	})
	require.Equal(t, "yes", r.Steps[0].Port)
}

// A rehearsal finds the deal that the passage would find, and moves it where the passage would.
func TestDealOfARehearsal(t *testing.T) {
	t.Parallel()
	place := map[string]int{"new": 0, "won": 1}
	deal := func(id, stage, status string) map[string]any {
		return map[string]any{"id": id, "pipeline": "sales", "stage": stage, "status": status}
	}
	r := run(t, rehearse.Input{
		Definition: quick(t, `it: {type: deal_move, with: {pipeline: sales, stage: new, deal: d1, only_forward: true}, next: named}
  named: {type: deal_move, with: {pipeline: SALES, stage: won}, next: made}
  made: {type: deal_create, with: {pipeline: sales, stage: won}, next: own}
  own: {type: deal_assign, with: {pipeline: sales, owner: ann@example.com}, next: none}
  none: {type: deal_assign, with: {pipeline: other, owner: ann@example.com}, on_error: continue, next: count}
  count: {type: field_set, with: {field: visits, increment: 2}}`),
		Start: instant(t, "2026-03-02T15:00:00Z"),
		Contact: map[string]any{
			"email": "ana@example.com", "fields": map[string]any{"visits": "5"},
			"deals": []any{deal("d1", "won", "won"), deal("d2", "new", "open"), deal("d3", "new", "open"), map[string]any{"id": "x", "pipeline": "other", "status": "won"}},
		},
		Position: func(_, stage string) int { return place[stage] },
	})
	effects := map[string]map[string]any{}
	for _, s := range r.Steps {
		effects[s.Node], _ = s.Effect.(map[string]any)
	}
	at := func(node string) []any {
		d := effects[node]["deal"].(map[string]any)
		return []any{d["id"], d["stage"]}
	}
	require.Equal(t, []any{"d1", "won"}, at("it"), "it stays: backward")
	require.Equal(t, "d3", at("named")[0], "the newest open one")
	require.Equal(t, at("made"), at("own"), "its own before any other")
	require.Equal(t, "the contact has no deal in pipeline other", effects["none"]["error"], "a closed deal is not assigned")
	require.InDelta(t, 7, effects["count"]["to"], 0, "a numeric text counts on")
}
