package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Keys are not case-sensitive: whoever comes first says how one is spelled.
func TestKeysInAnySpelling(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			stages := []store.Stage{{Key: "new", Kind: "open"}, {Key: "Won", Kind: "won"}}
			require.NoError(t, tx.CreatePipeline(&store.Pipeline{Key: "Sales", Name: "Sales", Stages: stages}))
			require.ErrorIs(t, tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Other"}), store.ErrConflict)
			for _, key := range []string{"Sales", "sales", "SALES"} {
				p, err := tx.Pipeline(key)
				require.NoError(t, err)
				require.Equal(t, "Sales", p.Key)
				p, err = tx.LockPipeline(key)
				require.NoError(t, err)
				require.Equal(t, "Sales", p.Key)
				stage, found := p.Stage("wON")
				require.True(t, found)
				require.Equal(t, "Won", stage.Key)
				stage, found = p.Stage("")
				require.True(t, found)
				require.Equal(t, "new", stage.Key)
				_, found = p.Stage("lost")
				require.False(t, found)
			}
			_, err := tx.Pipeline("sale")
			require.ErrorIs(t, err, store.ErrNotFound)

			require.NoError(t, tx.CreateSegment(&store.Segment{Key: "Pro", Name: "Pro", Filter: store.JSON("{}")}))
			require.ErrorIs(t, tx.CreateSegment(&store.Segment{Key: "pro", Name: "Pro", Filter: store.JSON("{}")}), store.ErrConflict)
			segment, err := tx.Segment("PRO")
			require.NoError(t, err)
			require.Equal(t, "Pro", segment.Key)
			require.NoError(t, tx.CreateEmailTemplate(&store.EmailTemplate{Key: "Welcome", Name: "W", Class: "marketing"}))
			template, err := tx.EmailTemplate("welcome")
			require.NoError(t, err)
			require.Equal(t, "Welcome", template.Key)
			return nil
		}))
	})
}

func TestAContactsCoursesAndDealsInAnySpelling(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			c := &store.Contact{}
			require.NoError(t, tx.CreateContact(c))
			first, err := tx.EnsureCourse("Program-A", "Program A")
			require.NoError(t, err)
			again, err := tx.EnsureCourse("program-a", "Another")
			require.NoError(t, err)
			require.Equal(t, first.Key, again.Key)
			require.ErrorIs(t, tx.CreateCourse(&store.Course{Key: "PROGRAM-A"}), store.ErrConflict)
			require.NoError(t, tx.SetContactCourse(&store.ContactCourse{ContactID: c.ID, Course: first.Key, Status: "enrolled", Progress: 40}))
			place, err := tx.ContactCourse(c.ID, "PROGRAM-a")
			require.NoError(t, err)
			require.Equal(t, []any{"Program-A", 40.0}, []any{place.Course, place.Progress})

			require.NoError(t, tx.CreatePipeline(&store.Pipeline{Key: "Sales", Name: "Sales"}))
			require.NoError(t, tx.CreateDeal(&store.Deal{Pipeline: "Sales", Stage: "new", Status: "open", ContactID: c.ID}))
			deals, err := tx.DealsOfContact(c.ID, "sales")
			require.NoError(t, err)
			require.Len(t, deals, 1)
			return nil
		}))
	})
}
