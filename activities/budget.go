package activities

import (
	"errors"
	"time"

	"fermata/store"
)

const (
	// retryFirst and retryMost bound the pause between two attempts of an effect; in
	// between it doubles.
	retryFirst = time.Second
	retryMost  = 5 * time.Minute
	// retryLeast keeps the last attempt apart from the one before.
	retryLeast = 250 * time.Millisecond
)

// retryFrom is the instant from which the retry time of an effect counts: its first
// attempt, moved on by the time in which an attempt was due and none was made. What lies
// between is an outage of ours, or a pause, and no fault of the other side.
func retryFrom(effect *store.Effect, now time.Time, lease time.Duration) time.Time {
	from, planned := effect.CreatedAt, effect.CreatedAt.Add(lease)
	if effect.RetryFrom != nil {
		from = *effect.RetryFrom
	}
	if effect.RetryAt != nil {
		planned = *effect.RetryAt
	}
	if late := now.Sub(planned); late > 0 {
		from = from.Add(late)
	}
	return from
}

// nextTry is the pause before the next attempt, or false when the node's retry time does
// not reach that far. The attempts go on until the very end of it.
func nextTry(attempts int, left time.Duration, err error) (time.Duration, bool) {
	var send *SendError
	if errors.As(err, &send) {
		if send.Final || send.RetryAfter > left {
			return 0, false
		}
		if send.RetryAfter > 0 {
			return send.RetryAfter, true
		}
	}
	if left <= 0 {
		return 0, false
	}
	pause := retryFirst
	for range attempts - 1 {
		if pause *= 2; pause >= retryMost {
			pause = retryMost
			break
		}
	}
	return max(min(pause, left), retryLeast), true
}
