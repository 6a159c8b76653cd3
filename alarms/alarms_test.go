package alarms

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// TestErrorsOpenOneAlarmThatNamesTheChangeAndEnds follows one alarm from the change that caused it to
// the all-clear.
func TestErrorsOpenOneAlarmThatNamesTheChangeAndEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.mailChannel()
		b.steps("shop", "done", 20, start.Add(-30*time.Minute))
		b.round()
		require.Empty(t, b.alarms(), "nothing is wrong")

		b.audit("email_template.update", "other", "Ben", b.now(), nil)
		b.audit("email_template.update", "welcome", "Ana", b.now(), nil)
		b.audit("workflow.publish", "elsewhere", "Ben", b.now(), object{"version": 2})
		changed := b.now()
		b.pass(12 * time.Minute)
		b.steps("shop", "failed", 2, b.now())
		b.round()
		require.Empty(t, b.alarms(), "two errors are too few")
		b.steps("shop", "failed", 3, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		a := b.only()
		require.Equal(t, []string{"the change of the mail template welcome by Ana, 12 minutes before"}, changesOf(t, a))
		require.Equal(t, changed.Add(12*time.Minute), a.BeganAt.UTC())
		require.Equal(t, `5 of 25 steps failed in the last hour (20 %), at "hello": missing_value`, a.Summary)
		b.rounds(30 * time.Minute)
		require.Equal(t, []string{"Errors: shop"}, b.mails.subjects(), "it is told once")
		require.Contains(t, b.mails.mails[0].Text, "Since the change of the mail template welcome by Ana, 12 minutes before.")
		require.Contains(t, b.mails.mails[0].Text, "https://fermata.example/workflows/shop")
		require.Equal(t, []string{"ops@example.com"}, b.mails.mails[0].To)

		b.rounds(30 * time.Minute) // the errors leave the window
		require.Equal(t, []string{"error_rate shop open"}, b.alarms(), "calm must last")
		require.NotNil(t, b.only().CalmSince)
		b.rounds(15 * time.Minute)
		require.Equal(t, []string{"error_rate shop over"}, b.alarms())
		b.rounds(15 * time.Minute)
		require.Equal(t, []string{"Errors: shop", "Over: Errors: shop"}, b.mails.subjects(), "the all-clear is told once")
		b.steps("shop", "failed", 5, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop over", "error_rate shop open"}, b.alarms(), "new trouble is a new alarm")
	})
}

// TestErrorsThatAreLessBadKeepAnAlarmOpen: between the two thresholds nothing begins and nothing ends.
func TestErrorsThatAreLessBadKeepAnAlarmOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.set("", object{"error_rate": object{"rate": 0.2, "within": "10m"}, "clear_after": "2m"})
		b.steps("shop", "failed", 4, b.now())
		b.steps("shop", "done", 6, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		b.steps("shop", "done", 18, b.now()) // 4 of 28: under 20 %, over 10 %
		b.rounds(5 * time.Minute)
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		b.steps("shop", "done", 40, b.now()) // 4 of 68
		b.rounds(3 * time.Minute)
		require.Equal(t, []string{"error_rate shop over"}, b.alarms())
		b.pass(20 * time.Minute)
		b.steps("shop", "failed", 4, b.now())
		b.steps("shop", "done", 24, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop over"}, b.alarms(), "what keeps one open begins none")
	})
}

// TestOnlyOneOfManyMakesARound: processes share rounds; one that lost its claim writes nothing.
func TestOnlyOneOfManyMakesARound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.mailChannel()
		b.steps("shop", "failed", 5, b.now())
		b.pass(time.Minute)
		var made atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				did, err := b.evaluator().Tick(context.Background())
				if err == nil && did {
					made.Add(1)
				}
			})
		}
		all.Wait()
		require.Equal(t, int32(1), made.Load())
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		for range 4 {
			all.Go(func() { b.deliver() })
		}
		all.Wait()
		require.Equal(t, []string{"Errors: shop"}, b.mails.subjects())

		var token string
		b.pass(time.Hour)
		b.write(func(tx *store.Tx) (err error) {
			token, err = tx.ClaimRound(roundName, b.now(), time.Minute)
			return err
		})
		did, err := b.evaluator().Tick(context.Background())
		require.NoError(t, err)
		require.False(t, did, "somebody else makes the round")
		b.write(func(tx *store.Tx) error {
			_, err := tx.EndRound(roundName, token, b.now())
			return err
		})
		b.write(func(tx *store.Tx) (err error) {
			token, err = tx.ClaimRound(roundName, b.now(), -time.Second) // its lease has run out already
			return err
		})
		b.round()
		late := b.evaluator()
		require.ErrorIs(t, late.round(context.Background(), b.now(), token), errRoundLost)
	})
}

// TestRemindersArePacedUntilSomebodyKnows: an open alarm is told again every so often, and not once it
// is acknowledged.
func TestRemindersArePacedUntilSomebodyKnows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.set("shop", object{"remind_every": "30m"})
		b.mailChannel()
		due := b.now().Add(-time.Hour)
		b.enter("shop", start, func(e *store.Enrollment) { e.DueAt = &due })
		b.rounds(70 * time.Minute)
		require.Equal(t, []string{"Late: shop", "Still: Late: shop", "Still: Late: shop"}, b.mails.subjects())
		b.write(func(tx *store.Tx) error {
			_, err := tx.AcknowledgeAlarm(b.only().ID, "Ana", "on it", b.now())
			return err
		})
		b.rounds(90 * time.Minute)
		require.Len(t, b.mails.subjects(), 3, "somebody knows")
		require.Equal(t, "on it", b.only().Note, "a round does not take back what a person said")
	})
}

