package api

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

const patient = `
schema: 1
key: patient
name: Patient
settings: {reentry: {cooldown: 7d}, suppress: {field: contact.plan, op: eq, value: none}}
triggers: [{id: signed, event: contract.signed, where: {field: event.plan, op: eq, value: pro}}]
exits: [{id: stop, event: contract.canceled}]
start: assets
nodes:
  assets: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}, {id: sent, event: form.submitted}], timeout: 5d}, next: {got: done, sent: done, timeout: done}}
  done: {type: end}
`

func (f *fixture) publishText(definition string) {
	f.t.Helper()
	key := f.must(201, "POST", "/v1/workflows", definition, withType("application/yaml"))["key"].(string)
	f.must(200, "POST", "/v1/workflows/"+key+"/publish", nil)
}

func (f *fixture) report(event string, data object) string {
	f.t.Helper()
	a := f.must(202, "POST", "/v1/events", object{"type": event, "contact": object{"email": "ana@example.com"}, "data": data})
	f.drainRouter()
	return path(f.t, a, "events", 0, "id").(string)
}

// codes are the reasons of an explanation that are about no event.
func codes(t *testing.T, x map[string]any) (list []string) {
	t.Helper()
	for _, one := range x["why_not"].([]any) {
		why := one.(map[string]any)
		require.NotEmpty(t, why["sentence"])
		require.NotContains(t, why["sentence"], "%!")
		if code := why["code"].(string); code != "event" {
			list = append(list, code)
		}
	}
	return list
}

// verdicts are the events of an explanation with what became of them, newest first.
func verdicts(x map[string]any) (list []string) {
	for _, one := range x["why_not"].([]any) {
		if why := one.(map[string]any); why["code"] == "event" {
			said, _ := why["verdict"].(string)
			reason, _ := why["reason"].(string)
			list = append(list, strings.TrimSpace(why["type"].(string)+" "+said+" "+reason))
		}
	}
	return list
}

