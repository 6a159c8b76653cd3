-- +goose Up
CREATE TABLE pauses (
  id text PRIMARY KEY,
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  clocks text NOT NULL,
  overdue text NOT NULL,
  over_ms bigint NOT NULL,
  person text NOT NULL
);
CREATE UNIQUE INDEX pauses_open ON pauses (workflow) WHERE ended_at IS NULL;
CREATE INDEX pauses_workflow ON pauses (workflow, started_at);
CREATE INDEX enrollments_paused ON enrollments (contact_id) WHERE active AND status = 'paused';
ALTER TABLE steps ADD COLUMN planned_at timestamptz;
UPDATE steps SET planned_at = due_at;

-- +goose Down
ALTER TABLE steps DROP COLUMN planned_at;
DROP INDEX enrollments_paused;
DROP TABLE pauses;
