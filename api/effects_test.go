package api

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// decisions keeps what persons decided about effects.
type decisions struct {
	heard []outgoing.Doubt
	fail  error
}

func (d *decisions) MarkSent(_ context.Context, doubt outgoing.Doubt) error {
	d.heard = append(d.heard, doubt)
	return d.fail
}

func (d *decisions) Resend(ctx context.Context, doubt outgoing.Doubt) error {
	return d.MarkSent(ctx, doubt)
}

func TestEffectsInDoubt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		said := &decisions{}
		f := setup(t, s, func(c *Config) { c.Effects = said })
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		done := f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
		id := path(t, done, "items", 0, "enrollment").(string)
		f.openStep(id, "mail", "email", "running")
		url := "/v1/enrollments/" + id
		require.Equal(t, id, f.must(200, "POST", url+"/mark_sent", object{"node": "mail"})["id"])
		f.must(200, "POST", url+"/resend", object{"node": "mail", "visit": 2})
		require.Equal(t, []outgoing.Doubt{
			{Enrollment: id, Node: "mail", Person: "bootstrap key"}, {Enrollment: id, Node: "mail", Visit: 2, Person: "bootstrap key"},
		}, said.heard)
		said.fail = &events.RefusedError{Message: "no effect of node mail has an unknown outcome", Hint: "look again"}
		f.run(t, []scenario{
			{name: "no doubt", method: "POST", url: url + "/mark_sent", body: object{"node": "mail"}, status: 409, expected: []string{`"wrong-state"`, "unknown outcome"}},
			{name: "no node", method: "POST", url: url + "/resend", body: object{}, status: 422, expected: []string{`"/node"`}},
			{name: "no such visit", method: "POST", url: url + "/resend", body: object{"node": "mail", "visit": 0}, status: 422, expected: []string{`"/visit"`}},
		})
		said.fail = store.ErrNotFound
		f.must(404, "POST", url+"/mark_sent", object{"node": "mail"})
		f = setup(t, s)
		f.must(501, "POST", url+"/mark_sent", object{"node": "mail"})
	})
}
