package api

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
)

// What a publish does with the people inside.
const (
	flightStay    = "stay"
	flightMigrate = "migrate"
	flightExit    = "exit"
)

const (
	// mayLeave is how many people a publish may let go on at once without a word about their pace.
	mayLeave = 100
	// spreadNone lets them all go at once.
	spreadNone = "none"
	// spreadProposed is the pace that is proposed, and assumed by a preview.
	spreadProposed = "100/1h"
)

// flightRequest is what a request says about the people inside, as it came.
type flightRequest struct {
	way, onMissing, retime string
	mapping                *map[string]string
	spread, rate           *string
}

// flight is what a publish does with the people inside.
type flight struct {
	way    string
	terms  moving.Terms
	spread string // a rate, none, or "" without a word
	rate   string // of the job
}

// readFlight checks what can be checked without knowing the workflow.
func readFlight(in flightRequest) (flight, error) {
	f := flight{
		way: firstText(in.way, flightStay), spread: or(in.spread, ""), rate: or(in.rate, ""),
		terms: moving.Terms{
			Map: or(in.mapping, nil), OnMissing: firstText(in.onMissing, moving.MissingStay), Retime: firstText(in.retime, moving.RetimeCredit),
		},
	}
	if f.spread != "" && f.spread != spreadNone {
		if _, err := definition.ParseRate(f.spread); err != nil {
			return f, invalid("/spread", "is neither a pace nor none", "a count per duration like 100/1h, or none")
		}
	}
	if f.rate != "" {
		if _, err := events.ParseJobRate(f.rate); err != nil {
			return f, invalid("/rate", "is not a rate of at most 10000 a second", "a count per duration: 100/1m")
		}
	}
	return f, nil
}

// tell adds the plan for the people inside to an audit row.
func (f *flight) tell(detail map[string]any) {
	if f.way != flightMigrate {
		return
	}
	detail["on_missing"], detail["retime"] = f.terms.OnMissing, f.terms.Retime
	if len(f.terms.Map) > 0 {
		detail["map"] = f.terms.Map
	}
	if f.spread != "" {
		detail["spread"] = f.spread
	}
}

// pace is at which pace those go whom the change lets go on at once; "" when they go at once.
func (f *flight) pace(leaving int) string {
	switch {
	case f.spread == spreadNone:
		return ""
	case f.spread == "" && leaving > mayLeave:
		return spreadProposed
	}
	return f.spread
}

// inFlight carries out what the plan says about the people inside, and counts them.
func (s *server) inFlight(c *gin.Context, tx *store.Tx, p *publication, before *foreseen, atOnce bool, result *gen.PublishResult) error {
	if p.flight.way == flightMigrate {
		return s.moveInside(c, tx, p, before, result)
	}
	inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: p.key, Active: ptr(true), Test: ptr(false)})
	if err != nil {
		return err
	}
	switch {
	case p.flight.way != flightExit || !p.changed:
		result.InFlight.Stay = inside
		return nil
	case atOnce:
		result.InFlight.Exit, err = s.endInside(tx, p.key, "published")
		return err
	}
	if err := s.supersede(tx, p); err != nil {
		return err
	}
	result.InFlight.Exit = inside
	return s.startFlight(c, tx, p, result, events.JobLeave, inside, events.LeaveParams{Below: p.version, Reason: "published"})
}

// moveInside starts the job that moves the people inside, unless the change lets so many of them go on
// at once that somebody must say at which pace.
func (s *server) moveInside(c *gin.Context, tx *store.Tx, p *publication, before *foreseen, result *gen.PublishResult) error {
	if !before.about(p) {
		return failure(kindState, "the workflow was changed meanwhile; look at it again")
	}
	result.InFlight, result.Leaving = before.people, before.leaves(p)
	if result.Leaving.Decide {
		return undecided(result.Leaving)
	}
	if err := s.supersede(tx, p); err != nil || before.moves == 0 {
		return err
	}
	if err := events.CheckMovers(tx); err != nil {
		return err
	}
	move := &store.Move{Workflow: p.key, Version: p.version, Hash: p.hash, Person: callerOf(c).person, CreatedAt: s.now()}
	if err := events.AddMove(tx, move, p.flight.terms); err != nil {
		return err
	}
	params := events.MigrateParams{Move: move.ID, Version: p.version, Spread: p.flight.pace(before.leaving)}
	return s.startFlight(c, tx, p, result, events.JobMigrate, before.inside(), params)
}

// undecided asks at which pace people are to go on.
func undecided(l *gen.Leaving) error {
	p := failure(kindDecision, "%d would leave now: 100 an hour, or all at once?", l.Count)
	p.fields = []gen.FieldError{{
		Pointer: "/spread", Message: fmt.Sprintf("%d would leave now", l.Count), Hint: spreadProposed + " lets 100 an hour go, none lets all go at once",
	}}
	p.count = &l.Count
	return p
}

// supersede ends what an earlier publish has begun with the people inside: the later one counts.
func (s *server) supersede(tx *store.Tx, p *publication) error {
	reason := fmt.Sprintf("version %d was published", p.version)
	for _, kind := range []string{events.JobMigrate, events.JobLeave} {
		if err := events.Supersede(tx, kind, p.key, reason, s.now()); err != nil {
			return err
		}
	}
	return nil
}

// startFlight queues the job that does with the people inside what a publish says.
func (s *server) startFlight(c *gin.Context, tx *store.Tx, p *publication, result *gen.PublishResult, kind string, total int, params any) error {
	job, err := events.StartJob(tx, events.NewJob{
		Kind: kind, Subject: p.key, Rate: p.flight.rate, NotBefore: events.AfterStragglers(tx), Person: callerOf(c).person,
		Params: params, Total: &total, Now: s.now(),
	})
	if err != nil {
		return err
	}
	result.Job = &job.ID
	return nil
}
