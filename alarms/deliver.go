package alarms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// Types of channel.
const (
	ChannelMail    = "mail"
	ChannelSlack   = "slack"
	ChannelWebhook = "webhook"
)

const (
	// noticesAtOnce is how many notices a process claims at a time.
	noticesAtOnce = 10
	// sendWait bounds one attempt.
	sendWait = 15 * time.Second
	// noticeLease is how long a claim lasts: longer than all attempts of one claim.
	noticeLease = noticesAtOnce*sendWait + time.Minute
	// giveUpAfter is for how long a notice is tried.
	giveUpAfter = 24 * time.Hour
	firstPause  = 5 * time.Second
	longPause   = 15 * time.Minute
	defaultPoll = 2 * time.Second
)

// Mailer hands one mail to a server: nil when it has taken it.
type Mailer interface {
	Send(ctx context.Context, m outgoing.Message) error
}

// Caller makes one HTTP call: nil when the other side has accepted it.
type Caller interface {
	Do(ctx context.Context, r outgoing.Request) (outgoing.Answer, error)
}

// Desk sends notices the way workflows send mails and calls, with the same checks of targets.
type Desk struct {
	Mailer   Mailer
	Caller   Caller
	Secrets  outgoing.Secrets
	MailFrom string // sender of an account that has none
	Now      func() time.Time
}

// Target is where a channel leads.
type Target struct {
	To  []string `json:"to,omitempty"`
	URL string   `json:"url,omitempty"`
}

// refusal is the error of what is not to be tried again.
type refusal struct{ message string }

func (r *refusal) Error() string { return r.message }

