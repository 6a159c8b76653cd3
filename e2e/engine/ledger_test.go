package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/store"
)

// ledgerWorkflow sends one mail of a class when it is released; before, the test can write
// what a dead attempt leaves behind.
func ledgerWorkflow(class, onUnknown string) string {
	policy := ""
	if onUnknown != "" {
		policy = ", on_unknown: " + onUnknown
	}
	return fmt.Sprintf(`
schema: 1
key: ledger-%[1]s%[3]s
name: Ledger
triggers: [{id: go, event: form.submitted}]
start: pause
nodes:
  pause: {type: hold, next: mail}
  mail:  {type: email, with: {subject: News, body: Text., class: %[1]s}%[2]s, next: done}
  done:  {type: end}
`, class, policy, map[string]string{"": "", "skip": "-skip", "resend": "-resend"}[onUnknown])
}

func TestEffectOfADeadAttemptIsUnknownAndResolvedByPolicy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		cases := []struct {
			class, onUnknown, status string
			mails, copies            int
		}{
			{"marketing", "", "unknown", 0, 1},
			{"transactional", "", "done", 1, 2},
			{"marketing", "resend", "done", 1, 2},
			{"transactional", "skip", "unknown", 0, 1},
		}
		for i, c := range cases {
			t.Run(c.class+c.onUnknown, func(t *testing.T) {
				s := s.For(t)
				s.Publish(ledgerWorkflow(c.class, c.onUnknown))
				key := fmt.Sprintf("ledger-%s", c.class)
				if c.onUnknown != "" {
					key += "-" + c.onUnknown
				}
				mail := fmt.Sprintf("dead%d@example.com", i)
				s.Must("POST", "/v1/workflows/"+key+"/enrollments", map[string]any{"contacts": []any{map[string]any{"email": mail}}})
				e := s.Enrollment(key, mail, "held")
				claimed := false
				require.NoError(t, s.App.Store().Write(t.Context(), func(tx *store.Tx) (err error) {
					ref := store.EffectRef{EnrollmentID: e["id"].(string), Node: "mail", Visit: 1}
					_, claimed, err = tx.ClaimEffect(ref, "email", "dead", "dead-attempt", time.Millisecond)
					return err
				}))
				require.True(t, claimed)
				s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/release", map[string]any{})
				e = s.Enrollment(key, mail, "completed")
				step := e["steps"].([]any)[1].(map[string]any)
				require.Equal(t, c.status, step["status"])
				require.Len(t, s.SMTP.To(mail), c.mails)
				require.EqualValues(t, c.copies, step["effect"].(map[string]any)["copies"])
			})
		}
	})
}

func TestLiveLeaseOfAnotherAttemptIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	s.Publish(ledgerWorkflow("transactional", ""))
	s.Must("POST", "/v1/workflows/ledger-transactional/enrollments", map[string]any{"contacts": []any{map[string]any{"email": "live@example.com"}}})
	e := s.Enrollment("ledger-transactional", "live@example.com", "held")
	ref := store.EffectRef{EnrollmentID: e["id"].(string), Node: "mail", Visit: 1}
	var until time.Time
	require.NoError(t, s.App.Store().Write(t.Context(), func(tx *store.Tx) error {
		row, _, err := tx.ClaimEffect(ref, "email", "live", "live-attempt", 6*time.Second)
		if err == nil {
			until = *row.LeaseUntil
		}
		return err
	}))
	s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/release", map[string]any{})
	s.Enrollment("ledger-transactional", "live@example.com", "completed")
	mails := s.SMTP.To("live@example.com")
	require.Len(t, mails, 1)
	require.True(t, mails[0].At.After(until), "nothing is sent while another attempt holds the lease")
}
