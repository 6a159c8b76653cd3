package nodes_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

func scope() *expr.Scope {
	trigger := map[string]any{
		"order_id": "A-1001", "product_name": "Program <A>", "amount": int64(497), "currency": "usd", "tags": []any{"a", "b"},
		"evil": "x\r\nBcc: victim@example.com", "secret": "secret:stripe", "number": "12.5",
	}
	return &expr.Scope{Roots: map[string]any{
		"contact":    map[string]any{"email": "ana@example.com", "first_name": "Ana", "fields": map[string]any{"plan": "pro"}},
		"trigger":    trigger,
		"event":      trigger,
		"enrollment": map[string]any{"id": "enr_1"},
		"vars":       map[string]any{},
	}}
}

// planned is what every Plan method looks like.
type planned[T any] interface {
	nodes.Settings
	Plan(s *expr.Scope, in nodes.PlanInput) (T, *nodes.Failure)
}

func plan[T any, S planned[T]](t *testing.T, typ string, with map[string]any) T {
	t.Helper()
	made, failed := settings[S](t, typ, with).Plan(scope(), nodes.PlanInput{})
	require.Nil(t, failed)
	return made
}

// fails returns the code of the failure that planning ends in.
func fails[T any, S planned[T]](t *testing.T, typ string, with map[string]any, in nodes.PlanInput) string {
	t.Helper()
	made, failed := settings[S](t, typ, with).Plan(scope(), in)
	require.NotNil(t, failed)
	var zero T
	require.Equal(t, zero, made, "nothing may be executed after a failure")
	return failed.Code
}

func TestEmailFromText(t *testing.T) {
	t.Parallel()
	m := plan[nodes.Mail, *nodes.Email](t, "email", map[string]any{
		"subject": "Receipt for {{ trigger.product_name }}\n&", "preheader": "Thanks <3", "reply_to": "Shop <help@shop.example>",
		"body":        "Hi {{ contact.first_name }}, {{ trigger.product_name }}\n\nhttps://shop.example/{{ trigger.order_id }}",
		"attachments": "invoice-{{ trigger.order_id }}.pdf", "class": "transactional",
	})
	require.Equal(t, []string{"ana@example.com"}, m.To)
	require.Equal(t, "Receipt for Program <A> &", m.Subject, "a subject is not HTML and has one line")
	require.Equal(t, "Hi Ana, Program <A>\n\nhttps://shop.example/A-1001", m.Text)
	require.Contains(t, m.HTML, "<p>Hi Ana, Program &lt;A&gt;</p>")
	require.Contains(t, m.HTML, `<a href="https://shop.example/A-1001">`)
	require.Contains(t, m.HTML, "Thanks &lt;3</div>")
	require.Equal(t, "Thanks <3", m.Preheader)
	require.Equal(t, "Shop <help@shop.example>", m.ReplyTo)
	require.Equal(t, []string{"invoice-A-1001.pdf"}, m.Attachments)
	require.Equal(t, nodes.ClassTransactional, m.Class)
	require.False(t, m.Track)
}

func TestEmailFromHTML(t *testing.T) {
	t.Parallel()
	m := plan[nodes.Mail, *nodes.Email](t, "email", map[string]any{
		"subject": "Hi", "html": `<p>{{ trigger.product_name }} <a href="https://a.example">here</a></p>`, "to": []any{"bo@b.example, Cy <cy@c.example>"},
	})
	require.Equal(t, `<p>Program &lt;A&gt; <a href="https://a.example">here</a></p>`, m.HTML)
	require.Equal(t, "Program <A> here (https://a.example)", m.Text)
	require.Equal(t, []string{"bo@b.example", "Cy <cy@c.example>"}, m.To)
	require.Equal(t, nodes.ClassMarketing, m.Class)
	require.True(t, m.Track)
}

func TestEmailFromTemplate(t *testing.T) {
	t.Parallel()
	e := settings[*nodes.Email](t, "email", map[string]any{"template": "welcome-{{ contact.plan }}", "track": true})
	key, failed := e.TemplateKey(scope())
	require.Nil(t, failed)
	require.Equal(t, "welcome-pro", key)
	m, failed := e.Plan(scope(), nodes.PlanInput{Template: &nodes.TemplateSource{
		Subject: "Hi {{ contact.first_name }}", HTML: "<b>{{ contact.first_name }}</b>", Class: "transactional",
	}})
	require.Nil(t, failed)
	require.Equal(t, nodes.Mail{
		To: []string{"ana@example.com"}, Subject: "Hi Ana", HTML: "<b>Ana</b>", Text: "Ana",
		Class: "transactional", Track: true, Template: "welcome-pro",
	}, m)
	_, failed = e.Plan(scope(), nodes.PlanInput{})
	require.Equal(t, nodes.CodeNoTemplate, failed.Code)
}

