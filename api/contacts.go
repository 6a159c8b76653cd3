package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// shapeContact answers a contact with its tags, deals and courses.
func shapeContact(tx *store.Tx, contact *store.Contact, a *store.Account) (map[string]any, error) {
	shown, err := events.ContactShape(tx, contact, a)
	if err != nil {
		return nil, err
	}
	shown["updated_at"] = contact.UpdatedAt.UTC()
	return shown, nil
}

func contactReply(tx *store.Tx, id string) (reply, error) {
	contact, err := tx.Contact(id)
	if err != nil {
		return reply{}, err
	}
	a, err := events.Account(tx)
	if err != nil {
		return reply{}, err
	}
	shown, err := shapeContact(tx, contact, a)
	return ok(shown), err
}

// savedReply is contactReply with the warnings of the change.
func savedReply(tx *store.Tx, id string, list []events.Warning) (reply, error) {
	r, err := contactReply(tx, id)
	if err != nil {
		return reply{}, err
	}
	shown, _ := r.body.(map[string]any)
	shown["warnings"] = or(warnings(list), []gen.Warning{})
	return r, nil
}

func (s *server) CreateContact(c *gin.Context, _ gen.CreateContactParams) {
	body, err := bodyObject(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	in, wrong := events.ParseContact(body, "")
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		done, err := events.Upsert(tx, in, s.now(), "api", nil)
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		r, err := savedReply(tx, done.Contact.ID, done.Warnings)
		if done.Created {
			r.status, r.header = http.StatusCreated, map[string]string{"Location": location("contacts", done.Contact.ID)}
		}
		return r, err
	})
}

func (s *server) ListContacts(c *gin.Context, params gen.ListContactsParams) {
	filter := store.ContactFilter{Query: or(params.Query, "")}
	if params.Email != nil {
		address, valid := events.NormalizeEmail(*params.Email)
		if !valid {
			s.fail(c, invalid("?email", "is not a mail address", "name@example.com"))
			return
		}
		filter.Email = address
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := findContacts(tx, filter, or(params.ExternalId, ""), pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		a, err := events.Account(tx)
		if err != nil {
			return reply{}, err
		}
		items := make([]map[string]any, len(rows))
		for i := range rows {
			if items[i], err = shapeContact(tx, &rows[i], a); err != nil {
				return reply{}, err
			}
		}
		return ok(list[map[string]any]{Items: items, Next: text(next)}), nil
	})
}

// findContacts lists contacts. An address or an external id finds at most one, also by those of a
// contact that was merged into it; it must satisfy the rest too.
func findContacts(tx *store.Tx, filter store.ContactFilter, externalID string, page store.Page) ([]store.Contact, string, error) {
	if externalID == "" && filter.Email == "" {
		return tx.ListContacts(filter, page)
	}
	var found *store.Contact
	for _, one := range []struct {
		value string
		find  func(string) (*store.Contact, error)
	}{{filter.Email, tx.ContactByEmail}, {externalID, tx.ContactByExternalID}} {
		if one.value == "" {
			continue
		}
		contact, err := one.find(one.value)
		if errors.Is(err, store.ErrNotFound) || err == nil && found != nil && found.ID != contact.ID {
			return nil, "", nil
		}
		if err != nil {
			return nil, "", err
		}
		found = contact
	}
	filter.Email, filter.ID = "", found.ID
	return tx.ListContacts(filter, page)
}

func (s *server) GetContact(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) { return contactReply(tx, id) })
}

func (s *server) PatchContact(c *gin.Context, id string) {
	body, err := bodyObject(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	in, wrong := events.ParseContactPatch(body, "")
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	s.write(c, func(tx *store.Tx) (reply, error) {
		contact, err := tx.LockContact(id)
		if err != nil {
			return reply{}, err
		}
		done, err := events.UpdateContact(tx, contact, in, s.now(), "api", nil)
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		return savedReply(tx, id, done.Warnings)
	})
}

// DeleteContact erases a contact: it leaves everything that it is in, and what says something about
// the person goes.
func (s *server) DeleteContact(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error {
		contact, err := tx.LockContact(id)
		if err != nil {
			return err
		}
		erased, err := events.Erase(tx, contact, s.now())
		if err != nil {
			return err
		}
		tx.AfterCommit(s.nudge)
		if s.Erased != nil {
			ctx := context.WithoutCancel(c.Request.Context())
			tx.AfterCommit(func() { s.Erased(ctx, erased) })
		}
		return s.audit(c, tx, "contact.delete", contact.ID, nil)
	})
}

// GetConsent answers what a contact has said, by channel.
func (s *server) GetConsent(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		r, err := contactReply(tx, id)
		if err != nil {
			return reply{}, err
		}
		shown, _ := r.body.(map[string]any)
		return ok(shown["consent"]), nil
	})
}

// PutConsent records what the contact said, on whose word: the one call that may subscribe again.
func (s *server) PutConsent(c *gin.Context, id string) {
	changing(s, c, func(tx *store.Tx, in gen.ConsentRequest) (reply, error) {
		contact, err := tx.LockContact(id)
		if err != nil {
			return reply{}, err
		}
		given, err := consents(in)
		if err != nil {
			return reply{}, err
		}
		detail := map[string]any{}
		for _, one := range given {
			if _, err := events.SetConsent(tx, contact, one.channel, one.consent, s.now(), nil); err != nil {
				return reply{}, err
			}
			detail[one.channel] = map[string]any{"state": one.consent.State, "source": one.consent.Source}
		}
		if err := s.audit(c, tx, "contact.consent", contact.ID, detail); err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		return contactReply(tx, id)
	})
}

type channelConsent struct {
	channel string
	consent events.Consent
}

func consents(in gen.ConsentRequest) ([]channelConsent, error) {
	var given []channelConsent
	var fields []gen.FieldError
	for _, one := range []struct {
		channel string
		input   *gen.ConsentInput
	}{{channelEmail, in.Email}, {"sms", in.Sms}} {
		if one.input == nil {
			continue
		}
		source := or(one.input.Source, or(in.Source, ""))
		if source == "" {
			fields = append(fields, gen.FieldError{Pointer: "/" + one.channel + "/source", Message: "must be given", Hint: "where the contact said so"})
		}
		given = append(given, channelConsent{one.channel, events.Consent{State: string(one.input.State), At: utc(one.input.At), Source: source}})
	}
	if len(given) == 0 {
		fields = append(fields, gen.FieldError{Pointer: "/email", Message: "must be given", Hint: "email or sms"})
	}
	if len(fields) > 0 {
		return nil, invalidFields(fields)
	}
	return given, nil
}
