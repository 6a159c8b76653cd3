package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"fermata/activities/names"
	"fermata/events"
	"fermata/store"
)

const (
	censusEvery = time.Minute
	// censusSample is how many runs of ended enrollments are asked for one by one to explain a difference.
	censusSample = 100
	// censusTries is how often a count is repeated while enrollments come and go under it.
	censusTries = 3
)

// Causes of a difference between active enrollments and open runs. They add up to ours − Temporal's.
const (
	// CauseStartPending: the dispatcher has not handed over the start yet.
	CauseStartPending = "start_pending"
	// CauseLost: the run is lost, or closed by somebody, and the reconciler mends it.
	CauseLost = "lost"
	// CauseEndedOpen: the enrollment has ended and its run is still open. Counts below zero.
	CauseEndedOpen = "ended_open"
	// CauseOther: nothing known explains it. Temporal's counts lag a little behind its runs.
	CauseOther = "other"
)

// Causes lists all causes of a difference.
var Causes = []string{CauseStartPending, CauseLost, CauseEndedOpen, CauseOther}

// Counter is what a Census asks of Temporal.
type Counter interface {
	// CountOpen is how many runs of enrollments are open.
	CountOpen(ctx context.Context) (int64, error)
	// LastClosed lists the workflow ids of runs that were closed last and did not end by themselves.
	LastClosed(ctx context.Context, limit int) ([]string, error)
	Describe(ctx context.Context, workflowID string) (Run, error)
}

// Census compares how many enrollments are active with how many runs Temporal has open, tests in
// both, and keeps the difference with its causes as a row. It mends nothing: that is the Reconciler's.
type Census struct {
	Store  *store.Store
	Engine Counter
	Log    *slog.Logger
	Now    func() time.Time
	// Lost is how many runs the reconciler of this process found lost; nil: unknown.
	Lost  func() int64
	Every time.Duration // default a minute
}

// Run compares until ctx ends.
func (c *Census) Run(ctx context.Context) error {
	every := c.Every
	if every == 0 {
		every = censusEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := c.Take(ctx); err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "compare enrollments with runs", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Take compares once and keeps the result.
func (c *Census) Take(ctx context.Context) (*store.Reconciliation, error) {
	row, err := c.Compare(ctx)
	if err != nil {
		return nil, err
	}
	err = c.Store.Write(ctx, func(tx *store.Tx) error { return tx.PutReconciliation(row) })
	if err != nil {
		return nil, fmt.Errorf("keep comparison: %w", err)
	}
	return row, nil
}

// Compare compares once and keeps nothing.
func (c *Census) Compare(ctx context.Context) (*store.Reconciliation, error) {
	row := &store.Reconciliation{}
	pending := int64(0)
	for range censusTries {
		before, _, err := c.ours(ctx)
		if err != nil {
			return nil, err
		}
		if row.Temporal, err = c.Engine.CountOpen(ctx); err != nil {
			return nil, fmt.Errorf("count open runs: %w", err)
		}
		if row.Ours, pending, err = c.ours(ctx); err != nil {
			return nil, err
		}
		if row.Ours == before {
			break
		}
	}
	causes, err := c.explain(ctx, row.Ours-row.Temporal, pending)
	if err != nil {
		return nil, err
	}
	if row.Causes, err = json.Marshal(causes); err != nil {
		return nil, fmt.Errorf("encode causes: %w", err)
	}
	row.At = c.Now().UTC()
	return row, nil
}

func (c *Census) ours(ctx context.Context) (active, pending int64, err error) {
	err = c.Store.Read(ctx, func(tx *store.Tx) error {
		active, pending, err = tx.CountToRun()
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count enrollments: %w", err)
	}
	return active, pending, nil
}

// explain divides a difference among its causes. Runs are asked for one by one only while something
// is unexplained.
func (c *Census) explain(ctx context.Context, difference, pending int64) (map[string]int64, error) {
	causes := map[string]int64{CauseStartPending: pending, CauseLost: 0, CauseEndedOpen: 0, CauseOther: difference - pending}
	if causes[CauseOther] == 0 {
		return causes, nil
	}
	if causes[CauseOther] > 0 {
		closed, err := c.closed(ctx)
		if err != nil {
			return nil, err
		}
		if c.Lost != nil {
			closed = max(closed, c.Lost())
		}
		causes[CauseLost] = min(closed, causes[CauseOther])
		causes[CauseOther] -= causes[CauseLost]
	}
	open, err := c.endedOpen(ctx)
	if err != nil {
		return nil, err
	}
	causes[CauseEndedOpen] = -open
	causes[CauseOther] += open
	return causes, nil
}

// closed counts the runs of active enrollments that somebody has closed, among those closed last.
func (c *Census) closed(ctx context.Context) (closed int64, err error) {
	ids, err := c.Engine.LastClosed(ctx, censusSample)
	if err != nil {
		return 0, err
	}
	seen := map[string]bool{}
	for _, id := range ids {
		enrollment := id[strings.LastIndex(id, "/")+1:]
		if seen[enrollment] {
			continue
		}
		seen[enrollment] = true
		active := false
		err := c.Store.Read(ctx, func(tx *store.Tx) error {
			e, err := tx.Enrollment(enrollment)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			active = err == nil && e.Active
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("read enrollment of a closed run: %w", err)
		}
		if !active {
			continue
		}
		run, err := c.Engine.Describe(ctx, id) // it may have been started again
		if err != nil {
			return 0, err
		}
		if run.State == RunClosed {
			closed++
		}
	}
	return closed, nil
}

// endedOpen counts the open runs of enrollments that have ended, among those that ended last.
func (c *Census) endedOpen(ctx context.Context) (open int64, err error) {
	var list []store.Enrollment
	err = c.Store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.EndedLast(censusSample)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read ended enrollments: %w", err)
	}
	for i := range list {
		e := &list[i]
		run, err := c.Engine.Describe(ctx, events.WorkflowID(e.Workflow, e.ContactID, e.ID))
		if err != nil {
			return 0, err
		}
		if run.State == RunOpen {
			open++
		}
	}
	return open, nil
}

// CountOpen counts the open runs of this installation. The count comes from Temporal's visibility
// store, which follows its runs with a short delay.
func (e *Engine) CountOpen(ctx context.Context) (int64, error) {
	answer, err := e.Client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: e.ours() + " AND ExecutionStatus = 'Running'"})
	if err != nil {
		return 0, fmt.Errorf("count runs: %w", err)
	}
	return answer.GetCount(), nil
}

// LastClosed lists the workflow ids of runs that were closed last and did not end by themselves.
func (e *Engine) LastClosed(ctx context.Context, limit int) ([]string, error) {
	answer, err := e.Client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: int32(limit), //nolint:gosec // a constant below
		Query:    e.ours() + " AND ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')",
	})
	if err != nil {
		return nil, fmt.Errorf("list closed runs: %w", err)
	}
	ids := make([]string, 0, len(answer.GetExecutions()))
	for _, run := range answer.GetExecutions() {
		ids = append(ids, run.GetExecution().GetWorkflowId())
	}
	return ids, nil
}

// ours selects the runs of this installation.
func (e *Engine) ours() string {
	return "WorkflowType = '" + names.Enrollment + "' AND TaskQueue = '" + strings.ReplaceAll(e.Queue, "'", "''") + "'"
}
