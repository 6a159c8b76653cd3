package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// FigureBuild says how far the roll-up of one day is: the figures of all enrollments that started in
// [StartsAt, EndsAt), a day of the account's zone.
type FigureBuild struct {
	StartsAt time.Time `gorm:"primaryKey"`
	EndsAt   time.Time
	Zone     string // IANA name of the zone whose day it is
	// Sealed: nothing can change any more. All have ended, longer ago than a bounce counts.
	Sealed bool
	// Pruned: step rows of the day may be gone, and figures come from the roll-up alone. It is never
	// built again.
	Pruned  bool
	BuiltAt time.Time
}

// figureSettles is how long after its end an enrollment's figures may still change by themselves.
const figureSettles = figureBounce + 24*time.Hour

type figureDay struct {
	StartsAt                                    time.Time `gorm:"primaryKey"`
	Workflow                                    string    `gorm:"primaryKey"`
	Version                                     int       `gorm:"primaryKey;autoIncrement:false"`
	Enrolled, Active, Completed, Exited, Failed int64
	CompletedSuccess, ExitedSuccess             int64
	Completion, Excess, Lateness, Impact        JSON
}

type figureNode struct {
	StartsAt   time.Time         `gorm:"primaryKey"`
	Workflow   string            `gorm:"primaryKey"`
	Version    int               `gorm:"primaryKey;autoIncrement:false"`
	FigureNode figureNodeColumns `gorm:"embedded"`
}

// figureNodeColumns is a FigureNode as a part of a row.
type figureNodeColumns struct {
	Node string `gorm:"primaryKey"`
	Type string

	Done, Failed, Unknown, Dropped, Suppressed, Skipped, Exited, Canceled, Open, Bounced int64
	Active, Ended, Lost, Sent, Opened, Clicked                                           int64
}

// FigureBuilds lists the roll-ups that there are, oldest first.
func (tx *Tx) FigureBuilds() ([]FigureBuild, error) {
	return all[FigureBuild](tx, "ORDER BY starts_at")
}

// FirstEnrolled is when the first enrollment that is no test started; nil when there is none.
func (tx *Tx) FirstEnrolled() (*time.Time, error) {
	row := struct{ StartedAt time.Time }{}
	found, err := tx.scan(&row, "SELECT started_at FROM enrollments WHERE NOT test ORDER BY started_at LIMIT 1")
	if err != nil || !found {
		return nil, err
	}
	return &row.StartedAt, nil
}

// RollUp builds the roll-up of a day from the rows and returns whether it is sealed. Whatever it held
// before is replaced, as are those of other days that overlap; one that is pruned stays as it is, and
// ErrConflict is the answer. Building it again from the same rows makes the same rows.
func (tx *Tx) RollUp(day FigureBuild, goals Goals, now time.Time) (sealed bool, err error) {
	clash := FigureBuild{}
	found, err := tx.scan(&clash, "SELECT "+columns[FigureBuild]("")+" FROM figure_builds WHERE pruned AND starts_at < ? AND ends_at > ? LIMIT 1",
		day.EndsAt, day.StartsAt)
	if err != nil {
		return false, err
	}
	if found {
		return false, &ConflictError{Table: "figure_builds"}
	}
	if _, err := tx.exec("DELETE FROM figure_builds WHERE starts_at < ? AND ends_at > ?", day.EndsAt, day.StartsAt); err != nil {
		return false, err
	}
	open := 0
	_, err = tx.scan(&open, `SELECT count(*) FROM enrollments WHERE NOT test AND started_at >= ? AND started_at < ?
		AND (active OR ended_at IS NULL OR ended_at > ?)`, day.StartsAt, day.EndsAt, now.Add(-figureSettles))
	if err != nil {
		return false, err
	}
	day.Sealed, day.Pruned, day.BuiltAt = open == 0 && !day.EndsAt.After(now), false, now
	if err := tx.insert(&day); err != nil {
		return false, err
	}
	cells := figureCells{}
	if err := tx.countFigures(FigureQuery{From: day.StartsAt, To: day.EndsAt, Mail: true, Goals: goals, Now: now}, nil, cells); err != nil {
		return false, err
	}
	return day.Sealed, tx.putCells(day.StartsAt, cells.list())
}

func (tx *Tx) putCells(at time.Time, cells []FigureCell) error {
	for i := range cells {
		c := &cells[i]
		row := figureDay{
			StartsAt: at, Workflow: c.Workflow, Version: c.Version, Enrolled: c.Enrolled, Active: c.Active, Completed: c.Completed,
			Exited: c.Exited, Failed: c.Failed, CompletedSuccess: c.CompletedSuccess, ExitedSuccess: c.ExitedSuccess,
		}
		for to, spread := range map[*JSON]Spread{&row.Completion: c.Completion, &row.Excess: c.Excess, &row.Lateness: c.Lateness} {
			raw, err := json.Marshal(spread.pairs())
			if err != nil {
				return fmt.Errorf("encode spread: %w", err)
			}
			*to = raw
		}
		var err error
		if row.Impact, err = c.Impact.encode(); err != nil {
			return err
		}
		if err := tx.insert(&row); err != nil {
			return err
		}
		nodes := make([]figureNode, 0, len(c.Nodes))
		for _, n := range c.Nodes {
			nodes = append(nodes, figureNode{StartsAt: at, Workflow: c.Workflow, Version: c.Version, FigureNode: figureNodeColumns(*n)})
		}
		if len(nodes) == 0 {
			continue
		}
		if _, err := tx.insertAll(&nodes); err != nil {
			return err
		}
	}
	return nil
}

