-- +goose Up
-- The rows of this workflow's day may be gone: its figures are these.
ALTER TABLE figure_days ADD COLUMN pruned boolean NOT NULL DEFAULT false;
UPDATE figure_days SET pruned = true WHERE starts_at IN (SELECT starts_at FROM figure_builds WHERE pruned);
CREATE INDEX figure_days_unpruned ON figure_days (starts_at) WHERE NOT pruned;

-- The steps are gone. What is left of the enrollment says that the contact has been in the workflow.
ALTER TABLE enrollments ADD COLUMN pruned boolean NOT NULL DEFAULT false;
CREATE INDEX enrollments_kept ON enrollments (ended_at, id) WHERE NOT active AND NOT pruned;

-- Hashes of ids whose events are gone: an id is unique for ever.
CREATE TABLE spent_events (
  hash text PRIMARY KEY
);

-- What the build of a worker can do; one that does not say so can do nothing new.
ALTER TABLE workers ADD COLUMN level integer NOT NULL DEFAULT 0;

CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX firings_created ON firings (created_at);
CREATE INDEX alarms_ended ON alarms (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX notices_done ON notices (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX backtests_created ON backtests (created_at);

-- +goose Down
DROP INDEX backtests_created;
DROP INDEX notices_done;
DROP INDEX alarms_ended;
DROP INDEX firings_created;
DROP INDEX jobs_ended;
ALTER TABLE workers DROP COLUMN level;
DROP TABLE spent_events;
DROP INDEX enrollments_kept;
ALTER TABLE enrollments DROP COLUMN pruned;
DROP INDEX figure_days_unpruned;
ALTER TABLE figure_days DROP COLUMN pruned;
