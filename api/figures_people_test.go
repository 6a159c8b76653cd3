package api

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/figures"
	"fermata/store"
	"fermata/store/storetest"
)

// Whoever is counted can be listed. Where nobody comes to a node twice, the list of those behind a
// count is as long as the count; else it is no longer.
func TestTheListOfEnrollmentsShowsWhomTheFiguresCount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		data := loadFigures(t)
		data.fill(f)
		again, once := map[string]bool{}, 0
		for _, s := range data.Steps {
			again[s.Node] = again[s.Node] || s.Visit > 1
		}
		for _, q := range data.Queries[:2] {
			a := f.call("GET", q.url(), nil)
			require.Equal(t, 200, a.status, a.body)
			var found figures.Analytics
			require.NoError(t, json.Unmarshal([]byte(a.body), &found))
			for i := range found.Nodes {
				n := &found.Nodes[i]
				checkPeople(f, q, &found, n, again[n.Node])
				if !again[n.Node] {
					once++
				}
			}
		}
		require.NotZero(t, once, "nodes without a second visit")
	})
}

func checkPeople(f *fixture, q figuresQuery, a *figures.Analytics, n *figures.Node, again bool) {
	f.t.Helper()
	started := url.Values{"started_from": {a.From.Format(time.RFC3339Nano)}, "started_to": {a.To.Format(time.RFC3339Nano)}}
	check := func(want int64, filter url.Values, ranges ...url.Values) {
		f.t.Helper()
		visits := filter.Has("step")
		filter.Set("workflow", q.Workflow)
		filter.Set("test", "false")
		if q.Version > 0 {
			filter.Set("version", strconv.Itoa(q.Version))
		}
		for _, more := range ranges {
			for name, value := range more {
				filter[name] = value
			}
		}
		got := countPeople(f, filter)
		if visits && again {
			require.LessOrEqual(f.t, got, want, filter.Encode())
			require.Equal(f.t, want > 0, got > 0, filter.Encode())
			return
		}
		require.Equal(f.t, want, got, filter.Encode())
	}
	check(n.Entries, url.Values{"step": {n.Node}}, started)
	for kind, want := range map[string]int64{
		"done": n.Done, "failed": n.Failed, "unknown": n.Unknown, "dropped": n.Dropped, "suppressed": n.Suppressed,
		"skipped": n.Skipped, "exited": n.Exited, "canceled": n.Canceled, "open": n.Open,
	} {
		check(want, url.Values{"step": {n.Node}, "step_status": {kind}}, started)
	}
	for port, want := range n.Ports {
		check(want, url.Values{"step": {n.Node}, "step_port": {port}}, started)
	}
	check(n.Lost, url.Values{"node": {n.Node}, "success": {"false"}}, started)
	check(n.Ended-n.Lost, url.Values{"node": {n.Node}, "success": {"true"}}, started)
	check(n.Ended, url.Values{"node": {n.Node}, "active": {"false"}}, started)
	check(n.Active, url.Values{"node": {n.Node}, "active": {"true"}}, started)
	check(n.ActiveNow, url.Values{"node": {n.Node}, "active": {"true"}})
}

// countPeople counts the enrollments of a list, over all of its pages.
func countPeople(f *fixture, filter url.Values) int64 {
	f.t.Helper()
	n := int64(0)
	filter.Set("limit", "500")
	for {
		a := f.call("GET", "/v1/enrollments?"+filter.Encode(), nil)
		require.Equal(f.t, 200, a.status, a.body)
		var page struct {
			Items []struct{ ID string }
			Next  *string
		}
		require.NoError(f.t, json.Unmarshal([]byte(a.body), &page))
		n += int64(len(page.Items))
		if page.Next == nil {
			return n
		}
		filter.Set("cursor", *page.Next)
	}
}

func TestAListOfEnrollmentsByStartNamesWhatIsNoInstant(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for _, name := range []string{"started_from", "started_to"} {
		a := f.call("GET", "/v1/enrollments?"+name+"=yesterday-1", nil)
		require.Equal(t, 422, a.status, a.body)
		require.Contains(t, a.body, "?"+name)
	}
}
