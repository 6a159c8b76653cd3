package figures

import (
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Reasons why somebody should look at a workflow.
const (
	ReviewSilent  = "silent"   // it takes people in, and nobody came in the range
	ReviewErrors  = "errors"   // a twentieth of its steps failed, or more
	ReviewNoOwner = "no_owner" // nobody is named who looks after it
	ReviewHeld    = "held"     // somebody is held and waits for a person
)

// reviewErrors is the error rate from which a workflow is to be looked at.
const reviewErrors = 0.05

// reconcileStale is how old a comparison with Temporal gets, which is made every minute, before it says
// nothing about now.
const reconcileStale = 5 * time.Minute

// Workflow is one workflow in the Overview.
type Workflow struct {
	Key            string     `json:"key"`
	Name           string     `json:"name"`
	Status         string     `json:"status"`
	Version        *int       `json:"version"`
	Owner          string     `json:"owner"`
	Folder         string     `json:"folder"`
	UpdatedAt      time.Time  `json:"updated_at"`
	LastEnrollment *time.Time `json:"last_enrollment"`
	Figures
	Impact    *Impact  `json:"impact"`
	ActiveNow int64    `json:"active_now"`
	HeldNow   int64    `json:"held_now"`
	Review    []string `json:"review"`
}

// Total are the figures of all workflows together. The worst step is that of the workflow named beside
// it.
type Total struct {
	Figures
	ActiveNow int64  `json:"active_now"`
	HeldNow   int64  `json:"held_now"`
	Worst     string `json:"drop_off_workflow"`
}

// Overview is the health of all workflows at a glance.
type Overview struct {
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Timezone  string     `json:"timezone"`
	Currency  string     `json:"currency"`
	Totals    Total      `json:"totals"`
	Workflows []Workflow `json:"workflows"`
	Reconcile *Reconcile `json:"reconcile"`
}

// Reconcile compares what is active here with what Temporal has open. Causes add up to Difference,
// which is ours − Temporal's.
type Reconcile struct {
	At time.Time `json:"at"`
	// Stale: it is an old one. Temporal has not answered since, or no relay runs.
	Stale      bool             `json:"stale"`
	Ours       int64            `json:"ours"`
	Temporal   int64            `json:"temporal"`
	Difference int64            `json:"difference"`
	Causes     map[string]int64 `json:"causes"`
}

// OverviewQuery says what an overview is asked for.
type OverviewQuery struct {
	From, To   time.Time
	Zone       *time.Location
	HourlyCost float64
	// Workflows are those to show.
	Workflows []store.Workflow
	// Definition is the content of a version; nil for one that is not there.
	Definition func(workflow string, version int) (*definition.Definition, error)
	// Goals are what versions are measured by; that of a workflow's newest version is the one of its line.
	Goals store.Goals
	Now   time.Time
}

// ReadOverview makes the overview. Call it inside Store.Snapshot.
func ReadOverview(tx *store.Tx, q OverviewQuery) (*Overview, error) {
	o := &Overview{From: q.From, To: q.To, Timezone: q.Zone.String(), Workflows: []Workflow{}}
	if err := o.reconciled(tx, q.Now); err != nil {
		return nil, err
	}
	keys := make([]string, len(q.Workflows))
	for i := range q.Workflows {
		keys[i] = q.Workflows[i].Key
	}
	if len(keys) == 0 {
		o.Totals.Figures = of(&store.FigureCell{}, 0, 0, nil)
		return o, nil
	}
	cells, err := tx.Figures(store.FigureQuery{Workflows: keys, From: q.From, To: q.To, Goals: q.Goals, Now: q.Now})
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	standing, err := tx.Standing(keys)
	if err != nil {
		return nil, fmt.Errorf("count who is inside: %w", err)
	}
	all, minutes := &store.FigureCell{}, 0.0
	for i := range q.Workflows {
		shown, sum, spared, err := q.workflow(tx, &q.Workflows[i], cells, standing)
		if err != nil {
			return nil, err
		}
		minutes += spared
		o.Totals.ActiveNow += shown.ActiveNow
		o.Totals.HeldNow += shown.HeldNow
		o.Workflows = append(o.Workflows, shown)
		sum.Nodes = prefixed(shown.Key, sum.Nodes)
		all.Add(sum)
	}
	o.Totals.Figures = of(all, minutes, q.HourlyCost, func(node string) string { return node })
	o.worst()
	return o, nil
}

// prefixed keeps nodes of different workflows apart.
func prefixed(key string, nodes map[string]*store.FigureNode) map[string]*store.FigureNode {
	apart := make(map[string]*store.FigureNode, len(nodes))
	for name, n := range nodes {
		apart[key+"/"+name] = n
	}
	return apart
}

// worst names the worst step of all as the workflow itself does.
func (o *Overview) worst() {
	o.Totals.DropOff = nil
	for i := range o.Workflows {
		d := o.Workflows[i].DropOff
		if d != nil && (o.Totals.DropOff == nil || d.Rate > o.Totals.DropOff.Rate ||
			d.Rate == o.Totals.DropOff.Rate && d.Ended > o.Totals.DropOff.Ended) {
			o.Totals.DropOff, o.Totals.Worst = d, o.Workflows[i].Key
		}
	}
}

// workflow makes the line of one workflow, and returns what it is made of.
func (q *OverviewQuery) workflow(tx *store.Tx, w *store.Workflow, cells []store.FigureCell, standing map[string]store.Standing) (Workflow, *store.FigureCell, float64, error) {
	here := standing[w.Key]
	shown := Workflow{
		Key: w.Key, Name: w.Name, Status: w.Status, Owner: w.Owner, Folder: w.Folder, UpdatedAt: w.UpdatedAt.UTC(),
		ActiveNow: here.Active, HeldNow: here.Held, LastEnrollment: here.Last, Review: []string{},
	}
	if w.Version > 0 {
		shown.Version = &w.Version
	}
	goal, err := goalOf(tx, q.Goals, w.Key, w.Version)
	if err != nil {
		return shown, nil, 0, err
	}
	sum, minutes, impact := &store.FigureCell{}, 0.0, &store.Impact{}
	for i := range cells {
		if cells[i].Workflow != w.Key {
			continue
		}
		own, err := goalOf(tx, q.Goals, w.Key, cells[i].Version)
		if err != nil {
			return shown, nil, 0, err
		}
		if own != nil && goal != nil && own.Key == goal.Key {
			impact.Add(cells[i].Impact)
		}
		sum.Add(&cells[i])
		more, err := spared(&cells[i], func(version int) (*definition.Definition, error) { return q.Definition(w.Key, version) })
		if err != nil {
			return shown, nil, 0, err
		}
		minutes += more
	}
	def, err := q.Definition(w.Key, w.Version)
	if err != nil {
		return shown, nil, 0, err
	}
	shown.Figures, shown.Impact = of(sum, minutes, q.HourlyCost, Titles(def)), impactOf(impact, goal)
	shown.review()
	return shown, sum, minutes, nil
}

// review lists why somebody should look at the workflow.
func (w *Workflow) review() {
	for _, reason := range []struct {
		code  string
		holds bool
	}{
		{ReviewErrors, w.ErrorRate != nil && *w.ErrorRate >= reviewErrors},
		{ReviewHeld, w.HeldNow > 0},
		{ReviewSilent, w.Status == store.WorkflowActive && w.Enrolled == 0},
		{ReviewNoOwner, w.Owner == "" && w.Status != store.WorkflowDraft},
	} {
		if reason.holds {
			w.Review = append(w.Review, reason.code)
		}
	}
}

// Titles names the nodes of a definition; others by their id.
func Titles(def *definition.Definition) func(node string) string {
	return func(node string) string {
		if def != nil && def.Nodes[node] != nil {
			return def.Nodes[node].Title()
		}
		return node
	}
}

func (o *Overview) reconciled(tx *store.Tx, now time.Time) error {
	row, err := tx.Reconciliation()
	if err != nil || row == nil {
		return err
	}
	o.Reconcile = &Reconcile{At: row.At.UTC(), Stale: now.Sub(row.At) > reconcileStale, Ours: row.Ours, Temporal: row.Temporal, Difference: row.Ours - row.Temporal}
	return row.Causes.Decode(&o.Reconcile.Causes)
}
