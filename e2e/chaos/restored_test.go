package chaos_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/interpreter/definition"
)

// Both databases are backed up while everybody is on the way, Temporal's first. More happens, then
// everything stops and both come back as they were. Who posts events posts those since again. Everybody
// arrives; what may have gone out is unknown, and no marketing mail goes out twice.
func TestBackupOfBothDatabasesIsRestored(t *testing.T) {
	n := size(t, "RESTORED", 12, 300)
	s := setStage(t)
	r := &restoration{stage: s, n: n, definitions: s.publish("restored")}
	r.enter("stood", "signs") // behind their wait at the backup; the second are let go on in the gap
	s.await(func() bool { return r.at("signed") == 2*n }, "the first wait for an event")
	r.enter("between") // their wait ends in the gap, or at its edge
	from := time.Now()
	r.backup()

	r.gap = true
	r.sign("signs")
	r.enter("late") // who of the backup knows nothing
	s.await(func() bool { return r.at("signed") == 3*n && r.at("") == n }, "all has happened in the gap")
	r.halt()
	to := time.Now()
	sent := len(s.smtp.Mails())
	r.restore(from, to)

	s.await(func() bool { return r.at("signed") == 3*n }, "everybody is back where they were")
	r.gap = false
	r.sign("stood", "between", "late")
	took, left := s.drain(5 * time.Minute)
	a := newAudit(s, r.definitions)
	if !left.settled() {
		a.wrong(stuck, "after %s: %s", took.Round(time.Second), left)
	}
	a.logs()
	a.passages()
	a.effectsInStore()
	a.runs()
	a.restored(r)
	say("%s: %d people, %d mails until the stop, %d later; gap of %s; machine: %s", t.Name(), 4*n, sent, len(s.smtp.Mails())-sent,
		to.Sub(from).Round(100*time.Millisecond), machine())
	say("  unknown %d, marketing mails %d, twice %d; transactional mails that came again %d; lost %d, stuck %d", a.checks["unknown"],
		a.checks["marketing"], len(a.deviations[doubled]), a.checks["again"], len(a.deviations[lost]), len(a.deviations[stuck]))
	require.Empty(t, a.report())
	require.GreaterOrEqual(t, a.checks["unknown"], 2*n, "the letters to who signed in the gap, and to who came in it")
}

// restoration is people in groups of n, and the backup under them.
type restoration struct {
	*stage
	n           int
	definitions map[string]*definition.Definition
	gap         bool
	posted      []any // events of the gap, which their sender keeps
}

func (r *restoration) post(list []any) {
	r.Helper()
	if r.gap {
		r.posted = append(r.posted, list...)
	}
	r.api.Must("POST", "/v1/events", map[string]any{"events": list})
}

// tell posts one event for each of a group; its sender says when it happened.
func (r *restoration) tell(typ, group string) {
	r.Helper()
	var list []any
	for i := range r.n {
		list = append(list, map[string]any{
			"id": fmt.Sprintf("%s-%s-%d", typ, group, i), "type": typ, "occurred_at": time.Now().UTC().Format(time.RFC3339Nano),
			"contact": map[string]any{"email": fmt.Sprintf("%s%d@example.com", group, i)},
		})
	}
	r.post(list)
}

func (r *restoration) enter(groups ...string) {
	r.Helper()
	for _, group := range groups {
		r.tell("restored.began", group)
	}
}

func (r *restoration) sign(groups ...string) {
	r.Helper()
	for _, group := range groups {
		r.tell("restored.signed", group)
	}
}

// at counts who waits at a node, or, for "", who has arrived.
func (r *restoration) at(node string) int {
	r.Helper()
	if node == "" {
		return r.count("SELECT count(*) FROM enrollments WHERE status = 'completed'")
	}
	return r.count("SELECT count(*) FROM enrollments WHERE active AND status = 'waiting' AND node = $1", node)
}

// databases are all that is backed up, Temporal's first: it may be the older one.
func (r *restoration) databases() []string {
	visibility, err := url.Parse(r.engines)
	require.NoError(r, err)
	visibility.Path += "_visibility"
	return []string{r.engines, visibility.String(), r.database}
}

func (r *restoration) dump(i int) string { return filepath.Join(r.dir, fmt.Sprintf("backup-%d", i)) }

// backup copies the databases one after the other while all are at work on them.
func (r *restoration) backup() {
	r.Helper()
	for i, database := range r.databases() {
		require.NoError(r, r.postgres.Dump(r.Context(), database, r.dump(i)))
	}
}

func (r *restoration) halt() {
	for _, p := range r.programs {
		p.Halt()
	}
}

// restore does what OPERATING.md says: the databases, the gap, Temporal and the API, the events of the
// gap from who sent them, and then everybody else.
func (r *restoration) restore(from, to time.Time) {
	r.Helper()
	require.NoError(r, r.db.Close())
	for i, database := range r.databases() {
		require.NoError(r, r.postgres.Restore(r.Context(), database, r.dump(i)))
	}
	var err error
	r.db, err = sql.Open("pgx", r.database)
	require.NoError(r, err)
	build := filepath.Join(harness.Root(), "bin", "fermata")
	for _, args := range [][]string{{"migrate"}, {"restored", "--from", from.UTC().Format(time.RFC3339Nano), "--to", to.UTC().Format(time.RFC3339Nano)}} {
		r.programs["engine"].Go()
		require.True(r, until(patience, r.engineAnswers), "Temporal answers: %s", r.programs["engine"].Log())
		output, err := r.command(build, args...)
		require.NoError(r, err, output)
	}
	r.programs["api"].Go()
	require.True(r, until(patience, func() bool { return answers(r.probes["api"]) }), "the API is ready: %s", r.programs["api"].Log())
	r.api.Must("POST", "/v1/events", map[string]any{"events": r.posted})
	for _, p := range r.programs {
		p.Go()
	}
	r.ready()
}

// restored checks that everybody has arrived, that nobody got a marketing mail twice, under whatever
// Message-ID, and that every other mail and call came, under one key for each step.
func (a *audit) restored(r *restoration) {
	marketing := map[string]int{}
	arrived := map[string]int{}
	for _, m := range a.smtp.Mails() {
		arrived[m.Subject+" "+m.To]++
		if m.Subject != "Receipt" {
			marketing[m.Subject+" "+m.To]++
		}
	}
	for what, n := range marketing {
		a.checks["marketing"]++
		if n > 1 {
			a.wrong(doubled, "%s arrived %d times", what, n)
		}
	}
	if len(a.enrollments) != 4*r.n {
		a.wrong(lost, "%d enrollments, not %d", len(a.enrollments), 4*r.n)
	}
	for _, e := range a.enrollments {
		if e.status != "completed" {
			a.wrong(stuck, "enrollment %s is %s at %s", e.id, e.status, e.node)
		}
		for _, step := range e.steps {
			effect := e.effects[step.place()]
			if step.typ != "email" || effect == nil {
				continue
			}
			subject := map[string]string{"hello": "Hello", "news": "News", "receipt": "Receipt", "bye": "Bye"}[step.node]
			n := arrived[subject+" "+a.contacts[e.contact].email]
			switch {
			case step.status == "unknown" && (subject == "Receipt" || step.reason != "restored"):
				a.wrong(lost, "step %s of %s is unknown: %s", step.place(), e.id, step.reason)
			case step.status == "unknown":
				a.checks["unknown"]++
			case n == 0:
				a.wrong(lost, "step %s of %s is %s, and nothing arrived", step.place(), e.id, step.status)
			case subject == "Receipt" && n > 1:
				a.checks["again"] += n - 1
			}
		}
	}
}
