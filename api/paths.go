package api

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	// maxSample is the longest sample, in bytes of JSON.
	maxSample = 300
	// varsLook is how many passages are looked at for an answer that a call has kept.
	varsLook = 20
)

// ListPaths lists what texts and conditions of a workflow can read.
func (s *server) ListPaths(c *gin.Context, key string, params gen.ListPathsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.Workflow(key); err != nil {
			return reply{}, err
		}
		if params.Contact != nil {
			_, err := contactByRef(tx, *params.Contact)
			if errors.Is(err, store.ErrNotFound) {
				return reply{}, invalid("?contact", "there is no such contact", "its id, mail address or external id")
			}
		}
		st, err := s.stage(tx, seenFrom{workflow: &key, contact: params.Contact})
		if err != nil {
			return reply{}, err
		}
		p := &paths{stage: st, before: func(string) bool { return true }}
		if params.Node != nil {
			if st.def == nil || st.def.Nodes[*params.Node] == nil {
				return reply{}, invalid("?node", "the draft has no such node", "")
			}
			before := st.def.Before(*params.Node)
			p.before = func(id string) bool { return before[id] }
		}
		err = p.collect(key)
		return ok(gen.PathList{Items: p.items}), err
	})
}

// paths collects what can be read at one place of a workflow.
type paths struct {
	stage *stage
	// before reports whether a node may have been visited already.
	before func(node string) bool
	items  []gen.KnownPath
	seen   map[string]bool
}

func (p *paths) collect(workflow string) error {
	p.items, p.seen = []gen.KnownPath{}, map[string]bool{}
	p.attributes()
	if err := p.fields(); err != nil {
		return err
	}
	if p.stage.def != nil {
		if err := p.events(); err != nil {
			return err
		}
		if err := p.vars(workflow); err != nil {
			return err
		}
	}
	p.own("deal", gen.KnownPathSourceDeal, "title", "value:number", "currency", "pipeline", "stage", "status", "owner", "id")
	p.own("enrollment", gen.KnownPathSourceEnrollment, "id", "started_at:date", "key", "parent")
	p.own("account", gen.KnownPathSourceAccount, "name", "timezone", "currency", "mail_from")
	return nil
}

// add notes a path once; without a sample of its own the contact's value is shown.
func (p *paths) add(path, label, kind string, source gen.KnownPathSource, sample any) {
	if p.seen[path] {
		return
	}
	p.seen[path] = true
	if sample == nil {
		sample, _ = p.stage.scope.Lookup(path)
	}
	p.items = append(p.items, gen.KnownPath{Path: path, Label: label, Type: gen.KnownPathType(kind), Source: source, Sample: sampleOf(sample)})
}

// sampleOf is a value short enough to be shown beside its path.
func sampleOf(v any) *json.RawMessage {
	encoded, err := encode(v)
	if err != nil || len(encoded) > maxSample {
		encoded = []byte("null")
	}
	return ptr(json.RawMessage(encoded))
}

// own adds the keys of a root, each with its kind behind a colon unless it is text.
func (p *paths) own(root string, source gen.KnownPathSource, keys ...string) {
	for _, key := range events.DataKeys(keys...) {
		p.add(root+"."+key.Key, labelOf(key.Key), key.Kind, source, nil)
	}
}

// attributes are what every contact has; without a contact there is no sample.
func (p *paths) attributes() {
	p.own("contact", gen.KnownPathSourceContact, "first_name", "last_name", "email", "phone", "country", "timezone", "external_id", "id",
		"tags:list", "subscribed:boolean", "courses:list", "deals:list", "created_at:date")
	if p.stage.contact == nil {
		for i := range p.items {
			p.items[i].Sample = sampleOf(nil)
		}
	}
}

// fieldKinds are the kinds of value that declared fields hold.
var fieldKinds = map[string]string{
	"number": events.KindNumber, "boolean": events.KindBoolean, "date": events.KindDate, "datetime": events.KindDate, "json": events.KindObject,
}

func (p *paths) fields() error {
	declared, _, err := p.stage.tx.ListFields(store.Page{Limit: store.MaxLimit})
	for _, field := range declared {
		path := "contact." + field.Key
		if p.seen[path] { // the contact has an attribute of that name
			path = "contact.fields." + field.Key
		}
		p.add(path, labelOf(field.Key), firstText(fieldKinds[field.Type], events.KindText), gen.KnownPathSourceField, nil)
	}
	return err
}

