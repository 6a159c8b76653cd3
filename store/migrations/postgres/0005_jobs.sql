-- +goose Up
CREATE TABLE jobs (
  id text PRIMARY KEY,
  kind text NOT NULL,
  subject text NOT NULL,
  params jsonb,
  payload bytea,
  status text NOT NULL,
  total bigint,
  done bigint NOT NULL,
  counts jsonb NOT NULL,
  errors bigint NOT NULL,
  cursor text NOT NULL,
  rate text NOT NULL,
  not_before timestamptz NOT NULL,
  lease_until timestamptz,
  token text NOT NULL,
  tries integer NOT NULL,
  error text NOT NULL,
  person text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
-- A batch reads a piece of the payload: uncompressed, PostgreSQL fetches that piece alone.
ALTER TABLE jobs ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX jobs_ready ON jobs (not_before) WHERE ended_at IS NULL;
CREATE INDEX jobs_subject ON jobs (subject, id);

CREATE TABLE job_errors (
  job_id text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n bigint NOT NULL,
  line bigint NOT NULL,
  subject text NOT NULL,
  field text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (job_id, n)
);

CREATE TABLE schedules (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  trigger_id text NOT NULL,
  cron text NOT NULL,
  timezone text NOT NULL,
  done_until timestamptz NOT NULL,
  PRIMARY KEY (workflow, trigger_id)
);

CREATE TABLE firings (
  workflow text NOT NULL,
  trigger_id text NOT NULL,
  scheduled_for timestamptz NOT NULL,
  version bigint NOT NULL,
  missed bigint NOT NULL,
  job_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workflow, trigger_id, scheduled_for)
);

-- +goose Down
DROP TABLE firings;
DROP TABLE schedules;
DROP TABLE job_errors;
DROP TABLE jobs;