func TestEmailFailures(t *testing.T) {
	t.Parallel()
	code := func(with map[string]any, in nodes.PlanInput) string {
		with["subject"], with["body"] = "Hi", "x"
		return fails[nodes.Mail, *nodes.Email](t, "email", with, in)
	}
	require.Equal(t, nodes.CodeNoAddress, code(map[string]any{"to": "{{ contact.phone }}"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeMissingValue, code(map[string]any{"to": "{{ contact.phone }}"}, nodes.PlanInput{Strict: true}))
	require.Equal(t, nodes.CodeBadAddress, code(map[string]any{"cc": "{{ trigger.evil }}"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadAddress, code(map[string]any{"from": "Shop {{ trigger.evil }} <a@b.example>"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadAddress, code(map[string]any{"reply_to": "{{ trigger.order_id }}"}, nodes.PlanInput{}))

	s := scope()
	s.Roots["contact"] = map[string]any{"first_name": "Ana"}
	_, failed := settings[*nodes.Email](t, "email", map[string]any{"subject": "Hi", "body": "x"}).Plan(s, nodes.PlanInput{Strict: true})
	require.Equal(t, nodes.CodeNoAddress, failed.Code)
	s.Roots["contact"] = map[string]any{"email": "ana@example.com\nBcc: x@y.example"}
	_, failed = settings[*nodes.Email](t, "email", map[string]any{"subject": "Hi", "body": "x"}).Plan(s, nodes.PlanInput{})
	require.Equal(t, nodes.CodeBadAddress, failed.Code)
}

// TestNamesBringNoRecipients: who fills in a form with a name that is a list of addresses writes to
// nobody else.
func TestNamesBringNoRecipients(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"victim@example.com, Ana", "Bob <victim@example.com>, ", "<victim@example.com>,", `"victim@example.com" <victim@example.com>,"`, "a;victim@example.com,b",
		"Smith, John", `x" <victim@example.com>, "y`, "victim@example.com,victim@example.com,", "(victim@example.com),", "x: victim@example.com;",
	} {
		s := scope()
		s.Roots["contact"] = map[string]any{"email": "ana@example.com", "first_name": name}
		m, failed := settings[*nodes.Email](t, "email", map[string]any{
			"subject": "Hi", "body": "x", "to": "{{ contact.first_name }} <{{ contact.email }}>", "cc": `"{{ contact.first_name }}" <boss@example.com>`,
			"from": "{{ contact.first_name }} at the shop <shop@example.com>", "reply_to": "{{ contact.first_name }} <help@example.com>",
		}).Plan(s, nodes.PlanInput{})
		require.Nil(t, failed, name)
		for want, list := range map[string][]string{
			"<ana@example.com>": m.To, "<boss@example.com>": m.Cc, "<shop@example.com>": {m.From}, "<help@example.com>": {m.ReplyTo},
		} {
			require.Len(t, list, 1, name)
			require.True(t, strings.HasSuffix(list[0], want), list[0])
		}
	}
	s := scope()
	s.Roots["contact"] = map[string]any{"email": "ana@example.com, victim@example.com", "first_name": "Ana"}
	_, failed := settings[*nodes.Email](t, "email", map[string]any{"subject": "Hi", "body": "x", "to": "{{ contact.first_name }} <{{ contact.email }}>"}).Plan(s, nodes.PlanInput{})
	require.Equal(t, nodes.CodeBadAddress, failed.Code, "there is room for one")
}

func TestStrictFailsOnMissingValues(t *testing.T) {
	t.Parallel()
	strict := nodes.PlanInput{Strict: true}
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.Mail, *nodes.Email](t, "email", map[string]any{"subject": "Hi {{ contact.last_name }}", "body": "x"}, strict))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{"url": "https://a.example", "body": map[string]any{"a": "{{ contact.last_name }}"}}, strict))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.FieldChange, *nodes.FieldSet](t, "field_set", map[string]any{"field": "plan", "copy": "trigger.plan"}, strict))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.EnrollIn, *nodes.EnrollInWorkflow](t, "enroll_in", map[string]any{"workflow": "a", "data": map[string]any{"b": "{{ trigger.plan }}"}}, strict))
	made, failed := settings[*nodes.Email](t, "email", map[string]any{"subject": "Hi {{ contact.last_name }}", "body": "x"}).Plan(scope(), nodes.PlanInput{})
	require.Nil(t, failed)
	require.Equal(t, "Hi", made.Subject)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	c := plan[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{
		"url": "https://a.example/{{ trigger.order_id }}", "headers": map[string]any{"Authorization": "secret:token", "X-Order": "{{ trigger.order_id }}"},
		"body":    map[string]any{"amount": "{{ trigger.amount }}", "text": "{{ trigger.amount }} <{{ trigger.currency }}>", "list": "{{ trigger.tags }}", "n": int64(1)},
		"save_as": "booking", "sign": "signing", "timeout": "30s",
	})
	require.Equal(t, nodes.Call{
		URL: "https://a.example/A-1001", Method: "POST", Headers: map[string]string{"Authorization": "secret:token", "X-Order": "A-1001"},
		Body:        []byte(`{"amount":497,"list":["a","b"],"n":1,"text":"497 <usd>"}`),
		ContentType: "application/json", Timeout: 30 * time.Second, SaveAs: "booking", SignSecret: "secret:signing",
	}, c)
}

