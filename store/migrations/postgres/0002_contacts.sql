-- +goose Up
CREATE TABLE contacts (
  id text PRIMARY KEY,
  external_id text UNIQUE,
  email text UNIQUE,
  phone text,
  first_name text NOT NULL,
  last_name text NOT NULL,
  country text NOT NULL,
  timezone text NOT NULL,
  fields jsonb NOT NULL,
  consent jsonb NOT NULL,
  seq bigint NOT NULL,
  routed_seq bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE tags (
  key text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE contact_tags (
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  tag text NOT NULL REFERENCES tags (key),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (contact_id, tag)
);
CREATE INDEX contact_tags_tag ON contact_tags (tag);

CREATE TABLE fields (
  key text PRIMARY KEY,
  type text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE pipelines (
  key text PRIMARY KEY,
  name text NOT NULL,
  stages jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE deals (
  id text PRIMARY KEY,
  title text NOT NULL,
  pipeline text NOT NULL REFERENCES pipelines (key),
  stage text NOT NULL,
  status text NOT NULL,
  value double precision,
  currency text NOT NULL,
  owner text NOT NULL,
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX deals_contact ON deals (contact_id, pipeline, id);
CREATE INDEX deals_pipeline ON deals (pipeline, stage, id);

CREATE TABLE courses (
  key text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE contact_courses (
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  course text NOT NULL REFERENCES courses (key),
  status text NOT NULL,
  progress double precision NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (contact_id, course)
);
CREATE INDEX contact_courses_course ON contact_courses (course);

CREATE TABLE email_templates (
  key text PRIMARY KEY,
  name text NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  text text NOT NULL,
  class text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE files (
  name text PRIMARY KEY,
  content_type text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL,
  data bytea NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE segments (
  key text PRIMARY KEY,
  name text NOT NULL,
  filter jsonb,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE tasks (
  id text PRIMARY KEY,
  title text NOT NULL,
  body text NOT NULL,
  assignee text NOT NULL,
  due_at timestamptz,
  status text NOT NULL,
  contact_id text REFERENCES contacts (id) ON DELETE CASCADE,
  enrollment_id text,
  node text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX tasks_status ON tasks (status, id);
CREATE INDEX tasks_contact ON tasks (contact_id, id);
CREATE INDEX tasks_assignee ON tasks (assignee, id);

CREATE TABLE suppressions (
  address text NOT NULL,
  channel text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (address, channel)
);

-- +goose Down
DROP TABLE suppressions;
DROP TABLE tasks;
DROP TABLE segments;
DROP TABLE files;
DROP TABLE email_templates;
DROP TABLE contact_courses;
DROP TABLE courses;
DROP TABLE deals;
DROP TABLE pipelines;
DROP TABLE fields;
DROP TABLE contact_tags;
DROP TABLE tags;
DROP TABLE contacts;
