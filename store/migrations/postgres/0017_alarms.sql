-- +goose Up
-- Settings of alarms: of the account under '', of one workflow under its key.
CREATE TABLE alarm_settings (
  workflow text PRIMARY KEY,
  settings jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);

-- Trouble that was seen: at most one open alarm of a kind and subject. The account itself is ''.
CREATE TABLE alarms (
  id text PRIMARY KEY,
  kind text NOT NULL,
  workflow text NOT NULL,
  summary text NOT NULL,
  measured jsonb NOT NULL,
  changes jsonb NOT NULL,
  began_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  calm_since timestamptz,
  ended_at timestamptz,
  remind_at timestamptz NOT NULL,
  reminders integer NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text NOT NULL,
  note text NOT NULL
);
CREATE UNIQUE INDEX alarms_open ON alarms (kind, workflow) WHERE ended_at IS NULL;
CREATE INDEX alarms_workflow ON alarms (workflow, id);

CREATE TABLE alarm_channels (
  id text PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  target jsonb NOT NULL,
  sign text NOT NULL,
  kinds jsonb NOT NULL,
  workflows jsonb NOT NULL,
  enabled boolean NOT NULL,
  error text NOT NULL,
  error_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

-- What is to be said on a channel. The id is the key by which the other side knows a repetition.
CREATE TABLE notices (
  id text PRIMARY KEY,
  channel_id text NOT NULL REFERENCES alarm_channels (id) ON DELETE CASCADE,
  subject text NOT NULL,
  nth integer NOT NULL,
  kind text NOT NULL,
  content jsonb NOT NULL,
  state text NOT NULL,
  token text NOT NULL,
  lease_until timestamptz,
  tries integer NOT NULL,
  error text NOT NULL,
  not_before timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  done_at timestamptz
);
CREATE UNIQUE INDEX notices_once ON notices (subject, channel_id, nth);
CREATE INDEX notices_ready ON notices (not_before) WHERE state = 'queued';

-- Rounds that one process at a time makes.
CREATE TABLE rounds (
  name text PRIMARY KEY,
  next_at timestamptz NOT NULL,
  token text NOT NULL,
  lease_until timestamptz
);

-- The days after a publish.
CREATE TABLE watches (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  version integer NOT NULL,
  person text NOT NULL,
  started_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  done_at timestamptz,
  replaced_by integer NOT NULL,
  figures jsonb,
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
