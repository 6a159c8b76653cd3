package api

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// id reads the id of an answer.
func (f *fixture) id(answer map[string]any) string {
	f.t.Helper()
	id, _ := answer["id"].(string)
	require.NotEmpty(f.t, id, answer)
	return id
}

func TestMergeFillsBlanks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/pipelines", salesPipeline())
		f.must(201, "POST", "/v1/courses", object{"key": "program-a", "name": "Program A"})
		into := f.id(f.must(201, "POST", "/v1/contacts", object{"external_id": "x1", "first_name": "Ana", "fields": object{"plan": "pro", "a": 1}}))
		from := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "external_id": "x2", "first_name": "Anna", "last_name": "Lee", "phone": "+43 1", "fields": object{"plan": "free", "b": 2}}))
		f.must(200, "PUT", "/v1/contacts/"+into+"/tags/vip", nil)
		f.must(200, "PUT", "/v1/contacts/"+from+"/tags/VIP", nil)
		f.must(200, "PUT", "/v1/contacts/"+from+"/tags/new", nil)
		f.must(200, "PUT", "/v1/contacts/"+into+"/courses/program-a", object{"progress": 80})
		f.must(200, "PUT", "/v1/contacts/"+from+"/courses/program-a", object{"progress": 20})
		deal := f.id(f.must(201, "POST", "/v1/deals", object{"title": "Retainer", "pipeline": "sales", "contact": from}))
		task := f.id(f.must(201, "POST", "/v1/tasks", object{"title": "Call", "contact": from}))
		f.must(200, "PUT", "/v1/contacts/"+from+"/consent", object{"email": object{"state": "unsubscribed"}, "source": "phone"})
		f.must(200, "PUT", "/v1/contacts/"+into+"/consent", object{"email": object{"state": "subscribed"}, "source": "form"})

		before := f.must(200, "GET", "/v1/contacts/"+into, nil)
		preview := f.must(200, "POST", "/v1/contacts/"+into+"/merge?dry_run=true", object{"from": from})
		require.Equal(t, "ana@example.com", path(t, preview, "contact", "email"))
		require.Equal(t, before, f.must(200, "GET", "/v1/contacts/"+into, nil), "a dry run changes nothing")
		f.must(200, "GET", "/v1/contacts/"+from, nil)

		done := f.must(200, "POST", "/v1/contacts/"+into+"/merge", object{"from": from})
		require.Equal(t, preview["changed"], done["changed"])
		now := f.must(200, "GET", "/v1/contacts/"+into, nil)
		require.Equal(t, "Ana", now["first_name"], "the survivor's values win")
		require.Equal(t, "Lee", now["last_name"])
		require.Equal(t, "+43 1", now["phone"])
		require.Equal(t, "ana@example.com", now["email"])
		require.Equal(t, "x1", now["external_id"])
		require.Equal(t, object{"plan": "pro", "a": 1.0, "b": 2.0}, now["fields"])
		require.ElementsMatch(t, []any{"vip", "new"}, now["tags"])
		require.EqualValues(t, 80, path(t, now, "courses", 0, "progress"))
		require.Equal(t, false, now["subscribed"], "a no on either side is a no")
		require.Equal(t, into, f.must(200, "GET", "/v1/deals/"+deal, nil)["contact"])
		require.Equal(t, into, f.must(200, "GET", "/v1/tasks/"+task, nil)["contact"])

		// What named the old one reaches the survivor.
		require.Equal(t, now, f.must(200, "GET", "/v1/contacts/"+from, nil))
		f.must(200, "PATCH", "/v1/contacts/"+from, object{"country": "AT"})
		f.must(200, "PUT", "/v1/contacts/"+from+"/tags/late", nil)
		f.must(200, "PUT", "/v1/contacts/"+from+"/courses/program-a", object{"progress": 90})
		for _, contact := range []object{{"id": from}, {"external_id": "x2"}, {"email": "ana@example.com"}} {
			posted := f.must(202, "POST", "/v1/events", object{"type": "page.viewed", "contact": contact})
			event := f.must(200, "GET", "/v1/events/"+path(t, posted, "events", 0, "id").(string), nil)
			require.Equal(t, into, path(t, event, "contact", "id"))
		}
		now = f.must(200, "GET", "/v1/contacts/"+into, nil)
		require.Equal(t, "AT", now["country"])
		require.Contains(t, now["tags"], "late")
		require.EqualValues(t, 90, path(t, now, "courses", 0, "progress"))
		require.Len(t, path(t, f.must(200, "GET", "/v1/contacts", nil), "items"), 1)
		require.Equal(t, "contact.merge", path(t, f.must(200, "GET", "/v1/audit?subject="+into, nil), "items", 0, "action"))
	})
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		a := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "a@example.com"}))
		b := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "b@example.com"}))
		c := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "c@example.com"}))
		merge := "/v1/contacts/" + a + "/merge"
		f.must(200, "POST", merge, object{"from": b})
		f.run(t, []scenario{
			{name: "itself", method: "POST", url: merge, body: object{"from": a}, status: 422, expected: []string{`"pointer":"/from"`, "itself"}},
			{name: "nobody", method: "POST", url: merge, body: object{"from": "con_none"}, status: 404, expected: []string{"from"}},
			{name: "into nobody", method: "POST", url: "/v1/contacts/con_none/merge", body: object{"from": c}, status: 404},
			{name: "again", method: "POST", url: merge, body: object{"from": b}, status: 409, expected: []string{a}},
			{name: "nothing", method: "POST", url: merge, body: object{}, status: 422, expected: []string{"/from"}},
		})
		// A chain: the old ids lead to the last one.
		f.must(200, "POST", "/v1/contacts/"+c+"/merge", object{"from": a})
		require.Equal(t, c, f.must(200, "GET", "/v1/contacts/"+b, nil)["id"])
		require.Equal(t, c, f.contactByEmail("b@example.com")["id"])
	})
}

func TestMergeLosesNoEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello(func(def object) { def["settings"] = object{"reentry": "once"} }))
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		f.must(201, "POST", "/v1/workflows", object{
			"schema": 1, "key": "loyal", "name": "Loyal", "start": "done", "nodes": object{"done": object{"type": "end"}},
			"triggers": []object{{"id": "t", "event": "page.viewed", "where": object{"did": "form.submitted", "count": object{"gte": 2}}}},
		})
		f.must(200, "POST", "/v1/workflows/loyal/publish", nil)
		into := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "a@example.com"}))
		from := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "b@example.com"}))
		for _, id := range []string{into, from} {
			f.must(202, "POST", "/v1/events", object{"type": "form.submitted", "contact": object{"id": id}})
		}
		f.drainRouter()
		inside, _, err := listEnrollments(t, s, "hello")
		require.NoError(t, err)
		require.Len(t, inside, 2)
		// Accepted, not routed: both go on in the survivor's log, in their order behind its own.
		var ids []string
		for _, one := range []object{{"type": "page.viewed", "contact": object{"id": into}}, {"type": "page.viewed", "contact": object{"id": from}}, {"type": "form.submitted", "contact": object{"id": from}}} {
			ids = append(ids, path(t, f.must(202, "POST", "/v1/events", one), "events", 0, "id").(string))
		}
		done := f.must(200, "POST", "/v1/contacts/"+into+"/merge", object{"from": from})
		require.EqualValues(t, 3, done["events"], "two that were posted, and the end of the enrollment")
		require.Len(t, done["exited"], 1)
		f.drainRouter()
		verdict := func(id string) []any {
			event := f.must(200, "GET", "/v1/events/"+id, nil)
			require.Equal(t, into, path(t, event, "contact", "id"))
			return []any{path(t, event, "verdicts", 0, "verdict"), path(t, event, "verdicts", 0, "reason")}
		}
		require.Equal(t, []any{"enrolled", ""}, verdict(ids[0]), "behaviour sees both histories")
		require.Equal(t, []any{"reentry", "active"}, verdict(ids[1]))
		require.Equal(t, []any{"reentry", "active"}, verdict(ids[2]))

		ended := f.must(200, "GET", "/v1/enrollments/"+path(t, done, "exited", 0).(string), nil)
		require.Equal(t, "exited", ended["status"])
		require.Equal(t, "merged", ended["reason"])
		require.Equal(t, "neutral", ended["outcome"])
		require.Equal(t, "a@example.com", path(t, ended, "contact", "email"))
		require.Len(t, path(t, f.must(200, "GET", "/v1/enrollments?workflow=hello&contact="+from, nil), "items"), 2, "lists show both")
		require.Len(t, path(t, f.must(200, "GET", "/v1/events?type=form.submitted&contact="+into, nil), "items"), 3)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			wakes, err := tx.Dispatches(path(t, done, "exited", 0).(string))
			kinds := []string{}
			for _, w := range wakes {
				kinds = append(kinds, w.Kind)
			}
			require.Contains(t, kinds, store.DispatchWake, "the run that ends is told")
			log, failed := tx.EventsAfter(into, 0, nil, 1000)
			require.NoError(t, failed)
			for i, e := range log {
				require.Equal(t, int64(i+1), e.Seq, "the log has no gap")
			}
			return err
		}))
	})
}

func TestMergeKeepsASuppression(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	into := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "a@example.com"}))
	from := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "b@example.com"}))
	f.must(201, "POST", "/v1/suppressions", object{"address": "b@example.com", "reason": "complained"})
	f.must(200, "POST", "/v1/contacts/"+into+"/merge", object{"from": from})
	require.Equal(t, false, f.must(200, "GET", "/v1/contacts/"+into, nil)["subscribed"])
}

func TestMergeUnderFire(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello(func(def object) { def["settings"] = object{"reentry": "once"} }))
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		into := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "a@example.com"}))
		from := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "b@example.com"}))
		const writers, each = 4, 10
		var all sync.WaitGroup
		var refused atomic.Int32
		for w := range writers {
			all.Go(func() {
				for range each {
					contact := []object{{"email": "b@example.com"}, {"id": from}, {"id": into}}[w%3]
					if f.call("POST", "/v1/events", object{"type": "form.submitted", "contact": contact}).status != 202 {
						refused.Add(1)
					}
				}
			})
		}
		all.Go(func() {
			for range 20 {
				if _, err := f.router.Drain(t.Context()); err != nil {
					refused.Add(1)
				}
			}
		})
		f.must(200, "POST", "/v1/contacts/"+into+"/merge", object{"from": from})
		all.Wait()
		require.Zero(t, refused.Load())
		f.drainRouter()
		items, _ := path(t, f.must(200, "GET", "/v1/events?type=form.submitted&limit=500&contact="+into, nil), "items").([]any)
		require.Len(t, items, writers*each, "accepted is never lost")
		for _, one := range items {
			require.NotEmpty(t, path(t, one, "verdicts"), "and all is routed")
		}
		open := f.must(200, "GET", "/v1/enrollments?workflow=hello&status=running", nil)
		require.LessOrEqual(t, len(path(t, open, "items").([]any)), 1)
	})
}