// TestAWebhookIsSignedAndSlackCannotBeCalledOut: both calls carry the key by which a repetition is known.
func TestAWebhookIsSignedAndSlackCannotBeCalledOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		webhook, slack := newHook(t), newHook(t)
		secret := "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
		b.write(func(tx *store.Tx) error {
			if err := tx.PutSecret(&store.Secret{Name: "team", Cipher: []byte(slack.URL)}); err != nil {
				return err
			}
			return tx.PutSecret(&store.Secret{Name: "signing", Cipher: []byte(secret)})
		})
		b.channel(ChannelWebhook, Target{URL: webhook.URL}, func(c *store.AlarmChannel) { c.Sign = "secret:signing" })
		b.channel(ChannelSlack, Target{URL: "secret:team"}, nil)
		b.channel(ChannelWebhook, Target{URL: webhook.URL}, func(c *store.AlarmChannel) { c.Kinds = store.JSON(`["silence"]`) })
		b.channel(ChannelWebhook, Target{URL: webhook.URL}, func(c *store.AlarmChannel) { c.Workflows = store.JSON(`["other"]`) })
		b.channel(ChannelWebhook, Target{URL: webhook.URL}, func(c *store.AlarmChannel) { c.Enabled = false })
		b.audit("workflow.publish", "shop", "<!channel> Ana", b.now(), object{"version": 4})
		b.steps("shop", "failed", 3, b.now())
		b.round()
		got := webhook.received()
		require.Len(t, got, 1, "the others do not want it")
		require.NoError(t, events.CheckSignature(secret, got[0].header, got[0].body, b.now()))
		require.NotEmpty(t, got[0].header.Get("Idempotency-Key"))
		var told struct {
			Type string
			Data struct {
				Kind, Workflow string
				Changes        []Change
			}
		}
		require.NoError(t, json.Unmarshal(got[0].body, &told))
		require.Equal(t, "alarm.opened", told.Type)
		require.Equal(t, "shop", told.Data.Workflow)
		require.Equal(t, "the publish of version 4 by <!channel> Ana, less than a minute before", told.Data.Changes[0].Words)
		require.Len(t, slack.received(), 1)
		require.NotContains(t, string(slack.received()[0].body), "<!channel>")
	})
}

// TestANoticeIsNeitherLostNorRepeatedWithoutNeed: failures are tried again under the same id, a claim of
// a process that died is taken over, what is refused for good is given up, and order is kept.
func TestANoticeIsNeitherLostNorRepeatedWithoutNeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.set("", object{"clear_after": "1m", "error_rate": object{"within": "5m"}})
		webhook := newHook(t)
		b.channel(ChannelWebhook, Target{URL: webhook.URL}, nil)
		b.mailChannel()
		webhook.set(http.StatusBadGateway)
		b.mails.fail = errAway
		b.steps("shop", "failed", 3, b.now())
		b.rounds(10 * time.Minute)
		require.Equal(t, []string{"error_rate shop over"}, b.alarms())
		tried := len(webhook.received())
		require.Greater(t, tried, 2)
		require.Less(t, tried, 9, "the pauses grow")
		require.Zero(t, b.deliver(), "not before its pause is over")
		webhook.set(http.StatusOK)
		b.mails.fail = nil
		b.pass(20 * time.Minute)
		b.deliver()
		require.Equal(t, []string{"Errors: shop", "Over: Errors: shop"}, b.mails.subjects(), "both, in order")
		got := webhook.received()
		require.Len(t, got, tried+2)
		for _, one := range got[:tried+1] {
			require.Equal(t, got[0].header.Get("Idempotency-Key"), one.header.Get("Idempotency-Key"))
		}
		require.NotEqual(t, got[0].header.Get("Idempotency-Key"), got[tried+1].header.Get("Idempotency-Key"))
		require.Zero(t, b.deliver())

		b.steps("shop", "failed", 3, b.now())
		b.pass(time.Minute)
		_, err := b.evaluator().Tick(context.Background())
		require.NoError(t, err)
		b.write(func(tx *store.Tx) error {
			dead, err := tx.ClaimNotices(b.now(), 10, -time.Second) // its process died, its lease is over
			require.Len(t, dead, 2)
			return err
		})
		require.Equal(t, 2, b.deliver(), "somebody else takes over")

		webhook.set(http.StatusGone)
		b.rounds(10 * time.Minute)
		var notices []store.Notice
		require.NoError(t, b.s.Read(context.Background(), func(tx *store.Tx) (err error) {
			notices, err = tx.Notices(b.list()[0].ID)
			return err
		}))
		states := map[string]int{}
		for _, n := range notices {
			states[n.Kind+" "+n.State]++
		}
		require.Equal(t, map[string]int{"opened sent": 2, "ended sent": 1, "ended failed": 1}, states, "gone is gone")
	})
}
