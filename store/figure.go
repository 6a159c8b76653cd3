package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FigureQuery selects the enrollments that figures are made of: those that started in
// [From, To), tests left out.
type FigureQuery struct {
	Workflows []string // empty: all
	Version   int      // 0: all
	From, To  time.Time
	// Days are the instants, after From and before To, at which a new day begins, ascending. They cut
	// the range into len(Days)+1 days, numbered from 0.
	Days []time.Time
	// Mail asks for what became of mails, too.
	Mail bool
	// Goals asks for impacts, as of Now; nil: none.
	Goals Goals
	Now   time.Time
	// Rows takes nothing from parts: everything that rows are there of is counted from them.
	Rows bool
}

// FigureCell counts the enrollments of one version of a workflow that started on one day. Cells are
// additive: what belongs to several is the sum of them.
type FigureCell struct {
	Workflow string
	Version  int
	Day      int // see FigureQuery.Days

	Enrolled, Active, Completed, Exited, Failed int64
	CompletedSuccess, ExitedSuccess             int64

	// Spreads are by version alone: of rows they stand in the cell of day 0.
	Completion Spread  // ended − started of those completed
	Excess     Spread  // of the same, less the planned waits
	Lateness   Spread  // fired − due of waits that time ended
	Impact     *Impact // by version, too; nil when there is no goal, or a roll-up does not hold it
	Nodes      map[string]*FigureNode
}

// FigureNode counts the steps at one node, and who stands or ended there. Of every entry one of Done
// to Open is counted.
type FigureNode struct {
	Node string
	Type string // of the newest step, by name

	Done, Failed, Unknown, Dropped, Suppressed, Skipped, Exited, Canceled int64
	Open                                                                  int64 // not left, and not failed
	Bounced                                                               int64 // steps that did not fail, whose mail bounced hard within 7 days

	Active int64 // enrollments that stand here
	Ended  int64 // enrollments that ended here
	Lost   int64 // those of them that ended without success

	Sent, Opened, Clicked int64 // mails; opened and clicked by people

	// Ports are the ways that steps left by, and how many did. Who ended here or stands here took none.
	Ports map[string]int64
}

// Entries is how many steps there are.
func (n *FigureNode) Entries() int64 {
	return n.Done + n.Failed + n.Unknown + n.Dropped + n.Suppressed + n.Skipped + n.Exited + n.Canceled + n.Open
}

// Attempted is how many steps were carried out, whatever came of it.
func (n *FigureNode) Attempted() int64 { return n.Done + n.Failed + n.Unknown }

// Errors is how many of them failed for good, or had their mail bounced.
func (n *FigureNode) Errors() int64 { return n.Failed + n.Bounced }

// count adds n steps of one kind: a status, "broken" for one that is held because it failed, or "moved".
func (n *FigureNode) count(kind string, steps int64) {
	switch kind {
	case "done":
		n.Done += steps
	case "failed", figureBroken:
		n.Failed += steps
	case "unknown":
		n.Unknown += steps
	case "dropped":
		n.Dropped += steps
	case "suppressed":
		n.Suppressed += steps
	case "skipped":
		n.Skipped += steps
	case "exited":
		n.Exited += steps
	case "canceled", figureMoved:
		n.Canceled += steps
	default:
		n.Open += steps
	}
}

// leave counts steps that left by a port.
func (n *FigureNode) leave(port string, steps int64) {
	if port == "" {
		return
	}
	if n.Ports == nil {
		n.Ports = map[string]int64{}
	}
	n.Ports[port] += steps
}

// Add adds the counts of another row for the same node.
func (n *FigureNode) Add(o *FigureNode) {
	n.Type = max(n.Type, o.Type)
	for to, by := range map[*int64]int64{
		&n.Done: o.Done, &n.Failed: o.Failed, &n.Unknown: o.Unknown, &n.Dropped: o.Dropped, &n.Suppressed: o.Suppressed,
		&n.Skipped: o.Skipped, &n.Exited: o.Exited, &n.Canceled: o.Canceled, &n.Open: o.Open, &n.Bounced: o.Bounced,
		&n.Active: o.Active, &n.Ended: o.Ended, &n.Lost: o.Lost, &n.Sent: o.Sent, &n.Opened: o.Opened, &n.Clicked: o.Clicked,
	} {
		*to += by
	}
	for port, steps := range o.Ports {
		n.leave(port, steps)
	}
}

// At returns the counts of a node.
func (c *FigureCell) At(node string) *FigureNode {
	if c.Nodes == nil {
		c.Nodes = map[string]*FigureNode{}
	}
	n := c.Nodes[node]
	if n == nil {
		n = &FigureNode{Node: node}
		c.Nodes[node] = n
	}
	return n
}

// Steps are the steps that were attempted, and the errors among them.
func (c *FigureCell) Steps() (attempted, errors int64) {
	for _, n := range c.Nodes {
		attempted += n.Attempted()
		errors += n.Errors()
	}
	return attempted, errors
}

