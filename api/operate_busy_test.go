package api

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

// busyAfter is an operator behind whose decision nothing can be read for a while.
type busyAfter struct {
	Operator
	busy func()
}

func (o busyAfter) Exit(ctx context.Context, id, reason, outcome, person string) error {
	err := o.Operator.Exit(ctx, id, reason, outcome, person)
	o.busy()
	return err
}

// TestADecisionIsNotCalledUndoneByABusyStore: whoever were told to try again would hear that there is
// nothing to decide any more.
func TestADecisionIsNotCalledUndoneByABusyStore(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	other, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	f := setup(t, storetest.OpenURL(t, url), func(c *Config) {
		c.Operator = busyAfter{c.Operator, func() {
			tx, err := other.BeginTx(context.WithoutCancel(t.Context()), nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), "LOCK TABLE enrollments IN ACCESS EXCLUSIVE MODE")
			require.NoError(t, err)
			time.AfterFunc(readWork+time.Second, func() { _ = tx.Rollback() })
		}}
	})
	f.must(201, "POST", "/v1/workflows", hello())
	f.must(200, "POST", "/v1/workflows/hello/publish", nil)
	done := f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
	ended := f.must(200, "POST", "/v1/enrollments/"+path(t, done, "items", 0, "enrollment").(string)+"/exit", object{})
	require.Equal(t, "exited", ended["status"])
}
