package activities

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// moreAskTime is how much longer handing over may take for each further person who is asked.
const moreAskTime = 5 * time.Second

// codeNoLinks is the failure of an approval where nobody could answer: no address can be signed.
const codeNoLinks = "no_links"

// Approval asks the people of an approval node, and then waits for an answer.
func (a *Activities) Approval(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packApproval)
}

// questionnaire is the mails of one visit to an approval: one for each person, under an id of its
// own, so that one bad address costs nobody else a second mail.
type questionnaire struct {
	asks   []store.Ask
	mails  []outgoing.Message
	mailer Mailer
	errs   []error // of the attempt at hand, nil for what was handed over
}

func (t *turn) packApproval(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.Notice](t, node)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	if t.a.Links == nil {
		return nil, &nodes.Failure{Code: codeNoLinks, Message: "this installation signs no links, so nobody could answer"}, nil
	}
	q := &questionnaire{mailer: t.a.Mailer}
	if t.e.Test && t.e.Sends != "real" {
		q.mailer = t.a.Sink
	}
	if err := q.address(t, c, plan); err != nil {
		return nil, nil, err
	}
	return &parcel{
		destination: q.mailer.Addr(), class: nodes.ClassTransactional, given: plan.Given(),
		timeout: mailTimeout + time.Duration(max(0, len(q.mails)-1))*moreAskTime,
		do:      q.send, claimed: q.claimed, settled: q.settled, after: (*turn).asked, enough: q.anySent,
	}, nil, nil
}

// address writes the mails that are still to be sent. Who was asked before keeps the link.
func (q *questionnaire) address(t *turn, c interpreter.Command, plan nodes.Notice) error {
	before, err := t.tx.Asks(t.ref(c))
	if err != nil {
		return fmt.Errorf("read questions: %w", err)
	}
	known, seen := map[string]store.Ask{}, map[string]bool{}
	for _, ask := range before {
		known[ask.Address] = ask
	}
	for _, to := range plan.To {
		parsed, err := mail.ParseAddress(to)
		bare := strings.ToLower(to)
		if err == nil {
			bare = strings.ToLower(parsed.Address)
		}
		if seen[bare] {
			continue
		}
		seen[bare] = true
		ask, asked := known[bare]
		if !asked {
			ask = store.Ask{
				ID: store.NewID("ask"), EnrollmentID: t.e.ID, Node: c.Node, Visit: c.Visit, Address: bare, State: store.AskOpen, CreatedAt: t.now,
			}
		}
		mine := plan.Asking(t.a.Links.Answer(ask.ID))
		q.asks = append(q.asks, ask)
		q.mails = append(q.mails, outgoing.Message{
			ID: events.MessageIDPrefix(ask.ID) + "@" + outgoing.Domain(t.a.MailFrom), From: t.a.MailFrom, To: []string{to},
			Subject: mine.Subject, Text: mine.Text, HTML: mine.HTML,
		})
	}
	q.errs = make([]error, len(q.mails))
	return nil
}

// claimed writes the questions and subscribes to their answers before any mail can arrive.
func (q *questionnaire) claimed(t *turn, c interpreter.Command) error {
	for i := range q.asks {
		if err := t.tx.AddAsk(&q.asks[i]); err != nil {
			return fmt.Errorf("add question: %w", err)
		}
	}
	list, err := t.tx.Subscriptions(t.e.ID)
	if err != nil {
		return fmt.Errorf("read subscriptions: %w", err)
	}
	for i := range list {
		if list[i].Kind == store.SubscriptionWait && list[i].Node == c.Node && list[i].Visit == c.Visit {
			return nil
		}
	}
	w, err := t.awaits(c)
	if err != nil {
		return err
	}
	return t.listen(c, w)
}

// send hands over what nobody has accepted yet. It fails by what weighs most: an outcome that nobody
// knows, then a failure worth another try; refused addresses are a failure only when nobody was asked.
func (q *questionnaire) send(ctx context.Context) (reply, error) {
	var worst error
	weight := 0
	var asked []string
	for i := range q.mails {
		if q.asks[i].State != store.AskSent {
			if q.errs[i] = q.mailer.Send(ctx, q.mails[i]); q.errs[i] == nil {
				q.asks[i].State = store.AskSent
			}
		}
		if q.asks[i].State == store.AskSent {
			asked = append(asked, q.asks[i].Address)
		}
		if w := weigh(q.errs[i]); w > weight {
			weight, worst = w, q.errs[i]
		}
	}
	if weight == weightFinal && len(asked) > 0 {
		worst = nil
	}
	return reply{result: map[string]any{"to": asked, "subject": q.mails[0].Subject}}, worst
}

const (
	weightFinal = iota + 1
	weightAgain
	weightUnknown
)

func weigh(err error) int {
	var send *SendError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &send):
		return weightAgain
	case send.Unknown:
		return weightUnknown
	case send.Final:
		return weightFinal
	}
	return weightAgain
}

func (q *questionnaire) anySent() bool {
	for i := range q.asks {
		if q.asks[i].State == store.AskSent {
			return true
		}
	}
	return false
}