// due says until when an enrollment waits at its open step.
func (f *fixture) due(id, node string, at time.Time) {
	f.t.Helper()
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		e, err := tx.LockEnrollment(id)
		if err != nil {
			return err
		}
		step, err := tx.Step(id, node, 1)
		if err != nil {
			return err
		}
		e.DueAt, step.DueAt = &at, &at
		return errors.Join(tx.SaveEnrollment(e), tx.SaveStep(step))
	}))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "external_id": "ana-1", "timezone": "Asia/Tokyo", "fields": object{"plan": "none"}})
		f.must(201, "POST", "/v1/workflows", patient, withType("application/yaml"))
		explain := func() map[string]any {
			return f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana@example.com", nil)
		}
		require.Equal(t, []string{"not_published"}, codes(t, explain()))
		f.must(200, "POST", "/v1/workflows/patient/publish", nil)
		require.Equal(t, explain(), f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana-1", nil))
		x := explain()
		require.Equal(t, []string{"suppressed", "no_event"}, codes(t, x))
		require.Equal(t, "none", path(t, x, "why_not", 0, "values", 0, "saw"))
		require.Contains(t, path(t, x, "why_not", 1, "sentence"), "of this contact or of any other")

		f.must(200, "PATCH", "/v1/contacts/"+path(t, x, "contact", "id").(string), object{"fields": object{"plan": "x"}})
		f.report("contract.signed", object{"plan": "basic"})
		f.report("contract.canceled", nil)
		x = explain()
		require.Equal(t, []string{"may_enter"}, codes(t, x))
		require.Equal(t, []string{"contract.canceled filtered not_enrolled", "contract.signed filtered"}, verdicts(x))
		require.Equal(t, "basic", path(t, x, "why_not", 1, "values", 0, "saw"))
		require.Equal(t, false, x["inside"])

		signed := f.report("contract.signed", object{"plan": "pro"})
		x = explain()
		require.Equal(t, true, x["inside"])
		require.Equal(t, signed, path(t, x, "why_in", 0, "event", "id"))
		require.Equal(t, "pro", path(t, x, "why_in", 0, "values", 0, "saw"))
		require.Equal(t, "signed", path(t, x, "why_in", 0, "trigger"))
		require.Contains(t, path(t, x, "why_in", 0, "sentence"), "by trigger signed, which event contract.signed of ")
		require.Equal(t, "starting", path(t, x, "why_here", 0, "code"))
		require.Equal(t, []string{"active"}, codes(t, x))

		id := path(t, x, "why_in", 0, "enrollment", "id").(string)
		f.openStep(id, "assets", "wait_event", "waiting")
		x = explain()
		require.Equal(t, "waiting", path(t, x, "why_here", 0, "code"))
		require.Equal(t, []any{object{"id": "got", "event": "assets.uploaded"}, object{"id": "sent", "event": "form.submitted"}}, path(t, x, "why_here", 0, "waits_for"))
		require.Contains(t, path(t, x, "why_here", 0, "sentence"), "for assets.uploaded or form.submitted")
		require.Nil(t, path(t, x, "why_here", 0, "due_at"))

		until := f.clock.Now().Add(48 * time.Hour)
		f.due(id, "assets", until)
		tokyo, err := time.LoadLocation("Asia/Tokyo")
		require.NoError(t, err)
		local := "until " + until.In(tokyo).Format("2006-01-02 15:04:05") + " Asia/Tokyo."
		require.Contains(t, path(t, explain(), "why_here", 0, "sentence"), local)
		require.Contains(t, path(t, f.must(200, "GET", "/v1/contacts/ana-1/timeline", nil), "items", 0, "summary"), local)

		f.must(200, "POST", "/v1/workflows/patient/pause", object{})
		x = explain()
		require.Equal(t, "paused", path(t, x, "why_here", 0, "code"))
		require.Equal(t, []string{"paused", "active"}, codes(t, x))
		f.must(200, "POST", "/v1/workflows/patient/resume", object{})

		f.clock.Advance(time.Hour)
		f.report("contract.canceled", nil)
		x = explain()
		require.Equal(t, false, x["inside"])
		require.Equal(t, "exited", path(t, x, "last", "status"))
		require.Equal(t, []string{"cooldown"}, codes(t, x))
		until, err = time.Parse(time.RFC3339, path(t, x, "why_not", 0, "until").(string))
		require.NoError(t, err)
		require.WithinDuration(t, f.clock.Now().Add(7*24*time.Hour-time.Hour), until, time.Minute)
		f.report("contract.signed", object{"plan": "pro"})
		require.Equal(t, "contract.signed reentry cooldown", verdicts(explain())[0])

		f.must(200, "POST", "/v1/workflows/patient/stop", nil)
		require.Equal(t, []string{"stopped", "cooldown"}, codes(t, explain()))
		f.run(t, []scenario{
			{name: "no contact", method: "GET", url: "/v1/workflows/patient/explain", status: 422, expected: []string{"contact"}},
			{name: "nobody", method: "GET", url: "/v1/workflows/patient/explain?contact=nobody", status: 404},
			{name: "no workflow", method: "GET", url: "/v1/workflows/none/explain?contact=ana-1", status: 404},
		})
	})
}

