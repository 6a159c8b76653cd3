package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Parts let figures be read without going through every row again. A part is the counts of some
// enrollments of one workflow that started on one day and have ended; each of them names it
// (enrollments.figure_part), and names no other. Everybody else is counted from the rows, so that the
// figures are the same with any parts, or none.
//
// What a part counts does not change by itself. Whoever changes a row of it nevertheless (a person, an
// undo, a mail recorded late) marks it as stale in the same transaction: triggers of the database do,
// whatever statement it was. A stale part is not read any more. What becomes of mails after they were
// sent, and impacts, are no part of parts: they are read from the events every time.

// figurePartFormat counts up when parts are to be built anew, because what they hold means something
// else.
const figurePartFormat = 1

// figurePartsOdd is how many parts that cannot be read a query puts up with, before it reads none.
const figurePartsOdd = 500

type figurePart struct {
	ID               int64 `gorm:"primaryKey"`
	Workflow         string
	StartsAt, EndsAt time.Time
	Enrollments      int64
	Format           int
	BuiltAt          time.Time
}

// figurePartCell are the counts of one version in a part.
type figurePartCell struct {
	Part                         int64 `gorm:"primaryKey;autoIncrement:false"`
	Version                      int   `gorm:"primaryKey;autoIncrement:false"`
	Counts                       JSON
	Completion, Excess, Lateness []byte
}

// figurePartCounts is figurePartCell.Counts.
type figurePartCounts struct {
	Enrolled         int64        `json:"enrolled"`
	Completed        int64        `json:"completed"`
	Exited           int64        `json:"exited"`
	Failed           int64        `json:"failed"`
	CompletedSuccess int64        `json:"completed_success"`
	ExitedSuccess    int64        `json:"exited_success"`
	Nodes            []FigureNode `json:"nodes"`
}

// figureParts are the parts that a query reads.
type figureParts struct {
	cells []FigureCell
	// odd are parts in the range that are not read: who names one is counted from the rows.
	odd []int64
}

// rest is the condition on the enrollments e that no part counts that is read; "" for everybody.
func (p *figureParts) rest() string {
	if len(p.cells) == 0 {
		return ""
	}
	if len(p.odd) == 0 {
		return "e.figure_part = 0"
	}
	// A sum, so that nobody goes through the index once for each of them.
	list := make([]string, len(p.odd))
	for i, id := range p.odd {
		list[i] = strconv.FormatInt(id, 10)
	}
	return "e.figure_part + 0 IN (0, " + strings.Join(list, ", ") + ")"
}

// add adds everything but mails.
func (p *figureParts) add(cells figureCells) {
	for i := range p.cells {
		c := p.cells[i]
		nodes := make(map[string]*FigureNode, len(c.Nodes))
		for name, n := range c.Nodes {
			without := *n
			without.Sent = 0
			nodes[name] = &without
		}
		c.Nodes = nodes
		cells.at(figureKey{Workflow: c.Workflow, Version: c.Version, Day: c.Day}).Add(&c)
	}
}

// addSent adds mails that went out.
func (p *figureParts) addSent(cells figureCells) {
	for i := range p.cells {
		c := &p.cells[i]
		for name, n := range c.Nodes {
			if n.Sent > 0 {
				cells.at(figureKey{Workflow: c.Workflow, Version: c.Version, Day: c.Day}).At(name).Sent += n.Sent
			}
		}
	}
}

// livePart is a part as a reader finds it.
type livePart struct {
	Part  figurePart `gorm:"embedded"`
	Stale bool
}

// FigurePart says what a part counts.
type FigurePart struct {
	ID               int64
	Workflow         string
	StartsAt, EndsAt time.Time
	Enrollments      int64
	Stale            bool // it is not read any more
}

// FigureParts lists all parts, by id.
func (tx *Tx) FigureParts() ([]FigurePart, error) {
	parts := []FigurePart{}
	_, err := tx.scan(&parts, `SELECT p.id, p.workflow, p.starts_at, p.ends_at, p.enrollments,
		EXISTS (SELECT 1 FROM figure_stale s WHERE s.part = p.id) AS stale FROM figure_parts p ORDER BY p.id`)
	return parts, err
}

// partsBetween lists the parts that overlap a stretch of starts, of some workflows or of all.
func (tx *Tx) partsBetween(workflows []string, from, to time.Time) ([]livePart, error) {
	where, args := partsWhere(workflows, from, to)
	parts := []livePart{}
	_, err := tx.scan(&parts, "SELECT "+columns[figurePart]("p.")+`, EXISTS (SELECT 1 FROM figure_stale s WHERE s.part = p.id) AS stale
		FROM figure_parts p WHERE `+where+" ORDER BY p.id", args...)
	return parts, err
}

