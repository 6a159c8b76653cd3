package events

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fermata/store"
)

const (
	// failureRows is how many rows of counts a list of failures is made of at most.
	failureRows = 5000
	// failureExamples is how many enrollments a group shows.
	failureExamples = 3
	// wedgedMost is how many enrollments that cannot go on by themselves are grouped.
	wedgedMost = 5000
)

// States of failures beside those of store.
const (
	FailureStateWedged  = FailureWedged
	FailureStateStopped = "stopped" // a contact's queue
)

// FailureQuery selects failures; empty fields select all. From ≤ last seen < To.
type FailureQuery struct {
	Workflow, Fingerprint string
	From, To              time.Time
}

// FailureGroup are failures that are alike: of one node of one workflow, with one code and one
// message when what differs from one person to the next is left out.
type FailureGroup struct {
	Fingerprint string
	Kind        string
	Workflow    string // "" for queues of contacts
	Node        string
	Title       string // of the node, as its newest version calls it
	Type        string
	Code        string
	Message     string
	Cause       string // in words
	Count       int
	States      map[string]int
	Versions    []int // 0 = a draft; ascending
	First, Last time.Time
	Examples    []string // ids of enrollments, or of contacts for queues
	Named       []Named
	Retry       FailureRetry
}

// FailureRetry says whether a retry of a group can help. Count is how many can be retried now.
type FailureRetry struct {
	Count  int
	Helps  string
	Advice string
}

// Open is how many of a group wait for a person.
func (g *FailureGroup) Open() int {
	return g.Count - g.States[store.FailureFailed] - g.States[store.FailureRetrying]
}

// Failures lists groups of failures as tx sees them: those that wait for a person first, and of these
// the ones seen last first.
func Failures(tx *store.Tx, q FailureQuery) ([]FailureGroup, error) {
	f := &failures{tx: tx, q: q, byPrint: map[string]*FailureGroup{}}
	for _, part := range []struct {
		kind string
		add  func() error
	}{{FailureStep, f.steps}, {FailureWedged, f.wedged}, {FailureQueue, f.queues}} {
		if q.Fingerprint != "" && KindOfFailure(q.Fingerprint) != part.kind {
			continue
		}
		if err := part.add(); err != nil {
			return nil, err
		}
	}
	list := make([]FailureGroup, 0, len(f.byPrint))
	for _, g := range f.byPrint {
		slices.Sort(g.Versions)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b FailureGroup) int { return cmp.Compare(b.Place(), a.Place()) })
	return list, nil
}

// Place sorts groups, the last one first.
func (g *FailureGroup) Place() string {
	open := 0
	if g.Open() > 0 {
		open = 1
	}
	return fmt.Sprintf("%d%020d%s", open, g.Last.UnixMicro(), g.Fingerprint)
}

// failures makes the groups.
type failures struct {
	tx      *store.Tx
	q       FailureQuery
	byPrint map[string]*FailureGroup
}

// add counts n more failures of a group, which make describes when it is new.
func (f *failures) add(fingerprint, state string, version, n int, first, last time.Time, describe func(g *FailureGroup)) *FailureGroup {
	g := f.byPrint[fingerprint]
	if g == nil {
		g = &FailureGroup{Fingerprint: fingerprint, States: map[string]int{}, First: first, Last: last}
		describe(g)
		f.byPrint[fingerprint] = g
	}
	g.Count += n
	g.States[state] += n
	if first.Before(g.First) {
		g.First = first
	}
	if last.After(g.Last) {
		g.Last = last
	}
	if g.Kind != FailureQueue && !slices.Contains(g.Versions, version) {
		g.Versions = append(g.Versions, version)
	}
	return g
}

func (f *failures) steps() error {
	rows, err := f.tx.FailureGroups(store.FailureFilter{
		Fingerprint: f.q.Fingerprint, Workflow: f.q.Workflow, From: f.q.From, To: f.q.To,
	}, failureRows)
	if err != nil {
		return fmt.Errorf("count failures: %w", err)
	}
	for _, row := range rows {
		f.add(row.Fingerprint, row.State, row.Version, row.N, row.FirstAt.Time, row.LastAt.Time, func(g *FailureGroup) {
			g.Kind, g.Workflow, g.Node, g.Type, g.Code, g.Message = FailureStep, row.Workflow, row.Node, row.Type, row.Code, row.Message
		})
	}
	return nil
}

