package figures

import (
	"fmt"
	"slices"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Query says what figures are asked for.
type Query struct {
	Version  int // 0: all
	From, To time.Time
	Zone     *time.Location
	// Title names a node for people.
	Title func(node string) string
	// Nodes are those to show even when nobody came to them.
	Nodes map[string]*definition.Node
	// Definition is the content of a version.
	Definition func(version int) (*definition.Definition, error)
	HourlyCost float64
	// Goals are what versions are measured by; that of the version Shown is the one of the total.
	Goals store.Goals
	Shown int
	Now   time.Time
	// Rows counts from rows what parts could tell; see store.FigureQuery.
	Rows bool
}

// Analytics are the figures of one workflow.
type Analytics struct {
	Workflow string    `json:"workflow"`
	Version  *int      `json:"version"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Timezone string    `json:"timezone"`
	Currency string    `json:"currency"`
	Figures
	Impact     *Impact        `json:"impact"`
	ActiveNow  int64          `json:"active_now"`
	Throughput Throughput     `json:"throughput"`
	Series     []Day          `json:"series"`
	Nodes      []Node         `json:"nodes"`
	Versions   []VersionShare `json:"versions"`
}

// VersionShare are the figures of one version, for comparing.
type VersionShare struct {
	Version int `json:"version"`
	Figures
	Impact *Impact `json:"impact"`
}

// Throughput is how many enrollments and steps came on average, over the part of the range that has
// passed.
type Throughput struct {
	EnrollmentsPerHour *float64 `json:"enrollments_per_hour"`
	EnrollmentsPerDay  *float64 `json:"enrollments_per_day"`
	StepsPerHour       *float64 `json:"steps_per_hour"`
	StepsPerDay        *float64 `json:"steps_per_day"`
}

// Read makes the figures of a workflow. Call it inside Store.Snapshot.
func Read(tx *store.Tx, workflow string, q Query) (*Analytics, error) {
	days := Midnights(q.From, q.To, q.Zone)
	cells, err := tx.Figures(store.FigureQuery{
		Workflows: []string{workflow}, Version: q.Version, From: q.From, To: q.To, Days: days, Mail: true,
		Goals: q.Goals, Now: q.Now, Rows: q.Rows,
	})
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	now, err := tx.StandingNow([]string{workflow}, q.Version)
	if err != nil {
		return nil, fmt.Errorf("count who is inside: %w", err)
	}
	a := &Analytics{Workflow: workflow, From: q.From, To: q.To, Timezone: q.Zone.String()}
	if q.Version > 0 {
		a.Version = &q.Version
	}
	total, byVersion, byDay := &store.FigureCell{}, map[int]*store.FigureCell{}, make([]store.FigureCell, len(days)+1)
	for i := range cells {
		c := &cells[i]
		total.Add(c)
		byDay[c.Day].AddCounts(c)
		if byVersion[c.Version] == nil {
			byVersion[c.Version] = &store.FigureCell{Version: c.Version}
		}
		byVersion[c.Version].Add(c)
	}
	minutes, err := a.versions(tx, byVersion, q)
	if err != nil {
		return nil, err
	}
	a.Figures = of(total, minutes, q.HourlyCost, q.Title)
	a.series(byDay, days, q)
	a.nodes(total, now, q)
	a.Throughput = throughput(a.Enrolled, a.Steps, q)
	return a, nil
}

// versions fills in the figures by version and returns the minutes of work that all of them spared.
func (a *Analytics) versions(tx *store.Tx, cells map[int]*store.FigureCell, q Query) (minutes float64, err error) {
	shown, err := goalOf(tx, q.Goals, a.Workflow, q.Shown)
	if err != nil {
		return 0, err
	}
	impact := &store.Impact{}
	numbers := make([]int, 0, len(cells))
	for n := range cells {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	a.Versions = make([]VersionShare, 0, len(numbers))
	for _, n := range numbers {
		spared, err := spared(cells[n], q.Definition)
		if err != nil {
			return 0, err
		}
		minutes += spared
		goal, err := goalOf(tx, q.Goals, a.Workflow, n)
		if err != nil {
			return 0, err
		}
		if goal != nil && shown != nil && goal.Key == shown.Key {
			impact.Add(cells[n].Impact)
		}
		a.Versions = append(a.Versions, VersionShare{
			Version: n, Figures: of(cells[n], spared, q.HourlyCost, q.Title), Impact: impactOf(cells[n].Impact, goal),
		})
	}
	a.Impact = impactOf(impact, shown)
	return minutes, nil
}

// goalOf is the goal of a version, nil when there is none.
func goalOf(tx *store.Tx, goals store.Goals, workflow string, version int) (*store.Goal, error) {
	if goals == nil || version == 0 {
		return nil, nil
	}
	goal, err := goals(tx, workflow, version)
	if err != nil {
		return nil, fmt.Errorf("read goal: %w", err)
	}
	return goal, nil
}

// spared are the minutes of manual work that a version's completions with success took the place of.
func spared(c *store.FigureCell, load func(version int) (*definition.Definition, error)) (float64, error) {
	if c.CompletedSuccess == 0 {
		return 0, nil
	}
	def, err := load(c.Version)
	if err != nil || def == nil {
		return 0, err
	}
	return float64(c.CompletedSuccess) * def.Settings.ManualMinutes, nil
}

func (a *Analytics) series(cells []store.FigureCell, days []time.Time, q Query) {
	a.Series = make([]Day, len(cells))
	for i := range cells {
		c, from := &cells[i], q.From
		if i > 0 {
			from = days[i-1]
		}
		finished := c.Completed + c.Exited + c.Failed
		a.Series[i] = Day{
			From: from, Date: from.In(q.Zone).Format(time.DateOnly), Enrolled: c.Enrolled, Finished: finished,
			Completed: c.Completed, CompletionRate: Rate(c.CompletedSuccess+c.ExitedSuccess, finished),
		}
		a.Series[i].Steps, a.Series[i].Errors = c.Steps()
	}
}

// nodes lists every node of the definition and every other one that somebody entered or stands at.
func (a *Analytics) nodes(total *store.FigureCell, now map[string]map[string]int64, q Query) {
	for name := range q.Nodes {
		total.At(name)
	}
	for name, n := range now[a.Workflow] {
		a.ActiveNow += n
		total.At(name)
	}
	a.Nodes = []Node{}
	for _, name := range sorted(total.Nodes) {
		if name == "" {
			continue // admitted to no node yet
		}
		n := total.Nodes[name]
		if def := q.Nodes[name]; def != nil && n.Type == "" {
			n.Type = def.Type
		}
		shown := node(n, q.Title(name))
		shown.ActiveNow = now[a.Workflow][name]
		a.Nodes = append(a.Nodes, shown)
	}
}

func throughput(enrolled, steps int64, q Query) Throughput {
	until := q.To
	if until.After(q.Now) {
		until = q.Now
	}
	hours := until.Sub(q.From).Hours()
	if hours <= 0 {
		return Throughput{}
	}
	per := func(n int64, of float64) *float64 {
		x := round(float64(n)/of, 6)
		return &x
	}
	return Throughput{
		EnrollmentsPerHour: per(enrolled, hours), EnrollmentsPerDay: per(enrolled, hours/24),
		StepsPerHour: per(steps, hours), StepsPerDay: per(steps, hours/24),
	}
}
