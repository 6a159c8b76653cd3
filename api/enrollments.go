package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// statusOf is the status that people see: whoever waits in a paused workflow is paused, although
// the row learns of it only when the wait is over.
func statusOf(e *store.Enrollment, paused map[string]bool) gen.EnrollmentStatus {
	if e.Status == store.StatusWaiting && !e.Test && paused[e.Workflow] {
		return store.StatusPaused
	}
	return gen.EnrollmentStatus(e.Status)
}

func (s *server) shapeEnrollment(e *store.Enrollment, contacts map[string]store.Contact, paused map[string]bool) gen.Enrollment {
	shown := gen.Enrollment{
		Id: e.ID, Workflow: e.Workflow, Contact: contactRef(e.ContactID, contacts), Key: e.Key, Status: statusOf(e, paused),
		Reason: text(e.Reason), Node: text(e.Node), DueAt: utc(e.DueAt), StartedAt: e.StartedAt.UTC(), EndedAt: utc(e.EndedAt), Test: e.Test,
	}
	if e.Version > 0 {
		shown.Version = &e.Version
	}
	if e.Outcome != "" {
		shown.Outcome = ptr(gen.EnrollmentOutcome(e.Outcome))
	}
	if e.Active && e.Wedge != "" && e.WedgedAt != nil {
		shown.Wedged = &gen.Wedged{Cause: e.WedgeCause(), Since: e.WedgedAt.UTC()}
	}
	if s.TemporalURL != nil {
		shown.TemporalUrl = text(s.TemporalURL(e))
	}
	return shown
}

// effectKey finds the ledger row of a step.
type effectKey struct {
	node  string
	visit int
}

// worseState orders the states of a step's effects: a step with several recipients shows the one
// that asks for attention.
var worseState = map[string]int{store.EffectDone: 0, store.EffectClaimed: 1, store.EffectFailed: 2, store.EffectUnknown: 3}

// effectsOf sums up the ledger rows of an enrollment by step.
func effectsOf(rows []store.Effect) map[effectKey]*gen.StepEffect {
	found := map[effectKey]*gen.StepEffect{}
	for i := range rows {
		row := &rows[i]
		at := effectKey{row.Node, row.Visit}
		sum, there := found[at]
		if !there {
			sum = &gen.StepEffect{Key: row.Key, State: gen.StepEffectState(row.State)}
			found[at] = sum
		}
		if row.State == store.EffectFailed && row.RetryAt != nil && (sum.RetryAt == nil || row.RetryAt.Before(*sum.RetryAt)) {
			sum.RetryAt = utc(row.RetryAt)
		}
		if by := row.TakenBackBy(); by != "" {
			sum.UndoneBy = &by
		}
		sum.Copies += row.Copies
		if worseState[row.State] > worseState[string(sum.State)] {
			sum.State = gen.StepEffectState(row.State)
		}
	}
	return found
}

func shapeStep(row *store.Step, effects map[effectKey]*gen.StepEffect) (gen.Step, error) {
	values, err := seen(row.Values)
	if err != nil {
		return gen.Step{}, err
	}
	status := row.Status
	if status == "" {
		status = store.StatusRunning
	}
	shown := gen.Step{
		Node: row.Node, Visit: row.Visit, Type: row.Type, Title: row.Title, Status: gen.StepStatus(status), Port: text(row.Port),
		Reason: text(row.Reason), EnteredAt: row.EnteredAt.UTC(), LeftAt: utc(row.LeftAt), DueAt: utc(row.DueAt), MovedAt: utc(row.MovedAt),
		Attempts: row.Attempts,
		Values:   values, Result: raw(shownResult(row)), Effect: effects[effectKey{row.Node, row.Visit}], Error: text(row.Error),
	}
	if len(row.Input) > 0 {
		shown.Input = ptr(gen.Raw(row.Input))
	}
	return shown, nil
}

// enrollment answers one enrollment with its timeline.
func (s *server) enrollment(tx *store.Tx, id string) (reply, error) {
	e, err := tx.Enrollment(id)
	if err != nil {
		return reply{}, err
	}
	contacts, err := tx.Contacts([]string{e.ContactID})
	if err != nil {
		return reply{}, err
	}
	rows, err := tx.Steps(id)
	if err != nil {
		return reply{}, err
	}
	var open *store.Step
	if last := len(rows) - 1; last >= 0 {
		open = &rows[last]
	}
	if err := events.NewDues(tx, s.Definitions, s.now()).Mend(e, open, nil); err != nil {
		return reply{}, err
	}
	ledger, err := tx.Effects(id)
	if err != nil {
		return reply{}, err
	}
	effects, steps := effectsOf(ledger), make([]gen.Step, len(rows))
	for i := range rows {
		if steps[i], err = shapeStep(&rows[i], effects); err != nil {
			return reply{}, err
		}
	}
	paused, err := tx.PausedWorkflows()
	if err != nil {
		return reply{}, err
	}
	where, err := s.whereabouts(tx, contacts)
	if err != nil {
		return reply{}, err
	}
	shown := where.of(e, s.shapeEnrollment(e, contacts, paused))
	shown.Steps = &steps
	return ok(shown), nil
}

