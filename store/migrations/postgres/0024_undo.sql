-- +goose Up
ALTER TABLE effects ADD COLUMN undone_by text NOT NULL DEFAULT '';
ALTER TABLE effects ADD COLUMN undone jsonb;
CREATE INDEX effects_undone ON effects (undone_by) WHERE undone_by <> '';

-- +goose Down
DROP INDEX effects_undone;
ALTER TABLE effects DROP COLUMN undone;
ALTER TABLE effects DROP COLUMN undone_by;
