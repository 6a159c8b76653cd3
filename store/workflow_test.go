package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestDefinitionsKeepTheirBytes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.PutDefinition("h1", []byte(`{"b":1,"a":2.0}`)))
			require.NoError(t, tx.PutDefinition("h1", []byte("other")))
			body, err := tx.Definition("h1")
			require.NoError(t, err)
			require.Equal(t, `{"b":1,"a":2.0}`, string(body), "byte for byte")
			_, err = tx.Definition("h2")
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	})
}

func TestWorkflowsAndVersions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			w := &store.Workflow{Key: "w", Name: "W", Status: store.WorkflowDraft, Draft: []byte("{}"), DraftETag: "e1", DraftUpdatedAt: kept, Owner: "o", Folder: "f", CreatedAt: kept}
			require.NoError(t, tx.CreateWorkflow(w))
			require.ErrorIs(t, tx.CreateWorkflow(&store.Workflow{Key: "w"}), store.ErrConflict)
			got, err := tx.LockWorkflow("w")
			require.NoError(t, err)
			w.UpdatedAt = got.UpdatedAt
			require.Equal(t, w, got)
			require.NoError(t, tx.SetWorkflowEvents("w", []string{"a.b", "a.c"}))
			triggers, err := tx.EventWorkflows("a.b")
			require.NoError(t, err)
			require.Empty(t, triggers, "not published yet")

			got.Status, got.Version, got.Hash = store.WorkflowActive, 2, "h1"
			require.NoError(t, tx.SaveWorkflow(got))
			for n := range 2 {
				require.NoError(t, tx.AddVersion(&store.WorkflowVersion{Workflow: "w", Number: n + 1, Hash: "h1", Document: []byte("{ }"), Person: "p", CreatedAt: kept}))
			}
			require.ErrorIs(t, tx.AddVersion(&store.WorkflowVersion{Workflow: "w", Number: 2, Document: []byte("{}")}), store.ErrConflict)
			v, err := tx.Version("w", 1)
			require.NoError(t, err)
			require.Equal(t, &store.WorkflowVersion{Workflow: "w", Number: 1, Hash: "h1", Document: []byte("{ }"), Person: "p", CreatedAt: kept}, v)
			versions, err := tx.Versions("w")
			require.NoError(t, err)
			require.Equal(t, 2, versions[0].Number)
			want := []store.ActiveTrigger{{Workflow: "w", Version: 2, Hash: "h1", Status: store.WorkflowActive}}
			triggers, err = tx.EventWorkflows("a.b")
			require.NoError(t, err)
			require.Equal(t, want, triggers)
			require.NoError(t, tx.SetWorkflowEvents("w", []string{"a.c"}))
			triggers, err = tx.EventWorkflows("a.b")
			require.NoError(t, err)
			require.Empty(t, triggers)
			require.NoError(t, tx.SetWorkflowEvents("w", nil))
			require.NoError(t, tx.CreateWorkflow(&store.Workflow{Key: "a", Status: store.WorkflowDraft}))
			list, _, err := tx.ListWorkflows(store.WorkflowFilter{}, store.Page{})
			require.NoError(t, err)
			require.Equal(t, []string{"a", "w"}, []string{list[0].Key, list[1].Key})
			list, _, err = tx.ListWorkflows(store.WorkflowFilter{Status: store.WorkflowActive, Owner: "o", Folder: "f"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.NoError(t, tx.DeleteWorkflow("a"))
		})
		err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.DeleteWorkflow("w") })
		require.ErrorIs(t, err, store.ErrInUse)
	})
}
