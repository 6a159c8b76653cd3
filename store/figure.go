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
}

// FigureCell counts the enrollments of one version of a workflow that started on one day. Cells are
// additive: what belongs to several is the sum of them.
type FigureCell struct {
	Workflow string
	Version  int
	Day      int // see FigureQuery.Days

	Enrolled, Active, Completed, Exited, Failed int64
	CompletedSuccess, ExitedSuccess             int64

	// Spreads are by version alone: they stand in the cell of day 0 when the rows were counted.
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

// Spread counts lengths of time, in whole milliseconds: how often each occurs. Nothing is rounded
// away, so that spreads add up and percentiles are exact.
type Spread map[int64]int64

// Count adds n times a length.
func (s *Spread) Count(ms, n int64) {
	if *s == nil {
		*s = Spread{}
	}
	(*s)[ms] += n
}

// Add adds another spread.
func (s *Spread) Add(o Spread) {
	for ms, n := range o {
		s.Count(ms, n)
	}
}

// pairs lists a spread as [ms, n, ms, n, …], ascending.
func (s Spread) pairs() []int64 {
	list := make([]int64, 0, 2*len(s))
	for _, ms := range s.lengths() {
		list = append(list, ms, s[ms])
	}
	return list
}

// spreadOf reads pairs.
func spreadOf(pairs []int64) Spread {
	var s Spread
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Count(pairs[i], pairs[i+1])
	}
	return s
}

func (s Spread) lengths() []int64 {
	list := make([]int64, 0, len(s))
	for ms := range s {
		list = append(list, ms)
	}
	slices.Sort(list)
	return list
}

// SpreadFacts are the facts of a spread, in milliseconds.
type SpreadFacts struct {
	N, Sum, Max int64
	// At are the percentiles that were asked for, by nearest rank: the smallest length that at least
	// so many of a hundred do not exceed.
	At []int64
}

// Facts reads a spread. With N = 0 the others mean nothing.
func (s Spread) Facts(percentiles ...int64) SpreadFacts {
	lengths := s.lengths()
	f := SpreadFacts{At: make([]int64, len(percentiles))}
	for _, ms := range lengths {
		f.N += s[ms]
		f.Sum += ms * s[ms]
		f.Max = ms
	}
	for i, p := range percentiles {
		rank, seen := (p*f.N+99)/100, int64(0)
		for _, ms := range lengths {
			if seen += s[ms]; seen >= rank {
				f.At[i] = ms
				break
			}
		}
	}
	return f
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
// from their roll-ups. It reads without locks; inside Store.Snapshot the counts fit each other.
func (tx *Tx) Figures(q FigureQuery) ([]FigureCell, error) {
	cells := figureCells{}
	gone, err := tx.rolledUp(q, cells)
	if err != nil {
		return nil, fmt.Errorf("read roll-ups: %w", err)
	}
	if err := tx.countFigures(q, gone, cells); err != nil {
		return nil, err
	}
	return cells.list(), nil
}

// countFigures counts rows, but those of enrollments that started in one of the given stretches.
func (tx *Tx) countFigures(q FigureQuery, but []stretch, cells figureCells) error {
	c := tx.cohort(q, but)
	for _, part := range []struct {
		what  string
		count func(cohort, figureCells) error
		only  bool
	}{
		{"enrollments", tx.countEnrolled, true},
		{"steps", tx.countSteps, true},
		{"times", tx.countTimes, true},
		{"bounces", tx.countBounces, true},
		{"mails", tx.countMails, q.Mail},
	} {
		if !part.only {
			continue
		}
		if err := part.count(c, cells); err != nil {
			return fmt.Errorf("count %s: %w", part.what, err)
		}
	}
	if err := tx.countImpact(q, but, cells); err != nil {
		return fmt.Errorf("count impact: %w", err)
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
