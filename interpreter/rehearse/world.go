package rehearse

import (
	"maps"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// world is the contact of a rehearsal and everything that is known about it.
type world struct {
	in      Input
	contact map[string]any
	event   expr.Event
	vars    map[string]any
	log     []expr.Event
	deals   int
	// own are the deals that the passage has made or moved, in that order.
	own []map[string]any
	now time.Time
}

func newWorld(in Input) *world {
	w := &world{in: in, contact: maps.Clone(in.Contact), event: in.Trigger, vars: map[string]any{}}
	if w.contact == nil {
		w.contact = map[string]any{}
	}
	fields := map[string]any{}
	if given, ok := w.contact["fields"].(map[string]any); ok {
		fields = maps.Clone(given)
	}
	w.contact["fields"] = fields
	for _, list := range []string{"tags", "courses", "deals"} {
		given, _ := w.contact[list].([]any)
		w.contact[list] = copied(given)
	}
	return w
}

// copied is a list whose records the rehearsal may change.
func copied(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		if record, ok := item.(map[string]any); ok {
			item = maps.Clone(record)
		}
		out[i] = item
	}
	return out
}

// location is the zone of the definition's settings: a fixed one, the contact's as
// it is now, or the account's.
func (w *world) location() *time.Location {
	name := w.in.Definition.Settings.Timezone
	if name == "" || name == definition.ZoneContact {
		name, _ = w.contact["timezone"].(string)
	}
	if location, ok := calendar.Zone(name); ok {
		return location
	}
	return w.in.Location
}

func (w *world) scope(now time.Time) *expr.Scope {
	w.now = now
	account := w.in.Account
	if account == nil {
		account = map[string]any{}
	}
	roots := map[string]any{
		"contact": w.contact, "trigger": expr.EventRoot(w.in.Trigger), "event": expr.EventRoot(w.event),
		"vars": w.vars, "account": account,
		"enrollment": map[string]any{"id": "rehearsal", "started_at": w.in.Start.UTC().Format(time.RFC3339), "key": "", "parent": nil},
	}
	if deal := w.newestDeal(""); deal != nil {
		roots["deal"] = deal
	}
	return &expr.Scope{Now: now, Location: w.location(), Started: w.in.Start, Roots: roots, Facts: (*facts)(w)}
}

// happen adds an event to the log and keeps the course record that it reports.
func (w *world) happen(event expr.Event) {
	w.log = append(w.log, event)
	key, _ := event.Data["course"].(string)
	if key == "" || !strings.HasPrefix(event.Type, "course.") {
		return
	}
	record := w.course(key)
	if record == nil {
		record = map[string]any{"course": key, "status": "enrolled", "progress": int64(0)}
		w.contact["courses"] = append(w.contact["courses"].([]any), record)
	}
	if progress, ok := event.Data["progress"]; ok {
		record["progress"] = progress
	}
	if event.Type == "course.completed" {
		record["status"] = "completed"
	}
}

func (w *world) course(key string) map[string]any {
	for _, item := range w.contact["courses"].([]any) {
		if record, ok := item.(map[string]any); ok {
			if name, _ := record["course"].(string); strings.EqualFold(name, key) {
				return record
			}
		}
	}
	return nil
}

// newestDeal is the newest open deal of a pipeline ("" = any), else the newest one.
func (w *world) newestDeal(pipeline string) map[string]any {
	deals := w.contact["deals"].([]any)
	var newest map[string]any
	for i := len(deals) - 1; i >= 0; i-- {
		deal, ok := deals[i].(map[string]any)
		if !ok || (pipeline != "" && !sameKey(deal["pipeline"], pipeline)) {
			continue
		}
		if deal["status"] == "open" {
			return deal
		}
		if newest == nil {
			newest = deal
		}
	}
	return newest
}

// dealOf is the deal that a change means, nil for none: the one that it names, the event's, the last
// one that the passage made or moved, the newest open one of the pipeline, and for a move the newest.
func (w *world) dealOf(p nodes.DealChange) map[string]any {
	if p.Deal != "" {
		return w.dealByID(p.Deal)
	}
	if id, _ := w.event.Data["deal_id"].(string); id != "" {
		if deal := w.dealByID(id); deal != nil {
			return deal
		}
	}
	for i := len(w.own) - 1; i >= 0; i-- {
		if sameKey(w.own[i]["pipeline"], p.Pipeline) {
			return w.own[i]
		}
	}
	deal := w.newestDeal(p.Pipeline)
	if deal != nil && deal["status"] != "open" && p.Op != nodes.DealMoveOp {
		return nil
	}
	return deal
}

func (w *world) dealByID(id string) map[string]any {
	for _, item := range w.contact["deals"].([]any) {
		if deal, ok := item.(map[string]any); ok && deal["id"] == id {
			return deal
		}
	}
	return nil
}

// sameKey compares a key of the world with one that is asked for.
func sameKey(have any, asked string) bool {
	key, ok := have.(string)
	return ok && strings.EqualFold(key, asked)
}

// facts answers the evaluators from the world.
type facts world

// Tagged implements expr.Facts.
func (f *facts) Tagged(tag string) (bool, error) { return (*world)(f).tagged(tag) >= 0, nil }

func (w *world) tagged(tag string) int {
	for i, item := range w.contact["tags"].([]any) {
		if name, ok := item.(string); ok && strings.EqualFold(name, tag) {
			return i
		}
	}
	return -1
}

// EnrolledIn implements expr.Facts.
func (f *facts) EnrolledIn(workflow string) (bool, error) {
	if f.in.EnrolledIn == nil {
		return false, nil
	}
	return f.in.EnrolledIn(workflow, f.now)
}

// Course implements expr.Facts.
func (f *facts) Course(key string) (float64, bool, error) {
	record := (*world)(f).course(key)
	if record == nil || record["status"] == "unenrolled" {
		return 0, false, nil
	}
	switch progress := record["progress"].(type) {
	case float64:
		return progress, true, nil
	case int64:
		return float64(progress), true, nil
	}
	return 0, true, nil
}

// DealStage implements expr.Facts.
func (f *facts) DealStage(pipeline, sought string) (string, bool, error) {
	deal := (*world)(f).newestDeal(pipeline)
	if deal == nil {
		return "", false, nil
	}
	for _, d := range (*world)(f).contact["deals"].([]any) {
		if other, ok := d.(map[string]any); ok && sameKey(other["pipeline"], pipeline) && sameKey(other["stage"], sought) {
			deal = other
		}
	}
	stage, _ := deal["stage"].(string)
	return stage, true, nil
}

// Segment implements expr.Facts.
func (f *facts) Segment(key string) (any, bool, error) {
	if f.in.Segment == nil {
		return nil, false, nil
	}
	filter, found := f.in.Segment(key)
	return filter, found, nil
}

// Events implements expr.Facts.
func (f *facts) Events(eventType string, since time.Time) ([]expr.Event, error) {
	var list []expr.Event
	if f.in.Past != nil {
		past, err := f.in.Past(eventType, since, f.now)
		if err != nil {
			return nil, err
		}
		list = append(list, past...)
	}
	for _, event := range f.log {
		if event.Type == eventType && !event.AcceptedAt.Before(since) {
			list = append(list, event)
		}
	}
	return list, nil
}
