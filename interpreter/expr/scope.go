package expr

import (
	"maps"
	"time"
)

// Event is one entry of the event log, as conditions see it.
type Event struct {
	ID         string
	Type       string
	Data       map[string]any
	OccurredAt time.Time
	AcceptedAt time.Time
}

// Facts answers what only the store, or a rehearsal, knows about the contact at hand. Tags and keys
// are asked for in the spelling of the definition; the answer ignores case. An error ends the
// evaluation and is returned by Eval.
type Facts interface {
	// Tagged reports whether the contact has the tag.
	Tagged(tag string) (bool, error)
	// EnrolledIn reports whether the contact has an active enrollment in the workflow.
	EnrolledIn(workflow string) (bool, error)
	// Course returns the progress in percent, and whether the contact is enrolled at all.
	Course(key string) (progress float64, enrolled bool, err error)
	// DealStage returns the stage of one of the contact's deals in the pipeline: of one at the stage
	// that is sought, else of the newest open one, else of the newest.
	DealStage(pipeline, sought string) (stage string, found bool, err error)
	// Segment returns the decoded filter of a segment.
	Segment(key string) (filter any, found bool, err error)
	// Events returns the contact's events of one type that were accepted at or after since, in log
	// order; a zero since means all.
	Events(eventType string, since time.Time) ([]Event, error)
}

// Scope is everything that a condition or a template can see. It is read-only: evaluations share it.
type Scope struct {
	Now      time.Time
	Location *time.Location // zone for dates; nil is UTC
	Started  time.Time      // start of the enrollment, for since: enrollment; zero counts everything
	// Roots holds JSON-like values under contact, trigger, event, deal, enrollment, vars and account;
	// in the mapping of an inbound webhook under body, headers and query; in a mail also under
	// unsubscribe_url.
	Roots map[string]any
	Facts Facts
}

// EventRoot builds the value of the roots event and trigger: the event's data, and its metadata
// under $type, $id and $occurred_at (RFC 3339, UTC), which data cannot overwrite.
func EventRoot(e Event) map[string]any {
	root := make(map[string]any, len(e.Data)+3)
	maps.Copy(root, e.Data)
	root["$type"], root["$id"] = e.Type, e.ID
	if e.OccurredAt.IsZero() {
		delete(root, "$occurred_at")
	} else {
		root["$occurred_at"] = e.OccurredAt.UTC().Format(time.RFC3339Nano)
	}
	return root
}

// Lookup resolves a path such as contact.plan, event.items[0].sku or event.$type. contact.plan is
// contact.fields.plan unless the contact has a key of its own called plan. The second result is
// false if nothing is there; an explicit null is (nil, true).
func (s *Scope) Lookup(path string) (any, bool) {
	segments, err := parsePath(path)
	if err != nil {
		return nil, false
	}
	return s.lookup(segments)
}

func (s *Scope) lookup(segments []string) (any, bool) {
	v, ok := s.Roots[segments[0]]
	for i, segment := range segments[1:] {
		if !ok {
			return nil, false
		}
		v, ok = member(v, segment, i == 0 && segments[0] == "contact")
	}
	return plain(v), ok
}

// WithEvent returns a copy of s in which event is the candidate e.
func (s *Scope) WithEvent(e Event) *Scope {
	return s.With("event", EventRoot(e))
}

// With returns a copy of s that has one more root.
func (s *Scope) With(root string, value any) *Scope {
	wider := *s
	wider.Roots = maps.Clone(s.Roots)
	if wider.Roots == nil {
		wider.Roots = map[string]any{}
	}
	wider.Roots[root] = value
	return &wider
}

func (s *Scope) location() *time.Location {
	if s.Location == nil {
		return time.UTC
	}
	return s.Location
}
