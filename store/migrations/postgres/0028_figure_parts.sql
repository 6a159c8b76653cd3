-- +goose Up
-- Figures of enrollments that have ended, by workflow and day: each enrollment is counted in one part
-- at most, the one that it names. Who names none, or one that is stale, is counted from the rows.
CREATE TABLE figure_parts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workflow text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  enrollments bigint NOT NULL,
  format integer NOT NULL,
  built_at timestamptz NOT NULL
);
CREATE INDEX figure_parts_workflow ON figure_parts (workflow, starts_at);

-- Lengths of time are pairs (milliseconds more than the one before, how often), ascending.
CREATE TABLE figure_part_cells (
  part bigint NOT NULL REFERENCES figure_parts (id) ON DELETE CASCADE,
  version integer NOT NULL,
  counts jsonb NOT NULL,
  completion bytea NOT NULL,
  excess bytea NOT NULL,
  lateness bytea NOT NULL,
  PRIMARY KEY (part, version)
);

-- Parts that say something else than the rows. Written by whoever changes a row, in its transaction;
-- nothing here is unique, so that nobody waits for anybody.
CREATE TABLE figure_stale (
  part bigint NOT NULL
);
CREATE INDEX figure_stale_part ON figure_stale (part);

ALTER TABLE enrollments ADD COLUMN figure_part bigint NOT NULL DEFAULT 0;
DROP INDEX enrollments_started;
CREATE INDEX enrollments_started ON enrollments (workflow, started_at, figure_part);

-- +goose StatementBegin
CREATE FUNCTION figure_enrollment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = OLD.figure_part;
  IF TG_OP = 'UPDATE' THEN
    UPDATE enrollments SET figure_part = 0 WHERE id = NEW.id;
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION figure_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said bigint;
BEGIN
  -- The lock makes it wait for a part that is being built of the enrollment, and that one leave it out.
  IF TG_OP = 'DELETE' THEN
    SELECT figure_part INTO said FROM enrollments WHERE id = OLD.enrollment_id FOR KEY SHARE;
  ELSE
    SELECT figure_part INTO said FROM enrollments WHERE id = NEW.enrollment_id FOR KEY SHARE;
  END IF;
  IF said <> 0 THEN
    INSERT INTO figure_stale (part) SELECT id FROM figure_parts WHERE id = said;
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER figure_enrollment_changed AFTER UPDATE ON enrollments FOR EACH ROW
  WHEN (OLD.figure_part <> 0 AND (OLD.workflow, OLD.version, OLD.node, OLD.status, OLD.active, OLD.outcome, OLD.started_at, OLD.ended_at, OLD.test)
    IS DISTINCT FROM (NEW.workflow, NEW.version, NEW.node, NEW.status, NEW.active, NEW.outcome, NEW.started_at, NEW.ended_at, NEW.test))
  EXECUTE FUNCTION figure_enrollment_changed();
CREATE TRIGGER figure_enrollment_gone AFTER DELETE ON enrollments FOR EACH ROW
  WHEN (OLD.figure_part <> 0) EXECUTE FUNCTION figure_enrollment_changed();

-- An enrollment that a part counts has no open step: a change of one asks nothing.
CREATE TRIGGER figure_step_added AFTER INSERT ON steps FOR EACH ROW EXECUTE FUNCTION figure_row_changed();
CREATE TRIGGER figure_step_changed AFTER UPDATE ON steps FOR EACH ROW
  WHEN (OLD.left_at IS NOT NULL AND (OLD.type, OLD.status, OLD.port, OLD.reason, OLD.entered_at, OLD.left_at, OLD.due_at, OLD.planned_at, OLD.moved_at)
    IS DISTINCT FROM (NEW.type, NEW.status, NEW.port, NEW.reason, NEW.entered_at, NEW.left_at, NEW.due_at, NEW.planned_at, NEW.moved_at))
  EXECUTE FUNCTION figure_row_changed();
CREATE TRIGGER figure_step_gone AFTER DELETE ON steps FOR EACH ROW
  WHEN (OLD.left_at IS NOT NULL) EXECUTE FUNCTION figure_row_changed();

CREATE TRIGGER figure_send_added AFTER INSERT ON sends FOR EACH ROW
  WHEN (NEW.state = 'sent') EXECUTE FUNCTION figure_row_changed();
CREATE TRIGGER figure_send_changed AFTER UPDATE ON sends FOR EACH ROW
  WHEN ((OLD.state, OLD.channel, OLD.node) IS DISTINCT FROM (NEW.state, NEW.channel, NEW.node)) EXECUTE FUNCTION figure_row_changed();
CREATE TRIGGER figure_send_gone AFTER DELETE ON sends FOR EACH ROW
  WHEN (OLD.state = 'sent') EXECUTE FUNCTION figure_row_changed();

-- +goose Down
DROP TRIGGER figure_send_gone ON sends;
DROP TRIGGER figure_send_changed ON sends;
DROP TRIGGER figure_send_added ON sends;
DROP TRIGGER figure_step_gone ON steps;
DROP TRIGGER figure_step_changed ON steps;
DROP TRIGGER figure_step_added ON steps;
DROP TRIGGER figure_enrollment_gone ON enrollments;
DROP TRIGGER figure_enrollment_changed ON enrollments;
DROP FUNCTION figure_row_changed;
DROP FUNCTION figure_enrollment_changed;
DROP INDEX enrollments_started;
CREATE INDEX enrollments_started ON enrollments (workflow, started_at);
ALTER TABLE enrollments DROP COLUMN figure_part;
DROP TABLE figure_stale;
DROP TABLE figure_part_cells;
DROP TABLE figure_parts;
