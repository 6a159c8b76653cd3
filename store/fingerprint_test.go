package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// TestFingerprints: each change shows in the fingerprints of what a page shows it in, and in no
// others.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c, other := newContact(t, s), newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales"}))
			require.NoError(t, tx.CreateWorkflow(&store.Workflow{Key: "w", Name: "W", Status: store.WorkflowDraft}))
			require.NoError(t, tx.CreateWorkflow(&store.Workflow{Key: "v", Name: "V", Status: store.WorkflowDraft}))
		})
		e := newEnrollment(t, s, c.ID, "w")
		job := &store.Job{ID: "job_1", Kind: "k", Status: store.JobQueued}
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.CreateJob(job, nil)) })
		deal := &store.Deal{Title: "d", Pipeline: "sales", Stage: "new", Status: "open", ContactID: c.ID}
		all := []string{
			"workflows ", "workflow w", "workflow v", "workflow none", "enrollments ", "enrollment " + e.ID, "contact " + c.ID, "contact " + other.ID,
			"events ", "deals sales", "deals none", "job " + job.ID, "alarms ",
		}
		alarm := &store.Alarm{
			Kind: "lateness", Workflow: "w", Summary: "3 are late", Measured: store.JSON(`{"late":3}`), Changes: store.JSON(`[]`),
			BeganAt: at, OpenedAt: at, SeenAt: at, RemindAt: at,
		}
		prints := func() map[string]string {
			made := map[string]string{}
			read(t, s, func(tx *store.Tx) {
				for _, one := range all {
					var kind, id string
					_, _ = fmt.Sscan(one, &kind, &id)
					sum, err := tx.Fingerprint(kind, id)
					require.NoError(t, err, one)
					require.NotEmpty(t, sum)
					made[one] = string(sum)
				}
			})
			return made
		}
		before := prints()
		require.Equal(t, before, prints(), "what does not change has one fingerprint")
		changes := []struct {
			name string
			do   func(tx *store.Tx) error
			want []string
		}{
			{"a draft", func(tx *store.Tx) error {
				w, err := tx.Workflow("v")
				require.NoError(t, err)
				w.DraftETag = "e2"
				return tx.SaveWorkflow(w)
			}, []string{"workflows ", "workflow v"}},
			{"an event", func(tx *store.Tx) error {
				_, _, err := appendEvent(tx, other.ID, "evt_1", "a.b")
				return err
			}, []string{"events ", "contact " + other.ID}},
			{"a verdict", func(tx *store.Tx) error {
				return tx.PutVerdict(&store.Verdict{EventID: "evt_1", Workflow: "w", Verdict: "passed"})
			}, []string{"events "}},
			{"a verdict that outranks it", func(tx *store.Tx) error {
				return tx.SettleVerdict(&store.Verdict{EventID: "evt_1", Workflow: "w", Verdict: "advanced"})
			}, []string{"events "}},
			{"a step", func(tx *store.Tx) error {
				_, _, err := tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: "n", Visit: 1, Seq: 1, EnteredAt: at})
				return err
			}, []string{"enrollment " + e.ID}},
			{"an effect", func(tx *store.Tx) error {
				_, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: e.ID, Node: "m", Visit: 1}, "email", "k", "t", time.Minute)
				return err
			}, []string{"enrollment " + e.ID}},
			{"a move", func(tx *store.Tx) error {
				row, err := tx.LockEnrollment(e.ID)
				require.NoError(t, err)
				row.Node, row.Status, row.DueAt = "n", store.StatusWaiting, ptr(at)
				return tx.SaveEnrollment(row)
			}, []string{"workflow w", "enrollments ", "enrollment " + e.ID, "contact " + c.ID}},
			{"a deal", func(tx *store.Tx) error { return tx.CreateDeal(deal) }, []string{"deals sales", "contact " + c.ID}},
			{"an end", func(tx *store.Tx) error {
				_, err := tx.EndJob(job.ID, store.JobDone, "", at)
				return err
			}, []string{"job " + job.ID}},
			{"an alarm", func(tx *store.Tx) error { return tx.CreateAlarm(alarm) }, []string{"alarms "}},
			{"an alarm seen again", func(tx *store.Tx) error {
				alarm.SeenAt = at.Add(time.Minute)
				return tx.SaveAlarm(alarm)
			}, []string{}},
			{"an alarm that is worse", func(tx *store.Tx) error {
				alarm.Summary, alarm.Measured = "4 are late", store.JSON(`{"late":4}`)
				return tx.SaveAlarm(alarm)
			}, []string{"alarms "}},
			{"an alarm that somebody knows of", func(tx *store.Tx) error {
				_, err := tx.AcknowledgeAlarm(alarm.ID, "Kim", "on it", at)
				return err
			}, []string{"alarms "}},
			{"an alarm that gets calm", func(tx *store.Tx) error {
				alarm.CalmSince = ptr(at)
				return tx.SaveAlarm(alarm)
			}, []string{"alarms "}},
			{"an alarm that is over", func(tx *store.Tx) error {
				alarm.EndedAt = ptr(at)
				return tx.SaveAlarm(alarm)
			}, []string{"alarms "}},
		}
		for _, change := range changes {
			require.NoError(t, s.Write(t.Context(), change.do), change.name)
			after, changed := prints(), []string{}
			for _, one := range all {
				if after[one] != before[one] {
					changed = append(changed, one)
				}
			}
			require.ElementsMatch(t, change.want, changed, change.name)
			before = after
		}
		read(t, s, func(tx *store.Tx) {
			for _, wrong := range [][2]string{{"workflows", "x"}, {"workflow", ""}, {"accounts", ""}, {"", ""}} {
				require.False(t, store.HasPrint(wrong[0], wrong[1]), wrong)
				_, err := tx.Fingerprint(wrong[0], wrong[1])
				require.Error(t, err, wrong)
			}
		})
	})
}
