package alarms

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

const aDay = 24 * time.Hour

// end lets n enrollments end one after the other, from one instant to another. Of each ten, so many
// complete; of each ten, so many leave hello because of its timeout.
func (b *bench) end(n, complete, timeout int, from, to time.Time, change func(e *store.Enrollment)) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		for i := range n {
			b.n++
			at := from.Add(to.Sub(from) / time.Duration(n) * time.Duration(i))
			e := &store.Enrollment{
				Workflow: "shop", Version: 1, ContactID: store.NewID("con"), Status: store.StatusExited, Node: "hello", Visit: 1,
				StartedAt: at, AdmittedAt: &at, AnchorAt: at, CreatedAt: at, EndedAt: &at,
			}
			if i%10 < complete {
				e.Status = store.StatusCompleted
			}
			if change != nil {
				change(e)
			}
			if err := tx.InsertEnrollment(e); err != nil {
				return err
			}
			port := "got"
			if 9-i%10 < timeout {
				port = "timeout"
			}
			if _, _, err := tx.InsertStep(&store.Step{
				EnrollmentID: e.ID, Node: "hello", Visit: 1, Type: "wait_event", Status: "done", Port: port, EnteredAt: at, LeftAt: &at,
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func drifting(t *testing.T, s *store.Store) *bench {
	t.Helper()
	b := setup(t, s)
	b.publish("shop")
	b.set("", object{"silence": object{"on": false}, "error_rate": object{"on": false}})
	b.end(200, 9, 1, start.Add(time.Hour-35*aDay), start.Add(-7*aDay), nil)
	return b
}

// TestSharesThatMoveAreToldWithTheChange follows a drift from the change that caused it to its end.
func TestSharesThatMoveAreToldWithTheChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := drifting(t, s)
		b.mailChannel()
		changed := start.Add(-4 * aDay)
		b.end(60, 9, 1, start.Add(time.Hour-7*aDay), changed, nil)
		b.round()
		require.Empty(t, b.alarms(), "people fare as before")

		b.audit("email_template.update", "welcome", "Ana", changed, nil)
		b.end(80, 9, 7, changed.Add(2*time.Hour), start, nil)
		b.round()
		require.Equal(t, []string{"drift shop open"}, b.alarms())
		a := b.only()
		require.Equal(t, `44 % of 140 left "hello" by "timeout" in the last 7 days, 10 % in the 4 weeks before`, a.Summary)
		require.Equal(t, []string{"the change of the mail template welcome by Ana, 5 h 31 min before"}, changesOf(t, a))
		var measured struct {
			Now, Before float64
			Counted     int
			Node, Port  string
		}
		require.NoError(t, a.Measured.Decode(&measured))
		require.Equal(t, []any{140, "hello", "timeout", 62.0 / 140, 0.1}, []any{measured.Counted, measured.Node, measured.Port, measured.Now, measured.Before})
		require.Equal(t, []string{"Drift: shop"}, b.mails.subjects())

		b.pass(2 * aDay)
		b.end(300, 9, 1, b.now().Add(-aDay), b.now(), nil)
		b.rounds(15 * time.Minute)
		require.Equal(t, []string{"drift shop open"}, b.alarms(), "half of it is still there")
		require.Contains(t, b.only().Summary, `left "hello" by "timeout"`)
		b.pass(5 * aDay)
		b.end(80, 9, 1, b.now().Add(-2*aDay), b.now(), nil)
		b.rounds(15 * time.Minute)
		require.Equal(t, []string{"drift shop over"}, b.alarms(), "the timeouts have left the last days")
	})
}

// TestFewerWhoCompleteAreADrift: the share of those who complete counts without any way.
func TestFewerWhoCompleteAreADrift(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := drifting(t, s)
		b.end(100, 5, 1, start.Add(-6*aDay), start, nil)
		b.round()
		require.Equal(t, []string{"drift shop open"}, b.alarms())
		require.Equal(t, "50 % of 100 who ended completed in the last 7 days, 90 % in the 4 weeks before", b.only().Summary)
	})
}

// TestDriftIsNoneWhereLuckExplainsIt: few people, small moves, tests and what is switched off say nothing.
func TestDriftIsNoneWhereLuckExplainsIt(t *testing.T) {
	for name, prepare := range map[string]func(b *bench){
		"too few":          func(b *bench) { b.end(49, 0, 9, start.Add(-aDay), start, nil) },
		"less than is set": func(b *bench) { b.end(400, 8, 2, start.Add(-aDay), start, nil) },
		"luck": func(b *bench) {
			b.set("", object{"silence": object{"on": false}, "drift": object{"min": 10}})
			b.end(10, 6, 4, start.Add(-aDay), start, nil)
		},
		"tests": func(b *bench) {
			b.end(100, 0, 9, start.Add(-aDay), start, func(e *store.Enrollment) { e.Test = true })
		},
		"switched off": func(b *bench) {
			b.set("shop", object{"drift": object{"on": false}})
			b.end(100, 0, 9, start.Add(-aDay), start, nil)
		},
		"nothing to compare with": func(b *bench) {
			b.pass(60 * aDay)
			b.end(100, 0, 9, b.now().Add(-aDay), b.now(), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				b := drifting(t, s)
				prepare(b)
				b.round()
				require.Empty(t, b.alarms())
			})
		})
	}
}

// TestSharesAreCountedOnceAnHour: in between what was found stands, and what is stopped is let go.
func TestSharesAreCountedOnceAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := drifting(t, s)
		e := b.evaluator()
		look := func() []finding {
			t.Helper()
			var found []finding
			require.NoError(t, s.Read(context.Background(), func(tx *store.Tx) error {
				l, err := e.look(tx, b.now())
				if err != nil {
					return err
				}
				err = l.drift()
				found = l.found
				return err
			}))
			return found
		}
		require.Empty(t, look())
		b.end(100, 5, 1, start.Add(-6*aDay), start, nil)
		b.pass(59 * time.Minute)
		require.Empty(t, look(), "the hour is not over")
		b.pass(time.Minute)
		require.Len(t, look(), 1)
		b.write(func(tx *store.Tx) error {
			w, err := tx.Workflow("shop")
			if err != nil {
				return err
			}
			w.Status = store.WorkflowStopped
			return tx.SaveWorkflow(w)
		})
		require.Empty(t, look())
	})
}
