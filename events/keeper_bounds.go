package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/store"
)

// Bounds say how old rows get that nobody sets a time for. What a person may want to look up stays as
// long as a quarter; alarms as long as events.
const (
	keepJobs        = 90 * 24 * time.Hour
	keepNotices     = 90 * 24 * time.Hour
	keepIdempotency = 7 * 24 * time.Hour
	keepSessions    = 24 * time.Hour // after their end
	keepWorkers     = 7 * 24 * time.Hour
)

// longest reads how far back what is in force looks: the longest `within` of a condition, silence of
// an inactivity trigger and frequency cap, of the account, the segments, the workflows that are not
// archived and the versions that people are inside of. Rows that young are never deleted.
type longest struct {
	known map[string]calendar.Duration // by the hash of a definition, which never changes
}

func (l *longest) read(tx *store.Tx) (calendar.Duration, error) {
	far, err := l.definitions(tx)
	if err != nil {
		return far, err
	}
	account, err := tx.Account()
	switch {
	case err == nil:
		var cap any
		if err := account.FrequencyCap.Decode(&cap); err != nil {
			return far, fmt.Errorf("read account: %w", err)
		}
		far = further(far, lookback(map[string]any{"frequency_cap": cap}))
	case !errors.Is(err, store.ErrNotFound):
		return far, fmt.Errorf("read account: %w", err)
	}
	page := store.Page{Limit: store.MaxLimit}
	for {
		segments, next, err := tx.ListSegments(page)
		if err != nil {
			return far, fmt.Errorf("list segments: %w", err)
		}
		for i := range segments {
			var filter any
			if err := segments[i].Filter.Decode(&filter); err != nil {
				return far, fmt.Errorf("read segment %s: %w", segments[i].Key, err)
			}
			far = further(far, lookback(filter))
		}
		if next == "" {
			return far, nil
		}
		page.Cursor = next
	}
}

func (l *longest) definitions(tx *store.Tx) (far calendar.Duration, err error) {
	hashes, err := tx.HashesInForce()
	if err != nil {
		return far, fmt.Errorf("list contents in force: %w", err)
	}
	known := make(map[string]calendar.Duration, len(hashes))
	for _, hash := range hashes {
		back, seen := l.known[hash]
		if !seen {
			if back, err = definitionLookback(tx, hash); err != nil {
				return far, err
			}
		}
		known[hash] = back
		far = further(far, back)
	}
	l.known = known
	return far, nil
}

// definitionLookback is lookback of a stored definition; one that is not there looks back to nothing.
func definitionLookback(tx *store.Tx, hash string) (far calendar.Duration, err error) {
	body, err := tx.Definition(hash)
	if errors.Is(err, store.ErrNotFound) {
		return far, nil
	}
	if err != nil {
		return far, fmt.Errorf("read definition %s: %w", hash, err)
	}
	var document any
	if err := json.Unmarshal(body, &document); err != nil {
		return far, fmt.Errorf("read definition %s: %w", hash, err)
	}
	return lookback(document), nil
}

// lookback is the longest stretch of the past that a document names.
func lookback(value any) (far calendar.Duration) {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			text, _ := child.(string)
			switch {
			case key == "frequency_cap":
				_, text, _ = strings.Cut(text, "/")
			case key == "within":
			case key == "for" && v["without"] != nil:
			default:
				text = ""
			}
			if d, err := calendar.ParseDuration(text); err == nil {
				far = further(far, d)
			}
			far = further(far, lookback(child))
		}
	case []any:
		for _, child := range v {
			far = further(far, lookback(child))
		}
	}
	return far
}

func further(a, b calendar.Duration) calendar.Duration {
	if b.Approx() > a.Approx() {
		return b
	}
	return a
}
