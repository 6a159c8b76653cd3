package activities_test

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/moving"
	"fermata/links"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

const (
	askTwo = `
  a: {type: approval, with: {to: [boss@team.example, "Eve <eve@team.example>", BOSS@team.example], subject: "Send {{ trigger.order_id }}?", body: "For {{ contact.email }}.", timeout: 2d}, next: {approved: b, rejected: c, timeout: d}}
  b: {type: tag_add, with: {tag: "by-{{ event.$type }}"}, next: e}
  c: {type: tag_add, with: {tag: no}, next: e}
  d: {type: tag_add, with: {tag: late}, next: e}
  e: {type: hold}
`
	// askAgain asks the same question whenever it was rejected.
	askAgain = `
  a: {type: approval, with: {to: boss@team.example, subject: "Send it?", forever: true}, next: {approved: e, rejected: a}}
  e: {type: hold}
`
)

// asker is a traveller whose way begins with an approval.
type asker struct {
	*traveller
	post *post
}

// post is a mail server that fails for some addresses.
type post struct {
	sent  []outgoing.Message
	fails map[string]error
}

func (p *post) Addr() string { return "post" }

func (p *post) Send(_ context.Context, m outgoing.Message) error {
	p.sent = append(p.sent, m)
	address, err := mail.ParseAddress(m.To[0])
	if err != nil {
		return err
	}
	return p.fails[address.Address]
}

func asks(t *testing.T, s *store.Store, key, nodes string, fails map[string]error) *asker {
	t.Helper()
	server := &post{fails: fails}
	a := &asker{traveller: &traveller{race: newRace(t, s, fmt.Sprintf(journey, key, "", nodes), server)}, post: server}
	signer, err := links.New("a secret", "https://fermata.example")
	require.NoError(t, err)
	a.activities.Links = signer
	a.startRun()
	return a
}

var answerLink = regexp.MustCompile(`https://fermata\.example/answer/(\S+)`)

// ask is the question of the n-th mail.
func (a *asker) ask(n int) string {
	a.Helper()
	found := answerLink.FindStringSubmatch(a.post.sent[n].Text)
	require.NotNil(a, found, a.post.sent[n].Text)
	id, ok := a.activities.Links.ReadAnswer(found[1])
	require.True(a, ok)
	require.Contains(a, a.post.sent[n].HTML, found[0])
	return id
}

func (a *asker) answer(id, decision string) (q *events.Question) {
	a.Helper()
	require.NoError(a, a.store.Write(a.Context(), func(tx *store.Tx) (err error) {
		q, err = events.Answer(tx, a.definitions(), id, decision, a.at)
		return err
	}))
	return q
}

func (a *asker) reads(id string) (q *events.Question) {
	a.Helper()
	require.NoError(a, a.store.Read(a.Context(), func(tx *store.Tx) (err error) {
		q, err = events.ReadQuestion(tx, id)
		return err
	}))
	return q
}

// decisions lists the decisions in the log.
func (a *asker) decisions() (list []store.Event) {
	a.Helper()
	require.NoError(a, a.store.Read(a.Context(), func(tx *store.Tx) (err error) {
		list, _, err = tx.ListEvents(store.EventFilter{Type: events.TypeWorkflowDecided}, store.Page{})
		return err
	}))
	return list
}

func TestApprovalAsksEachAndTheFirstAnswerCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "asks", askTwo, nil)
		require.Equal(t, []string{"a/1:waiting"}, a.way())
		a.requireDue(2 * day)
		require.Len(t, a.post.sent, 2, "one mail for each person")
		require.NotEqual(t, a.post.sent[0].ID, a.post.sent[1].ID)
		require.NotEqual(t, a.ask(0), a.ask(1))
		require.Equal(t, "Send ?", a.post.sent[0].Subject)
		require.Equal(t, store.EffectDone, a.effects()[0].State)

		again := a.carryOut([]interpreter.Command{{Kind: interpreter.Send, Node: "a", Visit: 1}})
		require.Equal(t, []any{interpreter.Parked, a.last().DueAt.UnixMilli()}, []any{again[0].Kind, again[0].Due}, "a task that is run again asks nobody twice")
		require.Len(t, a.post.sent, 2)

		for range 2 {
			q := a.reads(a.ask(1))
			require.Equal(t, []any{events.QuestionOpen, "Send ?", "For asks@example.com."}, []any{q.Standing, q.Subject, q.Text})
		}
		require.Empty(t, a.decisions(), "reading decides nothing")

		q := a.answer(a.ask(1), "approved")
		require.Equal(t, []any{events.QuestionDecided, "approved", "eve@team.example", true}, []any{q.Standing, q.Decision, q.By, q.Counted})
		for i, other := range []string{"rejected", "approved"} {
			q = a.answer(a.ask(i), other)
			require.Equal(t, []any{events.QuestionDecided, "approved", "eve@team.example"}, []any{q.Standing, q.Decision, q.By}, "it is decided")
		}
		require.Len(t, a.decisions(), 1)
		a.route()
		require.True(t, a.enrollment().WakePending, "the router wakes the run")
		a.wakes(a.at.Add(time.Hour))
		require.Equal(t, []string{"a/1:done:approved", "b/1:done:next", "e/1:held"}, a.way())
		step := a.steps()[0]
		require.JSONEq(t, fmt.Sprintf(`{"decision": "approved", "by": "eve@team.example", "at": %q, "event": %q}`,
			a.at.Add(-time.Hour).UTC().Format(time.RFC3339), a.decisions()[0].ID), string(step.Result))
		require.Contains(t, a.tags(), "by-order.created", "an answer does not become `event`")
		require.Equal(t, "asks advanced", a.said(a.decisions()[0].ID))
		q = a.reads(a.ask(0))
		require.True(t, q.Counted)
	})
}

