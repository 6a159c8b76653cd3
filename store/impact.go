package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Goal is the event by which a version of a workflow is measured.
type Goal struct {
	// Key is the same for goals that say the same.
	Key     string
	Event   string
	Within  time.Duration // how far the goal looks, from the start of an enrollment forward and back
	Measure string        // rate or time_to
	// Judge reports which of some events count; nil: every one does. It is asked for many at a time, so
	// that what it reads it reads for all of them at once.
	Judge func(tx *Tx, events []GoalEvent) ([]bool, error)
}

// Goals returns the goal of a version, nil for none.
type Goals func(tx *Tx, workflow string, version int) (*Goal, error)

// GoalEvent is an event of a goal's type that happened close enough to the start of an enrollment.
type GoalEvent struct {
	EventID, ContactID, EnrollmentID, TriggerEventID string
	Version                                          int
	Known                                            bool
	Us                                               int64 // how long after the start, in microseconds; before it below 0
	OccurredAt, AcceptedAt, StartedAt                time.Time
	Data, TriggerData                                JSON
}

// Impact counts who reached the goal of a version after the start and before it, within the same
// length of time. Impacts of one goal are additive.
type Impact struct {
	Pending  int64 // the time after the start has not passed yet
	Measured int64 // it has
	Known    int64 // those measured who were contacts for all of the time before the start, too
	// The lengths from the start to the nearest event: forward of those measured, forward of those
	// known, and back of those known.
	After, AfterKnown, Before Spread
}

// Add adds another impact; nil adds nothing.
func (i *Impact) Add(o *Impact) {
	if o == nil {
		return
	}
	i.Pending += o.Pending
	i.Measured += o.Measured
	i.Known += o.Known
	i.After.Add(o.After)
	i.AfterKnown.Add(o.AfterKnown)
	i.Before.Add(o.Before)
}

// impactRow is an Impact as a part of a roll-up.
type impactRow struct {
	Pending    int64   `json:"pending"`
	Measured   int64   `json:"measured"`
	Known      int64   `json:"known"`
	After      []int64 `json:"after"`
	AfterKnown []int64 `json:"after_known"`
	Before     []int64 `json:"before"`
}

func (i *Impact) encode() (JSON, error) {
	if i == nil {
		return nil, nil
	}
	raw, err := json.Marshal(impactRow{
		Pending: i.Pending, Measured: i.Measured, Known: i.Known,
		After: i.After.pairs(), AfterKnown: i.AfterKnown.pairs(), Before: i.Before.pairs(),
	})
	if err != nil {
		return nil, fmt.Errorf("encode impact: %w", err)
	}
	return raw, nil
}

func decodeImpact(raw JSON) (*Impact, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	row := impactRow{}
	if err := raw.Decode(&row); err != nil {
		return nil, fmt.Errorf("read impact: %w", err)
	}
	return &Impact{
		Pending: row.Pending, Measured: row.Measured, Known: row.Known,
		After: spreadOf(row.After), AfterKnown: spreadOf(row.AfterKnown), Before: spreadOf(row.Before),
	}, nil
}

// measured are versions of one workflow that have the same goal.
type measured struct {
	workflow string
	versions []int
	goal     *Goal
}

