package api

import (
	"encoding/json"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/expr"
	"fermata/store"
)

const (
	// searchLook is how many contacts one call of a search looks at, at most.
	searchLook = 5000
	// searchWork is how long it looks; what it has found by then is answered, with a cursor.
	searchWork = time.Second
)

// readFilter reads a filter of the body and checks it, without the store.
func readFilter(raw json.RawMessage, pointer string) (*expr.Condition, any, error) {
	value, err := expr.DecodeJSON(raw)
	if err != nil {
		return nil, nil, invalid(pointer, "is not JSON", "")
	}
	if value == nil {
		return nil, nil, invalid(pointer, "must be given", `{"tag": "vip"}`)
	}
	filter, wrong := events.ParseFilter(value, pointer)
	if len(wrong) > 0 {
		return nil, nil, invalidRequest(wrong)
	}
	return filter, value, nil
}

// knownFilter is readFilter that refuses segments which do not exist.
func knownFilter(tx *store.Tx, raw json.RawMessage, pointer string) (*expr.Condition, error) {
	filter, value, err := readFilter(raw, pointer)
	if err != nil {
		return nil, err
	}
	wrong, err := events.CheckSegments(tx, filter, value, pointer)
	if err == nil && len(wrong) > 0 {
		err = invalidRequest(wrong)
	}
	return filter, err
}

// SearchContacts finds the contacts that a filter holds for, oldest first.
func (s *server) SearchContacts(c *gin.Context) {
	in, err := bind[gen.SearchRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		filter, err := knownFilter(tx, in.Filter, "/filter")
		if err != nil {
			return reply{}, err
		}
		return s.found(tx, filter, pageOf(in.Limit, in.Cursor), "/cursor")
	})
}

// ListSegmentContacts finds the contacts of a segment, oldest first.
func (s *server) ListSegmentContacts(c *gin.Context, key string, params gen.ListSegmentContactsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		segment, err := tx.Segment(key)
		if err != nil {
			return reply{}, err
		}
		filter, _, err := readFilter(json.RawMessage(segment.Filter), "/filter")
		if err != nil {
			return reply{}, err
		}
		return s.found(tx, filter, pageOf(params.Limit, params.Cursor), "?cursor")
	})
}

// found answers one page of the contacts that a filter holds for. A page may hold fewer than asked
// for, even none, and still have a next one: a call looks at so many contacts and no more.
func (s *server) found(tx *store.Tx, filter *expr.Condition, page store.Page, cursorAt string) (reply, error) {
	after, err := page.Behind()
	if err != nil {
		return reply{}, invalid(cursorAt, "was not given by this list", "use `next` of the page before")
	}
	finder, err := events.NewFinder(tx, filter, s.now())
	if err != nil {
		return reply{}, err
	}
	until := time.Now().Add(searchWork)
	found, err := finder.Next(events.Walk{
		After: after, Look: searchLook, Most: min(page.Limit, store.MaxLimit), Stop: func() bool { return time.Now().After(until) },
	})
	if err != nil {
		return reply{}, err
	}
	a, err := events.Account(tx)
	if err != nil {
		return reply{}, err
	}
	answer := list[map[string]any]{Items: make([]map[string]any, len(found.Contacts))}
	for i := range found.Contacts {
		if answer.Items[i], err = shapeContact(tx, &found.Contacts[i], a); err != nil {
			return reply{}, err
		}
	}
	if !found.End {
		answer.Next = text(store.CursorAt(found.At))
	}
	return ok(answer), nil
}
