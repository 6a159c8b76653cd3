package events

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// A batch costs a few statements for all of its events, not some for each: a client with a large
// batch starved on a loaded machine, because its transaction never ended in time.
func TestLargeBatchTakesFewStatements(t *testing.T) {
	t.Parallel()
	one := func(int) object { return object{"email": "ada@example.com"} }
	many := func(i int) object {
		return object{"email": fmt.Sprint("c", i, "@example.com"), "external_id": fmt.Sprint("u", i)}
	}
	round := 0
	of := func(contact func(i int) object, change bool) (items []any) {
		round++
		for i := range MaxBatch {
			who := contact(i)
			if change {
				who["fields"], who["first_name"] = object{"n": int64(i + 1)}, fmt.Sprint("Ada ", i)
			}
			items = append(items, event("id", fmt.Sprint(round, "-", i), "contact", who, "data", object{"n": int64(i)}))
		}
		return items
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		cost := func(what string, items []any, bound int64) {
			t.Helper()
			before := s.Statements()
			b.accept(object{"events": items})
			spent := s.Statements() - before
			t.Logf("%s: %d statements", what, spent)
			require.LessOrEqual(t, spent, bound, what)
		}
		cost("one new contact", of(one, false), 30)
		again := of(one, false)
		cost("one known contact", again, 20)
		cost("the same events again", again, 20)
		cost("one contact that changes each time", of(one, true), 40)
		cost("as many new contacts", of(many, false), 80)
		cost("as many known contacts", of(many, false), 50)
		cost("as many contacts that change", of(many, true), 70)
	})
}
