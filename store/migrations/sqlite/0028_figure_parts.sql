-- +goose Up
-- Figures of enrollments that have ended, by workflow and day: each enrollment is counted in one part
-- at most, the one that it names. Who names none, or one that is stale, is counted from the rows.
CREATE TABLE figure_parts (
  id integer PRIMARY KEY AUTOINCREMENT,
  workflow text NOT NULL,
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  enrollments integer NOT NULL,
  format integer NOT NULL,
  built_at timestamp NOT NULL
);
CREATE INDEX figure_parts_workflow ON figure_parts (workflow, starts_at);

-- Lengths of time are pairs (milliseconds more than the one before, how often), ascending.
CREATE TABLE figure_part_cells (
  part integer NOT NULL REFERENCES figure_parts (id) ON DELETE CASCADE,
  version integer NOT NULL,
  counts text NOT NULL,
  completion blob NOT NULL,
  excess blob NOT NULL,
  lateness blob NOT NULL,
  PRIMARY KEY (part, version)
);

-- Parts that say something else than the rows. Written by whoever changes a row, in its transaction.
CREATE TABLE figure_stale (
  part integer NOT NULL
);
CREATE INDEX figure_stale_part ON figure_stale (part);

ALTER TABLE enrollments ADD COLUMN figure_part integer NOT NULL DEFAULT 0;
DROP INDEX enrollments_started;
CREATE INDEX enrollments_started ON enrollments (workflow, started_at, figure_part);

-- +goose StatementBegin
CREATE TRIGGER figure_enrollment_changed AFTER UPDATE ON enrollments
WHEN OLD.figure_part <> 0 AND (OLD.workflow, OLD.version, OLD.node, OLD.status, OLD.active, OLD.outcome, OLD.started_at, OLD.ended_at, OLD.test)
  IS NOT (NEW.workflow, NEW.version, NEW.node, NEW.status, NEW.active, NEW.outcome, NEW.started_at, NEW.ended_at, NEW.test)
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = OLD.figure_part;
  UPDATE enrollments SET figure_part = 0 WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_enrollment_gone AFTER DELETE ON enrollments
WHEN OLD.figure_part <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = OLD.figure_part;
END;
-- +goose StatementEnd

-- An enrollment that a part counts has no open step: a change of one asks nothing.
-- +goose StatementBegin
CREATE TRIGGER figure_step_added AFTER INSERT ON steps
WHEN (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_step_changed AFTER UPDATE ON steps
WHEN OLD.left_at IS NOT NULL AND (OLD.type, OLD.status, OLD.port, OLD.reason, OLD.entered_at, OLD.left_at, OLD.due_at, OLD.planned_at, OLD.moved_at)
  IS NOT (NEW.type, NEW.status, NEW.port, NEW.reason, NEW.entered_at, NEW.left_at, NEW.due_at, NEW.planned_at, NEW.moved_at)
  AND (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_step_gone AFTER DELETE ON steps
WHEN OLD.left_at IS NOT NULL AND (SELECT e.figure_part FROM enrollments e WHERE e.id = OLD.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = OLD.enrollment_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_send_added AFTER INSERT ON sends
WHEN NEW.state = 'sent' AND (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_send_changed AFTER UPDATE ON sends
WHEN (OLD.state, OLD.channel, OLD.node)
  IS NOT (NEW.state, NEW.channel, NEW.node)
  AND (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = NEW.enrollment_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER figure_send_gone AFTER DELETE ON sends
WHEN OLD.state = 'sent' AND (SELECT e.figure_part FROM enrollments e WHERE e.id = OLD.enrollment_id) <> 0
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = (SELECT e.figure_part FROM enrollments e WHERE e.id = OLD.enrollment_id);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER figure_send_gone;
DROP TRIGGER figure_send_changed;
DROP TRIGGER figure_send_added;
DROP TRIGGER figure_step_gone;
DROP TRIGGER figure_step_changed;
DROP TRIGGER figure_step_added;
DROP TRIGGER figure_enrollment_gone;
DROP TRIGGER figure_enrollment_changed;
DROP INDEX enrollments_started;
CREATE INDEX enrollments_started ON enrollments (workflow, started_at);
ALTER TABLE enrollments DROP COLUMN figure_part;
DROP TABLE figure_stale;
DROP TABLE figure_part_cells;
DROP TABLE figure_parts;
