package store

import (
	"slices"
	"time"
)

// Verdict says what became of one event in one workflow.
type Verdict struct {
	EventID      string `gorm:"primaryKey"`
	Workflow     string `gorm:"primaryKey"` // "" for ignored
	EnrollmentID string `gorm:"primaryKey"` // "" when none is concerned
	Version      int
	Verdict      string // enrolled, advanced, exited, filtered, passed, reentry, capped, paused, loop, ignored
	Reason       string
	Values       JSON
	CreatedAt    time.Time
}

// PutVerdict keeps a verdict; the first one for (event, workflow, enrollment) stays.
func (tx *Tx) PutVerdict(v *Verdict) error {
	if v.CreatedAt.IsZero() {
		v.CreatedAt = wallClock()
	}
	_, err := tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		v.EventID, v.Workflow, v.EnrollmentID, v.Version, v.Verdict, v.Reason, v.Values, v.CreatedAt)
	return err
}

// SettleVerdict is PutVerdict for a word that outranks one given before: an event that one wait let
// pass may advance the enrollment at the next.
func (tx *Tx) SettleVerdict(v *Verdict) error {
	if v.CreatedAt.IsZero() {
		v.CreatedAt = wallClock()
	}
	_, err := tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id, workflow, enrollment_id)
		DO UPDATE SET version = excluded.version, verdict = excluded.verdict, reason = excluded.reason, "values" = excluded."values"`,
		v.EventID, v.Workflow, v.EnrollmentID, v.Version, v.Verdict, v.Reason, v.Values, v.CreatedAt)
	return err
}

// PassAwaited gives the verdict `passed` to every event behind seq of the contact's log that an
// enrollment's open wait subscribed to, unless the enrollment has given it one before. Events of the
// types in except are left out.
func (tx *Tx) PassAwaited(e *Enrollment, seq int64, at time.Time, except ...string) error {
	instant := "?"
	if tx.dialect == Postgres {
		instant = "CAST(? AS timestamptz)" // a SELECT list, unlike VALUES, gives parameters no types
	}
	but, args := "", []any{e.Workflow, e.ID, e.Version, at, e.ContactID, seq, e.ID}
	if len(except) > 0 {
		but, args = " AND type NOT IN ?", append(args, except)
	}
	_, err := tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		SELECT id, CAST(? AS text), CAST(? AS text), CAST(? AS integer), 'passed', '', NULL, `+instant+` FROM events
		WHERE contact_id = ? AND seq > ? AND type IN (SELECT event_type FROM subscriptions WHERE enrollment_id = ? AND kind = 'wait')`+but+`
		ON CONFLICT DO NOTHING`, args...)
	return err
}

// verdictOrder is what counts when several enrollments of one workflow have a word about one
// event: the first of these. `ignored` is said of no workflow, and any other word outranks it.
var verdictOrder = []string{"enrolled", "paused", "capped", "exited", "advanced", "passed", "reentry", "loop", "filtered", "ignored"}

// PerWorkflow reduces the verdicts on one event to one for each workflow: the one that counts, of
// equal ones that of an enrollment. The order stays.
func PerWorkflow(rows []Verdict) []Verdict {
	best := map[string]int{}
	for i := range rows {
		if at, there := best[rows[i].Workflow]; !there || rows[i].outranks(&rows[at]) {
			best[rows[i].Workflow] = i
		}
	}
	kept := make([]Verdict, 0, len(best))
	for i := range rows {
		if best[rows[i].Workflow] == i && (rows[i].Workflow != "" || len(best) == 1) {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

func (v *Verdict) outranks(other *Verdict) bool {
	mine, others := slices.Index(verdictOrder, v.Verdict), slices.Index(verdictOrder, other.Verdict)
	return mine < others || mine == others && other.EnrollmentID == "" && v.EnrollmentID != ""
}

// verdict selects events with a verdict that counts, as PerWorkflow has it. `duplicate` is no row:
// the event itself says that it came again.
func (q *query) verdict(verdict string) {
	switch at := slices.Index(verdictOrder, verdict); {
	case verdict == "":
	case verdict == "duplicate":
		q.and("repeated")
	case at <= 0:
		q.and("id IN (SELECT event_id FROM verdicts WHERE verdict = ?)", verdict)
	default:
		q.and(`id IN (SELECT v.event_id FROM verdicts v WHERE v.verdict = ? AND NOT EXISTS (SELECT 1 FROM verdicts o
			WHERE o.event_id = v.event_id AND (o.workflow = v.workflow OR v.workflow = '') AND o.verdict IN ?))`,
			verdict, verdictOrder[:at])
	}
}

// Verdicts returns the verdicts of some events by event id, in order of their making.
func (tx *Tx) Verdicts(eventIDs ...string) (map[string][]Verdict, error) {
	found := make(map[string][]Verdict, len(eventIDs))
	if len(eventIDs) == 0 {
		return found, nil
	}
	rows, err := all[Verdict](tx, "WHERE event_id IN ? ORDER BY created_at, workflow, enrollment_id", eventIDs)
	for _, v := range rows {
		found[v.EventID] = append(found[v.EventID], v)
	}
	return found, err
}
