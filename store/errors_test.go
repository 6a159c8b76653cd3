package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestIsTransient(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("x"), false},
		{store.ErrConflict, false},
		{store.ErrNotFound, false},
		{context.Canceled, false},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), false},
		{fmt.Errorf("x: %w", store.ErrBusy), true},
		{driver.ErrBadConn, true},
		{io.ErrUnexpectedEOF, true},
		{fmt.Errorf("x: %w", &pgconn.PgError{Code: "40P01"}), true},
		{&pgconn.PgError{Code: "57P01"}, true},
		{&pgconn.PgError{Code: "53100"}, true},
		{&pgconn.PgError{Code: "08006"}, true},
		{&pgconn.PgError{Code: "42601"}, false},
		{&pgconn.PgError{Code: "22001"}, false},
	} {
		require.Equal(t, test.want, store.IsTransient(test.err), "%v", test.err)
	}
}

func TestAServerThatIsNotThereIsTransient(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), "postgres://127.0.0.1:1/x?connect_timeout=2")
	require.Error(t, err)
	require.True(t, store.IsTransient(err), "%v", err)
}

func TestLostConnectionsAreTransient(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := storetest.OpenURL(t, url)
	killer, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, killer.Close()) })
	kill := func() {
		_, err := killer.ExecContext(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		require.NoError(t, err)
	}
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		require.NoError(t, tx.SetMeta("k", "v"))
		kill()
		return tx.SetMeta("k", "w")
	})
	require.Error(t, err)
	require.True(t, store.IsTransient(err), "%v", err)
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		kill()
		return tx.SetMeta("k", "w")
	})
	require.True(t, store.IsTransient(err), "%v", err)
	write(t, s, func(tx *store.Tx) {
		value, err := tx.Meta("k")
		require.NoError(t, err)
		require.Empty(t, value)
	})
}

func TestDeadlockIsTransient(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := storetest.OpenURL(t, url)
	a, b := newContact(t, s).ID, newContact(t, s).ID
	meet := make(chan struct{})
	errs := together(2, func(i int) error {
		first, then := a, b
		if i == 1 {
			first, then = b, a
		}
		return s.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.LockContact(first); err != nil {
				return err
			}
			if i == 0 {
				meet <- struct{}{}
			} else {
				<-meet
			}
			_, err := tx.LockContact(then)
			return err
		})
	})
	err := errors.Join(errs...)
	require.Error(t, err)
	require.True(t, errs[0] == nil || errs[1] == nil, "one of them goes through")
	for _, err := range errs {
		require.True(t, err == nil || store.IsTransient(err), "%v", err)
	}
}

func TestBusySQLiteIsTransient(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	s := storetest.OpenURL(t, url)
	other, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:")+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	tx, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	started := time.Now()
	err = s.Write(t.Context(), func(*store.Tx) error { return nil })
	require.ErrorIs(t, err, store.ErrBusy)
	require.True(t, store.IsTransient(err))
	require.Greater(t, time.Since(started), 3*time.Second, "it waited for its turn")
	read(t, s, func(tx *store.Tx) {
		_, err := tx.Meta("k")
		require.NoError(t, err, "a reader is not kept waiting")
	})
	require.NoError(t, tx.Rollback())
	write(t, s, func(tx *store.Tx) { require.NoError(t, tx.SetMeta("k", "v")) })
}

func TestTheCallersOwnDeadlineIsNotTransient(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Write(ctx, func(tx *store.Tx) error { return tx.SetMeta("k", "v") })
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, store.IsTransient(err))
	})
}

func TestWhatOneStoreCannotHoldNeitherTakes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		for name, c := range map[string]*store.Contact{
			"NUL":         {FirstName: "a\x00b"},
			"not UTF-8":   {LastName: "a\xffb"},
			"pointer":     {Email: ptr("a\x00b")},
			"escaped NUL": {Fields: store.JSON(`{"a":"x\u0000"}`)},
			"deep":        {Fields: store.JSON(`{"a":"\\\u0000"}`)},
			"malformed":   {Fields: store.JSON(`{"a":`)},
			"text in doc": {Fields: store.JSON("{\"a\":\"\xff\"}")},
		} {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateContact(c) })
			require.ErrorIs(t, err, store.ErrUnstorable, name)
			require.False(t, store.IsTransient(err))
		}
		write(t, s, func(tx *store.Tx) {
			c := &store.Contact{FirstName: "a\\u0000", Fields: store.JSON(`{"a":"\\u0000"}`)}
			require.NoError(t, tx.CreateContact(c))
			got, err := tx.Contact(c.ID)
			require.NoError(t, err)
			require.JSONEq(t, string(c.Fields), string(got.Fields))
		})
	})
}

// Whoever runs out of time is told so, also when the transaction was rolled back before it noticed.
func TestATransactionThatRanOutOfTimeSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for began, rolledBack := time.Now(), false; !rolledBack; {
			require.Less(t, time.Since(began), time.Minute, "the commit always came first")
			ctx, cancel := context.WithCancel(t.Context())
			err := s.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.CountWedged()
				cancel()
				<-time.After(time.Millisecond)
				return err
			})
			require.ErrorIs(t, err, context.Canceled)
			rolledBack = errors.Is(err, sql.ErrTxDone)
		}
	})
}
