package events

import (
	"errors"
	"fmt"
	"strconv"

	"fermata/store"
)

// MetaInterpreter is where the store keeps the machine's version for new enrollments.
const MetaInterpreter = "interpreter_active"

// activeInterpreter is the interpreter version that new enrollments run.
func activeInterpreter(tx *store.Tx) (int, error) {
	stored, err := tx.Meta(MetaInterpreter)
	if errors.Is(err, store.ErrNotFound) || err == nil && stored == "" {
		return 1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read active interpreter: %w", err)
	}
	version, err := strconv.Atoi(stored)
	if err != nil {
		return 0, fmt.Errorf("read active interpreter: %w", err)
	}
	return version, nil
}