func (s *server) ListEnrollments(c *gin.Context, params gen.ListEnrollmentsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		selected := events.Selection{
			Workflow: or(params.Workflow, ""), Status: string(or(params.Status, "")), Node: or(params.Node, ""),
			Version: or(params.Version, 0), Test: params.Test, Wedged: params.Wedged, Active: params.Active, Success: params.Success,
			Step: or(params.Step, ""), StepStatus: string(or(params.StepStatus, "")), StepPort: or(params.StepPort, ""),
		}
		err := resolveSelection(tx, &selected, given{Contact: params.Contact, StartedFrom: params.StartedFrom, StartedTo: params.StartedTo, At: "?"})
		if err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListEnrollments(selected.Matching(), pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		shown, err := s.shapeEnrollments(tx, rows)
		return ok(list[gen.Enrollment]{Items: shown, Next: text(next)}), err
	})
}

// given is what a request says of enrollments in words that the store must be asked about. At is where
// the names of its fields begin.
type given struct {
	Contact, StartedFrom, StartedTo *string
	At                              string
}

// resolveSelection finds the contact and the instants that a request means. A date begins in the zone
// of the account.
func resolveSelection(tx *store.Tx, s *events.Selection, in given) (err error) {
	if s.Contact, err = contactID(tx, or(in.Contact, "")); err != nil {
		return err
	}
	if in.StartedFrom == nil && in.StartedTo == nil {
		return nil
	}
	account, err := accountOf(tx)
	if err != nil {
		return err
	}
	if in.StartedFrom != nil {
		if s.StartedFrom, err = instantOrDate(in.At+"started_from", *in.StartedFrom, zoneOf(account)); err != nil {
			return err
		}
	}
	if in.StartedTo != nil {
		s.StartedTo, err = instantOrDate(in.At+"started_to", *in.StartedTo, zoneOf(account))
	}
	return err
}

// shapeEnrollments shapes a list of enrollments.
func (s *server) shapeEnrollments(tx *store.Tx, rows []store.Enrollment) ([]gen.Enrollment, error) {
	people := make([]string, len(rows))
	for i := range rows {
		people[i] = rows[i].ContactID
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return nil, err
	}
	paused, err := tx.PausedWorkflows()
	if err != nil {
		return nil, err
	}
	where, err := s.whereabouts(tx, contacts)
	if err != nil {
		return nil, err
	}
	shown, dues := make([]gen.Enrollment, len(rows)), events.NewDues(tx, s.Definitions, s.now())
	for i := range rows {
		if err := dues.Mend(&rows[i], nil, nil); err != nil {
			return nil, err
		}
		shown[i] = where.of(&rows[i], s.shapeEnrollment(&rows[i], contacts, paused))
	}
	return shown, nil
}

func (s *server) GetEnrollment(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) { return s.enrollment(tx, id) })
}

// operate carries out an operator's call and answers the enrollment as it then stands.
func (s *server) operate(c *gin.Context, id string, act func(ctx context.Context, o Operator, person string) error) {
	if s.Operator == nil {
		s.fail(c, failure(kindNotAvailable, "operator controls are not available in this build"))
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), storeWork)
	defer cancel()
	if err := act(ctx, s.Operator, callerOf(c).person); err != nil {
		s.fail(c, err)
		return
	}
	// It is done: a busy store must not make anybody do it again.
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) { return s.enrollment(tx, id) })
}

func (s *server) ExitEnrollment(c *gin.Context, id string) {
	in, err := bind[gen.ExitRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error {
		return o.Exit(ctx, id, or(in.Reason, "operator"), string(or(in.Outcome, "neutral")), person)
	})
}

func (s *server) SkipEnrollment(c *gin.Context, id string) {
	in, err := bind[gen.PortRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error {
		return o.Skip(ctx, id, or(in.Port, ""), person)
	})
}

func (s *server) RetryEnrollment(c *gin.Context, id string) {
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error { return o.Retry(ctx, id, person) })
}

func (s *server) ReleaseEnrollment(c *gin.Context, id string) {
	in, err := bind[gen.PortRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error {
		return o.Release(ctx, id, or(in.Port, ""), person)
	})
}

func (s *server) MoveEnrollment(c *gin.Context, id string) {
	in, err := bind[gen.MoveRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error {
		return o.Move(ctx, id, in.Node, or(in.Version, 0), person)
	})
}

func (s *server) HoldEnrollment(c *gin.Context, id string) {
	in, err := bind[gen.HoldRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.operate(c, id, func(ctx context.Context, o Operator, person string) error {
		return o.Hold(ctx, id, or(in.Reason, ""), person)
	})
}

// shownResult hides how far an open wait has read the log: nobody's business but its own.
func shownResult(row *store.Step) store.JSON {
	if (row.Type == "wait_event" || row.Type == "approval") && row.DecidedEventID == "" {
		return nil
	}
	return row.Result
}
