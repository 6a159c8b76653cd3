package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// emitted lists the types of a contact's events, oldest first.
func (f *fixture) emitted(contact string) []string {
	f.t.Helper()
	list := f.must(200, "GET", "/v1/events?limit=500&contact="+contact, nil)["items"].([]any)
	types := make([]string, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		types = append(types, path(f.t, list, i, "type").(string))
	}
	return types
}

func TestContacts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		made := f.call("POST", "/v1/contacts", object{"email": " Ana@Example.com ", "external_id": "crm-1", "fields": object{"plan": "pro", "seats": 3}})
		require.Equal(t, 201, made.status, made.body)
		id := made.json["id"].(string)
		require.Equal(t, "/v1/contacts/"+id, made.header.Get("Location"))
		require.Equal(t, "ana@example.com", made.json["email"])
		require.Equal(t, true, made.json["subscribed"])
		url := "/v1/contacts/" + id
		other := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ben@example.com"}), "id").(string)
		f.run(t, []scenario{
			{name: "same again is an update", method: "POST", url: "/v1/contacts", body: object{"email": "ana@example.com", "first_name": "Ana"}, status: 200, expected: []string{id, `"first_name":"Ana"`, `"plan":"pro"`}},
			{name: "identifier of another", method: "POST", url: "/v1/contacts", body: object{"external_id": "crm-1", "email": "ben@example.com"}, status: 200, expected: []string{"identity_conflict", id}},
			{name: "by address", method: "GET", url: "/v1/contacts?email=ANA@example.com", status: 200, expected: []string{id}, forbidden: []string{other}},
			{name: "by external id", method: "GET", url: "/v1/contacts?external_id=crm-1", status: 200, expected: []string{id}, forbidden: []string{other}},
			{name: "by external id and another address", method: "GET", url: "/v1/contacts?external_id=crm-1&email=ben@example.com", status: 200, expected: []string{`"items":[]`}},
			{name: "by no address", method: "GET", url: "/v1/contacts?email=ana", status: 422, expected: []string{"?email"}},
			{name: "by part", method: "GET", url: "/v1/contacts?query=BEN", status: 200, expected: []string{other}, forbidden: []string{id}},
			{name: "patch", method: "PATCH", url: url, body: object{"first_name": nil, "fields": object{"plan": nil, "size": "L"}}, status: 200, expected: []string{`"first_name":null`, `"size":"L"`, `"seats":3`}, forbidden: []string{`"plan"`}},
			{name: "patch takes no address of another", method: "PATCH", url: url, body: object{"email": "ben@example.com"}, status: 422, expected: []string{`"/email"`}},
			{name: "patch of an unknown field", method: "PATCH", url: url, body: object{"nickname": "A"}, status: 422, expected: []string{`"/nickname"`, "fields.nickname"}},
			{name: "patch of the id", method: "PATCH", url: url, body: object{"id": "x"}, status: 422, expected: []string{`"/id"`}},
			{name: "patch of a list", method: "PATCH", url: url, body: `[1]`, status: 422},
			{name: "patch of nobody", method: "PATCH", url: "/v1/contacts/ct_none", body: object{}, status: 404},
			{name: "no identifier", method: "POST", url: "/v1/contacts", body: object{"first_name": "A"}, status: 422, expected: []string{"email"}},
			{name: "fields that are no object", method: "POST", url: "/v1/contacts", body: object{"email": "c@example.com", "fields": 1}, status: 422, expected: []string{`"/fields"`}},
		})
		require.Equal(t, []string{"contact.created", "contact.updated", "contact.updated"}, f.emitted(id))
		f.must(204, "DELETE", "/v1/contacts/"+other, nil)
		f.must(404, "GET", "/v1/contacts/"+other, nil)
	})
}

func TestTagsOfAContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
		url := "/v1/contacts/" + id + "/tags/"
		f.run(t, []scenario{
			{name: "add", method: "PUT", url: url + "Buyer%20A%2FB", status: 200, expected: []string{`"tags":["Buyer A/B"]`}},
			{name: "add in other spelling", method: "PUT", url: url + "buyer%20a%2fb", status: 200, expected: []string{`"tags":["Buyer A/B"]`}},
			{name: "in use", method: "DELETE", url: "/v1/tags/buyer%20a%2Fb", status: 409, expected: []string{id}},
			{name: "remove", method: "DELETE", url: url + "BUYER%20A%2FB", status: 204},
			{name: "remove again", method: "DELETE", url: url + "BUYER%20A%2FB", status: 404},
			{name: "of nobody", method: "PUT", url: "/v1/contacts/ct_none/tags/x", status: 404},
		})
		require.Equal(t, []string{"contact.created", "tag.added", "tag.removed"}, f.emitted(id))
	})
}

func TestCoursesOfAContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/courses", object{"key": "program-a", "name": "A"})
		id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
		url := "/v1/contacts/" + id + "/courses/program-a"
		f.run(t, []scenario{
			{name: "enroll", method: "PUT", url: url, status: 200, expected: []string{`"enrolled"`, `"progress":0`}},
			{name: "enroll again", method: "PUT", url: url, body: object{}, status: 200},
			{name: "progress", method: "PUT", url: url, body: object{"progress": 50}, status: 200, expected: []string{`"progress":50`}},
			{name: "progress over all", method: "PUT", url: url, body: object{"progress": 101}, status: 422, expected: []string{`"/progress"`}},
			{name: "complete", method: "PUT", url: url, body: object{"status": "completed"}, status: 200, expected: []string{`"completed"`, `"progress":100`}},
			{name: "seen at the contact", method: "GET", url: "/v1/contacts/" + id, status: 200, expected: []string{`"course":"program-a"`}},
			{name: "leave", method: "DELETE", url: url, status: 204},
			{name: "leave again", method: "DELETE", url: url, status: 404},
			{name: "no such course", method: "PUT", url: "/v1/contacts/" + id + "/courses/none", status: 404},
			{name: "course with people", method: "DELETE", url: "/v1/courses/program-a", status: 409, expected: []string{id}},
		})
		require.Equal(t, []string{"contact.created", "course.enrolled", "course.progressed", "course.completed", "course.unenrolled"}, f.emitted(id))
	})
}

func TestConsent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
		url := "/v1/contacts/" + id + "/consent"
		f.run(t, []scenario{
			{name: "without a source", method: "PUT", url: url, body: object{"email": object{"state": "unsubscribed"}}, status: 422, expected: []string{"/email/source"}},
			{name: "without a channel", method: "PUT", url: url, body: object{"source": "form"}, status: 422},
			{name: "no such state", method: "PUT", url: url, body: object{"email": object{"state": "maybe", "source": "x"}}, status: 422, expected: []string{"/email/state"}},
			{name: "unsubscribe", method: "PUT", url: url, body: object{"email": object{"state": "unsubscribed"}, "source": "letter"}, status: 200, expected: []string{`"subscribed":false`, `"letter"`}},
			{name: "an event never re-subscribes", method: "POST", url: "/v1/contacts", body: object{"email": "ana@example.com", "consent": object{"email": object{"state": "subscribed"}}}, status: 200, expected: []string{`"subscribed":false`, "consent_kept"}},
			{name: "consent does", method: "PUT", url: url, body: object{"email": object{"state": "subscribed", "source": "form", "at": "2026-03-02T09:00:00Z"}, "sms": object{"state": "none", "source": "form"}}, status: 200, expected: []string{`"subscribed":true`, "2026-03-02T09:00:00Z", `"sms"`}},
			{name: "audited", method: "GET", url: "/v1/audit?subject=" + id, status: 200, expected: []string{"contact.consent", "letter"}},
			{name: "of nobody", method: "PUT", url: "/v1/contacts/ct_none/consent", body: object{"email": object{"state": "none", "source": "x"}}, status: 404},
		})
	})
}