// Describe fills in what is read of each group by itself: its title, cause, examples, and what may be
// done about it.
func (g *FailureGroup) Describe(tx *store.Tx, definitions *Definitions) error {
	switch g.Kind {
	case FailureQueue:
		g.Cause = "the events of these contacts wait: one of them cannot be routed. " + g.Message
		g.Retry = FailureRetry{Count: g.Count, Helps: HelpsAfterSetting, Advice: "mend what the message names, then retry: the queues go on at the event where they stopped"}
		return nil
	case FailureWedged:
		g.Cause = "the run cannot go on by itself: " + g.Message
		g.Retry = FailureRetry{Count: g.Count, Helps: HelpsAfterSetting, Advice: "mend the cause, then retry: the runs are made anew from what the store knows, and what is done stays done"}
		return nil
	}
	shown, _, err := tx.FailedSteps(store.FailureFilter{Fingerprint: g.Fingerprint}, store.Page{Limit: failureExamples})
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	for _, row := range shown {
		g.Examples = append(g.Examples, row.EnrollmentID)
	}
	with := map[string]any{}
	if len(g.Examples) > 0 {
		if with, err = g.settings(tx, definitions); err != nil {
			return err
		}
	}
	if g.Title == "" {
		g.Title = g.Node
	}
	g.Cause = causeOf(g.Title, g.Code, g.Message)
	g.Named = namedBy(g.Node, g.Code, g.Message, with)
	g.Retry = g.retry()
	return nil
}

// settings are those of the node in the version of the newest failure.
func (g *FailureGroup) settings(tx *store.Tx, definitions *Definitions) (map[string]any, error) {
	e, err := tx.Enrollment(g.Examples[0])
	if err != nil {
		return nil, fmt.Errorf("read enrollment: %w", err)
	}
	def, err := definitions.Load(tx, e.Hash)
	if err != nil {
		return nil, err
	}
	if node := def.Nodes[g.Node]; node != nil {
		g.Title = node.Title()
	}
	raw, _ := def.Raw["nodes"].(map[string]any)
	node, _ := raw[g.Node].(map[string]any)
	with, _ := node["with"].(map[string]any)
	return with, nil
}

// retry says whether trying again can help.
func (g *FailureGroup) retry() FailureRetry {
	known, ok := blameOf(g.Code)
	r := FailureRetry{Count: g.States[store.FailureHeld], Helps: known.helps}
	if !ok {
		r.Helps = HelpsAfterSetting
	}
	switch {
	case r.Count == 0 && g.States[store.FailureUnknown] > 0:
		r.Helps, r.Advice = HelpsNever, "nobody knows whether it was carried out: look at each, then mark it as sent or resend it"
	case r.Count == 0 && g.States[store.FailureRetrying] > 0:
		r.Advice = "they are being tried again"
	case r.Count == 0:
		r.Helps, r.Advice = HelpsNever, "these have gone on without the step, or have ended: nothing is left to retry"
	case r.Helps == HelpsWhenBack:
		r.Advice = "retry when the other side is back"
	case r.Helps == HelpsAfterData:
		r.Advice = "mend the data of each contact, then retry; skip leaves the step out"
	default:
		r.Advice = "mend the setting, then retry. Secrets, templates and lists are read anew; what the definition itself says is that of the version that each runs: publish the mend and let those inside go on in the new version first"
	}
	return r
}

// Others adds to a preview those of a group that no order can be given to, and why.
func (g *FailureGroup) Others(p *OperatePreview) {
	for _, state := range sortedKeys(whyNot) {
		if n := g.States[state]; n > 0 {
			p.Matched, p.Examined, p.Refused = p.Matched+n, p.Examined+n, p.Refused+n
			p.Because(whyNot[state], "", n)
		}
	}
}
