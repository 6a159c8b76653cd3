-- +goose Up
ALTER TABLE figure_nodes ADD COLUMN ports jsonb NOT NULL DEFAULT '{}';
-- Built before, they do not know by which ports steps left; the relay builds them again.
DELETE FROM figure_builds WHERE NOT pruned;
UPDATE figure_builds SET sealed = false WHERE pruned;

-- +goose Down
ALTER TABLE figure_nodes DROP COLUMN ports;