// TestDealsByWhatIsKnown: a deal needs its pipeline and its contact, by any name of it; a status stands
// for the first stage that gives it.
func TestDealsByWhatIsKnown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/pipelines", salesPipeline())
		f.must(201, "POST", "/v1/pipelines", object{"key": "short", "name": "Short", "stages": []object{{"key": "only", "name": "Only"}}})
		id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "external_id": "crm-7"}), "id").(string)
		deal := f.must(201, "POST", "/v1/deals", object{"pipeline": "sales", "contact": "Ana@example.com", "status": "won"})
		require.Equal(t, []any{"Sales", id, "won", "won"}, []any{deal["title"], deal["contact"], deal["stage"], deal["status"]})
		url := "/v1/deals/" + deal["id"].(string)
		f.run(t, []scenario{
			{name: "same status", method: "PATCH", url: url, body: object{"status": "won"}, status: 200, expected: []string{`"stage":"won"`}},
			{name: "another status", method: "PATCH", url: url, body: object{"status": "open"}, status: 200, expected: []string{`"stage":"new"`, `"status":"open"`}},
			{name: "another pipeline", method: "PATCH", url: url, body: object{"pipeline": "short"}, status: 200, expected: []string{`"stage":"only"`, `"pipeline":"short"`}},
			{name: "status that no stage has", method: "PATCH", url: url, body: object{"status": "lost"}, status: 422, expected: []string{`"/status"`, "no stage that is lost"}},
			{name: "title null", method: "PATCH", url: url, body: object{"title": nil}, status: 422, expected: []string{`"/title"`}},
			{name: "by external id", method: "POST", url: "/v1/deals", body: object{"pipeline": "short", "contact": "crm-7"}, status: 201, expected: []string{id}},
			{name: "of a contact as in events", method: "POST", url: "/v1/deals", body: object{"pipeline": "short", "contact": object{"external_id": "crm-7"}}, status: 201, expected: []string{id}},
			{name: "of a contact that has no identifier", method: "POST", url: "/v1/deals", body: object{"pipeline": "short", "contact": object{"first_name": "Ana"}}, status: 422, expected: []string{`"/contact"`, "external_id"}},
			{name: "stage and status that differ", method: "POST", url: "/v1/deals", body: object{"pipeline": "sales", "contact": id, "stage": "new", "status": "won"}, status: 422, expected: []string{`"/status"`, "which is open"}},
			{name: "without a contact", method: "POST", url: "/v1/deals", body: object{"pipeline": "sales"}, status: 422, expected: []string{`"/contact"`}},
			{name: "task by address", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "contact": "ana@example.com"}, status: 201, expected: []string{id}},
			{name: "task of nobody", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "contact": "ben@example.com"}, status: 422, expected: []string{`"/contact"`}},
		})
		require.Equal(t, []string{"contact.created", "deal.created", "deal.won", "deal.stage_changed", "deal.stage_changed", "deal.created", "deal.created"}, f.emitted(id))
	})
}

func TestDeals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/pipelines", salesPipeline())
		id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
		deal := f.must(201, "POST", "/v1/deals", object{"title": "Program A", "pipeline": "sales", "contact": id, "value": 497.5, "currency": "USD"})
		require.Equal(t, "new", deal["stage"])
		require.Equal(t, "open", deal["status"])
		url := "/v1/deals/" + deal["id"].(string)
		f.run(t, []scenario{
			{name: "same stage", method: "PATCH", url: url, body: object{"stage": "new", "owner": "sam"}, status: 200, expected: []string{`"owner":"sam"`}},
			{name: "won", method: "PATCH", url: url, body: object{"stage": "won"}, status: 200, expected: []string{`"status":"won"`, "497.5"}},
			{name: "lost", method: "PATCH", url: url, body: object{"stage": "refunded", "value": nil}, status: 200, expected: []string{`"status":"lost"`, `"value":null`}},
			{name: "no such stage", method: "PATCH", url: url, body: object{"stage": "wn"}, status: 422, expected: []string{`"/stage"`, "did you mean won?"}},
			{name: "status of another stage", method: "PATCH", url: url, body: object{"stage": "new", "status": "won"}, status: 422, expected: []string{`"/status"`, "which is open"}},
			{name: "no such pipeline", method: "POST", url: "/v1/deals", body: object{"title": "x", "pipeline": "none", "contact": id}, status: 422, expected: []string{`"/pipeline"`}},
			{name: "of nobody", method: "POST", url: "/v1/deals", body: object{"title": "x", "pipeline": "sales", "contact": "ct_none"}, status: 422, expected: []string{`"/contact"`}},
			{name: "bad currency", method: "POST", url: "/v1/deals", body: object{"title": "x", "pipeline": "sales", "contact": id, "currency": "usd"}, status: 422, expected: []string{`"/currency"`}},
			{name: "list", method: "GET", url: "/v1/deals?contact=" + id + "&status=lost", status: 200, expected: []string{"Program A"}},
			{name: "list by address", method: "GET", url: "/v1/deals?contact=ana@example.com", status: 200, expected: []string{"Program A"}},
			{name: "list of nobody", method: "GET", url: "/v1/deals?contact=ben@example.com", status: 200, expected: []string{`"items":[]`}},
			{name: "pipeline with deals", method: "DELETE", url: "/v1/pipelines/sales", status: 409, expected: []string{deal["id"].(string)}},
			{name: "stage with deals", method: "PATCH", url: "/v1/pipelines/sales", body: object{"stages": []object{{"key": "new", "name": "New"}}}, status: 409},
		})
		require.Equal(t, []string{"contact.created", "deal.created", "deal.stage_changed", "deal.won", "deal.stage_changed", "deal.lost"}, f.emitted(id))
		moved := path(t, f.must(200, "GET", "/v1/events?type=deal.stage_changed", nil), "items", 1, "data")
		require.Equal(t, object{"deal_id": deal["id"], "pipeline": "sales", "from": "new", "to": "won", "value": 497.5, "currency": "USD", "owner": "sam"}, moved)
		f.must(204, "DELETE", url, nil)
		f.must(404, "GET", url, nil)
	})
}