// plainKey is a key that can stand in a path without brackets.
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// events adds what the workflow's triggers bring, and what events that a passage can have waited for
// bring in their place.
func (p *paths) events() error {
	def := p.stage.def
	for i := range def.Triggers {
		if err := p.trigger(&def.Triggers[i]); err != nil {
			return err
		}
	}
	p.add("trigger.$occurred_at", "When it happened", events.KindDate, gen.KnownPathSourceTrigger, nil)
	for _, id := range def.Order {
		wait, waits := settingsOf(def, id).(*nodes.WaitEvent)
		if !waits || !p.before(id) {
			continue
		}
		for _, awaited := range wait.Events {
			if err := p.eventData("event", gen.KnownPathSourceEvent, awaited.Event); err != nil {
				return err
			}
		}
	}
	p.add("event.$type", "Name of the event", events.KindText, gen.KnownPathSourceEvent, nil)
	return nil
}

// settingsOf are the settings of a node, nil for one that cannot be read.
func settingsOf(def *definition.Definition, id string) nodes.Settings {
	if n := def.Nodes[id]; n != nil {
		return n.Settings
	}
	return nil
}

func (p *paths) trigger(t *definition.Trigger) error {
	const source = gen.KnownPathSourceTrigger
	switch t.Type {
	case definition.TriggerEvent:
		return p.eventData("trigger", source, t.Event)
	case definition.TriggerDate, definition.TriggerSchedule, definition.TriggerInactivity:
		p.add("trigger.scheduled_for", "When it was due", events.KindDate, source, nil)
	case definition.TriggerWebhook:
		for _, key := range sortedKeys(t.Webhook.Data) {
			p.add("trigger."+key, labelOf(key), events.KindText, source, nil)
		}
	}
	return nil
}

// eventData adds what events of a type carry: by the documentation, and by the newest real one, the
// contact's own when it has one.
func (p *paths) eventData(root string, source gen.KnownPathSource, eventType string) error {
	if eventType == "" {
		return nil
	}
	sample, err := p.stage.newest(eventType)
	if err != nil {
		return err
	}
	for _, key := range withSeen(events.StandardData(eventType), sample) {
		path := root + "." + key.Key
		if !plainKey.MatchString(key.Key) {
			path = root + `["` + key.Key + `"]`
		}
		p.add(path, labelOf(key.Key), key.Kind, source, sample[key.Key])
		p.inside(path, source, sample[key.Key])
	}
	return nil
}

// inside adds what one object holds, one level deep.
func (p *paths) inside(path string, source gen.KnownPathSource, value any) {
	object, _ := value.(map[string]any)
	for i, key := range sortedKeys(object) {
		if i == maxDataKeys {
			return
		}
		if plainKey.MatchString(key) {
			p.add(path+"."+key, labelOf(key), kindOfValue(object[key]), source, object[key])
		}
	}
}

// newest is the data of the newest event of a type, nil when there is none.
func (st *stage) newest(eventType string) (map[string]any, error) {
	row, err := st.newestRow([]string{eventType})
	if err != nil || row == nil {
		return nil, err
	}
	event, err := events.DecodeEvent(row)
	return event.Data, err
}

// vars adds the answers that calls keep, with what one of the newest passages has kept.
func (p *paths) vars(workflow string) error {
	var kept map[string]any
	for _, id := range p.stage.def.Order {
		call, calls := settingsOf(p.stage.def, id).(*nodes.Webhook)
		if !calls || call.SaveAs == "" || !p.before(id) {
			continue
		}
		if kept == nil {
			var err error
			if kept, err = p.kept(workflow); err != nil {
				return err
			}
		}
		path, value := "vars."+call.SaveAs, kept[call.SaveAs]
		kind := events.KindObject
		if value != nil {
			kind = kindOfValue(value)
		}
		p.add(path, labelOf(call.SaveAs), kind, gen.KnownPathSourceVars, value)
		p.inside(path, gen.KnownPathSourceVars, value)
	}
	return nil
}

// kept are the answers that the newest passages have kept, the contact's own when one is chosen.
func (p *paths) kept(workflow string) (map[string]any, error) {
	filter := store.EnrollmentFilter{Workflow: workflow}
	if p.stage.contact != nil {
		filter.Contact = p.stage.contact.ID
	}
	kept := map[string]any{}
	rows, _, err := p.stage.tx.ListEnrollments(filter, store.Page{Limit: varsLook})
	for i := range rows {
		vars, err := decodeObject(rows[i].Vars)
		if err != nil {
			return nil, err
		}
		for name, value := range vars {
			if _, newer := kept[name]; !newer {
				kept[name] = value
			}
		}
	}
	return kept, err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// looksLikeDate reports whether a text is a date or a moment, not merely a number.
func looksLikeDate(s string) bool {
	_, _, err := calendar.ParseInstant(s, time.UTC)
	return err == nil
}
