package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// change is one change of a workflow with somebody inside, and where she is then: status, node,
// version, reason, and by how much later her wait ends.
type change struct {
	name, after string // after are the nodes of the second version
	terms       map[string]any
	want        []any
}

const (
	resting = "rest: {type: wait, with: {for: 2h}, next: mark}, mark: {type: tag_add, with: {tag: seen}}"
	shorter = "rest: {type: wait, with: {for: 1s}, next: mark}, mark: {type: tag_add, with: {tag: seen}}"
	longer  = "rest: {type: wait, with: {for: 3h}, next: mark}, mark: {type: tag_add, with: {tag: seen}}"
	without = "other: {type: wait, with: {for: 2h}, next: mark}, mark: {type: tag_add, with: {tag: seen}}"
)

var changes = []change{
	{"deleted-stay", without, map[string]any{"on_missing": "stay"}, []any{"waiting", "rest", 1.0, nil, "0s"}},
	{"deleted-exit", without, map[string]any{"on_missing": "exit"}, []any{"exited", "rest", 1.0, "node_deleted", ""}},
	{"deleted-next", without, map[string]any{"on_missing": "next"}, []any{"completed", "mark", 2.0, nil, ""}},
	{"deleted-mapped", without, map[string]any{"map": map[string]any{"rest": "other"}}, []any{"waiting", "other", 2.0, nil, "0s"}},
	{"shorter-credit", shorter, map[string]any{"retime": "credit"}, []any{"completed", "mark", 2.0, nil, ""}},
	{"shorter-restart", shorter, map[string]any{"retime": "restart"}, []any{"completed", "mark", 2.0, nil, ""}},
	{"shorter-keep", shorter, map[string]any{"retime": "keep"}, []any{"waiting", "rest", 2.0, nil, "0s"}},
	{"longer-credit", longer, map[string]any{"retime": "credit"}, []any{"waiting", "rest", 2.0, nil, "1h0m0s"}},
	{"longer-restart", longer, map[string]any{"retime": "restart"}, []any{"waiting", "rest", 2.0, nil, "more"}},
	{"longer-keep", longer, map[string]any{"retime": "keep"}, []any{"waiting", "rest", 2.0, nil, "0s"}},
}

// stands is what a change wants of an enrollment that was somewhere else then.
func stands(t *testing.T, then, now map[string]any) []any {
	t.Helper()
	shift := ""
	if now["due_at"] != nil {
		later := instant(t, now["due_at"]).Sub(instant(t, then["due_at"]))
		if shift = later.String(); later > time.Hour {
			shift = "more" // it counts from the change
		}
	}
	return []any{now["status"], now["node"], now["version"], now["reason"], shift}
}

func definitionOf(key, start, nodes string) string {
	return fmt.Sprintf("schema: 1\nkey: %s\nname: %s\ntriggers: [{id: began, event: change.began}]\nstart: %s\nnodes: {%s}\n", key, key, start, nodes)
}

// A version is published while somebody is inside: under each policy she goes where the dry run said
// that she would, and a rollback takes her back.
func TestAChangeWithSomebodyInside(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		const ana = "ana@example.com"
		for _, c := range changes {
			s.Publish(definitionOf(c.name, "rest", resting))
		}
		s.Must("POST", "/v1/events", map[string]any{"type": "change.began", "contact": map[string]any{"email": ana}})
		before := map[string]map[string]any{}
		for _, c := range changes {
			before[c.name] = s.Enrollment(c.name, ana, "waiting")
			start := "rest"
			if c.after == without {
				start = "other"
			}
			s.Must("PUT", "/v1/workflows/"+c.name, definitionOf(c.name, start, c.after))
			body := map[string]any{"in_flight": "migrate"}
			for name, value := range c.terms {
				body[name] = value
			}
			foreseen := s.Must("POST", "/v1/workflows/"+c.name+"/publish?dry_run=true", body)
			done := s.Must("POST", "/v1/workflows/"+c.name+"/publish", body)
			require.Equal(t, foreseen["in_flight"], done["in_flight"], c.name)
			require.Equal(t, c.name == "deleted-stay", done["job"] == nil, "nobody has to move who stays")
		}
		for _, c := range changes {
			becomes(t, s, c.name, before[c.name], c.want)
		}
		s.Must("POST", "/v1/workflows/longer-credit/rollback", map[string]any{"to": 1, "in_flight": "migrate"})
		becomes(t, s, "longer-credit", before["longer-credit"], []any{"waiting", "rest", 3.0, nil, "0s"})
	})
}

func becomes(t *testing.T, s *harness.System, key string, then map[string]any, want []any) {
	t.Helper()
	var now []any
	defer func() { require.Equal(t, want, now, key) }()
	s.Eventually(key, func() bool {
		now = stands(t, then, s.Items("/v1/enrollments?workflow=" + key)[0])
		return assert.ObjectsAreEqual(want, now)
	})
}
