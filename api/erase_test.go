package api

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// eachURL runs a test on both stores and tells it where they are.
func eachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) {
		t.Parallel()
		test(t, storetest.SQLite(t))
	})
	t.Run(store.Postgres, func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Postgres(t))
	})
}

// traces lists the lines of a dump that hold the word, in any case.
func traces(dump, word string) []string {
	var found []string
	for line := range strings.SplitSeq(dump, "\n") {
		if strings.Contains(strings.ToLower(line), strings.ToLower(word)) {
			found = append(found, line)
		}
	}
	return found
}

// person makes a contact whose every value holds the canary, and leaves traces of it wherever the
// API takes some.
func (f *fixture) person(canary string) string {
	f.t.Helper()
	email := canary + "@example.com"
	once := func(n int) option { return withHeader("Idempotency-Key", fmt.Sprint(canary, n)) }
	id := f.id(f.must(201, "POST", "/v1/contacts", object{
		"email": email, "external_id": canary + "-ext", "phone": canary + "-phone", "first_name": canary, "last_name": canary,
		"country": canary, "fields": object{"plan": canary, "day": "2099-01-01"},
	}, once(1)))
	f.must(202, "POST", "/v1/events", object{"type": "form.submitted", "contact": object{"email": email}, "data": object{"word": canary}}, once(2))
	f.must(202, "POST", "/v1/events", object{"type": "page.viewed", "contact": object{"email": email}, "data": object{"word": canary}})
	f.must(201, "POST", "/v1/deals", object{"title": canary, "pipeline": "sales", "contact": id}, once(3))
	f.must(201, "POST", "/v1/tasks", object{"title": canary, "contact": id}, once(4))
	f.must(200, "PUT", "/v1/contacts/"+id+"/consent", object{"email": object{"state": "unsubscribed"}, "source": canary + " called"})
	f.must(201, "POST", "/v1/suppressions", object{"address": canary + "-phone", "channel": "sms", "reason": canary + " said so"}, once(5))
	other := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "old-" + email, "first_name": canary}))
	f.must(202, "POST", "/v1/events", object{"type": "form.submitted", "contact": object{"id": other}, "data": object{"word": canary}})
	f.drainRouter()
	f.must(200, "POST", "/v1/contacts/"+id+"/merge", object{"from": other}, once(6))
	f.relay()
	for _, one := range path(f.t, f.must(200, "GET", "/v1/enrollments?contact="+id, nil), "items").([]any) {
		enrollment := path(f.t, one, "id").(string)
		require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error { return leaveTraces(tx, enrollment, id, canary) }))
	}
	return id
}

// leaveTraces writes what a run would have written.
func leaveTraces(tx *store.Tx, enrollment, contact, canary string) error {
	e, _, err := tx.LockEnrollmentContact(enrollment)
	if err != nil {
		return err
	}
	words := store.JSON(`{"a": "` + canary + `"}`)
	if e.Vars = words; e.Active {
		e.Status = store.StatusWaiting
	}
	if err := tx.SaveEnrollment(e); err != nil {
		return err
	}
	if _, _, err := tx.InsertStep(&store.Step{
		EnrollmentID: e.ID, Node: "mail", Visit: 1, Type: "email", Status: "failed", Reason: canary + " says", Error: canary,
		EnteredAt: e.StartedAt, Values: store.JSON(`["` + canary + `"]`), Result: words,
	}); err != nil {
		return err
	}
	ref := store.EffectRef{EnrollmentID: e.ID, Node: "mail", Visit: 1}
	if _, _, err := tx.ClaimEffect(ref, "email", e.ID+"-key", "token", time.Minute); err != nil {
		return err
	}
	if _, err := tx.RecordEffect(ref, "token", store.EffectFailed, words, canary); err != nil {
		return err
	}
	if err := tx.SetTrouble(e.ID, canary); err != nil {
		return err
	}
	send := &store.Send{
		ContactID: e.ContactID, EnrollmentID: e.ID, Workflow: e.Workflow, Node: "mail", Visit: 1, Channel: "email", Class: "marketing",
		ToAddress: canary + "@example.com", Subject: canary, MessageID: e.ID + "@x", State: store.SendFailed, Error: canary, CreatedAt: e.StartedAt,
	}
	if err := tx.CreateSend(send); err != nil {
		return err
	}
	ask := &store.Ask{ID: e.ID + "-ask", EnrollmentID: e.ID, Node: "ask", Visit: 1, Address: canary + "@team.example", State: store.AskFailed, Error: canary, CreatedAt: e.StartedAt}
	if err := tx.AddAsk(ask); err != nil {
		return err
	}
	return tx.AddMailHit(&store.MailHit{SendID: send.ID, Kind: "click", URL: "https://example.com/" + canary, At: e.StartedAt, ReadyAt: e.StartedAt})
}

