package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// eventStream is the type of server-sent events.
const eventStream = "text/event-stream"

// RehearseWorkflow runs the draft, or a version, against a test contact in virtual time. It reads
// and changes nothing.
func (s *server) RehearseWorkflow(c *gin.Context, key string) {
	if s.Rehearse == nil {
		s.fail(c, failure(kindNotAvailable, "rehearsals are not available in this build"))
		return
	}
	in, err := bind[gen.RehearseRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	var result *gen.RehearseResult
	err = s.readStoreWithin(c.Request.Context(), storeWork, func(tx *store.Tx) error {
		w, err := tx.Workflow(key)
		if err != nil {
			return err
		}
		def, err := s.rehearsed(tx, w, in.Version)
		if err != nil {
			return err
		}
		lookups, err := s.lookupsFor(tx, key, in.Contact)
		if err != nil {
			return err
		}
		result, err = s.Rehearse(c.Request.Context(), def, in, lookups)
		return err
	})
	switch {
	case err != nil:
		s.fail(c, err)
	case wantsEvents(c):
		s.sendRehearsal(c, result)
	default:
		s.send(c, ok(result))
	}
}

// wantsEvents tells whether the answer is to be server-sent events.
func wantsEvents(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), eventStream) && c.NegotiateFormat("application/json", eventStream) == eventStream
}

// sendRehearsal answers each step as an event of its own, in their order, and at the end the
// result without them.
func (s *server) sendRehearsal(c *gin.Context, result *gen.RehearseResult) {
	var b bytes.Buffer
	add := func(name string, value any) error {
		raw, err := encode(value)
		fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, raw)
		return err
	}
	var err error
	for i := range result.Steps {
		err = errors.Join(err, add("step", result.Steps[i]))
	}
	end := *result
	end.Steps = []gen.RehearseStep{}
	if err = errors.Join(err, add("result", end)); err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, eventStream, b.Bytes())
}

// rehearsed finds the definition to rehearse.
func (s *server) rehearsed(tx *store.Tx, w *store.Workflow, version *int) (*definition.Definition, error) {
	if version != nil {
		v, err := tx.Version(w.Key, *version)
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("/version", "there is no such version", fmt.Sprintf("1 to %d", w.Version))
		}
		if err != nil {
			return nil, err
		}
		return s.Definitions.Load(tx, v.Hash)
	}
	// What a definition refers to need not exist yet: effects are stubbed, and each says what is missing.
	def, problems := definition.Parse(w.Draft, false)
	if def != nil {
		problems = def.Validate(nil)
	}
	if def == nil || definition.HasErrors(problems) {
		return nil, invalidDefinition(problems)
	}
	return def, nil
}

// lookupsFor reads what a rehearsal may ask for, with the stored contact that the request names.
func (s *server) lookupsFor(tx *store.Tx, key string, contact *json.RawMessage) (Lookups, error) {
	l := Lookups{Catalog: s.catalog(tx, key), Tx: tx}
	var err error
	if l.Account, err = events.Account(tx); err != nil || contact == nil {
		return l, err
	}
	object, err := decodeObject(*contact)
	if err != nil {
		return l, err
	}
	l.Contact, err = storedContact(tx, object)
	return l, err
}

// storedContact finds the contact that an object names by id, external_id or email; nil for none.
func storedContact(tx *store.Tx, object map[string]any) (*store.Contact, error) {
	find := []struct {
		name string
		by   func(string) (*store.Contact, error)
	}{{"id", tx.Contact}, {"external_id", tx.ContactByExternalID}, {"email", func(address string) (*store.Contact, error) {
		normal, valid := events.NormalizeEmail(address)
		if !valid {
			return nil, invalid("/contact/email", "is not a mail address", "name@example.com")
		}
		return tx.ContactByEmail(normal)
	}}}
	for _, one := range find {
		value, given := object[one.name].(string)
		if !given || value == "" {
			continue
		}
		contact, err := one.by(value)
		if err == nil {
			return contact, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil
}
