-- +goose Up
ALTER TABLE enrollments ADD COLUMN wake_at timestamptz;
ALTER TABLE enrollments ADD COLUMN run_closed boolean NOT NULL DEFAULT false;
ALTER TABLE enrollments ADD COLUMN looks integer NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN look_at timestamptz;
ALTER TABLE enrollments ADD COLUMN wedge text NOT NULL DEFAULT '';
ALTER TABLE enrollments ADD COLUMN wedged_at timestamptz;
ALTER TABLE enrollments ADD COLUMN rebuilds integer NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN trouble text NOT NULL DEFAULT '';
UPDATE enrollments SET wake_at = created_at WHERE wake_pending;
CREATE INDEX enrollments_awaked ON enrollments (wake_at) WHERE wake_pending;
CREATE INDEX enrollments_unclosed ON enrollments (ended_at) WHERE NOT active AND NOT run_closed;
CREATE INDEX enrollments_ended ON enrollments (ended_at, id) WHERE NOT active;
CREATE INDEX enrollments_walk ON enrollments (id) WHERE active;
CREATE INDEX enrollments_wedged ON enrollments (id) WHERE wedge <> '';
CREATE INDEX dispatches_enrollment ON dispatches (enrollment_id);

ALTER TABLE effects ADD COLUMN retry_from timestamptz;
ALTER TABLE effects ADD COLUMN retry_at timestamptz;
-- An effect whose outcome nobody knows may have gone out.
UPDATE effects SET copies = copies + 1 WHERE state = 'unknown';

-- +goose Down
ALTER TABLE effects DROP COLUMN retry_at;
ALTER TABLE effects DROP COLUMN retry_from;
DROP INDEX dispatches_enrollment;
DROP INDEX enrollments_wedged;
DROP INDEX enrollments_walk;
DROP INDEX enrollments_ended;
DROP INDEX enrollments_unclosed;
DROP INDEX enrollments_awaked;
ALTER TABLE enrollments DROP COLUMN trouble;
ALTER TABLE enrollments DROP COLUMN rebuilds;
ALTER TABLE enrollments DROP COLUMN wedged_at;
ALTER TABLE enrollments DROP COLUMN wedge;
ALTER TABLE enrollments DROP COLUMN look_at;
ALTER TABLE enrollments DROP COLUMN looks;
ALTER TABLE enrollments DROP COLUMN run_closed;
ALTER TABLE enrollments DROP COLUMN wake_at;
