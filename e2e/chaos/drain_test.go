package chaos_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
)

// unsettled counts what has not come to rest: events to route, calls to Temporal,
// enrollments that should be moving, effects under way.
const unsettled = `SELECT
	(SELECT count(*) FROM contact_queue),
	(SELECT count(*) FROM contacts WHERE routed_seq < seq),
	(SELECT count(*) FROM dispatches),
	(SELECT count(*) FROM enrollments WHERE active AND (status <> 'waiting' OR due_at IS NOT NULL)),
	(SELECT count(*) FROM effects WHERE state = 'claimed'),
	(SELECT count(*) FROM enrollments WHERE active AND wake_pending)`

// rest is what is left of each kind of unsettled work.
type rest struct{ Queue, Unrouted, Dispatches, Moving, Claimed, Woken int }

func (r rest) settled() bool { return r == rest{} }

func (r rest) String() string {
	return fmt.Sprintf("%d contacts queued, %d unrouted, %d calls to Temporal, %d enrollments moving, %d effects claimed, %d wakes pending",
		r.Queue, r.Unrouted, r.Dispatches, r.Moving, r.Claimed, r.Woken)
}

func (s *stage) rest(ctx context.Context) (r rest, err error) {
	err = s.db.QueryRowContext(ctx, unsettled).Scan(&r.Queue, &r.Unrouted, &r.Dispatches, &r.Moving, &r.Claimed, &r.Woken)
	if err != nil {
		return r, fmt.Errorf("count what is unsettled: %w", err)
	}
	return r, nil
}

// drain waits until everything has come to rest, and returns how long that took and
// what did not.
func (s *stage) drain(patience time.Duration) (took time.Duration, left rest) {
	s.Helper()
	began, told := time.Now(), time.Now()
	until(patience, func() bool {
		var err error
		left, err = s.rest(s.Context())
		if time.Since(told) > 20*time.Second {
			told = time.Now()
			say("  %s: %s", time.Since(began).Round(time.Second), left)
		}
		return err == nil && left.settled()
	})
	took = time.Since(began)
	// Temporal's list of runs follows with some delay.
	until(30*time.Second, func() bool {
		var active int
		require.NoError(s, s.db.QueryRowContext(s.Context(), "SELECT count(*) FROM enrollments WHERE active").Scan(&active))
		open, err := s.openRuns(s.Context())
		return err == nil && len(open) == active
	})
	return took, left
}
