package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var each = storetest.Each

// at is an instant with nanoseconds in a zone, which no store keeps.
var at = time.Date(2026, 3, 9, 23, 30, 0, 123456789, time.FixedZone("far", -8*3600))

// kept is what the store makes of at.
var kept = time.Date(2026, 3, 10, 7, 30, 0, 123456000, time.UTC)

func ptr[T any](v T) *T { return &v }

func write(t testing.TB, s *store.Store, fn func(tx *store.Tx)) {
	t.Helper()
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		fn(tx)
		return nil
	}))
}

func read(t testing.TB, s *store.Store, fn func(tx *store.Tx)) {
	t.Helper()
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		fn(tx)
		return nil
	}))
}

func newContact(t testing.TB, s *store.Store) *store.Contact {
	t.Helper()
	c := &store.Contact{Email: ptr(store.NewID("a") + "@example.com")}
	write(t, s, func(tx *store.Tx) { require.NoError(t, tx.CreateContact(c)) })
	return c
}

func newEnrollment(t testing.TB, s *store.Store, contactID, workflow string) *store.Enrollment {
	t.Helper()
	e := &store.Enrollment{
		Workflow: workflow, Version: 1, Hash: "h", ContactID: contactID, Status: store.StatusRunning,
		StartedAt: at, AnchorAt: at,
	}
	write(t, s, func(tx *store.Tx) { require.NoError(t, tx.InsertEnrollment(e)) })
	return e
}

// appendEvent locks the contact, appends an event and queues the contact, as intake does.
func appendEvent(tx *store.Tx, contactID, id, kind string) (*store.Event, bool, error) {
	if _, err := tx.LockContact(contactID); err != nil {
		return nil, false, err
	}
	e := &store.Event{ID: id, ContactID: contactID, Type: kind, Data: store.JSON(`{}`), OccurredAt: at, AcceptedAt: time.Now()}
	added, err := tx.AppendEvent(e)
	if err != nil || !added {
		return e, false, err
	}
	return e, true, tx.Enqueue(store.NoLane, contactID)
}

// together runs fn n times at once and returns the errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errs
}

func TestWriteRollsBackOnErrorAndPanic(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		cause := errors.New("no")
		hooks := 0
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			require.NoError(t, tx.SetMeta("k", "v"))
			return cause
		})
		require.ErrorIs(t, err, cause)
		require.Panics(t, func() {
			_ = s.Write(t.Context(), func(tx *store.Tx) error {
				require.NoError(t, tx.SetMeta("k", "v"))
				panic("no")
			})
		})
		require.Zero(t, hooks)
		write(t, s, func(tx *store.Tx) {
			value, err := tx.Meta("k")
			require.NoError(t, err)
			require.Empty(t, value)
			tx.AfterCommit(func() { hooks++ })
			require.NoError(t, tx.SetMeta("k", "v"))
			require.Zero(t, hooks)
		})
		require.Equal(t, 1, hooks)
		read(t, s, func(tx *store.Tx) {
			value, err := tx.Meta("k")
			require.NoError(t, err)
			require.Equal(t, "v", value)
		})
	})
}

func TestReadRefusesWritesAndLocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		read(t, s, func(tx *store.Tx) {
			require.ErrorIs(t, tx.SetMeta("k", "v"), store.ErrReadOnly)
			require.ErrorIs(t, tx.CreateTag(&store.Tag{Name: "x"}), store.ErrReadOnly)
			require.ErrorIs(t, tx.UpdateContact(c), store.ErrReadOnly)
			require.ErrorIs(t, tx.DeleteTag("x"), store.ErrReadOnly)
			for name, err := range map[string]error{
				"LockContact": second(tx.LockContact(c.ID)), "LockEnrollment": second(tx.LockEnrollment("x")),
				"LockWorkflow": second(tx.LockWorkflow("x")), "NextSeq": second(tx.NextSeq(c.ID)),
				"AppendEvent":     second(tx.AppendEvent(&store.Event{ID: "e", ContactID: c.ID})),
				"ClaimContacts":   second(tx.ClaimContacts(1, time.Second, new(store.Turn))),
				"HoldsContact":    second(tx.HoldsContact(c.ID, "t")),
				"ClaimDispatches": second(tx.ClaimDispatches(1, time.Second, new(store.Turn))),
				"NextRoundRobin":  second(tx.NextRoundRobin("k", 2)), "SetWake": second(tx.SetWake("x")),
				"FailContact": second(tx.FailContact(c.ID, "t", "", 1, at)),
			} {
				require.ErrorIs(t, err, store.ErrReadOnly, name)
			}
			_, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: "x"}, "k", "k", "t", time.Second)
			require.ErrorIs(t, err, store.ErrReadOnly)
			_, _, err = tx.InsertStep(&store.Step{EnrollmentID: "x"})
			require.ErrorIs(t, err, store.ErrReadOnly)
			require.ErrorIs(t, tx.AddSubscriptions([]store.Subscription{{}}), store.ErrReadOnly)
		})
	})
}

func second[T any](_ T, err error) error { return err }

func TestNowIsTheDatabasesClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			now := tx.Now()
			require.WithinDuration(t, time.Now(), now, time.Minute)
			require.Equal(t, time.UTC, now.Location())
		})
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Write(ctx, func(tx *store.Tx) error {
			cancel()
			if !tx.Now().IsZero() && s.Dialect() == store.Postgres {
				return errors.New("a clock without a database")
			}
			return nil
		})
		require.Error(t, err)
	})
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	t.Parallel()
	empty, err := storetest.Shared(t).Empty(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, storetest.Shared(t).Drop(context.Background(), empty)) })
	for dialect, url := range map[string]string{
		store.SQLite: "sqlite:" + filepath.Join(t.TempDir(), "with space & more.db"), store.Postgres: empty,
	} {
		t.Run(dialect, func(t *testing.T) {
			for _, err := range together(3, func(int) error {
				s, err := store.Open(t.Context(), url)
				if err != nil {
					return err
				}
				return errors.Join(s.Migrate(t.Context()), s.Migrate(t.Context()), s.Close())
			}) {
				require.NoError(t, err)
			}
			newContact(t, storetest.OpenURL(t, url))
		})
	}
}

func TestOpenRefusesWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "mysql://x", "sqlite:", "sqlite::memory:", "sqlite:/does/not/exist/x.db",
		"postgres://user:hunter2@127.0.0.1:1/x?connect_timeout=1", "postgres://h/x?pool_max_conns=none",
		"postgres://user:hunter2@%zz/x",
	} {
		_, err := store.Open(t.Context(), url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
