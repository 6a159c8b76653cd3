-- +goose Up
-- Claims are short-lived: the index holds those that are under way, and those of the dead.
CREATE INDEX effects_claimed ON effects (lease_until) WHERE state = 'claimed';

-- +goose Down
DROP INDEX effects_claimed;
