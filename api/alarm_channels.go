package api

import (
	"context"
	"errors"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/alarms"
	"fermata/api/gen"
	"fermata/interpreter/nodes/form"
	"fermata/store"
)

func shapeChannel(c *store.AlarmChannel) (gen.AlarmChannel, error) {
	shown := gen.AlarmChannel{
		Id: c.ID, Name: c.Name, Type: gen.AlarmChannelType(c.Type), To: []string{}, Sign: text(c.Sign), Kinds: []gen.AlarmChannelKind{}, Workflows: []string{},
		Enabled: c.Enabled, Error: text(c.Error), ErrorAt: utc(c.ErrorAt), SentAt: utc(c.SentAt), CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	var target alarms.Target
	if err := errors.Join(c.Target.Decode(&target), c.Kinds.Decode(&shown.Kinds), c.Workflows.Decode(&shown.Workflows)); err != nil {
		return shown, err
	}
	if len(target.To) > 0 {
		shown.To = target.To
	}
	shown.Url = text(target.URL)
	return shown, nil
}

// fillChannel checks what a channel is to be, and sets it.
func fillChannel(tx *store.Tx, c *store.AlarmChannel, in gen.AlarmChannelInput) error {
	target := alarms.Target{URL: strings.TrimSpace(or(in.Url, ""))}
	sign := or(in.Sign, "")
	switch c.Type {
	case alarms.ChannelMail:
		for _, address := range or(in.To, nil) {
			parsed, err := mail.ParseAddress(address)
			if err != nil {
				return invalid("/to", "holds what is no mail address: "+address, "ops@studio.example")
			}
			target.To = append(target.To, parsed.Address)
		}
		if len(target.To) == 0 {
			return invalid("/to", "a mail channel needs addresses", `["ops@studio.example"]`)
		}
		if target.URL != "" {
			return invalid("/url", "a mail channel has none", "leave it out")
		}
	default:
		if len(or(in.To, nil)) > 0 {
			return invalid("/to", "only a mail channel has addresses", "leave it out")
		}
		if err := checkChannelURL(tx, target.URL); err != nil {
			return err
		}
	}
	if sign != "" && c.Type != alarms.ChannelWebhook {
		return invalid("/sign", "only the calls of a webhook channel are signed", "leave it out")
	}
	if sign != "" && !strings.HasPrefix(sign, form.SecretPrefix) {
		return invalid("/sign", "is not the name of a secret", "secret:name")
	}
	if err := secretThere(tx, "/sign", sign); err != nil {
		return err
	}
	c.Name, c.Sign, c.Enabled = strings.TrimSpace(in.Name), sign, or(in.Enabled, true)
	var err1, err2, err3 error
	c.Target, err1 = store.ToJSON(target)
	c.Kinds, err2 = store.ToJSON(or(in.Kinds, []gen.AlarmChannelKind{}))
	c.Workflows, err3 = store.ToJSON(or(in.Workflows, []string{}))
	return errors.Join(err1, err2, err3)
}

func checkChannelURL(tx *store.Tx, raw string) error {
	if strings.HasPrefix(raw, form.SecretPrefix) {
		return secretThere(tx, "/url", raw)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return invalid("/url", "is no http or https address", "secret:slack_team, or https://…")
	}
	return nil
}

// secretThere refuses the name of a secret that does not exist.
func secretThere(tx *store.Tx, pointer, value string) error {
	name, named := strings.CutPrefix(value, form.SecretPrefix)
	if !named {
		return nil
	}
	_, err := tx.Secret(name)
	if errors.Is(err, store.ErrNotFound) {
		return invalid(pointer, "there is no secret "+name, "PUT /v1/secrets/"+name)
	}
	return err
}

// CreateAlarmChannel makes a channel.
func (s *server) CreateAlarmChannel(c *gin.Context, _ gen.CreateAlarmChannelParams) {
	creating(s, c, func(tx *store.Tx, in gen.AlarmChannelInput) (reply, error) {
		channel := &store.AlarmChannel{Type: string(in.Type)}
		if err := fillChannel(tx, channel, in); err != nil {
			return reply{}, err
		}
		if err := tx.CreateAlarmChannel(channel); err != nil {
			return reply{}, err
		}
		shown, err := s.channelReply(c, tx, channel, "alarm_channel.create")
		return created(location("alarm-channels", channel.ID), shown.body), err
	})
}

// channelReply audits what was done to a channel and answers it. Its address may be a secret.
func (s *server) channelReply(c *gin.Context, tx *store.Tx, channel *store.AlarmChannel, action string) (reply, error) {
	if err := s.audit(c, tx, action, channel.ID, map[string]any{"name": channel.Name, "type": channel.Type, "enabled": channel.Enabled}); err != nil {
		return reply{}, err
	}
	shown, err := shapeChannel(channel)
	return ok(shown), err
}

func (s *server) ListAlarmChannels(c *gin.Context, params gen.ListAlarmChannelsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListAlarmChannels(pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items := make([]gen.AlarmChannel, len(rows))
		for i := range rows {
			if items[i], err = shapeChannel(&rows[i]); err != nil {
				return reply{}, err
			}
		}
		return ok(list[gen.AlarmChannel]{Items: items, Next: text(next)}), nil
	})
}

