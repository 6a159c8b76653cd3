package store

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"
)

const (
	// partsLock is what builders of parts hold, so that there is one at a time.
	partsLock = 0x70617274
	// partsMost is how many parts a workflow's day has before the smaller ones become one.
	partsMost = 8
	// partsGrow: who has ended since joins them when they are at least so manieth of those in parts, or
	// when the newest part is partsAge old.
	partsGrow = 8
	partsAge  = 20 * time.Hour
)

func sortedNodes(c *FigureCell) []string { return slices.Sorted(maps.Keys(c.Nodes)) }

// PartDay is one day of one workflow, as those who started on it are counted.
type PartDay struct {
	Workflow         string
	StartsAt, EndsAt time.Time
}

// PartsDue lists the days whose parts are to be built or built again, in order. Days are the starts of
// days, ascending, the last one the end of those to look at.
func (tx *Tx) PartsDue(days []time.Time, now time.Time) ([]PartDay, error) {
	if len(days) < 2 {
		return nil, nil
	}
	workflows, err := tx.everEntered()
	if err != nil {
		return nil, err
	}
	from, to, due := days[0], days[len(days)-1], []PartDay{}
	for _, workflow := range workflows {
		parts, err := tx.partsBetween([]string{workflow}, from, to)
		if err != nil {
			return nil, err
		}
		gone, err := tx.prunedStretches([]string{workflow}, from, to)
		if err != nil {
			return nil, err
		}
		loose, err := tx.looseBy(workflow, days)
		if err != nil {
			return nil, err
		}
		for i := range days[:len(days)-1] {
			day := PartDay{Workflow: workflow, StartsAt: days[i], EndsAt: days[i+1]}
			if day.due(parts, loose[i], now) && !overlaps(gone, workflow, day.StartsAt, day.EndsAt) {
				due = append(due, day)
			}
		}
	}
	return due, nil
}

// looseBy counts those who have ended and name no part, by the day of their start.
func (tx *Tx) looseBy(workflow string, days []time.Time) (map[int]int64, error) {
	rows, err := tx.db.Raw(`SELECT started_at FROM enrollments WHERE workflow = ? AND started_at >= ? AND started_at < ? AND figure_part = 0
		AND NOT active AND NOT test AND NOT pruned`, workflow, days[0], days[len(days)-1]).Rows()
	if err != nil {
		return nil, mapError(err)
	}
	defer func() { _ = rows.Close() }()
	loose := map[int]int64{}
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return nil, fmt.Errorf("read start: %w", err)
		}
		loose[sort.Search(len(days), func(i int) bool { return days[i].After(at) })-1]++
	}
	return loose, mapError(rows.Err())
}

// due reports whether a day is to be built: a part of it cannot be read, or enough have ended since.
func (d PartDay) due(parts []livePart, loose int64, now time.Time) bool {
	counted, newest := int64(0), time.Time{}
	for i := range parts {
		p := &parts[i].Part
		if !p.StartsAt.Before(d.EndsAt) || !p.EndsAt.After(d.StartsAt) {
			continue
		}
		if d.unfit(&parts[i]) {
			return true
		}
		counted += p.Enrollments
		if p.BuiltAt.After(newest) {
			newest = p.BuiltAt
		}
	}
	return loose > 0 && (loose*partsGrow >= counted || now.Sub(newest) >= partsAge)
}

// unfit reports whether a part that overlaps the day is to be replaced.
func (d PartDay) unfit(p *livePart) bool {
	return p.Stale || p.Part.Format != figurePartFormat || !p.Part.StartsAt.Equal(d.StartsAt) || !p.Part.EndsAt.Equal(d.EndsAt)
}

