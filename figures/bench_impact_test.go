package figures_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

// manyPurchases make the people of manyRows, who buy after the start, before it, both or never.
var manyPurchases = []string{
	`INSERT INTO contacts (id, first_name, last_name, country, timezone, fields, consent, seq, routed_seq, created_at, updated_at)
	SELECT contact_id, '', '', 'DE', '', CASE WHEN version = 1 THEN '{"plan": "pro"}' ELSE '{"plan": "free"}' END::jsonb, '{}', 2, 2, timestamptz '2026-01-01', timestamptz '2026-01-01' FROM enrollments`,
	`INSERT INTO events (id, contact_id, seq, type, data, occurred_at, accepted_at, body_hash, source)
	SELECT 'evt_' || e.id || n, e.contact_id, n, 'purchase.completed', '{"amount": 50}', at, at, 'x', 'test'
	FROM (SELECT e.*, n, e.started_at + (n * 2 - 1) * interval '1 day' AS at FROM enrollments e, generate_series(0, 1) n WHERE hashtext(e.id || n) % 2 = 0) e`,
	"ANALYZE",
}

// BenchmarkImpact measures what a goal adds to the figures of BenchmarkAnalytics, with parts, on
// PostgreSQL: where every event counts, where a condition looks at the event, and where it looks at the
// contact.
func BenchmarkImpact(b *testing.B) {
	at := storetest.Postgres(b)
	s := storetest.OpenURL(b, at)
	db, err := sql.Open("pgx", at)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	for _, statement := range append(append(manyRows[store.Postgres][:2:2], everybodyEnds), manyPurchases...) {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	buildParts(b, s)
	_, err = db.ExecContext(b.Context(), "ANALYZE")
	require.NoError(b, err)
	used := func(b *testing.B) time.Duration { return processorTime(b, db) }
	for _, c := range []struct {
		name string
		goal map[string]any
	}{
		{"no goal", nil},
		{"every event", map[string]any{"event": "purchase.completed"}},
		{"of the event", map[string]any{"event": "purchase.completed", "where": map[string]any{"field": "event.amount", "op": "gte", "value": 50}}},
		{"of the contact", map[string]any{"event": "purchase.completed", "where": map[string]any{"field": "contact.plan", "op": "eq", "value": "pro"}}},
		{"of tags", map[string]any{"event": "purchase.completed", "where": map[string]any{"not": map[string]any{"tag": "vip"}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			setGoal(b, s, db, c.goal)
			readFigures(b, s, used, false, events.Goals(events.NewDefinitions(8)))
		})
		if c.name == "of the contact" {
			b.Run(c.name+", one by one", func(b *testing.B) {
				readFigures(b, s, used, false, oneByOne(events.Goals(events.NewDefinitions(8))))
			})
		}
	}
}

// oneByOne has each event judged by itself.
func oneByOne(goals store.Goals) store.Goals {
	return func(tx *store.Tx, workflow string, version int) (*store.Goal, error) {
		goal, err := goals(tx, workflow, version)
		if err != nil || goal == nil {
			return goal, err
		}
		single := *goal
		single.Judge = func(tx *store.Tx, list []store.GoalEvent) (holds []bool, err error) {
			for i := range list {
				one, err := goal.Judge(tx, list[i:i+1])
				if err != nil {
					return nil, err
				}
				holds = append(holds, one...)
			}
			return holds, nil
		}
		return &single, nil
	}
}

// setGoal gives both versions a goal.
func setGoal(b *testing.B, s *store.Store, db *sql.DB, goal map[string]any) {
	b.Helper()
	document := map[string]any{
		"schema": 1, "key": "w", "name": "W", "start": "n0", "triggers": []any{}, "nodes": map[string]any{"n0": map[string]any{"type": "end"}},
	}
	if goal != nil {
		document["settings"] = map[string]any{"goal": goal}
	}
	raw, err := json.Marshal(document)
	require.NoError(b, err)
	parsed, problems := definition.Parse(raw, false)
	for _, p := range problems {
		require.NotEqual(b, "error", p.Severity, p.Message)
	}
	hash := definition.Hash(parsed.Canonical())
	require.NoError(b, s.Write(b.Context(), func(tx *store.Tx) error { return tx.PutDefinition(hash, parsed.Canonical()) }))
	for _, statement := range []string{
		"DELETE FROM workflow_versions", "DELETE FROM workflows",
	} {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	require.NoError(b, s.Write(b.Context(), func(tx *store.Tx) error {
		if err := tx.CreateWorkflow(&store.Workflow{Key: "w", Name: "W", Status: store.WorkflowActive, Version: 2, Hash: hash}); err != nil {
			return err
		}
		for number := range 2 {
			if err := tx.AddVersion(&store.WorkflowVersion{Workflow: "w", Number: number + 1, Hash: hash, Document: raw, CreatedAt: benchTo}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkStepsWritten measures what it costs that steps tell parts of their changes: a million steps of
// enrollments that are inside, with the triggers and without them, on PostgreSQL.
func BenchmarkStepsWritten(b *testing.B) {
	at := storetest.Postgres(b)
	db, err := sql.Open("pgx", at)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	run := func(b *testing.B, statement string) {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	run(b, manyRows[store.Postgres][0])
	run(b, "ANALYZE")
	for _, state := range []string{"DISABLE", "ENABLE", "DISABLE", "ENABLE"} {
		run(b, "ALTER TABLE steps "+state+" TRIGGER USER")
		b.Run(state, func(b *testing.B) {
			least := time.Hour
			for b.Loop() {
				run(b, "TRUNCATE steps")
				before := processorTime(b, db)
				run(b, manyRows[store.Postgres][1])
				run(b, "UPDATE steps SET left_at = NULL WHERE seq < 3")
				run(b, "UPDATE steps SET left_at = now(), port = 'next' WHERE seq < 3")
				least = min(least, processorTime(b, db)-before)
			}
			b.ReportMetric(float64(least.Microseconds())/1e6, "us/step")
		})
	}
}
