-- +goose Up
-- Settings of alarms: of the account under '', of one workflow under its key.
CREATE TABLE alarm_settings (
  workflow text PRIMARY KEY,
  settings text NOT NULL,
  updated_at timestamp NOT NULL
);

-- Trouble that was seen: at most one open alarm of a kind and subject. The account itself is ''.
CREATE TABLE alarms (
  id text PRIMARY KEY,
  kind text NOT NULL,
  workflow text NOT NULL,
  summary text NOT NULL,
  measured text NOT NULL,
  changes text NOT NULL,
  began_at timestamp NOT NULL,
  opened_at timestamp NOT NULL,
  seen_at timestamp NOT NULL,
  calm_since timestamp,
  ended_at timestamp,
  remind_at timestamp NOT NULL,
  reminders integer NOT NULL,
  acknowledged_at timestamp,
  acknowledged_by text NOT NULL,
  note text NOT NULL
);
CREATE UNIQUE INDEX alarms_open ON alarms (kind, workflow) WHERE ended_at IS NULL;
CREATE INDEX alarms_workflow ON alarms (workflow, id);

CREATE TABLE alarm_channels (
  id text PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  target text NOT NULL,
  sign text NOT NULL,
  kinds text NOT NULL,
  workflows text NOT NULL,
  enabled boolean NOT NULL,
  error text NOT NULL,
  error_at timestamp,
  sent_at timestamp,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);

-- What is to be said on a channel. The id is the key by which the other side knows a repetition.
CREATE TABLE notices (
  id text PRIMARY KEY,
  channel_id text NOT NULL REFERENCES alarm_channels (id) ON DELETE CASCADE,
  subject text NOT NULL,
  nth integer NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  state text NOT NULL,
  token text NOT NULL,
  lease_until timestamp,
  tries integer NOT NULL,
  error text NOT NULL,
  not_before timestamp NOT NULL,
  created_at timestamp NOT NULL,
  done_at timestamp
);
CREATE UNIQUE INDEX notices_once ON notices (subject, channel_id, nth);
CREATE INDEX notices_ready ON notices (not_before) WHERE state = 'queued';

-- Rounds that one process at a time makes.
CREATE TABLE rounds (
  name text PRIMARY KEY,
  next_at timestamp NOT NULL,
  token text NOT NULL,
  lease_until timestamp
);

-- The days after a publish.
CREATE TABLE watches (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  version integer NOT NULL,
  person text NOT NULL,
  started_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  done_at timestamp,
  replaced_by integer NOT NULL,
  figures text,
  PRIMARY KEY (workflow, version)
);
CREATE INDEX watches_open ON watches (ends_at) WHERE done_at IS NULL;

CREATE INDEX IF NOT EXISTS steps_left ON steps (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX steps_failed ON steps (left_at) WHERE status = 'failed';
CREATE INDEX enrollments_held ON enrollments (workflow) WHERE active AND status = 'held';
CREATE INDEX effects_failed ON effects (updated_at) WHERE state = 'failed';
CREATE INDEX audits_at ON audits (at);

-- +goose Down
DROP INDEX audits_at;
DROP INDEX effects_failed;
DROP INDEX enrollments_held;
DROP INDEX steps_failed;
DROP INDEX IF EXISTS steps_left;
DROP TABLE watches;
DROP TABLE rounds;
DROP TABLE notices;
DROP TABLE alarm_channels;
DROP TABLE alarms;
DROP TABLE alarm_settings;