func TestExplainHeldAndFailing(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.publishText(strings.NewReplacer("{reentry: {cooldown: 7d}, suppress: {field: contact.plan, op: eq, value: none}}", "{correlate: trigger.order, reentry: once}").Replace(patient))
	f.report("contract.signed", object{"plan": "pro", "order": "A-1"})
	x := f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana@example.com", nil)
	require.Equal(t, []string{"correlation", "active"}, codes(t, x))
	require.Equal(t, "A-1", path(t, x, "why_not", 1, "key"))
	id := path(t, x, "why_in", 0, "enrollment", "id").(string)
	f.openStep(id, "assets", "email", "held")
	require.NoError(t, f.store.Write(t.Context(), func(tx *store.Tx) error {
		step, err := tx.Step(id, "assets", 1)
		if err != nil {
			return err
		}
		step.Attempts, step.Reason, step.Error = 5, "smtp_451", "451 later"
		return tx.SaveStep(step)
	}))
	x = f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana@example.com", nil)
	here := path(t, x, "why_here", 0).(map[string]any)
	require.Equal(t, []any{"held", "smtp_451", "451 later", 5.0}, []any{here["code"], here["reason"], here["error"], here["attempts"]})
	require.Contains(t, here["sentence"], "because the mail server did not take the mail (smtp_451), after 5 attempts")
	require.NoError(t, f.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Looked(id, f.clock.Now(), f.clock.Now(), "workflow task fails, attempt 5")
	}))
	here = path(t, f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana@example.com", nil), "why_here", 0).(map[string]any)
	since := f.clock.Now().UTC().Format("2006-01-02 15:04:05")
	require.Contains(t, here["sentence"], "Its run cannot go on by itself since "+since+" UTC: workflow task fails, attempt 5. Mend the cause, then retry.")
	require.Equal(t, "workflow task fails, attempt 5", path(t, f.must(200, "GET", "/v1/enrollments/"+id, nil), "wedged", "cause"))
	f.must(200, "POST", "/v1/enrollments/"+id+"/exit", object{})
	x = f.must(200, "GET", "/v1/workflows/patient/explain?contact=ana@example.com", nil)
	require.Equal(t, []string{"correlation", "once"}, codes(t, x))
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(patient)
		f.report("contract.signed", object{"plan": "pro"})
		f.clock.Advance(time.Second)
		enrollment := path(t, f.must(200, "GET", "/v1/enrollments?workflow=patient", nil), "items", 0, "id").(string)
		f.openStep(enrollment, "assets", "wait_event", "waiting")
		f.clock.Advance(time.Second)
		contact := f.contactByEmail("ana@example.com")["id"].(string)
		f.must(200, "PATCH", "/v1/contacts/"+contact, object{"first_name": "Ana"})
		f.drainRouter()
		f.clock.Advance(time.Second)
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.CreateSend(&store.Send{ContactID: contact, MessageID: "<1>", Channel: "email", Class: "marketing", Subject: "Hello", ToAddress: "ana@example.com", State: store.SendSent, CreatedAt: f.clock.Now()})
		}))
		f.clock.Advance(time.Second)
		f.report("contract.canceled", nil)
		url := "/v1/contacts/" + contact + "/timeline"
		whole := f.must(200, "GET", url, nil)
		kinds := []string{}
		for _, one := range whole["items"].([]any) {
			item := one.(map[string]any)
			kinds = append(kinds, item["kind"].(string)+": "+item["summary"].(string))
		}
		require.Equal(t, []string{
			"enrollment_ended: Left patient: exited (stop), neutral.",
			"event: workflow.completed.",
			"event: contract.canceled: patient exited (stop).",
			`send: Message "Hello" to ana@example.com: sent.`,
			"contact: The contact was changed: first_name.",
			"step: assets: exited (stop).",
			"enrollment_started: Entered patient.",
			"event: contract.signed: patient enrolled.",
			"contact: The contact was made.",
		}, kinds)
		var paged []any
		for cursor := ""; ; {
			page := f.must(200, "GET", url+"?limit=2"+cursor, nil)
			paged = append(paged, page["items"].([]any)...)
			if page["next"] == nil {
				break
			}
			cursor = "&cursor=" + page["next"].(string)
		}
		require.Equal(t, whole["items"], paged)
		require.Equal(t, whole, f.must(200, "GET", "/v1/contacts/ana@example.com/timeline", nil))
		f.run(t, []scenario{
			{name: "nobody", method: "GET", url: "/v1/contacts/nobody/timeline", status: 404},
			{name: "no cursor", method: "GET", url: url + "?cursor=x", status: 422},
		})
	})
}
