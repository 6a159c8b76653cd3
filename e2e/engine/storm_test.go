package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"

	"fermata/e2e/harness"
	"fermata/worker"
	"fermata/workflows"
)

// postMany posts bodies at the same time, each until it is accepted, and returns the ids
// of their events. It asserts in the goroutine of the test only.
func postMany(s *harness.System, bodies []map[string]any) []string {
	s.T.Helper()
	ids, errs := make([]string, len(bodies)), make([]error, len(bodies))
	var all sync.WaitGroup
	ready := make(chan struct{})
	for i, body := range bodies {
		all.Go(func() {
			<-ready
			for began := time.Now(); time.Since(began) < harness.Patience; {
				if ids[i], errs[i] = postOne(s.URL, body); errs[i] == nil {
					return
				}
			}
		})
	}
	close(ready)
	all.Wait()
	for _, err := range errs {
		require.NoError(s.T, err)
	}
	return ids
}

func postOne(url string, body map[string]any) (string, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest(http.MethodPost, url+"/v1/events", bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+harness.Key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct{ Events []struct{ ID string } }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusAccepted || len(answer.Events) != 1 {
		return "", fmt.Errorf("status %d, %v: %w", response.StatusCode, answer, err)
	}
	return answer.Events[0].ID, nil
}

func eventOf(event, email string, data map[string]any) map[string]any {
	return map[string]any{"type": event, "contact": map[string]any{"email": email}, "data": data}
}

// verdictOf waits for a workflow's verdict on an event.
func verdictOf(s *harness.System, event, workflow string) map[string]any {
	s.T.Helper()
	var found map[string]any
	s.Eventually("a verdict of "+workflow, func() bool {
		for _, v := range s.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any) {
			if row := v.(map[string]any); row["workflow"] == workflow {
				found = row
			}
		}
		return found != nil
	})
	return found
}

// Sixty-four triggers at once, of a contact that nobody knew: one contact, one enrollment.
func TestTriggersInTheSameMillisecondEnrollOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		publishFlow(s, "once-only", "  a: {type: hold}")
		bodies := make([]map[string]any, 64)
		for i := range bodies {
			bodies[i] = eventOf("form.submitted", "ana@example.com", map[string]any{"n": i})
		}
		count := map[string]int{}
		for _, id := range postMany(s, bodies) {
			v := verdictOf(s, id, "once-only")
			count[fmt.Sprint(v["verdict"], " ", v["reason"])]++
		}
		require.Equal(t, map[string]int{"enrolled ": 1, "reentry active": 63}, count)
		require.Len(t, s.Items("/v1/enrollments?workflow=once-only"), 1)
		require.Len(t, s.Items("/v1/contacts"), 1)
	})
}

const counting = `
schema: 1
key: counting
name: Counting
triggers: [{id: go, event: form.submitted}]
start: got
nodes:
  got: {type: wait_event, with: {events: [{id: page, event: page.viewed}], timeout: 30d}, next: {page: count, timeout: late}}
  count: {type: field_set, with: {field: seen, increment: 1}, next: last}
  last: {type: field_set, with: {field: order, value: "{{ contact.order }}{{ event.n }},"}, next: enough}
  enough: {type: branch, with: {branches: [{id: all, when: {field: contact.seen, op: gte, value: 10}}]}, next: {all: done, else: got}}
  done: {type: end}
  late: {type: end, with: {outcome: failed}}
`

// Events come while the run continues as new after every step: each is taken once, in the
// order of the log, by the next visit of the same wait.
func TestEventsDuringContinueAsNewAreTakenOnceAndInOrder(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.Options{
				Database: database(t), Worker: worker.Options{Workflow: workflows.Options{ContinueEvery: 1}},
			})
			s.Publish(counting)
			post(s, "form.submitted", "ana@example.com")
			ids := make([]string, 10)
			want := ""
			for n := range ids {
				answer := s.Must("POST", "/v1/events", eventOf("page.viewed", "ana@example.com", map[string]any{"n": n}))
				ids[n] = answer["events"].([]any)[0].(map[string]any)["id"].(string)
				want += fmt.Sprint(n, ",")
			}
			s.Enrollment("counting", "ana@example.com", "completed")
			fields := s.Items("/v1/contacts")[0]["fields"].(map[string]any)
			require.Equal(t, want, fields["order"])
			require.InDelta(t, 10, fields["seen"], 0)
			for _, id := range ids {
				require.Equal(t, "advanced", verdictOf(s, id, "counting")["verdict"])
			}
		})
	}
}

