package workflows_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"fermata/e2e/cases"
	"fermata/e2e/harness"
	"fermata/events"
	"fermata/store"
)

// histories is the folder of the histories of one version of the interpreter.
const histories = "testdata/histories/v1"

// recording is one passage whose history is kept.
type recording struct {
	// nodes of a workflow that starts at `a`; {{URL}} in it is the HTTP sink's.
	nodes string
	// meanwhile is called once the passage stands at `a` in the status stands.
	stands    string
	meanwhile func(s *harness.System, id string)
	// status is how the passage ends.
	status string
}

func operate(action string) func(s *harness.System, id string) {
	return func(s *harness.System, id string) { s.Must("POST", "/v1/enrollments/"+id+"/"+action, map[string]any{}) }
}

// happens posts an event of the recorded contact.
func happens(name, event string) func(s *harness.System, id string) {
	return func(s *harness.System, _ string) {
		s.Must("POST", "/v1/events", map[string]any{
			"type": "recorded." + topicOf(name) + event, "contact": map[string]any{"email": keyOf(name) + "@example.com"},
		})
	}
}

// pausing pauses the recorded workflow until the passage is held back, and lets it go on.
func pausing(name string) func(s *harness.System, id string) {
	return func(s *harness.System, id string) {
		s.Must("POST", "/v1/workflows/"+keyOf(name)+"/pause", map[string]any{})
		s.Eventually("held back", func() bool {
			e := s.Must("GET", "/v1/enrollments/"+id, nil)
			return e["status"] == "paused" && e["due_at"] == nil
		})
		s.Must("POST", "/v1/workflows/"+keyOf(name)+"/resume", map[string]any{})
	}
}

// moving takes the passage to a node, once its run has heard of it.
func moving(node string) func(s *harness.System, id string) {
	return func(s *harness.System, id string) {
		s.Must("POST", "/v1/enrollments/"+id+"/move", map[string]any{"node": node})
	}
}

// migrating publishes a shorter wait and moves the passage to it.
func migrating(name string) func(s *harness.System, id string) {
	return func(s *harness.System, id string) {
		key, topic := keyOf(name), "recorded."+topicOf(name)
		s.Must("PUT", "/v1/workflows/"+key, cases.Definition(key, topic+".go", topic+".stop", `  a: {type: wait, with: {for: 1s}, next: b}`+andEnd))
		s.Must("POST", "/v1/workflows/"+key+"/publish", map[string]any{})
		require.NoError(s.T, s.App.Store().Write(context.Background(), func(tx *store.Tx) error {
			w, err := tx.Workflow(key)
			if err != nil {
				return err
			}
			m := &store.Move{Workflow: key, Version: w.Version, Hash: w.Hash}
			if err := tx.AddMove(m); err != nil {
				return err
			}
			_, err = events.MarkMove(tx, id, m, true)
			return err
		}))
	}
}

const andEnd = "\n  b: {type: end}"

// ask is an approval by a person of its own.
func ask(timeout string) string {
	return `  a: {type: approval, with: {to: "boss-{{ contact.email }}", subject: "Go on?", timeout: ` + timeout + `}, next: {approved: b, rejected: b, timeout: b}}`
}

var answerLink = regexp.MustCompile(`/answer/[\w-]+`)

