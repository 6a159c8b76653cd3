-- +goose Up
-- Whose turn a row takes: of an event its type, of a call its workflow. '-' is what no lane is named for,
-- and what releases before this one write.
ALTER TABLE contact_queue ADD COLUMN lane text NOT NULL DEFAULT '-';
CREATE INDEX contact_queue_lanes ON contact_queue (lane, ready_at) WHERE NOT stopped;
ALTER TABLE dispatches ADD COLUMN lane text NOT NULL DEFAULT '-';
UPDATE dispatches SET lane = COALESCE((SELECT workflow FROM enrollments WHERE id = dispatches.enrollment_id), '-');
CREATE INDEX dispatches_lanes ON dispatches (lane, not_before);

-- +goose Down
DROP INDEX dispatches_lanes;
ALTER TABLE dispatches DROP COLUMN lane;
DROP INDEX contact_queue_lanes;
ALTER TABLE contact_queue DROP COLUMN lane;
