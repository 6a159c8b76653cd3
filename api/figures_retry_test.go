package api

import (
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// figuresRetry is an operator's retry in the fixture, and the rows after it: an order that no run has
// heard of yet, or what the run has made of it.
type figuresRetry struct {
	Enrollment, Node string
	Visit            int
	Order            bool
	Step             struct {
		Status, Port string
		Attempts     int
		LeftAt       *time.Time `json:"left_at"`
	}
	State struct {
		Status, Outcome string
		EndedAt         *time.Time `json:"ended_at"`
	}
}

// all are the questions whose answers the other program knows.
func (data *figuresFixture) all() []figuresQuery {
	return append(append([]figuresQuery{}, data.Queries...), data.Overviews...)
}

// hash is the content of a version; "" for the draft of a test.
func (data *figuresFixture) hash(workflow string, version int) string {
	if version == 0 {
		return ""
	}
	return data.hashes[workflow][version-1]
}

// retry orders every retry, and writes what a run writes that has carried it out.
func (data *figuresFixture) retry(f *fixture) {
	f.t.Helper()
	require.Greater(f.t, len(data.Retries), 8)
	for _, r := range data.Retries {
		f.must(200, "POST", "/v1/enrollments/"+r.Enrollment+"/retry", nil)
		if r.Order {
			continue
		}
		require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
			e, _, err := tx.LockEnrollmentContact(r.Enrollment)
			if err != nil {
				return err
			}
			s, err := tx.Step(r.Enrollment, r.Node, r.Visit)
			if err != nil {
				return err
			}
			s.Status, s.Port, s.Attempts, s.LeftAt = r.Step.Status, r.Step.Port, r.Step.Attempts, r.Step.LeftAt
			e.Status, e.Outcome, e.EndedAt = r.State.Status, r.State.Outcome, r.State.EndedAt
			if err := tx.SaveStep(s); err != nil {
				return err
			}
			return tx.SaveEnrollment(e)
		}))
	}
}