func TestWebhookBodies(t *testing.T) {
	t.Parallel()
	call := func(with map[string]any) nodes.Call {
		with["url"] = "secret:hook"
		return plan[nodes.Call, *nodes.Webhook](t, "webhook", with)
	}
	c := call(map[string]any{})
	require.Equal(t, "secret:hook", c.URL)
	require.Equal(t, 10*time.Second, c.Timeout)
	var body map[string]map[string]any
	require.NoError(t, json.Unmarshal(c.Body, &body))
	require.Equal(t, "A-1001", body["event"]["order_id"])
	require.Equal(t, "ana@example.com", body["contact"]["email"])
	require.Equal(t, "enr_1", body["enrollment"]["id"])
	require.Len(t, body, 3)

	require.Nil(t, call(map[string]any{"method": "GET"}).Body)
	c = call(map[string]any{"body": "order={{ trigger.order_id }}", "headers": map[string]any{"content-type": "application/x-www-form-urlencoded"}})
	require.Equal(t, "order=A-1001", string(c.Body))
	require.Equal(t, "application/x-www-form-urlencoded", c.ContentType)
	require.Empty(t, c.Headers)
	require.Equal(t, "text/plain; charset=utf-8", call(map[string]any{"body": "hello"}).ContentType)
	require.Equal(t, "application/json", call(map[string]any{"body": `{"a": "{{ trigger.order_id }}"}`}).ContentType)
	require.JSONEq(t, `["a","b"]`, string(call(map[string]any{"body": "{{ trigger.tags }}"}).Body))
}

