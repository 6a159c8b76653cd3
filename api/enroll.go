package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// enrollment by hand: what to run, and for whom.
type byHand struct {
	workflow  *store.Workflow
	def       *definition.Definition
	hash      string
	version   int
	triggerID string
	data      map[string]any
	people    []events.ContactInput
	test      bool
	waits     string
	sends     string
	made      map[string]bool // contacts that this call made
}

// errDryRun rolls back what a dry run did.
var errDryRun = errors.New("dry run")

// EnrollContacts enrolls contacts by hand. A dry run does all of it and rolls back, so that it
// counts exactly what would happen.
func (s *server) EnrollContacts(c *gin.Context, key string, params gen.EnrollContactsParams) {
	in, contacts, err := s.enrollRequest(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	enroll := func(tx *store.Tx) (reply, error) {
		b, err := s.byHand(tx, key, in)
		if err != nil {
			return reply{}, err
		}
		b.people = contacts
		result, err := s.enroll(tx, b)
		if err != nil {
			return reply{}, err
		}
		if !or(params.DryRun, false) {
			tx.AfterCommit(s.nudge)
			return ok(result), s.audit(c, tx, "workflow.enroll", key, map[string]any{"enrolled": result.Enrolled, "test": b.test})
		}
		b.preview(&result)
		return ok(result), nil
	}
	if !or(params.DryRun, false) {
		s.create(c, enroll)
		return
	}
	var r reply
	err = s.writeStore(c.Request.Context(), func(tx *store.Tx) error {
		if r, err = enroll(tx); err != nil {
			return err
		}
		return errDryRun
	})
	if !errors.Is(err, errDryRun) {
		s.fail(c, err)
		return
	}
	s.send(c, r)
}

// preview takes out of a dry run's answer the ids of what it made and rolled back.
func (b *byHand) preview(result *gen.EnrollResult) {
	for i := range result.Items {
		item := &result.Items[i]
		if item.Verdict == events.VerdictEnrolled || item.Verdict == events.VerdictPaused {
			item.Enrollment = nil
		}
		if b.made[*item.Contact] {
			item.Contact, item.Enrollment = nil, nil
		}
	}
}

// enrollRequest reads the body; contacts are checked by the rules of events.
func (s *server) enrollRequest(c *gin.Context) (gen.EnrollRequest, []events.ContactInput, error) {
	body, err := bodyObject(c)
	if err != nil {
		return gen.EnrollRequest{}, nil, err
	}
	rest := map[string]any{}
	for name, value := range body {
		if name != "contacts" {
			rest[name] = value
		}
	}
	if fields := checkSchema(s.document.schema("EnrollRequest"), rest); len(fields) > 0 {
		return gen.EnrollRequest{}, nil, invalidFields(fields)
	}
	in, err := bind[gen.EnrollRequest](c)
	if err != nil {
		return in, nil, err
	}
	if in.Filter != nil {
		return in, nil, failure(kindNotAvailable, "enrolling by filter is not available in this build; list the contacts")
	}
	if !or(in.Test, false) && (in.Waits != nil || in.Sends != nil) {
		return in, nil, invalid("/test", "waits and sends are modes of a test", "test: true")
	}
	contacts, err := contactList(body["contacts"])
	return in, contacts, err
}

func contactList(value any) ([]events.ContactInput, error) {
	items, isList := value.([]any)
	if !isList || len(items) == 0 || len(items) > events.MaxBatch {
		return nil, invalid("/contacts", fmt.Sprintf("must be a list of 1 to %d contacts", events.MaxBatch), `[{"email": "name@example.com"}]`)
	}
	people := make([]events.ContactInput, 0, len(items))
	var wrong []events.FieldError
	for i, item := range items {
		at := "/contacts/" + strconv.Itoa(i)
		if id, isText := item.(string); isText {
			item = map[string]any{"id": id}
		}
		object, isObject := item.(map[string]any)
		if !isObject {
			wrong = append(wrong, events.FieldError{Pointer: at, Message: "must be a contact or the id of one"})
			continue
		}
		in, faults := events.ParseContact(object, at)
		people, wrong = append(people, in), append(wrong, faults...)
	}
	if len(wrong) > 0 {
		return nil, invalidRequest(wrong)
	}
	return people, nil
}

// byHand finds what is to be run: the published version, an earlier one, or for a test the draft.
func (s *server) byHand(tx *store.Tx, key string, in gen.EnrollRequest) (*byHand, error) {
	w, err := tx.Workflow(key)
	if err != nil {
		return nil, err
	}
	b := &byHand{workflow: w, version: or(in.Version, w.Version), test: or(in.Test, false), made: map[string]bool{}}
	if in.Data != nil {
		if b.data, err = decodeObject(*in.Data); err != nil {
			return nil, err
		}
		if len(*in.Data) > events.MaxData {
			return nil, invalid("/data", fmt.Sprintf("has more than %d bytes", events.MaxData), "")
		}
	}
	if b.test {
		b.waits, b.sends = string(or(in.Waits, "real")), string(or(in.Sends, "sink"))
	}
	if b.test && in.Version == nil {
		return b, s.useDraft(tx, b)
	}
	if !b.test {
		if err := takesIn(w); err != nil {
			return nil, err
		}
	}
	return b, s.useVersion(tx, b)
}

// takesIn says why a workflow takes nobody in, nil when it does.
func takesIn(w *store.Workflow) error {
	switch w.Status {
	case statusActive, statusPaused:
		return nil
	case statusDraft:
		return failure(kindState, "the workflow is not published; test: true runs the draft")
	}
	return failure(kindState, "the workflow is %s and takes nobody in", w.Status)
}

func (s *server) useDraft(tx *store.Tx, b *byHand) error {
	def, problems, err := s.judged(tx, b.workflow.Key, b.workflow.Draft)
	if err != nil {
		return err
	}
	if def == nil || definition.HasErrors(problems) {
		return invalidDefinition(problems)
	}
	canonical := def.Canonical()
	b.def, b.hash, b.version = def, definition.Hash(canonical), 0
	b.triggerID = manualTrigger(def)
	return tx.PutDefinition(b.hash, canonical)
}

func (s *server) useVersion(tx *store.Tx, b *byHand) error {
	v, err := tx.Version(b.workflow.Key, b.version)
	if errors.Is(err, store.ErrNotFound) {
		return invalid("/version", "there is no such version", fmt.Sprintf("1 to %d", b.workflow.Version))
	}
	if err != nil {
		return err
	}
	b.hash = v.Hash
	if b.def, err = s.Definitions.Load(tx, v.Hash); err != nil {
		return err
	}
	b.triggerID = manualTrigger(b.def)
	return nil
}

func manualTrigger(def *definition.Definition) string {
	for _, t := range def.Triggers {
		if t.Type == definition.TriggerManual {
			return t.ID
		}
	}
	return ""
}

// enroll finds or makes the contacts, in one order so that two calls never wait for each other,
// and enrolls each under its lock. Items answer in the order of the request.
func (s *server) enroll(tx *store.Tx, b *byHand) (gen.EnrollResult, error) {
	order := make([]int, len(b.people))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return identity(b.people[order[i]]) < identity(b.people[order[j]]) })
	result := gen.EnrollResult{Items: make([]gen.EnrollItem, len(b.people))}
	now := s.now()
	for _, i := range order {
		who, err := events.Upsert(tx, b.people[i], now, "api", nil)
		if err != nil {
			return result, err
		}
		b.made[who.Contact.ID] = b.made[who.Contact.ID] || who.Created
		done, err := events.Enroll(tx, events.EnrollInput{
			Contact: who.Contact, Workflow: b.workflow, Def: b.def, Hash: b.hash, Version: b.version, TriggerID: b.triggerID,
			Data: b.data, Now: now, Test: b.test, Waits: b.waits, Sends: b.sends,
		})
		if err != nil {
			return result, err
		}
		item := gen.EnrollItem{
			Contact: &who.Contact.ID, Verdict: gen.EnrollItemVerdict(done.Verdict), Reason: done.Reason, Warnings: warnings(who.Warnings),
		}
		if done.Enrollment != nil {
			item.Enrollment = &done.Enrollment.ID
		}
		if item.Values, err = shownValues(done.Values); err != nil {
			return result, err
		}
		if done.Entered() {
			result.Enrolled++
		}
		result.Items[i] = item
	}
	return result, nil
}

func identity(in events.ContactInput) string {
	return strings.Join([]string{in.ID, in.ExternalID.Value, in.Email.Value}, "\x00")
}

// shownValues are recorded values as answers show them, nil for none.
func shownValues(values []expr.Value) (*[]gen.SeenValue, error) {
	if len(values) == 0 {
		return nil, nil
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	var shown []gen.SeenValue
	err = json.Unmarshal(encoded, &shown)
	return &shown, err
}