// Add adds another cell.
func (c *FigureCell) Add(o *FigureCell) {
	c.AddCounts(o)
	c.Completion.Add(o.Completion)
	c.Excess.Add(o.Excess)
	c.Lateness.Add(o.Lateness)
	if o.Impact != nil {
		if c.Impact == nil {
			c.Impact = &Impact{}
		}
		c.Impact.Add(o.Impact)
	}
}

// AddCounts adds what another cell has of its own day: all but its lengths of time and its impact.
func (c *FigureCell) AddCounts(o *FigureCell) {
	c.Enrolled += o.Enrolled
	c.Active += o.Active
	c.Completed += o.Completed
	c.Exited += o.Exited
	c.Failed += o.Failed
	c.CompletedSuccess += o.CompletedSuccess
	c.ExitedSuccess += o.ExitedSuccess
	for name, node := range o.Nodes {
		c.At(name).Add(node)
	}
}

// figureKey tells cells apart.
type figureKey struct {
	Workflow string
	Version  int
	Day      int
}

// figureCells collects cells.
type figureCells map[figureKey]*FigureCell

func (c figureCells) at(k figureKey) *FigureCell {
	cell := c[k]
	if cell == nil {
		cell = &FigureCell{Workflow: k.Workflow, Version: k.Version, Day: k.Day}
		c[k] = cell
	}
	return cell
}

func (c figureCells) list() []FigureCell {
	list := make([]FigureCell, 0, len(c))
	for _, cell := range c {
		for _, s := range []*Spread{&cell.Completion, &cell.Excess, &cell.Lateness} {
			*s = s.ascending()
		}
		if i := cell.Impact; i != nil {
			i.After, i.AfterKnown, i.Before = i.After.ascending(), i.AfterKnown.ascending(), i.Before.ascending()
		}
		list = append(list, *cell)
	}
	slices.SortFunc(list, func(a, b FigureCell) int {
		if n := strings.Compare(a.Workflow, b.Workflow); n != 0 {
			return n
		}
		if a.Version != b.Version {
			return a.Version - b.Version
		}
		return a.Day - b.Day
	})
	return list
}

// Figures counts, by workflow, version and day, in that order. Days whose step rows are gone come
// from their roll-ups; of the others come from parts those who have ended and are counted there, and
// everybody else from rows. It reads without locks; inside Store.Snapshot the counts fit each other.
func (tx *Tx) Figures(q FigureQuery) ([]FigureCell, error) {
	cells := figureCells{}
	gone, err := tx.rolledUp(q, cells)
	if err != nil {
		return nil, fmt.Errorf("read roll-ups: %w", err)
	}
	parts := &figureParts{}
	if !q.Rows {
		if parts, err = tx.readParts(q, gone); err != nil {
			return nil, fmt.Errorf("read parts: %w", err)
		}
	}
	if err := tx.countFigures(q, gone, parts, cells); err != nil {
		return nil, err
	}
	return cells.list(), nil
}

// countFigures adds parts, and counts rows, but those of parts and of enrollments that started in one of
// the given stretches.
func (tx *Tx) countFigures(q FigureQuery, but []stretch, parts *figureParts, cells figureCells) error {
	rest, whole := tx.made(tx.cohort(q, but, parts.rest())), tx.cohort(q, but, "")
	parts.add(cells)
	for _, part := range []struct {
		what  string
		count func(figureCells) error
		only  bool
	}{
		{"enrollments", func(cells figureCells) error { return tx.countEnrolled(rest, cells) }, true},
		{"steps", func(cells figureCells) error { return tx.countSteps(rest, cells) }, true},
		{"times", func(cells figureCells) error { return tx.countTimes(rest, cells) }, true},
		{"bounces", func(cells figureCells) error { return tx.countBounces(whole, cells) }, true},
		{"sends", func(cells figureCells) error { parts.addSent(cells); return tx.countSent(rest, cells) }, q.Mail},
		{"opened mails", func(cells figureCells) error { return tx.countHits(whole, cells) }, q.Mail},
		{"impact", func(cells figureCells) error { return tx.countImpact(q, but, cells) }, true},
	} {
		if !part.only {
			continue
		}
		if err := part.count(cells); err != nil {
			return fmt.Errorf("count %s: %w", part.what, err)
		}
		if part.what == "steps" {
			cells.dropCarried()
		}
	}
	return nil
}

// StandingNow counts the active enrollments, tests left out, by workflow and node, whenever they
// started. Version 0 counts all.
func (tx *Tx) StandingNow(workflows []string, version int) (map[string]map[string]int64, error) {
	q := &query{}
	q.and("active AND NOT test")
	if len(workflows) > 0 {
		q.and("workflow IN ?", workflows)
	}
	if version > 0 {
		q.and("version = ?", version)
	}
	var rows []struct {
		Workflow, Node string
		N              int64
	}
	if _, err := tx.scan(&rows, "SELECT workflow, node, count(*) AS n FROM enrollments"+q.clause()+" GROUP BY workflow, node", q.args...); err != nil {
		return nil, err
	}
	found := map[string]map[string]int64{}
	for _, row := range rows {
		if found[row.Workflow] == nil {
			found[row.Workflow] = map[string]int64{}
		}
		found[row.Workflow][row.Node] = row.N
	}
	return found, nil
}
