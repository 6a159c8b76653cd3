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
	// Sealed: all have ended, longer ago than a bounce counts.
	Sealed bool
	// Pruned: rows of some workflows of the day may be gone. The day stays cut as it is.
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
	// Pruned: step rows of the workflow's day may be gone, and its figures come from here alone. They
	// are never built again.
	Pruned bool
}

type figureNode struct {
	StartsAt   time.Time         `gorm:"primaryKey"`
	Workflow   string            `gorm:"primaryKey"`
	Version    int               `gorm:"primaryKey;autoIncrement:false"`
	FigureNode figureNodeColumns `gorm:"embedded"`
	Ports      JSON
}

// figureNodeColumns is a FigureNode as a part of a row.
type figureNodeColumns struct {
	Node string `gorm:"primaryKey"`
	Type string

	Done, Failed, Unknown, Dropped, Suppressed, Skipped, Exited, Canceled, Open, Bounced int64
	Active, Ended, Lost, Sent, Opened, Clicked                                           int64

	Ports map[string]int64 `gorm:"-"` // in figureNode.Ports
}

// FigureBuilds lists the roll-ups that there are, oldest first.
func (tx *Tx) FigureBuilds() ([]FigureBuild, error) {
	return all[FigureBuild](tx, "ORDER BY starts_at")
}

// everEntered lists the workflows that enrollments are of, in order. It jumps from one to the next,
// and lets what follows find the enrollments of a day by index.
func (tx *Tx) everEntered() ([]string, error) {
	keys := []string{}
	_, err := tx.scan(&keys, `WITH RECURSIVE names(workflow) AS (
			SELECT min(workflow) FROM enrollments
			UNION ALL
			SELECT (SELECT min(e.workflow) FROM enrollments e WHERE e.workflow > names.workflow) FROM names WHERE names.workflow IS NOT NULL)
		SELECT workflow FROM names WHERE workflow IS NOT NULL`)
	return keys, err
}

// FirstEnrolled is when the first enrollment that is no test started; nil when there is none.
func (tx *Tx) FirstEnrolled() (*time.Time, error) {
	workflows, err := tx.everEntered()
	if err != nil {
		return nil, err
	}
	var first *time.Time
	for _, workflow := range workflows {
		row := struct{ StartedAt time.Time }{}
		found, err := tx.scan(&row, "SELECT started_at FROM enrollments WHERE workflow = ? AND NOT test ORDER BY started_at LIMIT 1", workflow)
		if err != nil {
			return nil, err
		}
		if found && (first == nil || row.StartedAt.Before(*first)) {
			first = &row.StartedAt
		}
	}
	return first, nil
}

// RollUp builds the roll-up of a day from the rows and returns whether it is sealed. Whatever it held
// before is replaced, as are those of other days that overlap; but what is pruned stays as it is, and
// a day that overlaps another one with something pruned is answered ErrConflict. Building it again
// from the same rows makes the same rows.
func (tx *Tx) RollUp(day FigureBuild, goals Goals, now time.Time) (sealed bool, err error) {
	pruned, err := all[FigureBuild](tx, "WHERE pruned AND starts_at < ? AND ends_at > ?", day.EndsAt, day.StartsAt)
	if err != nil {
		return false, err
	}
	workflows, err := tx.everEntered()
	if err != nil {
		return false, err
	}
	open := 0
	_, err = tx.scan(&open, `SELECT count(*) FROM enrollments WHERE workflow IN ? AND NOT test AND started_at >= ? AND started_at < ?
		AND (active OR ended_at IS NULL OR ended_at > ?)`, workflows, day.StartsAt, day.EndsAt, now.Add(-figureSettles))
	if err != nil {
		return false, err
	}
	day.Sealed, day.Pruned, day.BuiltAt = open == 0 && !day.EndsAt.After(now), len(pruned) > 0, now
	for i := range pruned {
		if !pruned[i].StartsAt.Equal(day.StartsAt) || !pruned[i].EndsAt.Equal(day.EndsAt) {
			return false, &ConflictError{Table: "figure_builds"}
		}
	}
	var gone []stretch
	if day.Pruned {
		gone, err = tx.reopenDay(&day)
	} else if _, err = tx.exec("DELETE FROM figure_builds WHERE starts_at < ? AND ends_at > ?", day.EndsAt, day.StartsAt); err == nil {
		err = tx.insert(&day)
	}
	if err != nil {
		return false, err
	}
	cells := figureCells{}
	q := FigureQuery{Workflows: workflows, From: day.StartsAt, To: day.EndsAt, Mail: true, Goals: goals, Now: now}
	if err := tx.countFigures(q, gone, &figureParts{}, cells); err != nil {
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
			ports, err := portCounts(n)
			if err != nil {
				return err
			}
			nodes = append(nodes, figureNode{
				StartsAt: at, Workflow: c.Workflow, Version: c.Version, FigureNode: figureNodeColumns(*n), Ports: ports,
			})
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

// portCounts writes the ports of a node, an empty object where nobody left it.
func portCounts(n *FigureNode) (JSON, error) {
	if n.Ports == nil {
		return JSON("{}"), nil
	}
	return ToJSON(n.Ports)
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
		if err := nodes[i].Ports.Decode(&n.Ports); err != nil {
			return fmt.Errorf("read ports: %w", err)
		}
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
