package activities

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestRetryTimeLeavesOutWhatNobodyTried(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time {
		when := first.Add(d)
		return &when
	}
	for name, c := range map[string]struct {
		effect store.Effect
		now    time.Duration
		want   time.Duration
	}{
		"as planned":                   {store.Effect{CreatedAt: first, RetryFrom: at(0), RetryAt: at(time.Minute)}, time.Minute, 0},
		"an hour late":                 {store.Effect{CreatedAt: first, RetryFrom: at(0), RetryAt: at(time.Minute)}, time.Hour + time.Minute, time.Hour},
		"late again":                   {store.Effect{CreatedAt: first, RetryFrom: at(time.Hour), RetryAt: at(2 * time.Hour)}, 3 * time.Hour, 2 * time.Hour},
		"the first attempt's end lost": {store.Effect{CreatedAt: first}, 5 * time.Hour, 5*time.Hour - 30*time.Second},
		"early":                        {store.Effect{CreatedAt: first, RetryFrom: at(0), RetryAt: at(time.Hour)}, time.Minute, 0},
	} {
		require.Equal(t, first.Add(c.want), retryFrom(&c.effect, first.Add(c.now), 30*time.Second), name)
	}
}

func TestAttemptsGoOnUntilTheEndOfTheRetryTime(t *testing.T) {
	t.Parallel()
	var pauses []time.Duration
	left := 15 * time.Minute
	for attempt := 1; ; attempt++ {
		pause, again := nextTry(attempt, left, errors.New("refused"))
		if !again {
			break
		}
		pauses = append(pauses, pause)
		left -= pause
	}
	require.Equal(t, []time.Duration{
		time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second,
		128 * time.Second, 256 * time.Second, 5 * time.Minute, 89 * time.Second,
	}, pauses)
	pause, again := nextTry(1, time.Hour, &SendError{RetryAfter: 10 * time.Minute})
	require.Equal(t, []any{10 * time.Minute, true}, []any{pause, again})
	_, again = nextTry(1, time.Minute, &SendError{RetryAfter: 10 * time.Minute})
	require.False(t, again, "the other side asks for more than there is")
	_, again = nextTry(1, time.Hour, &SendError{Final: true})
	require.False(t, again)
}
