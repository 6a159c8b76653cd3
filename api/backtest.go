package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

// backtestDays is how far a backtest without `from` looks back.
const backtestDays = 30

// StartBacktest queues a backtest of the draft, or of a version.
func (s *server) StartBacktest(c *gin.Context, key string, _ gen.StartBacktestParams) {
	creating(s, c, func(tx *store.Tx, in gen.BacktestRequest) (reply, error) {
		w, err := tx.Workflow(key)
		if err != nil {
			return reply{}, err
		}
		b := events.NewBacktest{Workflow: key, Person: callerOf(c).person, Now: s.now()}
		if b.From, b.To, err = s.backtestRange(in); err != nil {
			return reply{}, err
		}
		if b.Version, b.Hash, err = s.backtested(tx, w, in); err != nil {
			return reply{}, err
		}
		job, err := events.StartBacktest(tx, b)
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		if err := s.audit(c, tx, "workflow.backtest", key, map[string]any{"job": job.ID, "hash": b.Hash}); err != nil {
			return reply{}, err
		}
		return accepted(job)
	})
}

// backtestRange is the range that a request asks for; nothing in it lies ahead.
func (s *server) backtestRange(in gen.BacktestRequest) (from, to time.Time, err error) {
	now := s.now()
	to = or(in.To, now).UTC()
	if to.After(now) {
		return from, to, invalid("/to", "lies ahead", "a backtest looks at what has happened")
	}
	from = or(in.From, to.AddDate(0, 0, -backtestDays)).UTC()
	switch {
	case !from.Before(to):
		return from, to, invalid("/from", "is not before `to`", "")
	case to.Sub(from) > events.MaxBacktest:
		return from, to, invalid("/from", "is too long before `to`", fmt.Sprintf("at most %d days", int(events.MaxBacktest.Hours()/24)))
	}
	return from, to, nil
}

// backtested stores what is to be backtested, and returns its version, 0 for the draft, and hash.
func (s *server) backtested(tx *store.Tx, w *store.Workflow, in gen.BacktestRequest) (version int, hash string, err error) {
	if in.Version != nil {
		if or(in.Draft, false) {
			return 0, "", invalid("/draft", "cannot stand beside `version`", "leave one of them out")
		}
		v, err := tx.Version(w.Key, *in.Version)
		if errors.Is(err, store.ErrNotFound) {
			return 0, "", invalid("/version", "there is no such version", fmt.Sprintf("1 to %d", w.Version))
		}
		if err != nil {
			return 0, "", err
		}
		return v.Number, v.Hash, nil
	}
	def, problems, err := s.judged(tx, w.Key, w.Draft)
	if err != nil {
		return 0, "", err
	}
	if def == nil || !rehearse.Testable(problems) {
		return 0, "", invalidDefinition(problems)
	}
	canonical := def.Canonical()
	hash = definition.Hash(canonical)
	return 0, hash, tx.PutDefinition(hash, canonical)
}

// ListBacktests lists the backtests of a workflow without their results.
func (s *server) ListBacktests(c *gin.Context, key string, params gen.ListBacktestsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.Workflow(key); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListBacktests(key, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items := make([]gen.Backtest, len(rows))
		for i := range rows {
			if items[i], err = shapeBacktest(tx, &rows[i]); err != nil {
				return reply{}, err
			}
		}
		return ok(list[gen.Backtest]{Items: items, Next: text(next)}), nil
	})
}

// GetBacktest answers a backtest with its result so far.
func (s *server) GetBacktest(c *gin.Context, key, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		row, err := tx.Backtest(id)
		if err != nil {
			return reply{}, err
		}
		if row.Workflow != key {
			return reply{}, store.ErrNotFound
		}
		shown, err := shapeBacktest(tx, row)
		if err != nil {
			return reply{}, err
		}
		def, err := s.Definitions.Load(tx, row.Hash)
		if err != nil {
			return reply{}, err
		}
		result, err := events.Backtested(row, def)
		if err != nil {
			return reply{}, err
		}
		shown.Result, err = shapeResult(tx, result)
		return ok(shown), err
	})
}

func shapeBacktest(tx *store.Tx, b *store.Backtest) (gen.Backtest, error) {
	shown := gen.Backtest{
		Id: b.ID, Workflow: b.Workflow, Hash: b.Hash, From: b.FromAt.UTC(), To: b.ToAt.UTC(), Status: store.JobDone,
		Person: b.Person, CreatedAt: b.CreatedAt.UTC(),
	}
	if b.Version > 0 {
		shown.Version = &b.Version
	}
	j, err := tx.Job(b.ID)
	if errors.Is(err, store.ErrNotFound) {
		return shown, nil
	}
	if err != nil {
		return shown, err
	}
	shown.Status, shown.Total, shown.Done, shown.Error = gen.BacktestStatus(j.Status), j.Total, j.Done, text(j.Error)
	shown.EndedAt = utc(j.EndedAt)
	return shown, nil
}
