package store

import (
	"slices"
	"time"
)

// DaysToPrune lists the roll-ups of days that ended at or before an instant and hold something whose
// rows are still counted, oldest first.
func (tx *Tx) DaysToPrune(before time.Time) ([]FigureBuild, error) {
	return all[FigureBuild](tx, `WHERE ends_at <= ? AND starts_at IN (SELECT starts_at FROM figure_days WHERE NOT pruned)
		ORDER BY starts_at`, before)
}

// PruneFigures lets the roll-up of a day speak from now on for the workflows of which everybody who
// started on that day has ended before an instant, and returns how many workflows that are. It builds
// the roll-up once more before: what it says is what the rows say at this moment. From then on the
// rows may be deleted. Who is still inside, ended later, or has time left to reach the goal keeps that
// workflow's day from it, and no other one.
func (tx *Tx) PruneFigures(day FigureBuild, goals Goals, before, now time.Time) (int, error) {
	var over []string
	_, err := tx.scan(&over, `SELECT DISTINCT d.workflow FROM figure_days d WHERE d.starts_at = ? AND NOT d.pruned AND NOT EXISTS (
			SELECT 1 FROM enrollments e WHERE e.workflow = d.workflow AND e.started_at >= ? AND e.started_at < ? AND NOT e.test
				AND (e.active OR e.ended_at IS NULL OR e.ended_at >= ?))
		ORDER BY d.workflow`, day.StartsAt, day.StartsAt, day.EndsAt, before)
	if err != nil || len(over) == 0 {
		return 0, err
	}
	if _, err := tx.RollUp(day, goals, now); err != nil {
		return 0, err
	}
	cells, err := tx.RolledUp(day.StartsAt)
	if err != nil {
		return 0, err
	}
	over = slices.DeleteFunc(over, func(workflow string) bool {
		return slices.ContainsFunc(cells, func(c FigureCell) bool {
			return c.Workflow == workflow && c.Impact != nil && c.Impact.Pending > 0
		})
	})
	if len(over) == 0 {
		return 0, nil
	}
	if _, err := tx.exec("UPDATE figure_days SET pruned = ? WHERE starts_at = ? AND workflow IN ?", true, day.StartsAt, over); err != nil {
		return 0, err
	}
	if err := tx.pruneParts(day, over); err != nil {
		return 0, err
	}
	_, err = tx.exec("UPDATE figure_builds SET pruned = ? WHERE starts_at = ?", true, day.StartsAt)
	return len(over), err
}

// reopenDay makes a day of which something is pruned ready to be built again, and returns what must
// not be counted: it stands in the roll-up already.
func (tx *Tx) reopenDay(day *FigureBuild) ([]stretch, error) {
	var workflows []string
	_, err := tx.scan(&workflows, "SELECT DISTINCT workflow FROM figure_days WHERE starts_at = ? AND pruned ORDER BY workflow", day.StartsAt)
	if err != nil {
		return nil, err
	}
	gone := make([]stretch, len(workflows))
	for i, workflow := range workflows {
		gone[i] = stretch{workflow: workflow, from: day.StartsAt, to: day.EndsAt}
	}
	if _, err := tx.exec("DELETE FROM figure_days WHERE starts_at = ? AND NOT pruned", day.StartsAt); err != nil {
		return nil, err
	}
	_, err = tx.exec("UPDATE figure_builds SET sealed = ?, built_at = ? WHERE starts_at = ?", day.Sealed, day.BuiltAt, day.StartsAt)
	return gone, err
}

// rolledUp adds the cells of pruned days that began within the range, and returns the stretches that
// are thereby counted.
func (tx *Tx) rolledUp(q FigureQuery, cells figureCells) ([]stretch, error) {
	gone, err := tx.prunedStretches(q.Workflows, q.From, q.To)
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	where, args := "p.pruned AND p.starts_at >= ? AND p.starts_at < ?", []any{q.From, q.To}
	if len(q.Workflows) > 0 {
		where += " AND p.workflow IN ?"
		args = append(args, q.Workflows)
	}
	if q.Version > 0 {
		where += " AND p.version = ?"
		args = append(args, q.Version)
	}
	return gone, tx.readCells(q, " r JOIN figure_days p ON p.starts_at = r.starts_at AND p.workflow = r.workflow AND p.version = r.version WHERE "+where, args, cells)
}

// workflowDay is one workflow in the roll-up of one day.
type workflowDay struct {
	StartsAt time.Time
	Workflow string
	Pruned   bool
}

// prunedStretches returns, by workflow and in order, when those started whose figures come from
// roll-ups alone: all days that overlap the range. Days on which nobody started are bridged, so that
// there are few of them.
func (tx *Tx) prunedStretches(workflows []string, from, to time.Time) ([]stretch, error) {
	var some int
	found, err := tx.scan(&some, "SELECT 1 FROM figure_builds WHERE pruned AND ends_at > ? AND starts_at < ? LIMIT 1", from, to)
	if err != nil || !found {
		return nil, err
	}
	builds, err := all[FigureBuild](tx, "WHERE ends_at > ? AND starts_at < ? ORDER BY starts_at", from, to)
	if err != nil {
		return nil, err
	}
	where, args := "starts_at >= ? AND starts_at < ?", []any{builds[0].StartsAt, to}
	if len(workflows) > 0 {
		where, args = where+" AND workflow IN ?", append(args, workflows)
	}
	var rows []workflowDay
	_, err = tx.scan(&rows, "SELECT DISTINCT starts_at, workflow, pruned FROM figure_days WHERE "+where+" ORDER BY workflow, starts_at", args...)
	if err != nil {
		return nil, err
	}
	var gone []stretch
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(r workflowDay) bool { return r.Workflow != rows[0].Workflow })
		if n < 0 {
			n = len(rows)
		}
		gone = append(gone, stretches(builds, rows[:n])...)
		rows = rows[n:]
	}
	return gone, nil
}

// stretches joins the pruned days of one workflow, as far as roll-ups follow each other without a hole
// and none of them holds figures of rows.
func stretches(builds []FigureBuild, days []workflowDay) (gone []stretch) {
	var open *stretch
	at := 0
	for i := range builds {
		b := &builds[i]
		if i > 0 && !builds[i-1].EndsAt.Equal(b.StartsAt) {
			open = nil
		}
		if at == len(days) || !days[at].StartsAt.Equal(b.StartsAt) {
			continue // nobody started
		}
		pruned := days[at].Pruned
		for ; at < len(days) && days[at].StartsAt.Equal(b.StartsAt); at++ {
			pruned = pruned && days[at].Pruned
		}
		switch {
		case !pruned:
			open = nil
		case open != nil:
			open.to = b.EndsAt
		default:
			gone = append(gone, stretch{workflow: days[at-1].Workflow, from: b.StartsAt, to: b.EndsAt})
			open = &gone[len(gone)-1]
		}
	}
	return gone
}
