package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// TestTimelinePagesInOrder: whatever the size of its pages, a timeline shows everything of its
// contact once, newest first, and things of one instant in the order in which they follow from
// each other.
func TestTimelinePagesInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		a, b := newContact(t, s), newContact(t, s)
		instants := []time.Time{at, at, at.Add(time.Second), at.Add(2 * time.Second), at.Add(2 * time.Second)}
		write(t, s, func(tx *store.Tx) {
			for _, c := range []string{a.ID, b.ID} {
				for i, when := range instants {
					locked, err := tx.LockContact(c)
					require.NoError(t, err)
					_, err = tx.AppendEvent(&store.Event{ID: fmt.Sprint(c, i), ContactID: c, Type: "a.b", OccurredAt: at, AcceptedAt: when})
					require.NoError(t, err)
					ended := when
					e := &store.Enrollment{
						Workflow: fmt.Sprint("w", i), ContactID: locked.ID, Status: store.StatusCompleted, StartedAt: when, EndedAt: &ended, AnchorAt: when, CreatedAt: when,
					}
					require.NoError(t, tx.InsertEnrollment(e))
					for n := range 2 {
						_, _, err = tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: fmt.Sprint("n", n), Visit: 1, Type: "tag_add", EnteredAt: when})
						require.NoError(t, err)
					}
					require.NoError(t, tx.CreateSend(&store.Send{ContactID: c, EnrollmentID: e.ID, MessageID: fmt.Sprint(c, i), CreatedAt: when}))
				}
			}
		})
		read := func(limit int) (seen []string) {
			page := store.Page{Limit: limit}
			for {
				require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
					list, next, err := tx.Timeline(a.ID, page)
					page.Cursor = next
					require.LessOrEqual(t, len(list), limit)
					for _, m := range list {
						line := m.At.Format("05 ") + m.Kind
						switch m.Kind {
						case store.MomentEvent:
							require.Equal(t, a.ID, m.Event.ContactID)
							line += m.Event.ID
						case store.MomentStep:
							require.Equal(t, m.Enrollment.ID, m.Step.EnrollmentID)
							line += m.Step.EnrollmentID + m.Step.Node
						case store.MomentSend:
							line += m.Send.ID
						default:
							require.Equal(t, a.ID, m.Enrollment.ContactID)
							line += m.Enrollment.ID
						}
						seen = append(seen, line)
					}
					return err
				}))
				if page.Cursor == "" {
					return seen
				}
			}
		}
		whole := read(500)
		require.Len(t, whole, 6*len(instants))
		once := map[string]bool{}
		for _, line := range whole {
			require.False(t, once[line], line)
			once[line] = true
		}
		require.Contains(t, whole[0], store.MomentEnded)
		require.Contains(t, whole[len(whole)-1], "event"+a.ID+"0")
		for _, limit := range []int{1, 2, 3, 7} {
			require.Equal(t, whole, read(limit), "pages of %d", limit)
		}
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			for _, cursor := range []string{"x", "WyJhIl0"} {
				_, _, err := tx.Timeline(a.ID, store.Page{Cursor: cursor})
				require.ErrorIs(t, err, store.ErrCursor)
			}
			list, _, err := tx.Timeline("nobody", store.Page{})
			require.Empty(t, list)
			return err
		}))
	})
}
