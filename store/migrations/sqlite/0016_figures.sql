-- +goose Up
CREATE INDEX enrollments_started ON enrollments (workflow, started_at);

CREATE TABLE figure_builds (
  starts_at timestamp PRIMARY KEY,
  ends_at timestamp NOT NULL,
  zone text NOT NULL,
  sealed boolean NOT NULL,
  pruned boolean NOT NULL,
  built_at timestamp NOT NULL
);

CREATE TABLE figure_days (
  starts_at timestamp NOT NULL REFERENCES figure_builds (starts_at) ON DELETE CASCADE,
  workflow text NOT NULL,
  version integer NOT NULL,
  enrolled integer NOT NULL,
  active integer NOT NULL,
  completed integer NOT NULL,
  exited integer NOT NULL,
  failed integer NOT NULL,
  completed_success integer NOT NULL,
  exited_success integer NOT NULL,
  completion text NOT NULL,
  excess text NOT NULL,
  lateness text NOT NULL,
  PRIMARY KEY (starts_at, workflow, version)
);
CREATE INDEX figure_days_workflow ON figure_days (workflow, starts_at);

CREATE TABLE figure_nodes (
  starts_at timestamp NOT NULL,
  workflow text NOT NULL,
  version integer NOT NULL,
  node text NOT NULL,
  type text NOT NULL,
  done integer NOT NULL,
  failed integer NOT NULL,
  unknown integer NOT NULL,
  dropped integer NOT NULL,
  suppressed integer NOT NULL,
  skipped integer NOT NULL,
  exited integer NOT NULL,
  canceled integer NOT NULL,
  open integer NOT NULL,
  bounced integer NOT NULL,
  active integer NOT NULL,
  ended integer NOT NULL,
  lost integer NOT NULL,
  sent integer NOT NULL,
  opened integer NOT NULL,
  clicked integer NOT NULL,
  PRIMARY KEY (starts_at, workflow, version, node),
  FOREIGN KEY (starts_at, workflow, version) REFERENCES figure_days (starts_at, workflow, version) ON DELETE CASCADE
);

CREATE TABLE reconciliations (
  id text PRIMARY KEY,
  at timestamp NOT NULL,
  ours integer NOT NULL,
  temporal integer NOT NULL,
  causes text NOT NULL
);

-- +goose Down
DROP TABLE reconciliations;
DROP TABLE figure_nodes;
DROP TABLE figure_days;
DROP TABLE figure_builds;
DROP INDEX enrollments_started;
