-- +goose Up
ALTER TABLE steps ADD COLUMN input jsonb;

-- +goose Down
ALTER TABLE steps DROP COLUMN input;
