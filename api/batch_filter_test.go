package api

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// TestAnOrderMeansWhomTheListShows: for any filter, an order for many is given to exactly those whom the
// list shows for it, and its dry run counts as many.
func TestAnOrderMeansWhomTheListShows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		c := &crowd{fixture: f, Rand: rand.New(rand.NewPCG(seed, 1))}
		c.fill(60)
		some := 0
		for range 40 {
			filter := c.filter()
			shown := c.listed(filter)
			some += min(len(shown), 1)
			require.Equal(t, shown, c.ordered(filter), "%v", filter)
			dry := f.must(200, "POST", "/v1/enrollments/batch", object{"action": "hold", "filter": filter, "dry_run": true})
			require.EqualValues(t, len(shown), dry["matched"], "%v", filter)
			require.EqualValues(t, len(shown), dry["examined"], "%v", filter)
		}
		require.Positive(t, some, "some filter selects somebody")
	})
}

// TestAnOrderForAFigureMeansThoseWhoEndedToo: what a figure counts is not narrowed down in silence, and
// a filter that says nothing of ends still means nobody who has ended.
func TestAnOrderForAFigureMeansThoseWhoEndedToo(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	c := &crowd{fixture: f, Rand: rand.New(rand.NewPCG(1, 1))}
	c.fill(30)
	real := f.must(200, "GET", "/v1/enrollments?workflow=w0&active=true&limit=500", nil)["items"].([]any)
	dry := func(filter object) map[string]any {
		return f.must(200, "POST", "/v1/enrollments/batch", object{"action": "exit", "filter": filter, "dry_run": true})
	}
	require.EqualValues(t, len(real), dry(object{"workflow": "w0"})["matched"])
	all := f.must(200, "GET", "/v1/enrollments?workflow=w0&started_from=2020-01-01&limit=500", nil)["items"].([]any)
	require.Greater(t, len(all), len(real))
	counted := dry(object{"workflow": "w0", "started_from": "2020-01-01"})
	require.EqualValues(t, len(all), counted["matched"])
	require.EqualValues(t, len(all)-len(real), counted["refused"], "those who have ended")
	for _, name := range []string{"started_from", "started_to"} {
		a := f.call("POST", "/v1/enrollments/batch", object{"action": "exit", "filter": object{name: "some time ago"}})
		require.Equal(t, 422, a.status)
		require.Contains(t, a.body, `"/filter/`+name+`"`)
	}
}

// crowd fills a store with enrollments of every kind.
type crowd struct {
	*fixture
	*rand.Rand
	people []string
	hashes [2]string // of definitions, by version
}

func (c *crowd) one(list ...string) string { return list[c.IntN(len(list))] }

var crowdStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func (c *crowd) fill(n int) {
	c.t.Helper()
	for i, note := range []string{"first", "second"} {
		for _, key := range []string{"w0", "w1"} {
			c.call("PUT", "/v1/workflows/"+key, object{
				"schema": 1, "key": key, "name": "Crowd", "settings": object{"description": note}, "start": "hello",
				"nodes": object{
					"hello": object{"type": "hold", "next": "rest"}, "rest": object{"type": "wait", "with": object{"for": "3d"}, "next": "done"},
					"done": object{"type": "end"},
				},
			})
			c.hashes[i] = c.must(200, "POST", "/v1/workflows/"+key+"/publish", nil)["hash"].(string)
		}
	}
	require.NoError(c.t, c.store.Write(c.t.Context(), func(tx *store.Tx) error {
		if err := tx.BeginPause(&store.Pause{Workflow: "w1", StartedAt: crowdStart, Clocks: store.ClocksRun, Person: "Kim"}); err != nil {
			return err
		}
		for i := range 4 {
			email := fmt.Sprintf("p%d@example.com", i)
			contact := &store.Contact{Email: &email, CreatedAt: crowdStart}
			if err := tx.CreateContact(contact); err != nil {
				return err
			}
			c.people = append(c.people, contact.ID)
		}
		for i := range n {
			if err := c.enroll(tx, i); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (c *crowd) enroll(tx *store.Tx, i int) error {
	at := crowdStart.Add(time.Duration(c.IntN(96)) * time.Hour)
	e := &store.Enrollment{
		Workflow: c.one("w0", "w1"), Version: 1 + c.IntN(2), ContactID: c.one(c.people...), Key: fmt.Sprint(i), Visit: 1,
		Status: c.one("running", "waiting", "paused", "held", "completed", "exited", "failed"), Node: c.one("hello", "rest", "done"),
		Test: c.IntN(4) == 0, StartedAt: at, AnchorAt: at, CreatedAt: at,
	}
	if slices.Contains([]string{"completed", "exited", "failed"}, e.Status) {
		ended := at.Add(time.Hour)
		e.EndedAt, e.Outcome = &ended, c.one("success", "neutral", "failed")
	}
	e.Hash = c.hashes[e.Version-1]
	if c.IntN(5) == 0 {
		e.Wedge = "nondeterminism"
	}
	if err := tx.InsertEnrollment(e); err != nil {
		return err
	}
	for seq, node := range []string{"hello", "rest", "done"}[:c.IntN(4)] {
		step := &store.Step{
			EnrollmentID: e.ID, Node: node, Visit: 1, Seq: seq + 1, EnteredAt: at, Type: c.one("hold", "webhook", "wait"),
			Status: c.one("done", "failed", "skipped", "held", "waiting", "canceled"),
		}
		if step.Status != "held" && step.Status != "waiting" {
			left := at.Add(time.Minute)
			step.LeftAt, step.Port = &left, c.one("next", "error")
		}
		if _, _, err := tx.InsertStep(step); err != nil {
			return err
		}
	}
	return nil
}

// filter makes up a filter that the list and an order both take; at least one field says whether those
// who have ended are meant.
func (c *crowd) filter() object {
	yes := func() any { return c.IntN(2) == 0 }
	ends := []string{"status", "active", "success", "started_from", "started_to", "step", "step_status", "step_port"}
	values := map[string]func() any{
		"workflow": func() any { return c.one("w0", "w1", "none") },
		"contact":  func() any { return c.one(c.people[0], "p1@example.com", "nobody@example.com") },
		"status":   func() any { return c.one("running", "waiting", "paused", "held", "completed", "exited", "failed") },
		"node":     func() any { return c.one("hello", "rest", "done") },
		"version":  func() any { return 1 + c.IntN(2) },
		"test":     yes, "wedged": yes, "active": yes, "success": yes,
		"started_from": func() any { return c.one("2026-03-02", "2026-03-01T12:00:00Z") },
		"started_to":   func() any { return c.one("2026-03-04", "2026-03-03T12:00:00+02:00") },
		"step":         func() any { return c.one("hello", "rest", "done") },
		"step_status":  func() any { return c.one("done", "failed", "skipped", "canceled", "open") },
		"step_port":    func() any { return c.one("next", "error") },
	}
	names := []string{ends[c.IntN(len(ends))]}
	all := slices.Sorted(maps.Keys(values))
	for range c.IntN(3) {
		names = append(names, c.one(all...))
	}
	filter := object{}
	for _, name := range names {
		filter[name] = values[name]()
	}
	return filter
}

// listed are the ids that the list shows, by id.
func (c *crowd) listed(filter object) []string {
	c.t.Helper()
	query := url.Values{"limit": {"7"}}
	for name, value := range filter {
		query.Set(name, fmt.Sprint(value))
	}
	ids := []string{}
	for {
		page := c.must(200, "GET", "/v1/enrollments?"+query.Encode(), nil)
		for _, item := range page["items"].([]any) {
			ids = append(ids, item.(object)["id"].(string))
		}
		next, more := page["next"].(string)
		if !more {
			slices.Sort(ids)
			return ids
		}
		query.Set("cursor", next)
	}
}

// ordered are the ids that the job of an order walks over, by id.
func (c *crowd) ordered(filter object) []string {
	c.t.Helper()
	job := c.must(202, "POST", "/v1/enrollments/batch", object{"action": "hold", "filter": filter})
	ids := []string{}
	require.NoError(c.t, c.store.Read(c.t.Context(), func(tx *store.Tx) error {
		row, err := tx.Job(job["id"].(string))
		if err != nil {
			return err
		}
		var params events.OperateParams
		if err := row.Params.Decode(&params); err != nil {
			return err
		}
		list, err := tx.WalkEnrollments(params.Filter.Filter(), "", params.Until, 1000)
		for i := range list {
			ids = append(ids, list[i].ID)
		}
		return err
	}))
	return ids
}