// The event arrives when the run has subscribed, in the middle of the workflow task and
// before the run sleeps; whether the task lives on, or dies and runs again.
func TestEventBetweenSubscribingAndSleepingIsNotMissed(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &mortal{fates: map[string]*fate{}}
			s := harness.Start(t, harness.Options{
				Database: database(t), Worker: worker.Options{Interceptors: []interceptor.WorkerInterceptor{m}},
				Reconcile: time.Hour, // so that it has no part in it
			})
			publishFlow(s, "patient", patientWait)
			for _, spared := range []bool{true, false} {
				mail := fmt.Sprintf("spared-%t@example.com", spared)
				f := &fate{after: 1, spared: spared}
				id := s.Must("POST", "/v1/contacts", map[string]any{"email": mail})["id"].(string)
				f.meanwhile = func() {
					post(s, "form.answered", mail)
					s.Eventually("it is routed", func() bool {
						return s.Must("GET", "/v1/workflows/patient/explain?contact="+mail, nil)["inside"] == true &&
							len(s.Items("/v1/enrollments?status=waiting&contact="+mail)) == 1
					})
				}
				m.mu.Lock()
				m.fates[id] = f
				m.mu.Unlock()
				post(s, "form.submitted", mail)
				e := s.Enrollment("patient", mail, "completed")
				require.Equal(t, "got", e["steps"].([]any)[0].(map[string]any)["port"])
			}
		})
	}
}

const mailOrStop = `
schema: 1
key: mail-or-stop
name: Mail or stop
triggers: [{id: go, event: form.submitted}]
exits: [{id: stop, event: form.canceled}]
start: a
nodes:
  a: {type: wait_event, with: {events: [{id: got, event: form.answered}], timeout: 30d}, next: {got: b}}
  b: {type: email, with: {subject: Answer, body: Text., class: transactional}, next: c}
  c: {type: hold}
`

// An exit in the same instant as a send, again and again: whoever is first in the log wins,
// and once the exit has committed no claim of a send follows.
func TestExitInTheSameInstantAsASend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		const people = 30
		s.Publish(mailOrStop)
		mail := func(n int) string { return fmt.Sprintf("c%d@example.com", n) }
		for n := range people {
			post(s, "form.submitted", mail(n))
		}
		s.Reaches("all wait", people, func() int { return count(s, "mail-or-stop", "waiting") })
		var bodies []map[string]any
		for n := range people {
			bodies = append(bodies, eventOf("form.answered", mail(n), nil))
			if n%3 > 0 {
				bodies = append(bodies, eventOf("form.canceled", mail(n), nil))
			}
		}
		rand.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
		for len(bodies) > 0 {
			n := min(10, len(bodies))
			postMany(s, bodies[:n])
			bodies = bodies[n:]
		}
		for n := 0; n < people; n += 3 { // the third of them is canceled when its send begins
			s.Eventually("it has left its wait", func() bool {
				return s.Items("/v1/enrollments?workflow=mail-or-stop&contact=" + mail(n))[0]["node"] != "a"
			})
			post(s, "form.canceled", mail(n))
		}
		outcomes := map[string]int{}
		for n := range people {
			outcomes[exitOrSend(t, s, mail(n))]++
		}
		t.Logf("%v", outcomes)
		for n := range people {
			require.LessOrEqual(t, len(s.SMTP.To(mail(n))), 1)
		}
	})
}

// exitOrSend checks what became of one contact, and says what.
func exitOrSend(t *testing.T, s *harness.System, mail string) string {
	t.Helper()
	first := s.Enrollment("mail-or-stop", mail, "exited")
	claimed := effectOf(first, "b") != nil
	s.Eventually("its run has closed", func() bool { return s.RunClosed(first) })
	last := s.Enrollment("mail-or-stop", mail, "exited")
	require.Equal(t, claimed, effectOf(last, "b") != nil, "a claim after the exit's commit")
	events := s.Items("/v1/events?contact=" + mail)
	order := ""
	for i := len(events) - 1; i >= 0; i-- {
		if kind := events[i]["type"].(string); kind == "form.answered" || kind == "form.canceled" {
			order += kind[len("form."):] + " "
		}
	}
	if order == "canceled answered " {
		require.False(t, claimed, "the exit was first in the log")
		require.Empty(t, s.SMTP.To(mail))
	}
	if !claimed {
		require.Empty(t, s.SMTP.To(mail))
		return order + "→ exit"
	}
	s.Eventually("what was claimed is recorded", func() bool {
		return effectOf(s.Enrollment("mail-or-stop", mail, "exited"), "b")["state"] == "done"
	})
	require.Len(t, s.SMTP.To(mail), 1)
	return order + "→ mail"
}

// effectOf is the ledger's word about a step, nil without one.
func effectOf(e map[string]any, node string) map[string]any {
	for _, one := range e["steps"].([]any) {
		if step := one.(map[string]any); step["node"] == node {
			effect, _ := step["effect"].(map[string]any)
			return effect
		}
	}
	return nil
}
