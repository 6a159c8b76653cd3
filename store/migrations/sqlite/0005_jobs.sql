-- +goose Up
CREATE TABLE jobs (
  id text PRIMARY KEY,
  kind text NOT NULL,
  subject text NOT NULL,
  params text,
  payload blob,
  status text NOT NULL,
  total integer,
  done integer NOT NULL,
  counts text NOT NULL,
  errors integer NOT NULL,
  cursor text NOT NULL,
  rate text NOT NULL,
  not_before timestamp NOT NULL,
  lease_until timestamp,
  token text NOT NULL,
  tries integer NOT NULL,
  error text NOT NULL,
  person text NOT NULL,
  created_at timestamp NOT NULL,
  started_at timestamp,
  ended_at timestamp
);
CREATE INDEX jobs_ready ON jobs (not_before) WHERE ended_at IS NULL;
CREATE INDEX jobs_subject ON jobs (subject, id);

CREATE TABLE job_errors (
  job_id text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n integer NOT NULL,
  line integer NOT NULL,
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
  done_until timestamp NOT NULL,
  PRIMARY KEY (workflow, trigger_id)
);

CREATE TABLE firings (
  workflow text NOT NULL,
  trigger_id text NOT NULL,
  scheduled_for timestamp NOT NULL,
  version integer NOT NULL,
  missed integer NOT NULL,
  job_id text NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (workflow, trigger_id, scheduled_for)
);

-- +goose Down
DROP TABLE firings;
DROP TABLE schedules;
DROP TABLE job_errors;
DROP TABLE jobs;