// PruneFigures lets the roll-ups of sealed days that ended before an instant speak for their rows from
// now on, and returns the stretch of enrollment starts whose step rows may be deleted: everything that
// started before the result. Days that are not sealed keep those behind them from it, so that the
// stretch has no holes.
func (tx *Tx) PruneFigures(before time.Time) (*time.Time, error) {
	builds, err := tx.FigureBuilds()
	if err != nil {
		return nil, err
	}
	var until *time.Time
	for i := range builds {
		day := &builds[i]
		if !day.Pruned && (!day.Sealed || !day.EndsAt.Before(before)) || until != nil && !until.Equal(day.StartsAt) {
			break
		}
		until = &day.EndsAt
	}
	if until == nil {
		return nil, nil
	}
	_, err = tx.exec("UPDATE figure_builds SET pruned = ? WHERE ends_at <= ? AND NOT pruned", true, *until)
	return until, err
}

// rolledUp adds the cells of pruned days that began within the range, and returns the stretches that
// are thereby counted.
func (tx *Tx) rolledUp(q FigureQuery, cells figureCells) ([]stretch, error) {
	builds, err := all[FigureBuild](tx, "WHERE pruned AND ends_at > ? AND starts_at < ? ORDER BY starts_at", q.From, q.To)
	if err != nil || len(builds) == 0 {
		return nil, err
	}
	gone := []stretch{}
	for _, b := range builds {
		if last := len(gone) - 1; last >= 0 && gone[last].to.Equal(b.StartsAt) {
			gone[last].to = b.EndsAt
		} else {
			gone = append(gone, stretch{from: b.StartsAt, to: b.EndsAt})
		}
	}
	where, args := "p.pruned AND p.starts_at >= ? AND p.starts_at < ?", []any{q.From, q.To}
	if len(q.Workflows) > 0 {
		where += " AND r.workflow IN ?"
		args = append(args, q.Workflows)
	}
	if q.Version > 0 {
		where += " AND r.version = ?"
		args = append(args, q.Version)
	}
	return gone, tx.readCells(q, " r JOIN figure_builds p ON p.starts_at = r.starts_at WHERE "+where, args, cells)
}

// RolledUp returns what the roll-up of the day that starts at an instant holds.
func (tx *Tx) RolledUp(startsAt time.Time) ([]FigureCell, error) {
	cells := figureCells{}
	err := tx.readCells(FigureQuery{}, " r WHERE r.starts_at = ?", []any{startsAt}, cells)
	return cells.list(), err
}

func (tx *Tx) readCells(q FigureQuery, tail string, args []any, cells figureCells) error {
	var days []figureDay
	if _, err := tx.scan(&days, "SELECT "+columns[figureDay]("r.")+" FROM figure_days"+tail, args...); err != nil {
		return err
	}
	for i := range days {
		d := &days[i]
		cell := &FigureCell{
			Enrolled: d.Enrolled, Active: d.Active, Completed: d.Completed, Exited: d.Exited, Failed: d.Failed,
			CompletedSuccess: d.CompletedSuccess, ExitedSuccess: d.ExitedSuccess,
		}
		for raw, to := range map[*JSON]*Spread{&d.Completion: &cell.Completion, &d.Excess: &cell.Excess, &d.Lateness: &cell.Lateness} {
			var pairs []int64
			if err := raw.Decode(&pairs); err != nil {
				return fmt.Errorf("read spread: %w", err)
			}
			*to = spreadOf(pairs)
		}
		impact, err := decodeImpact(d.Impact)
		if err != nil {
			return err
		}
		cell.Impact = impact
		cells.at(figureKey{Workflow: d.Workflow, Version: d.Version, Day: q.dayOf(d.StartsAt)}).Add(cell)
	}
	var nodes []figureNode
	if _, err := tx.scan(&nodes, "SELECT "+columns[figureNode]("r.")+" FROM figure_nodes"+tail, args...); err != nil {
		return err
	}
	for i := range nodes {
		n := FigureNode(nodes[i].FigureNode)
		cells.at(figureKey{Workflow: nodes[i].Workflow, Version: nodes[i].Version, Day: q.dayOf(nodes[i].StartsAt)}).At(n.Node).Add(&n)
	}
	return nil
}

// dayOf numbers the day of an instant.
func (q *FigureQuery) dayOf(at time.Time) int {
	n := 0
	for n < len(q.Days) && !q.Days[n].After(at) {
		n++
	}
	return n
}
