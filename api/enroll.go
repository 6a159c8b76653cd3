package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// byHand is an enrollment of listed contacts: what to run, and for whom.
type byHand struct {
	entry  *events.HandEntry
	people []events.ContactInput
	made   map[string]bool // contacts that this call made
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
	if in.Filter != nil {
		s.enrollFiltered(c, key, in, or(params.DryRun, false))
		return
	}
	enroll := func(tx *store.Tx) (reply, error) {
		by, err := s.byHand(tx, key, in)
		if err != nil {
			return reply{}, err
		}
		b := &byHand{people: contacts, made: map[string]bool{}}
		if b.entry, err = by.Open(tx, s.Definitions); err != nil {
			return reply{}, err
		}
		result, err := s.enroll(tx, b)
		if err != nil {
			return reply{}, err
		}
		if !or(params.DryRun, false) {
			tx.AfterCommit(s.nudge)
			return ok(result), s.audit(c, tx, "workflow.enroll", key, map[string]any{"enrolled": result.Enrolled, "test": by.Test})
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
		if slices.Contains(events.EntryVerdicts, string(item.Verdict)) {
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
	if !or(in.Test, false) && (in.Waits != nil || in.Sends != nil) {
		return in, nil, invalid("/test", "waits and sends are modes of a test", "test: true")
	}
	if in.Filter != nil {
		return in, nil, checkFiltered(body)
	}
	if in.Rate != nil {
		return in, nil, invalid("/rate", "bounds the work on a filter", "listed contacts are enrolled at once")
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
		if named, isText := item.(string); isText {
			item = map[string]any{namedBy(named): named}
		}
		object, isObject := item.(map[string]any)
		if !isObject {
			wrong = append(wrong, events.FieldError{Pointer: at, Message: "must be a contact, or the id or mail address of one"})
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

// namedBy tells how a contact that is given as one string is named: an id holds no @.
func namedBy(value string) string {
	if strings.Contains(value, "@") {
		return "email"
	}
	return "id"
}

// byHand says what is to be run: the published version, an earlier one, or for a test the draft.
func (s *server) byHand(tx *store.Tx, key string, in gen.EnrollRequest) (events.ByHand, error) {
	by := events.ByHand{Workflow: key, Version: or(in.Version, 0), Test: or(in.Test, false)}
	if in.Data != nil {
		data, err := decodeObject(*in.Data)
		if err != nil {
			return by, err
		}
		if len(*in.Data) > events.MaxData {
			return by, invalid("/data", fmt.Sprintf("has more than %d bytes", events.MaxData), "")
		}
		by.Data = data
	}
	if !by.Test {
		return by, nil
	}
	by.Waits, by.Sends = string(or(in.Waits, "real")), string(or(in.Sends, "sink"))
	if in.Version != nil {
		return by, nil
	}
	w, err := tx.Workflow(key)
	if err != nil {
		return by, err
	}
	by.Hash, err = s.keepDraft(tx, w)
	return by, err
}

// keepDraft checks the draft of a workflow and keeps its content, so that it can be run.
func (s *server) keepDraft(tx *store.Tx, w *store.Workflow) (hash string, err error) {
	def, problems, err := s.judged(tx, w.Key, w.Draft)
	if err != nil {
		return "", err
	}
	if def == nil || definition.HasErrors(problems) {
		return "", invalidDefinition(problems)
	}
	canonical := def.Canonical()
	hash = definition.Hash(canonical)
	return hash, tx.PutDefinition(hash, canonical)
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
		done, err := b.entry.Enroll(who.Contact, now)
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