// settled notes what became of each mail.
func (q *questionnaire) settled(t *turn, _, _ string) error {
	for i := range q.asks {
		state, text, at := store.AskSent, "", &t.now
		if q.asks[i].State != store.AskSent {
			if q.errs[i] == nil {
				continue // its turn did not come
			}
			state, _, text = verdict(q.errs[i])
			at = nil
		}
		if err := t.tx.SettleAsk(q.asks[i].ID, state, text, at); err != nil {
			return fmt.Errorf("settle question: %w", err)
		}
	}
	return nil
}

// notAsked says whom a question did not reach, "" when it reached all.
func (t *turn) notAsked(c interpreter.Command) (string, error) {
	asks, err := t.tx.Asks(t.ref(c))
	if err != nil {
		return "", fmt.Errorf("read questions: %w", err)
	}
	var list []string
	for i := range asks {
		if asks[i].State != store.AskSent {
			list = append(list, asks[i].Address+": "+asks[i].Error)
		}
	}
	if len(list) == 0 {
		return "", nil
	}
	return "not asked: " + strings.Join(list, "; "), nil
}

// asked goes on from a question that is out: the step waits, unless the answer was faster. A run that
// gave up meanwhile, and holds the step, is woken.
func (t *turn) asked(c interpreter.Command, row *store.Step) (interpreter.Occurrence, error) {
	woken := row.Status == "held"
	missed, err := t.notAsked(c)
	if err != nil {
		return interpreter.Occurrence{}, err
	}
	row.Status, row.Reason, row.Error, row.Result = "waiting", "", missed, nil
	w, err := t.awaits(c)
	if err != nil {
		return interpreter.Occurrence{}, err
	}
	var o *interpreter.Occurrence
	if t.held() {
		o, err = t.pausedAt(c), t.putStep(row)
	} else {
		o, err = t.lookForEvent(c, row, w)
	}
	if err == nil && woken {
		err = t.wakeRun()
	}
	if err != nil {
		return interpreter.Occurrence{}, err
	}
	return *o, nil
}

// awaits is the wait for events at a node of the definition; nil when it is none.
func (t *turn) awaits(c interpreter.Command) (*nodes.WaitEvent, error) {
	switch settings := t.def.Nodes[c.Node].Settings.(type) {
	case *nodes.WaitEvent:
		return settings, nil
	case *nodes.Approval:
		return settings.Awaits(nodes.Question{Enrollment: t.e.ID, Node: c.Node, Visit: c.Visit})
	}
	return nil, nil
}

// out reports whether somebody has got the question of a visit.
func (t *turn) out(c interpreter.Command) (bool, error) {
	asks, err := t.tx.Asks(t.ref(c))
	if err != nil {
		return false, fmt.Errorf("read questions: %w", err)
	}
	return (&questionnaire{asks: asks}).anySent(), nil
}

// beforeAsking looks, before an attempt to ask, whether there is something to ask: the question may be
// out already, answered, or too late. Nil means that it is to be asked.
func (t *turn) beforeAsking(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	if row.Seq == 0 || !t.def.Nodes[c.Node].Spec.Asks {
		return nil, nil
	}
	w, err := t.awaits(c)
	if err != nil {
		return nil, err
	}
	if row.Status == "waiting" {
		if out, err := t.out(c); err != nil || out {
			return t.parkedOr(c, row, w, err)
		}
	}
	o, _, err := t.tryToLeave(c, row, w)
	return o, err
}

func (t *turn) parkedOr(c interpreter.Command, row *store.Step, w *nodes.WaitEvent, err error) (*interpreter.Occurrence, error) {
	if err != nil {
		return nil, err
	}
	return t.lookForEvent(c, row, w)
}

// arriveAtQuestion answers where the enrollment stands that is at an approval: an answer counts from
// the first attempt to ask on, also while others are still being asked, or after asking them failed.
func (t *turn) arriveAtQuestion(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	standing := &interpreter.Occurrence{Kind: interpreter.Standing, Node: c.Node, Visit: c.Visit}
	w, err := t.awaits(c)
	if err != nil {
		return nil, err
	}
	switch row.Status {
	case "running":
		o, _, err := t.tryToLeave(c, row, w)
		if err != nil || o != nil {
			return o, err
		}
		return standing, nil
	case "held":
		if o, err := t.answered(c, row, w); err != nil || o != nil {
			return o, err
		}
		o := parked(c, row)
		return &o, nil
	}
	if out, err := t.out(c); err != nil || !out {
		return standing, err
	}
	return t.lookForEvent(c, row, w)
}

// answered leaves a step by an answer that is in the log, whatever the time; nil without one.
func (t *turn) answered(c interpreter.Command, row *store.Step, w *nodes.WaitEvent) (*interpreter.Occurrence, error) {
	after, err := t.readFrom(row, w)
	if err != nil {
		return nil, err
	}
	read, err := t.readLog(w, after, calendar.Paced{})
	if err != nil || read.hit == nil {
		return nil, err
	}
	row.Error = ""
	return t.advanced(c, row, read.hit)
}

// decidedBy is the result of an approval: what was decided, by whom and when.
func decidedBy(event *store.Event) (store.JSON, error) {
	var data struct {
		Decision string `json:"decision"`
		By       string `json:"by"`
	}
	if err := decode(event.Data, &data); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return encode(map[string]any{"decision": data.Decision, "by": data.By, "at": event.AcceptedAt.UTC().Format(time.RFC3339), "event": event.ID})
}
