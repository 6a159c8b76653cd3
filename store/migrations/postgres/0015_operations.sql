-- +goose Up
-- Why a person holds the enrollment where it is; '' when nobody does.
ALTER TABLE enrollments ADD COLUMN hold text NOT NULL DEFAULT '';
-- Why a pause began, in words; '' when a person gave none.
ALTER TABLE pauses ADD COLUMN reason text NOT NULL DEFAULT '';

-- One row for each step that failed, was held after a failure or has an unknown outcome, and for each
-- enrollment that failed between two steps. Whether that still stands is said by steps and enrollments.
CREATE TABLE failures (
  enrollment_id text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  fingerprint text NOT NULL,
  workflow text NOT NULL,
  version integer NOT NULL,
  test boolean NOT NULL,
  type text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (enrollment_id, node, visit)
);
CREATE INDEX failures_fingerprint ON failures (fingerprint, enrollment_id);
CREATE INDEX failures_workflow ON failures (workflow, last_at);
CREATE INDEX failures_last ON failures (last_at);

-- Steps of workflows with a circuit breaker, counted in slots of time. A slot is used again when its
-- time has passed, so that nothing grows; shards keep parallel steps from waiting for each other.
CREATE TABLE breaker_slots (
  workflow text NOT NULL,
  shard integer NOT NULL,
  slot integer NOT NULL,
  began_at timestamptz NOT NULL,
  attempted bigint NOT NULL,
  failed bigint NOT NULL,
  PRIMARY KEY (workflow, shard, slot)
);

-- +goose Down
DROP TABLE breaker_slots;
DROP TABLE failures;
ALTER TABLE pauses DROP COLUMN reason;
ALTER TABLE enrollments DROP COLUMN hold;