// answering presses the button that approves, on the page to which the mail leads.
func answering(name string) func(s *harness.System, id string) {
	return func(s *harness.System, _ string) {
		raw := strings.ReplaceAll(s.SMTP.To("boss-" + keyOf(name) + "@example.com")[0].Raw, "=\r\n", "")
		request, err := http.NewRequest(http.MethodPost, s.URL+answerLink.FindString(raw), strings.NewReader("decision=approved"))
		require.NoError(s.T, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(s.T, err)
		require.NoError(s.T, answer.Body.Close())
		require.Equal(s.T, http.StatusOK, answer.StatusCode)
	}
}

// recordings are named after the node type that they show; what follows a dot is
// another way through it.
func recordings(s *harness.System) map[string]recording {
	soon := time.Now().UTC().Add(2 * time.Second).Format(time.RFC3339Nano)
	url := func(path string) string { return s.HTTP.URL + path }
	done := func(nodes string) recording { return recording{nodes: nodes, status: "completed"} }
	return map[string]recording{
		"wait":            done(`  a: {type: wait, with: {for: 1s}, next: b}` + andEnd),
		"wait.exited":     {`  a: {type: wait, with: {for: 30d}, next: b}` + andEnd, "waiting", operate("exit"), "exited"},
		"wait.moved":      {`  a: {type: wait, with: {for: 30d}, next: b}` + andEnd, "waiting", migrating("wait.moved"), "completed"},
		"webhook.moved":   {`  a: {type: webhook, with: {url: "` + url("/500") + `"}, next: b}` + andEnd, "retried", moving("b"), "completed"},
		"wait.skipped":    {`  a: {type: wait, with: {for: 30d}, next: b}` + andEnd, "waiting", operate("skip"), "completed"},
		"wait.paused":     {`  a: {type: wait, with: {for: 3s}, next: b}` + andEnd, "waiting", pausing("wait.paused"), "completed"},
		"webhook.paused":  {`  a: {type: webhook, with: {url: "` + url("/later") + `"}, next: b}` + andEnd, "retried", pausing("webhook.paused"), "completed"},
		"wait.runaway":    {nodes: "  a: {type: wait, with: {for: 1s}, next: b}\n  b: {type: tag_add, max_visits: 2, with: {tag: round}, next: a}", status: "failed"},
		"wait_until":      done(`  a: {type: wait_until, with: {date: "` + soon + `"}, next: b}` + andEnd),
		"wait_until.past": {nodes: `  a: {type: wait_until, with: {date: "2020-01-01", past: exit}, next: b}` + andEnd, status: "exited"},
		"wait_event":      {`  a: {type: wait_event, with: {events: [{id: got, event: ` + "recorded." + topicOf("wait_event") + `.done}], timeout: 30d}, next: {got: b}}` + andEnd, "waiting", happens("wait_event", ".done"), "completed"},
		"wait_event.late": done(`  a: {type: wait_event, with: {events: [{id: got, event: recorded.never}], timeout: 1s}, next: {got: b, timeout: b}}` + andEnd),
		"window":          done(`  a: {type: window, next: b}` + andEnd),
		"hold":            {`  a: {type: hold, next: b}` + andEnd, "held", operate("release"), "completed"},
		"branch":          done("  a: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}, next: {x: b, else: c}}\n  b: {type: end}\n  c: {type: end}"),
		"split":           done("  a: {type: split, with: {ports: {l: 50, r: 50}}, next: {l: b, r: c}}\n  b: {type: end}\n  c: {type: end}"),
		"end":             done(`  a: {type: end, with: {outcome: neutral}}`),
		"email":           done(`  a: {type: email, with: {subject: Hello, body: "Hi {{ contact.first_name }}", class: transactional}, next: b}` + andEnd),
		"email.disabled":  done(`  a: {type: email, disabled: true, with: {subject: Hello, body: Hi}, next: b}` + andEnd),
		"slack":           done(`  a: {type: slack, with: {webhook: "` + url("/slack") + `", text: Hello}, next: b}` + andEnd),
		"notify":          done(`  a: {type: notify, with: {to: team@example.com, subject: Hello}, next: b}` + andEnd),
		"approval":        {ask("30d") + andEnd, "waiting", answering("approval"), "completed"},
		"approval.late":   done(ask("1s") + andEnd),
		"approval.exited": {ask("30d") + andEnd, "waiting", operate("exit"), "exited"},
		"sms":             done(`  a: {type: sms, with: {text: Hello, to: "+4917012345", class: transactional}, next: b}` + andEnd),
		"webhook":         done(`  a: {type: webhook, with: {url: "` + url("/ok") + `", save_as: x}, next: b}` + andEnd),
		"webhook.retried": done(`  a: {type: webhook, retry: {max: 3s}, with: {url: "` + url("/500") + `"}, next: {ok: c, error: b}}` + "\n  c: {type: end}" + andEnd),
		"webhook.held":    {`  a: {type: webhook, with: {url: "` + url("/400") + `"}, next: b}` + andEnd, "held", operate("skip"), "completed"},
		"webhook.exited":  {`  a: {type: webhook, with: {url: "` + url("/500") + `"}, next: b}` + andEnd, "retried", operate("exit"), "exited"},
		"webhook.failed":  {nodes: `  a: {type: webhook, on_error: fail, with: {url: "` + url("/400") + `"}, next: b}` + andEnd, status: "failed"},
		"tag_add":         done(`  a: {type: tag_add, with: {tag: x}, next: b}` + andEnd),
		"tag_remove":      done(`  a: {type: tag_remove, with: {tag: x}, next: b}` + andEnd),
		"field_set":       done(`  a: {type: field_set, with: {field: plan, value: x}, next: b}` + andEnd),
		"unsubscribe":     done(`  a: {type: unsubscribe, next: b}` + andEnd),
		"deal_create":     done(`  a: {type: deal_create, with: {pipeline: sales}, next: b}` + andEnd),
		"deal_move":       done(`  a: {type: deal_move, with: {pipeline: sales, stage: won, create: true}, next: b}` + andEnd),
		"deal_move.error": done(`  a: {type: deal_move, with: {pipeline: sales, stage: won}, next: {next: c, error: b}}` + "\n  c: {type: end}" + andEnd),
		"deal_assign":     done(`  a: {type: deal_assign, with: {pipeline: sales, owner: sam@example.com, create: true}, next: b}` + andEnd),
		"course_enroll":   done(`  a: {type: course_enroll, with: {course: program-a}, next: b}` + andEnd),
		"course_unenroll": done(`  a: {type: course_unenroll, with: {course: program-a}, next: b}` + andEnd),
		"task_create":     done(`  a: {type: task_create, with: {title: Call}, next: b}` + andEnd),
		"enroll_in":       done(`  a: {type: enroll_in, with: {workflow: recorded-target}, next: b}` + andEnd),
		"emit":            done(`  a: {type: emit, with: {event: recorded.emitted, data: {n: 1}}, next: b}` + andEnd),
		"undo":            done(`  a: {type: undo, with: {workflow: recorded-target}, next: b}` + andEnd),
		"remove_from":     done(`  a: {type: remove_from, with: {workflow: recorded-target}, next: b}` + andEnd),
	}
}

// recordAll runs every recording on the real program and writes its history and its
// definition into testdata.
func recordAll(t *testing.T) {
	t.Helper()
	s := harness.Start(t, harness.Options{})
	s.Setup()
	s.HTTP.Handle("/400", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusBadRequest) })
	var tries atomic.Int64
	s.HTTP.Handle("/later", func(w http.ResponseWriter, _ harness.Call) {
		if tries.Add(1) < 4 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	s.HTTP.Handle("/500", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusInternalServerError) })
	require.NoError(t, os.MkdirAll(histories, 0o755))
	s.Publish(cases.Definition("recorded-target", "other.go", "other.stop", `  a: {type: hold}`))
	for name, r := range recordings(s) {
		t.Run("record "+name, func(t *testing.T) {
			t.Parallel()
			recordOne(t, s.For(t), name, r)
		})
	}
}