// TestDataCannotNameASecret: only what the author wrote is resolved; otherwise a
// posted event could have any secret sent to any address.
func TestDataCannotNameASecret(t *testing.T) {
	t.Parallel()
	require.Equal(t, nodes.CodeBadHeader, fails[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{
		"url": "https://a.example", "headers": map[string]any{"X": "{{ trigger.secret }}"},
	}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadURL, fails[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{"url": "{{ trigger.secret }}"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadURL, fails[nodes.SlackMessage, *nodes.Slack](t, "slack", map[string]any{"webhook": "{{ trigger.secret }}", "text": "x"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadHeader, fails[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{
		"url": "https://a.example", "headers": map[string]any{"X": "a{{ trigger.evil }}"},
	}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeBadURL, fails[nodes.Call, *nodes.Webhook](t, "webhook", map[string]any{"url": "https://a.example/{{ trigger.evil }}"}, nodes.PlanInput{}))
}

func TestSlack(t *testing.T) {
	t.Parallel()
	m := plan[nodes.SlackMessage, *nodes.Slack](t, "slack", map[string]any{
		"webhook": "secret:slack_team", "text": "<https://a.example|it's \"open\"> {{ trigger.product_name }} {{ contact.email }}",
	})
	require.Equal(t, nodes.SlackMessage{Webhook: "secret:slack_team", Text: "<https://a.example|it's \"open\"> Program &lt;A&gt; ana@example.com"}, m)
}

func TestNotify(t *testing.T) {
	t.Parallel()
	n := settings[*nodes.Notify](t, "notify", map[string]any{"to": []any{"owner", "ops@shop.example"}, "subject": "Order {{ trigger.order_id }}"})
	made, failed := n.Plan(scope(), nodes.PlanInput{Owner: "boss@shop.example"})
	require.Nil(t, failed)
	require.Equal(t, nodes.Notice{
		To: []string{"boss@shop.example", "ops@shop.example"}, Subject: "Order A-1001", Text: "Order A-1001", HTML: "<p>Order A-1001</p>\n",
	}, made)
	s := scope()
	s.Roots["deal"] = map[string]any{"owner": "sales@shop.example"}
	made, failed = n.Plan(s, nodes.PlanInput{Owner: "boss@shop.example"})
	require.Nil(t, failed)
	require.Equal(t, []string{"sales@shop.example", "ops@shop.example"}, made.To)
	require.Equal(t, nodes.CodeNoAddress, fails[nodes.Notice, *nodes.Notify](t, "notify", map[string]any{"to": "owner", "subject": "x"}, nodes.PlanInput{}))
}

func TestContactEffects(t *testing.T) {
	t.Parallel()
	require.Equal(t, nodes.TagChange{Add: []string{"buyer-Program <A>"}},
		plan[nodes.TagChange, *nodes.TagAdd](t, "tag_add", map[string]any{"tag": "buyer-{{ trigger.product_name }} "}))
	require.Equal(t, nodes.TagChange{Remove: []string{"a"}},
		plan[nodes.TagChange, *nodes.TagRemove](t, "tag_remove", map[string]any{"tags": []any{"a", "{{ trigger.none }}"}}))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.TagChange, *nodes.TagAdd](t, "tag_add", map[string]any{"tag": "{{ trigger.none }}"}, nodes.PlanInput{}))
	require.Equal(t, nodes.Unsubscribe{Channel: "email"}, plan[nodes.Unsubscribe, *nodes.UnsubscribeContact](t, "unsubscribe", nil))
	require.Equal(t, nodes.CourseChange{Course: "a", Enroll: true}, plan[nodes.CourseChange, *nodes.CourseEnroll](t, "course_enroll", map[string]any{"course": "a"}))
	require.Equal(t, nodes.CourseChange{Course: "a"}, plan[nodes.CourseChange, *nodes.CourseUnenroll](t, "course_unenroll", map[string]any{"course": "a"}))

	field := func(with map[string]any) nodes.FieldChange {
		return plan[nodes.FieldChange, *nodes.FieldSet](t, "field_set", with)
	}
	require.Equal(t, nodes.FieldChange{Field: "last_order", Value: int64(497)}, field(map[string]any{"field": "fields.last_order", "value": "{{ trigger.amount }}"}))
	require.Equal(t, nodes.FieldChange{Field: "plan", Value: "pro 497"}, field(map[string]any{"field": "contact.plan", "value": "pro {{ trigger.amount }}"}))
	require.Equal(t, nodes.FieldChange{Field: "plan", Value: "pro"}, field(map[string]any{"field": "plan", "copy": "contact.plan"}))
	require.Equal(t, nodes.FieldChange{Field: "plan", Clear: true}, field(map[string]any{"field": "plan", "copy": "trigger.plan"}))
	require.Equal(t, nodes.FieldChange{Field: "plan", Clear: true}, field(map[string]any{"field": "plan", "clear": true}))
	by := 12.5
	require.Equal(t, nodes.FieldChange{Field: "score", Increment: &by}, field(map[string]any{"field": "score", "increment": "{{ trigger.number }}"}))
	require.Equal(t, nodes.CodeBadValue, fails[nodes.FieldChange, *nodes.FieldSet](t, "field_set", map[string]any{"field": "score", "increment": "{{ trigger.order_id }}"}, nodes.PlanInput{}))
}

func TestDeals(t *testing.T) {
	t.Parallel()
	require.Equal(t, nodes.DealChange{Op: nodes.DealCreateOp, Pipeline: "sales", Title: "Order A-1001", Value: 497.0, Currency: "USD", Create: true},
		plan[nodes.DealChange, *nodes.DealCreate](t, "deal_create", map[string]any{
			"pipeline": "sales", "title": "Order {{ trigger.order_id }}", "value": "{{ trigger.amount }}", "currency": "{{ trigger.currency }}",
		}))
	require.Equal(t, nodes.DealChange{Op: nodes.DealMoveOp, Pipeline: "sales", Stage: "won", Create: true, OnlyForward: true},
		plan[nodes.DealChange, *nodes.DealMove](t, "deal_move", map[string]any{"pipeline": "sales", "stage": "won", "create": true, "only_forward": true}))
	require.Equal(t, nodes.DealChange{Op: nodes.DealAssignOp, Pipeline: "sales", RoundRobin: []string{"a", "b"}, Deal: "A-1001"},
		plan[nodes.DealChange, *nodes.DealAssign](t, "deal_assign", map[string]any{"pipeline": "sales", "round_robin": []any{"a", "b"}, "deal": "{{ trigger.order_id }}"}))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.DealChange, *nodes.DealMove](t, "deal_move", map[string]any{"pipeline": "sales", "stage": "{{ trigger.none }}"}, nodes.PlanInput{}))
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.DealChange, *nodes.DealAssign](t, "deal_assign", map[string]any{"pipeline": "sales", "owner": "{{ trigger.none }}"}, nodes.PlanInput{}))
}

