-- +goose Up
-- Who reached the goal of the version, after the start and before it; NULL without a goal.
ALTER TABLE figure_days ADD COLUMN impact jsonb;

-- +goose Down
ALTER TABLE figure_days DROP COLUMN impact;