func recordOne(t *testing.T, s *harness.System, name string, r recording) {
	t.Helper()
	key := keyOf(name)
	topic := "recorded." + topicOf(name)
	s.Publish(cases.Definition(key, topic+".go", topic+".stop", r.nodes))
	mail := key + "@example.com"
	s.Must("POST", "/v1/events", map[string]any{
		"type": topic + ".go", "contact": map[string]any{"email": mail, "first_name": "Ana"}, "data": map[string]any{"order_id": "A-1"},
	})
	if r.meanwhile != nil {
		var id string
		s.Eventually("stands", func() bool {
			list := s.Items("/v1/enrollments?workflow=" + key)
			if len(list) == 0 {
				return false
			}
			id = list[0]["id"].(string)
			if r.stands == "retried" {
				step := s.Must("GET", "/v1/enrollments/"+id, nil)["steps"].([]any)
				return len(step) > 0 && step[0].(map[string]any)["attempts"].(float64) > 1
			}
			return list[0]["status"] == r.stands
		})
		r.meanwhile(s, id)
	}
	e := s.Enrollment(key, mail, r.status)
	write(t, s, name, e)
}

// write keeps the history of the run that ended the passage. One that went on from another run, because
// it was moved, is kept as name.after, and the run before under the name itself.
func write(t *testing.T, s *harness.System, name string, e map[string]any) {
	t.Helper()
	id := e["id"].(string)
	workflowID := events.WorkflowID(e["workflow"].(string), e["contact"].(map[string]any)["id"].(string), id)
	last := history(s, workflowID, "", enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
	var before, now []byte
	require.NoError(t, s.App.Store().Read(context.Background(), func(tx *store.Tx) error {
		row, err := tx.Enrollment(id)
		if err != nil {
			return err
		}
		first, err := tx.Version(row.Workflow, 1)
		if err != nil {
			return err
		}
		if before, err = tx.Definition(first.Hash); err != nil {
			return fmt.Errorf("read first definition of %s: %w", name, err)
		}
		if now, err = tx.Definition(row.Hash); err != nil {
			return fmt.Errorf("read definition of %s: %w", name, err)
		}
		return nil
	}))
	if start := last.Events[0].GetWorkflowExecutionStartedEventAttributes(); start.GetContinuedExecutionRunId() != "" {
		first := history(s, workflowID, start.GetContinuedExecutionRunId(), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
		keep(t, name, first, before)
		name += ".after"
	}
	keep(t, name, last, now)
}

// history reads the history of a run once that has closed in a way.
func history(s *harness.System, workflowID, run string, closed enumspb.EventType) *historypb.History {
	h := &historypb.History{}
	s.Eventually("the run has closed", func() bool {
		h.Events = nil
		iterator := s.App.Temporal().GetWorkflowHistory(context.Background(), workflowID, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iterator.HasNext() {
			event, err := iterator.Next()
			if err != nil {
				return false
			}
			h.Events = append(h.Events, event)
		}
		return h.Events[len(h.Events)-1].GetEventType() == closed
	})
	return h
}

// keep writes a history with the definition that its run began with.
func keep(t *testing.T, name string, h *historypb.History, body []byte) {
	t.Helper()
	raw, err := protojson.Marshal(h)
	require.NoError(t, err)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(raw)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(histories, name+".json.gz"), packed.Bytes(), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(histories, name+".definition.json"), body, 0o644))
}