func (a *asker) tags() (list []string) {
	a.Helper()
	require.NoError(a, a.store.Read(a.Context(), func(tx *store.Tx) error {
		e, err := tx.Enrollment(a.in.Enrollment)
		if err != nil {
			return err
		}
		list, err = tx.ContactTags(e.ContactID)
		return err
	}))
	return list
}

// TestAnEarlyApprovalSatisfiesNoLaterNode: an answer belongs to one visit of one node.
func TestAnEarlyApprovalSatisfiesNoLaterNode(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "again", askAgain, nil)
		a.answer(a.ask(0), "rejected")
		a.wakes(a.at.Add(time.Minute))
		require.Equal(t, []string{"a/1:done:rejected", "a/2:waiting"}, a.way())
		require.Len(t, a.post.sent, 2)
		require.NotEqual(t, a.post.sent[0].ID, a.post.sent[1].ID)
		q := a.answer(a.ask(0), "approved")
		require.Equal(t, []any{events.QuestionDecided, "rejected"}, []any{q.Standing, q.Decision}, "the old link is used up")
		a.wakes(a.at.Add(time.Minute))
		require.Equal(t, "a/2:waiting", a.way()[1])
		a.answer(a.ask(1), "approved")
		a.wakes(a.at.Add(time.Minute))
		require.Equal(t, []string{"a/1:done:rejected", "a/2:done:approved", "e/1:held"}, a.way())
		require.Len(t, a.decisions(), 2)
	})
}

// TestWhatWinsOverAnAnswer: an exit that is in the log, a decision over the time even when it is
// late, and the time when the step was left by it.
func TestWhatWinsOverAnAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "exit-first", askTwo, nil)
		a.race.post("order.canceled", nil)
		require.Equal(t, events.QuestionEnded, a.answer(a.ask(0), "approved").Standing)
		require.Empty(t, a.decisions())
		require.Equal(t, interpreter.Ended, a.wakes(a.at).Kind)

		a = asks(t, s, "answer-first", askTwo, nil)
		a.answer(a.ask(0), "approved")
		a.race.post("order.canceled", nil)
		require.Equal(t, interpreter.Ended, a.wakes(a.at).Kind, "an exit before the step is decided")
		require.False(t, a.reads(a.ask(0)).Counted)

		a = asks(t, s, "late", askTwo, nil)
		a.at = a.at.Add(3 * day)
		require.Equal(t, events.QuestionDecided, a.answer(a.ask(0), "rejected").Standing)
		a.wakes(a.at)
		require.Equal(t, "a/1:done:rejected", a.way()[0], "nobody has looked at the time yet")

		a = asks(t, s, "too-late", askTwo, nil)
		a.wakes(a.at.Add(3 * day))
		require.Equal(t, "a/1:done:timeout", a.way()[0])
		require.Equal(t, events.QuestionExpired, a.answer(a.ask(0), "approved").Standing)
		require.Contains(t, a.tags(), "late")

		a = asks(t, s, "skipped", askTwo, nil)
		require.NoError(t, a.operator(a.at).Skip(t.Context(), a.in.Enrollment, "rejected", "Sam"))
		require.Equal(t, events.QuestionSettled, a.answer(a.ask(0), "approved").Standing)
		a.wakes(a.at)
		require.Equal(t, "a/1:skipped:rejected", a.way()[0])
	})
}

// TestHeldQuestionKeepsItsAnswer: an answer that comes while a person holds the enrollment counts
// when it goes on.
func TestHeldQuestionKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "holds", askTwo, nil)
		require.NoError(t, a.operator(a.at).Hold(t.Context(), a.in.Enrollment, "wait", "Sam"))
		a.answer(a.ask(0), "approved")
		a.wakes(a.at)
		require.Equal(t, []string{"a/1:waiting"}, a.way())
		require.NoError(t, a.operator(a.at).Release(t.Context(), a.in.Enrollment, "", "Sam"))
		a.wakes(a.at.Add(3 * day))
		require.Equal(t, "a/1:done:approved", a.way()[0])
	})
}

