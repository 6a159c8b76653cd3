package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
	"fermata/store/storetest"
)

const travelling = `
  rest: {type: wait, with: {for: 3d}, next: ask}
  ask: {type: webhook, with: {url: "https://example.com"}, next: done}
  done: {type: end}
`

// inside enrolls ada in w, whose nodes are given as YAML.
func (b *bench) inside(nodes string) (*store.Enrollment, *definition.Definition) {
	b.Helper()
	b.publish("w", object{"triggers": []any{trigger("go.now", nil)}, "start": "rest", "nodes": graph(b.T, nodes)})
	b.post("go.now", object{})
	b.drain()
	e := &b.enrollments("w")[0]
	var def *definition.Definition
	b.read(func(tx *store.Tx) (err error) {
		def, err = NewDefinitions(4).Load(tx, e.Hash)
		return err
	})
	return e, def
}

func (b *bench) mark(e *store.Enrollment, m store.Move, wakeUp bool) bool {
	b.Helper()
	var marked bool
	m.Workflow, m.OnMissing, m.Retime, m.Person = "w", "stay", "credit", "ada"
	b.write(func(tx *store.Tx) (err error) {
		if err := tx.AddMove(&m); err != nil {
			return err
		}
		marked, err = MarkMove(tx, e.ID, &m, wakeUp)
		return err
	})
	return marked
}

func (b *bench) reread(e *store.Enrollment) *store.Enrollment {
	b.Helper()
	var now *store.Enrollment
	b.read(func(tx *store.Tx) (err error) {
		now, err = tx.Enrollment(e.ID)
		return err
	})
	return now
}

func TestMarkMove(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		e, _ := b.inside(travelling)
		moving := func(id string) (n int) {
			b.read(func(tx *store.Tx) (err error) {
				if n, err = tx.CountMoving(id); err != nil {
					return err
				}
				list, err := tx.Moving(id, "", 10)
				require.Len(t, list, n)
				return err
			})
			return n
		}
		require.True(t, b.mark(e, store.Move{ID: "m1", Version: 2, Hash: "h2", Map: store.JSON(`{"rest": "b"}`)}, false))
		require.True(t, b.mark(e, store.Move{ID: "m1", Version: 2, Hash: "h2"}, true), "marking again changes nothing")
		now := b.reread(e)
		require.Equal(t, []any{"m1", e.Version, e.Hash, e.Epoch, true}, []any{now.MoveID, now.Version, now.Hash, now.Epoch, now.WakePending})
		require.Equal(t, 1, moving("m1"))

		require.True(t, b.mark(e, store.Move{ID: "m2", Version: 3, Hash: "h3", Map: store.JSON(`{"b": "c"}`)}, false))
		require.Equal(t, []int{0, 1}, []int{moving("m1"), moving("m2")})
		b.read(func(tx *store.Tx) error {
			m, err := tx.Move(b.reread(e).MoveID)
			require.NoError(t, err)
			require.Equal(t, []any{3, "h3", "m2"}, []any{m.Version, m.Hash, m.LastID})
			terms, err := Terms(m)
			require.Equal(t, map[string]string{"rest": "c", "b": "c"}, terms.Map)
			return err
		})
		require.True(t, b.mark(e, store.Move{ID: "m2", Version: 3, Hash: "h3"}, false), "the same move twice is one")

		require.False(t, b.mark(e, store.Move{ID: "m3", Version: 4, Hash: e.Hash}, false), "the content that it runs")
		now = b.reread(e)
		require.Equal(t, []any{"", 4, e.Epoch}, []any{now.MoveID, now.Version, now.Epoch})
	})
}

