package harness

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
)

// Patience is how long tests wait for what has to happen.
const Patience = time.Minute

// Eventually polls a condition for up to Patience, in the goroutine of the test, so that
// the condition may fail the test; in vain, it says where the system stands. It polls ever less often: many tests wait at the same
// time, and their questions would keep the processors from what they wait for.
func (s *System) Eventually(what string, condition func() bool) {
	s.T.Helper()
	const longest = 250 * time.Millisecond
	pause := 20 * time.Millisecond
	for began := time.Now(); !condition(); <-time.After(pause) {
		if time.Since(began) >= Patience {
			s.tell(s.T)
			require.FailNow(s.T, "waited in vain: "+what)
		}
		pause = min(pause*5/4, longest)
	}
}

// Enrollment waits until a contact's only enrollment in a workflow has a status.
func (s *System) Enrollment(workflow, contact, status string) map[string]any {
	s.T.Helper()
	var found map[string]any
	s.Eventually(fmt.Sprintf("enrollment of %s in %s is %s", contact, workflow, status), func() bool {
		for _, e := range s.Items("/v1/enrollments?workflow=" + workflow + "&contact=" + contact) {
			if e["status"] == status {
				found = e
				return true
			}
		}
		return false
	})
	return s.Must("GET", "/v1/enrollments/"+found["id"].(string), nil)
}

// Reaches waits until a count has come to want, for as long as it gets on: Patience is for every
// single step.
func (s *System) Reaches(what string, want int, count func() int) {
	s.T.Helper()
	for is := -1; is != want; {
		s.Eventually(fmt.Sprintf("%s: %d of %d", what, is, want), func() bool {
			before := is
			is = count()
			return is != before || is == want
		})
	}
}

// JobEnds waits until a job has ended, for as long as it gets on, and returns it.
func (s *System) JobEnds(id any) map[string]any {
	s.T.Helper()
	job := map[string]any{}
	for job["ended_at"] == nil {
		s.Eventually(fmt.Sprint("job ", id, " gets on"), func() bool {
			before := job["done"]
			job = s.Must("GET", fmt.Sprint("/v1/jobs/", id), nil)
			return job["ended_at"] != nil || job["done"] != before
		})
	}
	return job
}
