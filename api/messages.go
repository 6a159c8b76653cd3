package api

import (
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

func shapeSend(m *store.Send) gen.Send {
	return gen.Send{
		Id: m.ID, Contact: text(m.ContactID), Enrollment: text(m.EnrollmentID), Workflow: text(m.Workflow), Node: text(m.Node),
		Visit: m.Visit, Channel: m.Channel, Class: m.Class, To: m.ToAddress, Subject: m.Subject, MessageId: m.MessageID,
		State: gen.SendState(m.State), Error: text(m.Error), Template: text(m.Template), CreatedAt: m.CreatedAt.UTC(), SentAt: utc(m.SentAt),
	}
}

func (s *server) ListSends(c *gin.Context, params gen.ListSendsParams) {
	filter := store.SendFilter{
		Contact: or(params.Contact, ""), Enrollment: or(params.Enrollment, ""), Workflow: or(params.Workflow, ""), State: string(or(params.State, "")),
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		var err error
		if filter.Contact, err = contactID(tx, filter.Contact); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListSends(filter, pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeSend), err
	})
}

func (s *server) GetSend(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		m, err := tx.Send(id)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeSend(m)), nil
	})
}

const channelEmail = "email"

func shapeSuppression(x *store.Suppression) gen.Suppression {
	return gen.Suppression{Address: x.Address, Channel: x.Channel, Reason: x.Reason, CreatedAt: x.CreatedAt.UTC()}
}

// CreateSuppression stops messages to an address; doing it again changes the reason.
func (s *server) CreateSuppression(c *gin.Context, _ gen.CreateSuppressionParams) {
	creating(s, c, func(tx *store.Tx, in gen.SuppressionInput) (reply, error) {
		channel := string(or(in.Channel, channelEmail))
		if in.Address == nil {
			in.Address = in.Email
		}
		if in.Address == nil {
			return reply{}, invalid("/address", "must be given", "a mail address, or a number with channel: sms")
		}
		address := strings.ToLower(strings.TrimSpace(*in.Address))
		if channel == channelEmail {
			normal, valid := events.NormalizeEmail(address)
			if !valid {
				return reply{}, invalid("/address", "is not a mail address", "name@example.com")
			}
			address = normal
		}
		if address == "" {
			return reply{}, invalid("/address", "must not be empty", "")
		}
		x := &store.Suppression{Address: address, Channel: channel, Reason: or(in.Reason, "manual"), CreatedAt: s.now()}
		if err := tx.PutSuppression(x); err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "suppression.create", channel, map[string]any{"address": x.Address, "reason": x.Reason}); err != nil {
			return reply{}, err
		}
		return created(location("suppressions", x.Address), shapeSuppression(x)), nil
	})
}

func (s *server) ListSuppressions(c *gin.Context, params gen.ListSuppressionsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListSuppressions("", pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeSuppression), err
	})
}

func (s *server) GetSuppression(c *gin.Context, address string, params gen.GetSuppressionParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		x, err := tx.Suppression(address, string(or(params.Channel, channelEmail)))
		if err != nil {
			return reply{}, err
		}
		return ok(shapeSuppression(x)), nil
	})
}

func (s *server) DeleteSuppression(c *gin.Context, address string, params gen.DeleteSuppressionParams) {
	removing(s, c, func(tx *store.Tx) error {
		channel := string(or(params.Channel, channelEmail))
		if err := tx.DeleteSuppression(address, channel); err != nil {
			return err
		}
		return s.audit(c, tx, "suppression.delete", channel, nil)
	})
}