// countImpact counts what came of the goals of those versions that cells were counted of.
func (tx *Tx) countImpact(q FigureQuery, but []stretch, cells figureCells) error {
	if q.Goals == nil {
		return nil
	}
	groups, err := tx.measured(q.Goals, cells)
	if err != nil {
		return err
	}
	for _, g := range groups {
		own := q
		own.Workflows, own.Days = []string{g.workflow}, nil
		c := tx.impactCohort(own, but, g)
		if err := tx.countMeasured(c, g, cells); err != nil {
			return err
		}
		if g.goal.Judge == nil {
			err = tx.countReached(c, g, cells)
		} else {
			err = tx.judgeReached(c, g, cells)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measured groups the versions of cells by their goals.
func (tx *Tx) measured(goals Goals, cells figureCells) ([]measured, error) {
	seen := map[figureKey]bool{}
	for key := range cells {
		key.Day = 0
		seen[key] = true
	}
	keys := slices.SortedFunc(maps.Keys(seen), func(a, b figureKey) int {
		return cmp.Or(cmp.Compare(a.Workflow, b.Workflow), cmp.Compare(a.Version, b.Version))
	})
	var groups []measured
	for _, key := range keys {
		goal, err := goals(tx, key.Workflow, key.Version)
		if err != nil {
			return nil, fmt.Errorf("read goal of %s: %w", key.Workflow, err)
		}
		if goal == nil {
			continue
		}
		at := slices.IndexFunc(groups, func(g measured) bool { return g.workflow == key.Workflow && g.goal.Key == goal.Key })
		if at < 0 {
			groups, at = append(groups, measured{workflow: key.Workflow, goal: goal}), len(groups)
		}
		groups[at].versions = append(groups[at].versions, key.Version)
	}
	return groups, nil
}

// impactCohort is a cohort with the table m: its enrollments whose contact is there, with the contact's
// id of today, whether the time after the start has passed, and whether the contact was one for all of
// the time before.
func (tx *Tx) impactCohort(q FigureQuery, but []stretch, g measured) cohort {
	c := tx.made(tx.cohort(q, but, ""))
	c.with += `, m AS (SELECT c.id, c.version, c.started_at, c.trigger_event_id, k.id AS owner,
			CASE WHEN c.started_at <= ? THEN 1 ELSE 0 END AS passed,
			CASE WHEN ` + tx.micros("k.created_at", "c.started_at") + ` >= ? THEN 1 ELSE 0 END AS known
		FROM c LEFT JOIN contact_aliases a ON a.kind = 'id' AND a.value = c.contact_id
		JOIN contacts k ON k.id = COALESCE(a.contact_id, c.contact_id)
		WHERE c.version IN ?) `
	c.args = append(c.args, q.Now.Add(-g.goal.Within), g.goal.Within.Microseconds(), g.versions)
	return c
}

func (tx *Tx) countMeasured(c cohort, g measured, cells figureCells) error {
	var rows []struct {
		Version, Passed, Known int
		N                      int64
	}
	if _, err := tx.scan(&rows, c.with+"SELECT version, passed, known, count(*) AS n FROM m GROUP BY version, passed, known", c.args...); err != nil {
		return err
	}
	for _, row := range rows {
		i := g.at(row.Version, cells)
		switch {
		case row.Passed == 0:
			i.Pending += row.N
		case row.Known == 1:
			i.Known += row.N
			fallthrough
		default:
			i.Measured += row.N
		}
	}
	return nil
}

func (g *measured) at(version int, cells figureCells) *Impact {
	cell := cells.at(figureKey{Workflow: g.workflow, Version: version})
	if cell.Impact == nil {
		cell.Impact = &Impact{}
	}
	return cell.Impact
}

// goalHits are the events of a goal close to the starts of those measured: the tables v, m and b. An
// event happened when it says, and not after it was accepted. That of the trigger is none.
func (tx *Tx) goalHits(c cohort, g measured) (from, us string, args []any) {
	us = tx.micros("m.started_at", tx.earlier("v.occurred_at", "v.accepted_at"))
	from = ` FROM events v LEFT JOIN contact_aliases b ON b.kind = 'id' AND b.value = v.contact_id
			JOIN m ON m.owner = COALESCE(b.contact_id, v.contact_id)
			WHERE v.type = ? AND v.accepted_at >= ? AND m.passed = 1 AND v.id <> m.trigger_event_id
				AND ` + us + ` BETWEEN ? AND ?`
	within := g.goal.Within.Microseconds()
	return from, us, append(slices.Clone(c.args), g.goal.Event, c.from.Add(-g.goal.Within), -within, within)
}

// countReached counts where every event counts.
func (tx *Tx) countReached(c cohort, g measured, cells figureCells) error {
	from, us, args := tx.goalHits(c, g)
	rows, err := tx.db.Raw(c.with+`, hits AS (SELECT m.id, m.version, m.known, `+us+` AS us`+from+`)
		SELECT version, known, min(CASE WHEN us >= 0 THEN us END) AS after_us, min(CASE WHEN us < 0 THEN -us END) AS before_us
		FROM hits GROUP BY id, version, known`, args...).Rows()
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		r, version := reached{}, 0
		if err := rows.Scan(&version, &r.known, &r.after, &r.before); err != nil {
			return fmt.Errorf("read goals: %w", err)
		}
		r.count(g.at(version, cells))
	}
	return mapError(rows.Err())
}

// reached is how far from its start the nearest events of an enrollment's goal are, in microseconds.
type reached struct {
	version       int
	known         bool
	after, before sql.NullInt64
}

func (r *reached) count(i *Impact) {
	if r.after.Valid {
		i.After.Count(r.after.Int64/1000, 1)
	}
	if !r.known {
		return
	}
	if r.after.Valid {
		i.AfterKnown.Count(r.after.Int64/1000, 1)
	}
	if r.before.Valid {
		i.Before.Count(r.before.Int64/1000, 1)
	}
}

func (r *reached) near(us int64) {
	to := &r.after
	if us < 0 {
		to, us = &r.before, -us
	}
	if !to.Valid || us < to.Int64 {
		*to = sql.NullInt64{Int64: us, Valid: true}
	}
}

// goalPage is how many events are judged at a time.
const goalPage = 5000

// goalHit is an event close to the start of an enrollment, as it is found: what it says is read later.
type goalHit struct {
	EventID, ContactID, EnrollmentID string
	Version                          int
	Known                            bool
	Us                               int64
}

// judgeReached counts where a condition says which events count. The events are found in one pass, and
// then read and judged page by page, those of a contact together.
func (tx *Tx) judgeReached(c cohort, g measured, cells figureCells) error {
	from, us, args := tx.goalHits(c, g)
	var hits []goalHit
	_, err := tx.scan(&hits, c.with+`SELECT v.id AS event_id, m.owner AS contact_id, m.id AS enrollment_id, m.version, m.known = 1 AS known, `+
		us+` AS us`+from+" ORDER BY m.owner, m.id, v.id", args...)
	if err != nil {
		return err
	}
	found := map[string]*reached{}
	for page := range slices.Chunk(hits, goalPage) {
		events, err := tx.goalEvents(page)
		if err != nil {
			return err
		}
		holds, err := g.goal.Judge(tx, events)
		if err != nil {
			return fmt.Errorf("judge events: %w", err)
		}
		for i := range events {
			e := &events[i]
			if !holds[i] {
				continue
			}
			if found[e.EnrollmentID] == nil {
				found[e.EnrollmentID] = &reached{version: e.Version, known: e.Known}
			}
			found[e.EnrollmentID].near(e.Us)
		}
	}
	for _, r := range found {
		r.count(g.at(r.version, cells))
	}
	return nil
}

// goalEvents reads what a condition of a goal may ask about some events themselves.
func (tx *Tx) goalEvents(hits []goalHit) ([]GoalEvent, error) {
	ids, passages := make([]string, len(hits)), make([]string, len(hits))
	for i := range hits {
		ids[i], passages[i] = hits[i].EventID, hits[i].EnrollmentID
	}
	var said []struct {
		ID                     string
		OccurredAt, AcceptedAt time.Time
		Data                   JSON
	}
	if _, err := tx.scan(&said, "SELECT id, occurred_at, accepted_at, data FROM events WHERE id IN ?", unique(ids)); err != nil {
		return nil, err
	}
	var starts []struct {
		ID, TriggerEventID string
		StartedAt          time.Time
		TriggerData        JSON
	}
	if _, err := tx.scan(&starts, "SELECT id, trigger_event_id, started_at, trigger_data FROM enrollments WHERE id IN ?", unique(passages)); err != nil {
		return nil, err
	}
	event, start := make(map[string]int, len(said)), make(map[string]int, len(starts))
	for i := range said {
		event[said[i].ID] = i
	}
	for i := range starts {
		start[starts[i].ID] = i
	}
	list := make([]GoalEvent, len(hits))
	for i, h := range hits {
		v, e := &said[event[h.EventID]], &starts[start[h.EnrollmentID]]
		list[i] = GoalEvent{
			EventID: h.EventID, ContactID: h.ContactID, EnrollmentID: h.EnrollmentID, TriggerEventID: e.TriggerEventID, Version: h.Version,
			Known: h.Known, Us: h.Us, OccurredAt: v.OccurredAt, AcceptedAt: v.AcceptedAt, StartedAt: e.StartedAt, Data: v.Data, TriggerData: e.TriggerData,
		}
	}
	return list, nil
}
