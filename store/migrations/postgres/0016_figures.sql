-- +goose Up
CREATE INDEX enrollments_started ON enrollments (workflow, started_at);

CREATE TABLE figure_builds (
  starts_at timestamptz PRIMARY KEY,
  ends_at timestamptz NOT NULL,
  zone text NOT NULL,
  sealed boolean NOT NULL,
  pruned boolean NOT NULL,
  built_at timestamptz NOT NULL
);

CREATE TABLE figure_days (
  starts_at timestamptz NOT NULL REFERENCES figure_builds (starts_at) ON DELETE CASCADE,
  workflow text NOT NULL,
  version integer NOT NULL,
  enrolled bigint NOT NULL,
  active bigint NOT NULL,
  completed bigint NOT NULL,
  exited bigint NOT NULL,
  failed bigint NOT NULL,
  completed_success bigint NOT NULL,
  exited_success bigint NOT NULL,
  completion jsonb NOT NULL,
  excess jsonb NOT NULL,
  lateness jsonb NOT NULL,
  PRIMARY KEY (starts_at, workflow, version)
);
CREATE INDEX figure_days_workflow ON figure_days (workflow, starts_at);

CREATE TABLE figure_nodes (
  starts_at timestamptz NOT NULL,
  workflow text NOT NULL,
  version integer NOT NULL,
  node text NOT NULL,
  type text NOT NULL,
  done bigint NOT NULL,
  failed bigint NOT NULL,
  unknown bigint NOT NULL,
  dropped bigint NOT NULL,
  suppressed bigint NOT NULL,
  skipped bigint NOT NULL,
  exited bigint NOT NULL,
  canceled bigint NOT NULL,
  open bigint NOT NULL,
  bounced bigint NOT NULL,
  active bigint NOT NULL,
  ended bigint NOT NULL,
  lost bigint NOT NULL,
  sent bigint NOT NULL,
  opened bigint NOT NULL,
  clicked bigint NOT NULL,
  PRIMARY KEY (starts_at, workflow, version, node),
  FOREIGN KEY (starts_at, workflow, version) REFERENCES figure_days (starts_at, workflow, version) ON DELETE CASCADE
);

CREATE TABLE reconciliations (
  id text PRIMARY KEY,
  at timestamptz NOT NULL,
  ours bigint NOT NULL,
  temporal bigint NOT NULL,
  causes jsonb NOT NULL
);

-- +goose Down
DROP TABLE reconciliations;
DROP TABLE figure_nodes;
DROP TABLE figure_days;
DROP TABLE figure_builds;
DROP INDEX enrollments_started;
