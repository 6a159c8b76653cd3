package cases

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// Passage is one contact on the way through one workflow, both of its own case.
type Passage struct {
	*harness.System
	t *testing.T
	// Key is the workflow, Mail the contact's address, Topic the first part of the
	// names of the case's events.
	Key, Mail, Topic string
}

func newPassage(t *testing.T, s *harness.System, key string) *Passage {
	s.About = key
	p := &Passage{System: s, t: t, Key: key, Mail: key + "@example.com", Topic: strings.ReplaceAll(key, "-", "_")}
	t.Cleanup(func() {
		if t.Failed() {
			p.report()
		}
	})
	return p
}

// publish publishes the case's workflow: it starts at node `a` when <topic>.go is
// posted and exits on <topic>.stop.
func (p *Passage) publish(nodes string, settings ...string) {
	p.t.Helper()
	p.publishAs(p.Key, p.Topic+".go", nodes, settings...)
}

func (p *Passage) publishAs(key, event, nodes string, settings ...string) {
	p.t.Helper()
	p.Publish(Definition(key, event, p.Topic+".stop", nodes, settings...))
}

// republish publishes another version of the case's workflow.
func (p *Passage) republish(nodes string, settings ...string) {
	p.t.Helper()
	p.Must("PUT", "/v1/workflows/"+p.Key, Definition(p.Key, p.Topic+".go", p.Topic+".stop", nodes, settings...))
	p.Must("POST", "/v1/workflows/"+p.Key+"/publish", map[string]any{})
}

// Definition is a workflow that starts at node `a`.
func Definition(key, event, exit, nodes string, settings ...string) string {
	return fmt.Sprintf("\nschema: 1\nkey: %[1]s\nname: %[1]s\nsettings: {%[2]s}\ntriggers: [{id: go, event: %[3]s}, {id: hand, manual: true}]\n"+
		"exits: [{id: stop, event: %[4]s, outcome: success}]\nstart: a\nnodes:\n%[5]s\n",
		key, strings.Join(settings, ", "), event, exit, nodes)
}

// post posts an event of the contact and returns its id.
func (p *Passage) post(event string, data map[string]any) string {
	p.t.Helper()
	return p.postAs(map[string]any{"email": p.Mail}, event, data)
}

func (p *Passage) postAs(contact map[string]any, event string, data map[string]any) string {
	p.t.Helper()
	body := map[string]any{"type": event, "contact": contact}
	if data != nil {
		body["data"] = data
	}
	answer := p.Must("POST", "/v1/events", body)
	return answer["events"].([]any)[0].(map[string]any)["id"].(string)
}

// sends sends a request as it is, again when the busy program has put it off (503), and returns the status
// of the answer and where it leads.
func (p *Passage) sends(r *http.Request) (status int, location string) {
	p.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	p.Eventually("an answer", func() bool {
		if r.GetBody != nil {
			body, err := r.GetBody()
			require.NoError(p.t, err)
			r.Body = body
		}
		answer, err := client.Do(r)
		require.NoError(p.t, err)
		status, location = answer.StatusCode, answer.Header.Get("Location")
		require.NoError(p.t, answer.Body.Close())
		return status != http.StatusServiceUnavailable
	})
	return status, location
}

// enter makes the contact with the given attributes and enrolls it.
func (p *Passage) enter(data map[string]any, attributes ...map[string]any) {
	p.t.Helper()
	contact := map[string]any{"email": p.Mail}
	for _, a := range attributes {
		maps.Copy(contact, a)
	}
	p.postAs(contact, p.Topic+".go", data)
}

// becomes waits until the passage has a status and returns it with its steps.
func (p *Passage) becomes(status string) map[string]any {
	p.t.Helper()
	return p.Enrollment(p.Key, p.Mail, status)
}

// passes enrolls the contact and waits for a successful end.
func (p *Passage) passes(data map[string]any, attributes ...map[string]any) map[string]any {
	p.t.Helper()
	p.enter(data, attributes...)
	e := p.becomes("completed")
	require.Equal(p.t, "success", e["outcome"])
	return e
}

// awaits waits until the passage stands at a node in a status and returns it.
func (p *Passage) awaits(node, status string) map[string]any {
	p.t.Helper()
	var e map[string]any
	p.Eventually(fmt.Sprintf("%s is %s at %s", p.Key, status, node), func() bool {
		for _, found := range p.enrollments() {
			if found["node"] == node && found["status"] == status {
				e = found
				return true
			}
		}
		return false
	})
	return p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
}

func (p *Passage) enrollments() []map[string]any {
	return p.Items("/v1/enrollments?workflow=" + p.Key + "&contact=" + p.Mail)
}

// ended waits until n passages of the contact are completed.
func (p *Passage) ended(n int) {
	p.t.Helper()
	p.Eventually(fmt.Sprintf("%d passages of %s are completed", n, p.Key), func() bool {
		return len(p.Items("/v1/enrollments?status=completed&workflow="+p.Key+"&contact="+p.Mail)) == n
	})
}

// contact reads the contact.
func (p *Passage) contact() map[string]any {
	p.t.Helper()
	list := p.Items("/v1/contacts?email=" + p.Mail)
	require.Len(p.t, list, 1)
	return list[0]
}

func (p *Passage) contactID() string { return p.contact()["id"].(string) }

// fields are the contact's custom fields.
func (p *Passage) fields() map[string]any { return p.contact()["fields"].(map[string]any) }

// operate makes an operator's call on the only enrollment.
func (p *Passage) operate(e map[string]any, action string, body any) {
	p.t.Helper()
	p.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/"+action, body)
}

// step is the first visit to a node.
func step(e map[string]any, node string) map[string]any { return visit(e, node, 1) }

func visit(e map[string]any, node string, n float64) map[string]any {
	for _, s := range steps(e) {
		if s["node"] == node && s["visit"] == n {
			return s
		}
	}
	return nil
}

func steps(e map[string]any) []map[string]any {
	list, _ := e["steps"].([]any)
	out := make([]map[string]any, len(list))
	for i := range list {
		out[i] = list[i].(map[string]any)
	}
	return out
}

// path is the way of an enrollment: node:status:port, in order.
func path(e map[string]any) []string {
	var way []string
	for _, s := range steps(e) {
		port := ""
		if s["port"] != nil {
			port = ":" + s["port"].(string)
		}
		way = append(way, fmt.Sprintf("%s:%s%s", s["node"], s["status"], port))
	}
	return way
}

// result is what a step left behind.
func result(s map[string]any) map[string]any {
	r, _ := s["result"].(map[string]any)
	return r
}