func TestUnmarkMove(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		e, _ := b.inside(travelling)
		m := store.Move{ID: "m1", Version: 2, Hash: "h2"}
		unmark := func(id string) (done bool) {
			b.write(func(tx *store.Tx) (err error) {
				done, err = UnmarkMove(tx, e.ID, &store.Move{ID: id})
				return err
			})
			return done
		}
		require.False(t, unmark("m1"))
		require.True(t, b.mark(e, m, false))
		require.False(t, unmark("other"))
		require.True(t, unmark("m1"))
		require.Empty(t, b.reread(e).MoveID)

		b.write(func(tx *store.Tx) error {
			locked, err := tx.LockEnrollment(e.ID)
			if err != nil {
				return err
			}
			return End(tx, locked, "exited", "neutral", "operator", b.clock.now())
		})
		require.False(t, b.mark(e, m, true), "it has ended")
		require.Empty(t, b.reread(e).MoveID)
	})
}

func TestFindPlace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		e, def := b.inside(travelling)
		at := b.clock.now()
		place := func(e store.Enrollment) (p moving.Place) {
			b.read(func(tx *store.Tx) error {
				steps, err := tx.Steps(e.ID)
				require.NoError(t, err)
				found, err := FindPlace(tx, &e, def, steps)
				p = found.Place
				require.Equal(t, p.Stand == moving.Resting || p.Stand == moving.Acting, found.Open != nil)
				return err
			})
			return p
		}
		put := func(step store.Step) {
			b.write(func(tx *store.Tx) error {
				step.EnrollmentID, step.EnteredAt = e.ID, at
				_, added, err := tx.InsertStep(&step)
				if err == nil && !added {
					err = tx.SaveStep(&step)
				}
				return err
			})
		}
		require.Equal(t, moving.Place{Stand: moving.Outside}, place(*e))
		held := *e
		held.Node, held.Visit = "rest", 1
		require.Equal(t, moving.Place{Stand: moving.Outside}, place(held), "held back before its first step")
		held.Node = "ask"
		require.Equal(t, moving.Place{Stand: moving.Coming, Node: "ask"}, place(held), "moved there by somebody")

		put(store.Step{Node: "rest", Visit: 1, Type: "wait", Status: "waiting"})
		require.Equal(t, moving.Place{Stand: moving.Resting, Node: "rest"}, place(*e))
		put(store.Step{Node: "rest", Visit: 1, Type: "wait", Status: "done", Port: "next", LeftAt: &at})
		held.Node = "ask"
		require.Equal(t, moving.Place{Stand: moving.Left, Node: "rest", Port: "next"}, place(held), "held back before its second step")
		put(store.Step{Node: "rest", Visit: 1, Type: "wait", Status: "canceled", Reason: ReasonMoved, LeftAt: &at})
		require.Equal(t, moving.Place{Stand: moving.Coming, Node: "ask"}, place(held))

		put(store.Step{Node: "ask", Visit: 1, Type: "webhook", Status: "running"})
		require.Equal(t, moving.Place{Stand: moving.Acting, Node: "ask"}, place(*e))
		put(store.Step{Node: "ask", Visit: 1, Type: "webhook", Status: "held"})
		require.Equal(t, moving.Place{Stand: moving.Resting, Node: "ask"}, place(*e))
		ref := store.EffectRef{EnrollmentID: e.ID, Node: "ask", Visit: 1}
		b.write(func(tx *store.Tx) error {
			_, _, err := tx.ClaimEffect(ref, "webhook", "k", "token", time.Hour)
			return err
		})
		require.Equal(t, moving.Place{Stand: moving.Acting, Node: "ask"}, place(*e), "somebody is still at it")
		b.write(func(tx *store.Tx) error {
			_, err := tx.RecordEffect(ref, "token", store.EffectUnknown, nil, "")
			return err
		})
		require.Equal(t, moving.Place{Stand: moving.Resting, Node: "ask", Doubt: true}, place(*e))
	})
}

func graph(t *testing.T, nodes string) object {
	t.Helper()
	var read object
	require.NoError(t, yaml.Unmarshal([]byte(nodes), &read))
	return read
}