func TestErasedContactLeavesNoTrace(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		var told []events.Erased
		var mu sync.Mutex
		f := setup(t, storetest.OpenURL(t, url), func(c *Config) {
			c.Erased = func(_ context.Context, what events.Erased) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, what)
			}
		})
		f.must(201, "POST", "/v1/pipelines", salesPipeline())
		f.must(201, "POST", "/v1/workflows", hello(func(def object) {
			def["settings"] = object{"correlate": "trigger.word", "suppress": object{"field": "contact.plan", "op": "eq", "value": "never"}}
			def["triggers"] = []object{{"id": "signup", "event": "form.submitted"}, {"id": "day", "date": object{"field": "contact.day"}}}
		}))
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		f.must(201, "POST", "/v1/workflows", hello(func(def object) {
			def["key"] = "picky"
			def["triggers"] = []object{{"id": "t", "event": "page.viewed", "where": object{"field": "contact.first_name", "op": "eq", "value": "nobody"}}}
		}))
		f.must(200, "POST", "/v1/workflows/picky/publish", nil)
		gone, stays := f.person("zebracanary"), f.person("koalacanary")
		require.NotEmpty(t, traces(storetest.Dump(t, url), "zebracanary"))
		before := len(traces(storetest.Dump(t, url), "koalacanary"))
		inside := path(t, f.must(200, "GET", "/v1/enrollments?workflow=hello&contact="+gone, nil), "items").([]any)
		require.Len(t, inside, 2, "its own, and that of the contact that was merged into it")

		f.must(204, "DELETE", "/v1/contacts/"+gone, nil)
		f.must(404, "GET", "/v1/contacts/"+gone, nil)
		dump := storetest.Dump(t, url)
		require.Empty(t, traces(dump, "zebracanary"))
		require.Len(t, traces(dump, "koalacanary"), before, "nobody else loses anything")
		require.NotEmpty(t, told)
		require.Contains(t, told[0].Addresses, "zebracanary@example.com")
		require.Contains(t, told[0].Addresses, "old-zebracanary@example.com")
		require.NotEmpty(t, told[0].Messages)

		// Figures stay; the enrollments have ended, and their runs are told.
		for _, one := range inside {
			id := path(t, one, "id").(string)
			e := f.must(200, "GET", "/v1/enrollments/"+id, nil)
			require.Equal(t, "exited", e["status"])
			require.Contains(t, []any{"erased", "merged"}, e["reason"])
			require.NotEmpty(t, e["steps"])
			if e["reason"] == "erased" {
				require.NoError(t, f.store.Read(t.Context(), func(tx *store.Tx) error {
					calls, err := tx.Dispatches(id)
					require.NotEmpty(t, calls)
					require.Equal(t, store.DispatchWake, calls[len(calls)-1].Kind)
					return err
				}))
			}
		}
		f.relay()
		require.Empty(t, traces(storetest.Dump(t, url), "zebracanary"))
		f.must(200, "GET", "/v1/contacts/"+stays, nil)
	})
}

func TestNoOfAnErasedContactStays(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		f := setup(t, storetest.OpenURL(t, url))
		suppressed := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "bounced@example.com"}))
		f.must(201, "POST", "/v1/suppressions", object{"address": "bounced@example.com", "reason": "bounced"})
		refused := f.id(f.must(201, "POST", "/v1/contacts", object{"email": "refused@example.com"}))
		f.must(200, "PUT", "/v1/contacts/"+refused+"/consent", object{"email": object{"state": "unsubscribed"}, "source": "form"})
		f.must(204, "DELETE", "/v1/contacts/"+suppressed, nil)
		f.must(204, "DELETE", "/v1/contacts/"+refused, nil)
		require.Empty(t, traces(storetest.Dump(t, url), "bounced@"))
		require.Equal(t, "bounced", f.must(200, "GET", "/v1/suppressions/bounced@example.com", nil)["reason"])
		require.Equal(t, "unsubscribed", f.must(200, "GET", "/v1/suppressions/Refused@example.com", nil)["reason"])
		f.must(404, "GET", "/v1/suppressions/other@example.com", nil)

		// The person comes back, and says yes: what the no left behind goes. A bounce does not.
		for _, email := range []string{"refused@example.com", "bounced@example.com"} {
			id := f.id(f.must(201, "POST", "/v1/contacts", object{"email": email, "consent": object{"email": object{"state": "unsubscribed"}}}))
			f.must(200, "PUT", "/v1/contacts/"+id+"/consent", object{"email": object{"state": "subscribed"}, "source": "form"})
		}
		f.must(404, "GET", "/v1/suppressions/refused@example.com", nil)
		f.must(200, "GET", "/v1/suppressions/bounced@example.com", nil)
		f.must(204, "DELETE", "/v1/suppressions/bounced@example.com", nil)
		f.must(404, "GET", "/v1/suppressions/bounced@example.com", nil)
	})
}