// Send tells a channel one thing under an id, by which the other side knows a repetition. The error
// says nothing secret.
func (d *Desk) Send(ctx context.Context, s *store.Store, c *store.AlarmChannel, id string, content Content) error {
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var target Target
	if err := c.Target.Decode(&target); err != nil {
		return fmt.Errorf("read target of channel: %w", err)
	}
	if c.Type == ChannelMail {
		message, err := d.mail(ctx, s, target, id, content)
		if err != nil {
			return err
		}
		return d.Mailer.Send(ctx, message)
	}
	var request outgoing.Request
	var failed *nodes.Failure
	err := s.Read(ctx, func(tx *store.Tx) (err error) {
		desk := outgoing.Desk{Tx: tx, Secrets: d.Secrets}
		if c.Type == ChannelSlack {
			text := slackText.Replace("*" + content.Subject + "*\n" + content.Text)
			request, failed, err = desk.Slack(nodes.SlackMessage{Webhook: target.URL, Text: text}, id)
			return err
		}
		request, failed, err = desk.Call(nodes.Call{
			URL: target.URL, Method: "POST", Body: content.Payload, ContentType: "application/json", Timeout: sendWait, SignSecret: c.Sign,
		}, id, d.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare call: %w", err)
	}
	if failed != nil {
		return &refusal{failed.Message}
	}
	if _, err = d.Caller.Do(ctx, request); err != nil {
		return masked{err, outgoing.NewMask(request)}
	}
	return nil
}

// slackText escapes what Slack would read as a mention.
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// mail makes the mail of a notice: transactional, from the account, and by a machine.
func (d *Desk) mail(ctx context.Context, s *store.Store, target Target, id string, content Content) (outgoing.Message, error) {
	var message outgoing.Message
	err := s.Read(ctx, func(tx *store.Tx) error {
		account, err := events.Account(tx)
		if err != nil {
			return err
		}
		desk := outgoing.Desk{Tx: tx, MailFrom: d.MailFrom}
		if account.MailFrom != "" {
			desk.MailFrom = account.MailFrom
		}
		plan := nodes.Mail{To: target.To, Subject: content.Subject, Text: content.Text, Class: nodes.ClassTransactional}
		made, failed, err := desk.Message(plan, "", id+"@"+outgoing.Domain(desk.MailFrom))
		if failed != nil {
			return &refusal{failed.Message}
		}
		message = made
		return err
	})
	if err != nil {
		return message, fmt.Errorf("prepare mail: %w", err)
	}
	message.Headers = map[string]string{"Auto-Submitted": "auto-generated"} // RFC 3834: nobody's holiday note answers it
	return message, nil
}

// masked is an error of a call whose text may hold secrets.
type masked struct {
	err  error
	mask outgoing.Mask
}

func (m masked) Error() string { return m.mask.Text(m.err.Error()) }
func (m masked) Unwrap() error { return m.err }

// Final reports whether sending again cannot help.
func Final(err error) bool {
	if _, refused := errors.AsType[*refusal](err); refused {
		return true
	}
	var told interface{ Permanent() bool }
	return errors.As(err, &told) && told.Permanent()
}

// Courier hands queued notices over, at least once: one whose outcome nobody knows goes out again
// under the same id. Any number may run in parallel.
type Courier struct {
	Store *store.Store
	Desk  *Desk
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Poll  time.Duration    // how often it looks without a nudge; default 2s

	nudges chan struct{}
}

// NewCourier makes a courier.
func NewCourier(s *store.Store, desk *Desk, log *slog.Logger) *Courier {
	return &Courier{Store: s, Desk: desk, Log: log, nudges: make(chan struct{}, 1)}
}

// Nudge makes a waiting courier look at once.
func (c *Courier) Nudge() {
	select {
	case c.nudges <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends.
func (c *Courier) Run(ctx context.Context) error {
	poll := c.Poll
	if poll <= 0 {
		poll = defaultPoll
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if _, err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.log().ErrorContext(ctx, "deliver notices", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.nudges:
		case <-tick.C:
		}
	}
}

func (c *Courier) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}

func (c *Courier) now() time.Time {
	if c.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return c.Now().UTC().Truncate(time.Microsecond)
}

// Tick hands over what is due now and returns how many went out.
func (c *Courier) Tick(ctx context.Context) (sent int, err error) {
	for {
		var claimed []store.Notice
		err := c.Store.Write(ctx, func(tx *store.Tx) (err error) {
			claimed, err = tx.ClaimNotices(c.now(), noticesAtOnce, noticeLease)
			return err
		})
		if err != nil || len(claimed) == 0 {
			return sent, err
		}
		for i := range claimed {
			did, err := c.one(ctx, &claimed[i])
			if err != nil {
				return sent, err
			}
			if did {
				sent++
			}
		}
	}
}

// one sends a notice and records what became of it. What is under way is brought to its end when ctx
// ends; the rest of a claim waits for its lease.
func (c *Courier) one(ctx context.Context, n *store.Notice) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	whole := context.WithoutCancel(ctx)
	failed := c.send(whole, n)
	now := c.now()
	said := ""
	if failed == nil {
		n.State, n.Error, n.DoneAt = store.NoticeSent, "", &now
	} else {
		n.Tries++
		said = outgoing.Plain(failed.Error())
		n.Error, n.NotBefore = said, now.Add(pause(n.Tries))
		if Final(failed) || now.Sub(n.CreatedAt) >= giveUpAfter {
			n.State, n.DoneAt = store.NoticeFailed, &now
		}
		c.log().WarnContext(whole, "notice was not handed over", slog.String("notice", n.ID), slog.String("channel", n.ChannelID), slog.String("error", said))
	}
	err := c.Store.Write(whole, func(tx *store.Tx) error {
		held, err := tx.SettleNotice(n)
		if err != nil || !held {
			return err
		}
		return tx.NoteAlarmChannel(n.ChannelID, said, now)
	})
	if err != nil {
		return false, fmt.Errorf("record notice: %w", err)
	}
	return failed == nil, nil
}

func (c *Courier) send(ctx context.Context, n *store.Notice) error {
	var channel *store.AlarmChannel
	err := c.Store.Read(ctx, func(tx *store.Tx) (err error) {
		channel, err = tx.AlarmChannel(n.ChannelID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return &refusal{"the channel is gone"}
	}
	if err != nil {
		return fmt.Errorf("read channel: %w", err)
	}
	if !channel.Enabled {
		return &refusal{"the channel is off"}
	}
	var content Content
	if err := n.Content.Decode(&content); err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	return c.Desk.Send(ctx, c.Store, channel, n.ID, content)
}

// pause doubles with every failed attempt.
func pause(tries int) time.Duration {
	d := firstPause
	for range min(tries-1, 20) {
		d = min(2*d, longPause)
	}
	return d
}

// TestContent is what is said to try a channel.
func TestContent(channel string, now time.Time) (Content, error) {
	return newContent("Test: "+channel, []string{"This is a test of the channel " + channel + ". Alarms will arrive like this."},
		"alarm."+noticeTest, now, map[string]any{"channel": channel})
}