// BuildPart makes a part of those who started on a workflow's day, have ended and name no part that can
// be read, and returns how many they are. Whoever is being changed in this moment is left for the next
// time: nobody is waited for.
func (tx *Tx) BuildPart(day PartDay, now time.Time) (int64, error) {
	if tx.dialect == Postgres {
		if _, err := tx.exec("SELECT pg_advisory_xact_lock(?)", partsLock); err != nil {
			return 0, err
		}
	}
	parts, err := tx.partsBetween([]string{day.Workflow}, day.StartsAt, day.EndsAt)
	if err != nil {
		return 0, err
	}
	free, err := tx.giveUp(day, parts)
	if err != nil {
		return 0, err
	}
	part := figurePart{Workflow: day.Workflow, StartsAt: day.StartsAt, EndsAt: day.EndsAt, Format: figurePartFormat, BuiltAt: now}
	if _, err := tx.scan(&part.ID, `INSERT INTO figure_parts (workflow, starts_at, ends_at, enrollments, format, built_at)
		VALUES (?, ?, ?, 0, ?, ?) RETURNING id`, part.Workflow, part.StartsAt, part.EndsAt, part.Format, part.BuiltAt); err != nil {
		return 0, err
	}
	// First they name the part, then they are counted: what was changed before is seen, and whoever
	// changes something from now on waits, and finds the part.
	members := `SELECT e.id FROM enrollments e WHERE e.workflow = ? AND e.started_at >= ? AND e.started_at < ? AND e.figure_part IN ?
		AND NOT e.active AND NOT e.test AND NOT e.pruned AND e.ended_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.enrollment_id = e.id AND s.left_at IS NULL)`
	if tx.dialect == Postgres {
		members += " FOR UPDATE OF e SKIP LOCKED"
	}
	part.Enrollments, err = tx.exec("WITH members AS MATERIALIZED ("+members+") UPDATE enrollments SET figure_part = ? WHERE id IN (SELECT id FROM members)",
		day.Workflow, day.StartsAt, day.EndsAt, free, part.ID)
	if err != nil {
		return 0, err
	}
	if err := tx.fillPart(&part); err != nil {
		return 0, err
	}
	return part.Enrollments, tx.dropParts(free)
}

// giveUp marks the parts of a day that are to be replaced as stale: those that cannot be read, and of
// too many all but the largest. It returns what the members of a new part may name.
func (tx *Tx) giveUp(day PartDay, parts []livePart) (free []int64, err error) {
	free = []int64{0}
	var largest *livePart
	fit := 0
	for i := range parts {
		if p := &parts[i]; !day.unfit(p) {
			fit++
			if largest == nil || p.Part.Enrollments > largest.Part.Enrollments {
				largest = p
			}
		}
	}
	for i := range parts {
		p := &parts[i]
		if !day.unfit(p) && (fit < partsMost || p == largest) {
			continue
		}
		free = append(free, p.Part.ID)
		if !p.Stale {
			if _, err := tx.exec("INSERT INTO figure_stale (part) VALUES (?)", p.Part.ID); err != nil {
				return nil, err
			}
		}
	}
	return free, nil
}

// fillPart counts those who name a part.
func (tx *Tx) fillPart(part *figurePart) error {
	if part.Enrollments == 0 {
		return tx.remove("DELETE FROM figure_parts WHERE id = ?", part.ID)
	}
	cells := figureCells{}
	q := FigureQuery{Workflows: []string{part.Workflow}, From: part.StartsAt, To: part.EndsAt}
	c := tx.made(tx.cohort(q, nil, fmt.Sprintf("e.figure_part = %d", part.ID)))
	for _, count := range []func(cohort, figureCells) error{tx.countEnrolled, tx.countSteps, tx.countTimes, tx.countSent} {
		if err := count(c, cells); err != nil {
			return fmt.Errorf("count part: %w", err)
		}
	}
	rows := []figurePartCell{}
	for _, cell := range cells.list() {
		row, err := cell.encode(part.ID)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if _, err := tx.insertAll(&rows); err != nil {
		return err
	}
	_, err := tx.exec("UPDATE figure_parts SET enrollments = ? WHERE id = ?", part.Enrollments, part.ID)
	return err
}

// dropParts deletes those of some parts that are stale and that nobody names any more.
func (tx *Tx) dropParts(ids []int64) error {
	_, err := tx.exec(`DELETE FROM figure_parts WHERE id IN ? AND EXISTS (SELECT 1 FROM figure_stale s WHERE s.part = figure_parts.id)
		AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.workflow = figure_parts.workflow AND e.started_at >= figure_parts.starts_at
			AND e.started_at < figure_parts.ends_at AND e.figure_part = figure_parts.id)`, ids)
	if err != nil {
		return err
	}
	_, err = tx.exec("DELETE FROM figure_stale WHERE part IN ? AND part NOT IN (SELECT id FROM figure_parts)", ids)
	return err
}

// pruneParts deletes the parts of some workflows whose days come from roll-ups alone from now on.
func (tx *Tx) pruneParts(day FigureBuild, workflows []string) error {
	_, err := tx.exec("DELETE FROM figure_parts WHERE workflow IN ? AND starts_at >= ? AND ends_at <= ?", workflows, day.StartsAt, day.EndsAt)
	if err != nil {
		return err
	}
	_, err = tx.exec("DELETE FROM figure_stale WHERE part NOT IN (SELECT id FROM figure_parts)")
	return err
}