func partsWhere(workflows []string, from, to time.Time) (string, []any) {
	where, args := "p.starts_at < ? AND p.ends_at > ?", []any{to, from}
	if len(workflows) > 0 {
		where, args = where+" AND p.workflow IN ?", append(args, workflows)
	}
	return where, args
}

// readParts reads the parts that lie in one day of a query each, and in no stretch that is counted
// elsewhere.
func (tx *Tx) readParts(q FigureQuery, gone []stretch) (*figureParts, error) {
	found, err := tx.partsBetween(q.Workflows, q.From, q.To)
	if err != nil || len(found) == 0 {
		return &figureParts{}, err
	}
	parts, use := &figureParts{}, make(map[int64]*figurePart, len(found))
	for i := range found {
		p := &found[i].Part
		switch {
		case holdsAll(gone, p):
		case overlaps(gone, p.Workflow, p.StartsAt, p.EndsAt):
			parts.odd = append(parts.odd, p.ID)
		case !found[i].Stale && p.Format == figurePartFormat && q.within(p.StartsAt, p.EndsAt):
			use[p.ID] = p
		default:
			parts.odd = append(parts.odd, p.ID)
		}
	}
	if len(use) == 0 || len(parts.odd) > figurePartsOdd {
		return &figureParts{}, nil
	}
	where, args := partsWhere(q.Workflows, q.From, q.To)
	if q.Version > 0 {
		where, args = where+" AND c.version = ?", append(args, q.Version)
	}
	var rows []figurePartCell
	if _, err := tx.scan(&rows, "SELECT "+columns[figurePartCell]("c.")+" FROM figure_parts p JOIN figure_part_cells c ON c.part = p.id WHERE "+where, args...); err != nil {
		return nil, err
	}
	for i := range rows {
		p := use[rows[i].Part]
		if p == nil {
			continue
		}
		cell, err := rows[i].decode()
		if err != nil {
			return nil, fmt.Errorf("read part %d: %w", p.ID, err)
		}
		cell.Workflow, cell.Day = p.Workflow, q.dayOf(p.StartsAt)
		parts.cells = append(parts.cells, cell)
	}
	return parts, nil
}

// holdsAll reports whether everybody of a part started in one of some stretches.
func holdsAll(list []stretch, p *figurePart) bool {
	for i := range list {
		if s := &list[i]; s.workflow == p.Workflow && !p.StartsAt.Before(s.from) && !p.EndsAt.After(s.to) {
			return true
		}
	}
	return false
}

// overlaps reports whether somebody who started in a stretch may have started in one of a list.
func overlaps(list []stretch, workflow string, from, to time.Time) bool {
	for i := range list {
		if s := &list[i]; s.workflow == workflow && s.from.Before(to) && s.to.After(from) {
			return true
		}
	}
	return false
}

// within reports whether a stretch lies in one day of the range.
func (q *FigureQuery) within(from, to time.Time) bool {
	return !from.Before(q.From) && !to.After(q.To) && q.dayOf(from) == q.dayOf(to.Add(-time.Microsecond))
}

func (r *figurePartCell) decode() (FigureCell, error) {
	counts := figurePartCounts{}
	if err := r.Counts.Decode(&counts); err != nil {
		return FigureCell{}, err
	}
	c := FigureCell{
		Version: r.Version, Enrolled: counts.Enrolled, Completed: counts.Completed, Exited: counts.Exited, Failed: counts.Failed,
		CompletedSuccess: counts.CompletedSuccess, ExitedSuccess: counts.ExitedSuccess,
		Nodes: make(map[string]*FigureNode, len(counts.Nodes)),
	}
	for i := range counts.Nodes {
		c.Nodes[counts.Nodes[i].Node] = &counts.Nodes[i]
	}
	for _, one := range []struct {
		packed []byte
		into   *Spread
	}{{r.Completion, &c.Completion}, {r.Excess, &c.Excess}, {r.Lateness, &c.Lateness}} {
		if err := one.into.unpack(one.packed); err != nil {
			return FigureCell{}, err
		}
	}
	return c, nil
}

func (c *FigureCell) encode(part int64) (figurePartCell, error) {
	counts := figurePartCounts{
		Enrolled: c.Enrolled, Completed: c.Completed, Exited: c.Exited, Failed: c.Failed,
		CompletedSuccess: c.CompletedSuccess, ExitedSuccess: c.ExitedSuccess, Nodes: make([]FigureNode, 0, len(c.Nodes)),
	}
	for _, name := range sortedNodes(c) {
		counts.Nodes = append(counts.Nodes, *c.Nodes[name])
	}
	raw, err := ToJSON(counts)
	return figurePartCell{
		Part: part, Version: c.Version, Counts: raw,
		Completion: c.Completion.pack(), Excess: c.Excess.pack(), Lateness: c.Lateness.pack(),
	}, err
}
