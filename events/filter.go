package events

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// ParseFilter reads a filter, a condition about contacts without event and trigger, from decoded
// JSON, and reports everything wrong with it; pointer is its place in the body.
func ParseFilter(raw any, pointer string) (*expr.Condition, []FieldError) {
	condition, issues := expr.ParseCondition(raw)
	var wrong []FieldError
	for _, issue := range issues {
		wrong = append(wrong, FieldError{Pointer: pointer + issue.Path, Message: issue.Message, Hint: issue.Hint})
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	if used := condition.References(); used.UsesEvent || used.UsesTrigger {
		return nil, []FieldError{{Pointer: pointer, Message: "a filter has no event and no trigger", Hint: "use contact, deal or behaviour"}}
	}
	return condition, nil
}

// CheckSegments reports the segments that a filter names and nobody has made: it would find nobody,
// silently.
func CheckSegments(tx *store.Tx, filter *expr.Condition, raw any, pointer string) ([]FieldError, error) {
	var wrong []FieldError
	for _, key := range filter.References().Segments {
		_, err := tx.Segment(key)
		if errors.Is(err, store.ErrNotFound) {
			wrong = append(wrong, FieldError{
				Pointer: segmentPlace(raw, key, pointer), Message: fmt.Sprintf("there is no segment %q", key), Hint: "GET /v1/segments lists them",
			})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read segment %s: %w", key, err)
		}
	}
	return wrong, nil
}

// segmentPlace points at the first rule of a condition that names the segment.
func segmentPlace(raw any, key, pointer string) string {
	switch v := raw.(type) {
	case map[string]any:
		if named, ok := v["segment"].(string); ok && strings.EqualFold(named, key) {
			return child(pointer, "segment")
		}
		for _, name := range sortedKeys(v) {
			if at := segmentPlace(v[name], key, child(pointer, name)); at != child(pointer, name) {
				return at
			}
		}
	case []any:
		for i, item := range v {
			here := child(pointer, fmt.Sprint(i))
			if at := segmentPlace(item, key, here); at != here {
				return at
			}
		}
	}
	return pointer
}

// finderPage is how many contacts are read at a time.
const finderPage = 100

// Finder walks the contacts in the order of their ids and finds those that a filter holds for. It is
// valid as long as its transaction is.
type Finder struct {
	tx      *store.Tx
	filter  *expr.Condition
	now     time.Time
	account *store.Account
	// also, when set, must hold as well.
	also func(c *store.Contact) (bool, error)
}

// NewFinder makes a finder. Times in the filter count from now; its days are those of each contact.
func NewFinder(tx *store.Tx, filter *expr.Condition, now time.Time) (*Finder, error) {
	account, err := Account(tx)
	if err != nil {
		return nil, err
	}
	return &Finder{tx: tx, filter: filter, now: now, account: account}, nil
}

// Matches reports whether the filter holds for the contact.
func (f *Finder) Matches(c *store.Contact) (bool, error) {
	holds, _, err := f.Judge(c)
	if err != nil || !holds || f.also == nil {
		return holds, err
	}
	return f.also(c)
}

// Judge is Matches with what the filter saw.
func (f *Finder) Judge(c *store.Contact) (bool, []expr.Value, error) {
	if f.filter.Always() {
		return true, nil, nil
	}
	v := newView(f.tx, c)
	v.account = f.account
	scope, err := v.scope(ScopeOptions{Now: f.now})
	if err != nil {
		return false, nil, err
	}
	holds, values, err := f.filter.Eval(scope)
	if err != nil {
		return false, nil, fmt.Errorf("filter contact %s: %w", c.ID, err)
	}
	return holds, values, nil
}

// Walk says where to look for contacts: at ids behind After and, unless Until is empty, not behind
// Until. It stops after Look contacts or Most matching ones, or when Stop says so.
type Walk struct {
	After, Until string
	Look, Most   int
	Stop         func() bool // default: never
}

// Found are the matching contacts of one walk. Looked counts all that were looked at; At is the last
// of them; End says that there are no more.
type Found struct {
	Contacts []store.Contact
	Looked   int
	At       string
	End      bool
}

// Next walks on. Calling it again with After = At continues where it stopped.
func (f *Finder) Next(w Walk) (Found, error) {
	found := Found{At: w.After, Contacts: []store.Contact{}}
	for found.Looked < w.Look && len(found.Contacts) < w.Most && (w.Stop == nil || !w.Stop()) {
		size := min(finderPage, w.Look-found.Looked)
		page, err := f.tx.ContactsBetween(found.At, w.Until, size)
		if err != nil {
			return found, fmt.Errorf("read contacts: %w", err)
		}
		for i := range page {
			if len(found.Contacts) == w.Most {
				return found, nil
			}
			holds, err := f.Matches(&page[i])
			if err != nil {
				return found, err
			}
			if found.At = page[i].ID; holds {
				found.Contacts = append(found.Contacts, page[i])
			}
			found.Looked++
		}
		if len(page) < size {
			found.End = true
			break
		}
	}
	return found, nil
}