// TestMovedQuestion: in its place the question stays the same; begun anew it is asked anew.
func TestMovedQuestion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "stays", askTwo, nil)
		a.published(moving.Terms{Retime: moving.RetimeCredit}, "", askTwo+"  f: {type: end}\n")
		a.wakes(a.at)
		require.Equal(t, []any{2, 2}, []any{a.runs, len(a.post.sent)}, "nobody is asked again")
		a.answer(a.ask(0), "approved")
		a.route()
		require.True(t, a.enrollment().WakePending)
		a.wakes(a.at)
		require.Equal(t, "a/1:done:approved", a.way()[0])

		a = asks(t, s, "anew", askTwo, nil)
		a.published(moving.Terms{Retime: moving.RetimeRestart}, "", askTwo+"  f: {type: end}\n")
		a.wakes(a.at)
		require.Equal(t, []string{"a/1:canceled moved", "a/2:waiting"}, a.way())
		require.Len(t, a.post.sent, 4)
		require.Equal(t, events.QuestionMoved, a.answer(a.ask(0), "approved").Standing)
		a.answer(a.ask(2), "rejected")
		a.wakes(a.at)
		require.Equal(t, "a/2:done:rejected", a.way()[1])

		a = asks(t, s, "unread", askTwo, nil)
		a.answer(a.ask(0), "approved")
		a.published(moving.Terms{Retime: moving.RetimeRestart}, "", askTwo+"  f: {type: end}\n")
		a.wakes(a.at)
		require.Equal(t, []string{"a/1:canceled moved", "a/2:waiting"}, a.way(), "an answer to the visit before")
		require.False(t, a.reads(a.ask(0)).Counted)
		a.answer(a.ask(3), "rejected")
		a.wakes(a.at)
		require.Equal(t, "a/2:done:rejected", a.way()[1])
	})
}

// TestOneBadAddressCostsNobodyElse: who cannot be asked is named; a step fails only when nobody can
// be, and then an operator decides.
func TestOneBadAddressCostsNobodyElse(t *testing.T) {
	t.Parallel()
	refused := &activities.SendError{Code: "smtp_550", Final: true}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "one-bad", askTwo, map[string]error{"boss@team.example": refused})
		require.Equal(t, []string{"a/1:waiting"}, a.way())
		require.Contains(t, a.last().Error, "not asked: boss@team.example: smtp_550")
		a.answer(a.ask(1), "approved")
		a.wakes(a.at)
		require.Equal(t, "a/1:done:approved", a.way()[0])

		a = asks(t, s, "all-bad", askTwo, map[string]error{"boss@team.example": refused, "eve@team.example": refused})
		require.Equal(t, []string{"a/1:held smtp_550"}, a.way())
		a.post.fails = nil
		require.NoError(t, a.operator(a.at).Retry(t.Context(), a.in.Enrollment, "Sam"))
		a.wakes(a.at)
		require.Equal(t, []string{"a/1:waiting"}, a.way())
		require.Equal(t, []any{4, a.post.sent[0].ID}, []any{len(a.post.sent), a.post.sent[2].ID}, "under the same Message-ID")
	})
}

// TestAQuestionWhoseMailIsInDoubtCanBeAnswered: the mail may have arrived; then its link works, and
// nobody is asked again after the answer.
func TestAQuestionWhoseMailIsInDoubtCanBeAnswered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := asks(t, s, "doubt", askAgain, map[string]error{"boss@team.example": &activities.SendError{Code: "smtp_unknown", Unknown: true}})
		require.Equal(t, []string{"a/1:running"}, a.way())
		require.Equal(t, store.EffectUnknown, a.effects()[0].State)
		require.Equal(t, interpreter.Standing, a.advanceAt(a.at, interpreter.Command{Kind: interpreter.Arrive, Node: "a", Visit: 1}).Kind)
		require.Equal(t, events.QuestionDecided, a.answer(a.ask(0), "approved").Standing)
		result := a.carryOut([]interpreter.Command{{Kind: interpreter.Send, Node: "a", Visit: 1}})
		require.Equal(t, []any{interpreter.Left, "approved"}, []any{result[0].Kind, result[0].Port})
		require.Len(t, a.post.sent, 1)
	})
}

// TestPausedTimeCountsForAnswers: what came in time counts after a pause, what came too late does not.
func TestPausedTimeCountsForAnswers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for key, c := range map[string]struct {
			after time.Duration
			port  string
		}{"in-time": {day, "approved"}, "out-of-time": {3 * day, "timeout"}} {
			a := asks(t, s, key, askTwo, nil)
			begun := a.at
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
				pause := &store.Pause{Workflow: key, StartedAt: begun.Add(time.Hour), Clocks: store.ClocksRun}
				return tx.BeginPause(pause)
			}))
			a.at = begun.Add(c.after)
			a.answer(a.ask(0), "approved")
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
				pause, err := tx.OpenPause(key)
				if err != nil {
					return err
				}
				end := begun.Add(4 * day)
				pause.EndedAt, pause.Overdue = &end, store.OverdueRun
				return tx.EndPause(pause)
			}))
			a.wakes(begun.Add(4 * day))
			require.Equal(t, "a/1:done:"+c.port, a.way()[0], key)
		}
	})
}