func (s *server) GetAlarmChannel(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		channel, err := tx.AlarmChannel(id)
		if err != nil {
			return reply{}, err
		}
		shown, err := shapeChannel(channel)
		return ok(shown), err
	})
}

// PatchAlarmChannel changes a channel; lists are replaced as a whole, and null means all.
func (s *server) PatchAlarmChannel(c *gin.Context, id string) {
	changing(s, c, func(tx *store.Tx, in gen.AlarmChannelPatch) (reply, error) {
		channel, err := tx.AlarmChannel(id)
		if err != nil {
			return reply{}, err
		}
		patch, err := bodyObject(c)
		if err != nil {
			return reply{}, err
		}
		now, err := shapeChannel(channel)
		if err != nil {
			return reply{}, err
		}
		next := gen.AlarmChannelInput{
			Name: or(in.Name, now.Name), To: &now.To, Url: now.Url, Sign: now.Sign, Kinds: &now.Kinds, Workflows: &now.Workflows, Enabled: ptr(or(in.Enabled, now.Enabled)),
		}
		for key, set := range map[string]func(){
			"to": func() { next.To = in.To }, "url": func() { next.Url = in.Url }, "sign": func() { next.Sign = in.Sign },
			"kinds": func() { next.Kinds = in.Kinds }, "workflows": func() { next.Workflows = in.Workflows },
		} {
			if _, given := patch[key]; given {
				set()
			}
		}
		if err := fillChannel(tx, channel, next); err != nil {
			return reply{}, err
		}
		if err := tx.UpdateAlarmChannel(channel); err != nil {
			return reply{}, err
		}
		return s.channelReply(c, tx, channel, "alarm_channel.update")
	})
}

func (s *server) DeleteAlarmChannel(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := tx.DeleteAlarmChannel(id); err != nil {
			return err
		}
		return s.audit(c, tx, "alarm_channel.delete", id, nil)
	})
}

// channelUsers lists the channels that name a secret.
func channelUsers(tx *store.Tx, kind, name string) ([]string, error) {
	if kind != useSecret {
		return nil, nil
	}
	var users []string
	for cursor := ""; ; {
		rows, next, err := tx.ListAlarmChannels(store.Page{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			shown, err := shapeChannel(&rows[i])
			if err != nil {
				return nil, err
			}
			if or(shown.Url, "") == form.SecretPrefix+name || or(shown.Sign, "") == form.SecretPrefix+name {
				users = append(users, "alarm channel "+rows[i].ID)
			}
		}
		if cursor = next; cursor == "" {
			return users, nil
		}
	}
}

// channelTestWait bounds a test of a channel.
const channelTestWait = 20 * time.Second

// TestAlarmChannel sends a test at once, by the code that tells alarms.
func (s *server) TestAlarmChannel(c *gin.Context, id string) {
	if s.Mailer == nil || s.Caller == nil {
		s.fail(c, failure(kindNotAvailable, "tests of channels are not available in this build"))
		return
	}
	var channel *store.AlarmChannel
	err := s.mayReachOut(c)
	if err == nil {
		err = s.writeStore(c.Request.Context(), func(tx *store.Tx) (err error) {
			if channel, err = tx.AlarmChannel(id); err != nil {
				return err
			}
			return s.audit(c, tx, "alarm_channel.test", id, nil)
		})
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	notice := store.NewID("test")
	if err := s.tryChannel(c.Request.Context(), channel, notice); err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(gen.AlarmChannelTest{Id: notice}))
}

func (s *server) tryChannel(ctx context.Context, channel *store.AlarmChannel, notice string) error {
	content, err := alarms.TestContent(channel.Name, s.now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, channelTestWait)
	defer cancel()
	desk := &alarms.Desk{Mailer: s.Mailer, Caller: s.Caller, MailFrom: s.MailFrom, Now: s.Now}
	if s.SecretBox != nil {
		desk.Secrets = s.SecretBox
	}
	failed := desk.Send(ctx, s.Store, channel, notice, content)
	said := ""
	if failed != nil {
		said = failed.Error()
	}
	if err := s.writeStore(ctx, func(tx *store.Tx) error { return tx.NoteAlarmChannel(channel.ID, said, s.now()) }); err != nil {
		return err
	}
	if failed != nil {
		return failure(kindNotAccepted, "%s", said)
	}
	return nil
}
