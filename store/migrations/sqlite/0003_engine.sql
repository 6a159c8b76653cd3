-- +goose Up
CREATE TABLE definitions (
  hash text PRIMARY KEY,
  body blob NOT NULL,
  created_at timestamp NOT NULL
);

CREATE TABLE workflows (
  key text PRIMARY KEY,
  name text NOT NULL,
  status text NOT NULL,
  draft blob,
  draft_etag text NOT NULL,
  draft_updated_at timestamp NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  owner text NOT NULL,
  folder text NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);

CREATE TABLE workflow_versions (
  workflow text NOT NULL REFERENCES workflows (key),
  number integer NOT NULL,
  hash text NOT NULL,
  document blob NOT NULL,
  person text NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (workflow, number)
);

CREATE TABLE workflow_events (
  event_type text NOT NULL,
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  PRIMARY KEY (event_type, workflow)
);
CREATE INDEX workflow_events_workflow ON workflow_events (workflow);

CREATE TABLE events (
  id text PRIMARY KEY,
  contact_id text NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  data text,
  occurred_at timestamp NOT NULL,
  accepted_at timestamp NOT NULL,
  body_hash text NOT NULL,
  cause text,
  source text NOT NULL,
  UNIQUE (contact_id, seq)
);
CREATE INDEX events_accepted ON events (accepted_at, id);
CREATE INDEX events_type ON events (type, accepted_at);

CREATE TABLE verdicts (
  event_id text NOT NULL,
  workflow text NOT NULL,
  enrollment_id text NOT NULL,
  version integer NOT NULL,
  verdict text NOT NULL,
  reason text NOT NULL,
  "values" text,
  created_at timestamp NOT NULL,
  PRIMARY KEY (event_id, workflow, enrollment_id)
);
CREATE INDEX verdicts_verdict ON verdicts (verdict, event_id);

CREATE TABLE contact_queue (
  contact_id text PRIMARY KEY,
  token text NOT NULL,
  lease_until timestamp,
  tries integer NOT NULL,
  failed_seq integer NOT NULL,
  error text NOT NULL,
  stopped boolean NOT NULL,
  ready_at timestamp NOT NULL,
  created_at timestamp NOT NULL
);
CREATE INDEX contact_queue_ready ON contact_queue (ready_at) WHERE NOT stopped;

CREATE TABLE dispatches (
  id text PRIMARY KEY,
  kind text NOT NULL,
  enrollment_id text NOT NULL,
  token text NOT NULL,
  lease_until timestamp,
  tries integer NOT NULL,
  error text NOT NULL,
  not_before timestamp NOT NULL,
  created_at timestamp NOT NULL
);
CREATE INDEX dispatches_ready ON dispatches (not_before);

CREATE TABLE enrollments (
  id text PRIMARY KEY,
  workflow text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  contact_id text NOT NULL,
  key text NOT NULL,
  status text NOT NULL,
  active boolean NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  due_at timestamp,
  started_at timestamp NOT NULL,
  ended_at timestamp,
  test boolean NOT NULL,
  waits text NOT NULL,
  sends text NOT NULL,
  trigger_id text NOT NULL,
  trigger_event_id text NOT NULL,
  trigger_data text,
  anchor_at timestamp NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  event_data text,
  event_at timestamp,
  vars text,
  parent_id text NOT NULL,
  cause text,
  epoch integer NOT NULL,
  interpreter integer NOT NULL,
  start_seq integer NOT NULL,
  cursor_seq integer NOT NULL,
  wake_pending boolean NOT NULL,
  wait_seq integer NOT NULL,
  run_id text NOT NULL,
  created_at timestamp NOT NULL
);
CREATE UNIQUE INDEX enrollments_active ON enrollments (workflow, contact_id, key) WHERE active AND NOT test;
CREATE INDEX enrollments_contact ON enrollments (contact_id, id);
CREATE INDEX enrollments_workflow ON enrollments (workflow, id);
CREATE INDEX enrollments_status ON enrollments (workflow, status, node);
CREATE INDEX enrollments_due ON enrollments (due_at) WHERE active;

CREATE TABLE steps (
  enrollment_id text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  title text NOT NULL,
  status text NOT NULL,
  port text NOT NULL,
  reason text NOT NULL,
  entered_at timestamp NOT NULL,
  left_at timestamp,
  due_at timestamp,
  attempts integer NOT NULL,
  "values" text,
  result text,
  error text NOT NULL,
  decided_event_id text NOT NULL,
  PRIMARY KEY (enrollment_id, node, visit)
);

CREATE TABLE effects (
  enrollment_id text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  copy integer NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  state text NOT NULL,
  attempt_token text NOT NULL,
  lease_until timestamp,
  attempts integer NOT NULL,
  copies integer NOT NULL,
  result text,
  undo text,
  error text NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL,
  PRIMARY KEY (enrollment_id, node, visit, copy)
);

CREATE TABLE subscriptions (
  id text PRIMARY KEY,
  enrollment_id text NOT NULL,
  contact_id text NOT NULL,
  kind text NOT NULL,
  event_type text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  rule_id text NOT NULL,
  created_at timestamp NOT NULL
);
CREATE INDEX subscriptions_contact ON subscriptions (contact_id, event_type);
CREATE INDEX subscriptions_enrollment ON subscriptions (enrollment_id);

CREATE TABLE sends (
  id text PRIMARY KEY,
  contact_id text NOT NULL,
  enrollment_id text NOT NULL,
  workflow text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  channel text NOT NULL,
  class text NOT NULL,
  to_address text NOT NULL,
  subject text NOT NULL,
  message_id text NOT NULL UNIQUE,
  state text NOT NULL,
  error text NOT NULL,
  template text NOT NULL,
  created_at timestamp NOT NULL,
  sent_at timestamp
);
CREATE INDEX sends_contact ON sends (contact_id, id);
CREATE INDEX sends_enrollment ON sends (enrollment_id);
CREATE INDEX sends_workflow ON sends (workflow, id);

-- +goose Down
DROP TABLE sends;
DROP TABLE subscriptions;
DROP TABLE effects;
DROP TABLE steps;
DROP TABLE enrollments;
DROP TABLE dispatches;
DROP TABLE contact_queue;
DROP TABLE verdicts;
DROP TABLE events;
DROP TABLE workflow_events;
DROP TABLE workflow_versions;
DROP TABLE workflows;
DROP TABLE definitions;