func TestTasksAndWorkflows(t *testing.T) {
	t.Parallel()
	require.Equal(t, nodes.Task{Title: "Where is A-1001?", Due: &calendar.Duration{Days: 1}},
		plan[nodes.Task, *nodes.TaskCreate](t, "task_create", map[string]any{"title": "Where is {{ trigger.order_id }}?", "due": "1d"}))
	require.Equal(t, nodes.EnrollIn{Workflow: "onboarding-14", Data: map[string]any{"order_id": "A-1001", "amount": int64(497), "none": nil}},
		plan[nodes.EnrollIn, *nodes.EnrollInWorkflow](t, "enroll_in", map[string]any{
			"workflow": "onboarding-14", "data": map[string]any{"order_id": "{{ trigger.order_id }}", "amount": "{{ trigger.amount }}", "none": nil},
		}))
	require.Equal(t, nodes.EnrollIn{Workflow: "a", Data: map[string]any{}}, plan[nodes.EnrollIn, *nodes.EnrollInWorkflow](t, "enroll_in", map[string]any{"workflow": "a"}))

	remove := map[string]any{"workflow": "onboarding-14"}
	require.Equal(t, nodes.RemoveFrom{Workflow: "onboarding-14"}, plan[nodes.RemoveFrom, *nodes.RemoveFromWorkflow](t, "remove_from", remove))
	remove["correlate"] = "{{ trigger.order_id }}"
	require.Equal(t, nodes.RemoveFrom{Workflow: "onboarding-14", Correlate: "A-1001"}, plan[nodes.RemoveFrom, *nodes.RemoveFromWorkflow](t, "remove_from", remove))
	remove["correlate"] = "{{ trigger.none }}"
	require.Equal(t, nodes.CodeMissingValue, fails[nodes.RemoveFrom, *nodes.RemoveFromWorkflow](t, "remove_from", remove, nodes.PlanInput{}), "an empty key must not mean all of them")

	require.Equal(t, nodes.CodeMissingValue, fails[nodes.Undo, *nodes.UndoWorkflow](t, "undo", remove, nodes.PlanInput{}), "an empty key must not mean all of them")
	remove["correlate"] = "{{ trigger.order_id }}"
	require.Equal(t, nodes.Undo{Workflow: "onboarding-14", Correlate: "A-1001"}, plan[nodes.Undo, *nodes.UndoWorkflow](t, "undo", remove))
}

// Amounts are decimals: what is counted up by cents stays whole cents.
func TestSumsAreDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]float64{{0.1, 0.2, 0.3}, {0.3, -0.1, 0.2}, {19.99, 5.01, 25}, {1e15, 0.5, 1e15 + 0.5}, {-2, 2, 0}, {1e300, 1e-300, 1e300}} {
		by := c[1]
		sum, failure := nodes.FieldChange{Field: "total", Increment: &by}.Result(c[0])
		require.Nil(t, failure)
		require.Equal(t, c[2], sum, "%v and %v", c[0], by) //nolint:testifylint // exactly
	}
}
