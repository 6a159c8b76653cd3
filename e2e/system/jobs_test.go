package system_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// crowd is large enough that its import takes seconds: it is to be killed in the middle.
const crowd, members = 2000, 300

// progress waits until a job is through so many of its pieces, without being through.
func progress(p *harness.Process, job any, pieces float64) {
	p.Eventually(fmt.Sprint("the job is through ", pieces), func() bool {
		j := p.Must("GET", fmt.Sprint("/v1/jobs/", job), nil)
		require.Nil(p.T, j["ended_at"], "the job ended before the kill: %v", j)
		return j["done"].(float64) >= pieces
	})
}

// Everything is killed while a file is imported, and twice while the people of a filter are
// enrolled: each row and each person is taken once.
func TestKillingDuringJobsLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	p := harness.StartProcess(t)
	var file strings.Builder
	file.WriteString("email,fields.n\n")
	for i := range crowd {
		fmt.Fprintf(&file, "p%04d@example.com,%d\n", i, i)
	}
	job := p.Must("POST", "/v1/contacts/import", harness.CSV(file.String()))["id"]
	progress(p, job, 50)
	p.Kill()
	p.Start()
	imported := p.JobEnds(job)
	require.Equal(t, map[string]any{"created": float64(crowd)}, imported["counts"])

	p.Publish(`
schema: 1
key: tally
name: Tally
settings: {reentry: always}
triggers: [{id: hand, manual: true}]
start: count
nodes:
  count: {type: field_set, with: {field: visits, increment: 1}, next: done}
  done:  {type: end}
`)
	filter := map[string]any{"field": "contact.n", "op": "gte", "value": crowd - members}
	job = p.Must("POST", "/v1/workflows/tally/enrollments", map[string]any{"filter": filter, "rate": "40/1s"})["id"]
	for _, enrolled := range []float64{50, 150} {
		progress(p, job, crowd-members+enrolled)
		p.Kill()
		p.Start()
	}
	done := p.JobEnds(job)
	require.Equal(t, map[string]any{"matched": float64(members), "enrolled": float64(members)}, done["counts"])
	require.EqualValues(t, crowd, done["done"])
	p.Reaches("all are through", members, func() int { return countStatus(p, "tally", "completed") })
	once := p.Must("POST", "/v1/contacts/search", map[string]any{"filter": map[string]any{"field": "contact.visits", "op": "eq", "value": 1}, "limit": 500})
	require.Len(t, once["items"], members)
}
