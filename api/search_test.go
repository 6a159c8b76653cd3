package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// people makes n contacts, of which every fifth and the one behind it have the plan pro.
func (f *fixture) people(n int) {
	f.t.Helper()
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		for i := range n {
			plan := "free"
			if i%5 < 2 {
				plan = "pro"
			}
			in, wrong := events.ParseContact(object{"email": fmt.Sprintf("p%03d@example.com", i), "fields": object{"plan": plan, "n": i}}, "")
			require.Empty(f.t, wrong)
			if _, err := events.Upsert(tx, in, f.clock.Now(), "api", nil); err != nil {
				return err
			}
		}
		return nil
	}))
}

// walk reads all pages of a list and returns the mail addresses; no page may be longer than most.
func (f *fixture) walk(most int, page func(cursor string) map[string]any) []string {
	f.t.Helper()
	var emails []string
	for cursor := ""; ; {
		answer := page(cursor)
		items := answer["items"].([]any)
		require.LessOrEqual(f.t, len(items), most)
		for _, item := range items {
			emails = append(emails, item.(map[string]any)["email"].(string))
		}
		next, more := answer["next"].(string)
		if !more {
			return emails
		}
		require.NotEqual(f.t, cursor, next)
		cursor = next
	}
}

func isPro() object { return object{"field": "contact.plan", "op": "eq", "value": "pro"} }

func TestSearchContacts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.people(300)
		f.must(201, "POST", "/v1/segments", object{"key": "pro", "name": "Pro", "filter": isPro()})
		late := object{"all": []object{{"segment": "pro"}, {"field": "contact.n", "op": "gte", "value": 250}}}
		search := func(filter object, limit int) []string {
			return f.walk(limit, func(cursor string) map[string]any {
				body := object{"filter": filter, "limit": limit}
				if cursor != "" {
					body["cursor"] = cursor
				}
				return f.must(200, "POST", "/v1/contacts/search", body)
			})
		}
		found := search(isPro(), 50)
		require.Len(t, found, 120)
		require.Equal(t, []string{"p000@example.com", "p001@example.com", "p005@example.com"}, found[:3])
		require.Len(t, search(late, 7), 20)
		require.Equal(t, found, f.walk(33, func(cursor string) map[string]any {
			return f.must(200, "GET", "/v1/segments/pro/contacts?limit=33&cursor="+cursor, nil)
		}))
		url := "/v1/contacts/search"
		f.run(t, []scenario{
			{name: "no filter", method: "POST", url: url, body: object{}, status: 422, expected: []string{`"/filter"`}},
			{name: "null filter", method: "POST", url: url, body: object{"filter": nil}, status: 422, expected: []string{`"/filter"`}},
			{name: "empty filter", method: "POST", url: url, body: object{"filter": object{}}, status: 422, expected: []string{`"/filter"`, "empty"}},
			{name: "unknown operator", method: "POST", url: url, body: object{"filter": object{"any": []object{{"field": "contact.plan", "op": "equals", "value": 1}}}}, status: 422, expected: []string{`"/filter/any/0/op"`}},
			{name: "about an event", method: "POST", url: url, body: object{"filter": object{"field": "event.plan", "op": "exists"}}, status: 422, expected: []string{`"/filter"`, "no event"}},
			{name: "unknown segment", method: "POST", url: url, body: object{"filter": object{"not": object{"all": []object{isPro(), {"segment": "pros"}}}}}, status: 422, expected: []string{`"/filter/not/all/1/segment"`, `pros`}},
			{name: "foreign cursor", method: "POST", url: url, body: object{"filter": isPro(), "cursor": "x"}, status: 422, expected: []string{`"/cursor"`}},
			{name: "too much at once", method: "POST", url: url, body: object{"filter": isPro(), "limit": 501}, status: 422, expected: []string{`"/limit"`}},
			{name: "unknown key", method: "POST", url: url, body: object{"filter": isPro(), "limt": 5}, status: 422, expected: []string{"did you mean limit?"}},
			{name: "no such segment", method: "GET", url: "/v1/segments/none/contacts", status: 404},
			{name: "foreign cursor of a segment", method: "GET", url: "/v1/segments/pro/contacts?cursor=x", status: 422, expected: []string{`"?cursor"`}},
		})
	})
}

func TestASearchLooksAtABoundedNumberOfContacts(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	f.people(30)
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		filter, wrong := events.ParseFilter(isPro(), "")
		require.Empty(t, wrong)
		finder, err := events.NewFinder(tx, filter, f.clock.Now())
		require.NoError(t, err)
		first, err := finder.Next(events.Walk{Look: 10, Most: 100})
		require.NoError(t, err)
		require.Equal(t, []int{10, 4}, []int{first.Looked, len(first.Contacts)})
		require.False(t, first.End)
		second, err := finder.Next(events.Walk{After: first.At, Look: 100, Most: 3})
		require.NoError(t, err)
		require.Equal(t, []int{6, 3}, []int{second.Looked, len(second.Contacts)})
		until, err := finder.Next(events.Walk{After: first.At, Until: second.At, Look: 100, Most: 100})
		require.NoError(t, err)
		require.Equal(t, second.Contacts, until.Contacts)
		require.True(t, until.End)
		stopped, err := finder.Next(events.Walk{After: "", Look: 100, Most: 100, Stop: func() bool { return true }})
		require.NoError(t, err)
		require.Zero(t, stopped.Looked)
		require.False(t, stopped.End)
		return nil
	}))
}
