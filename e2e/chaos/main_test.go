package chaos_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests of this package never run side by side: each fills the machine, and some
// measure how soon it answers.

// long says that the full sizes run.
func long() bool { return os.Getenv("CHAOS_LONG") != "" }

// size is a number that CHAOS_<name> sets; otherwise it depends on the form.
func size(t *testing.T, name string, short, full int) int {
	t.Helper()
	if text := os.Getenv("CHAOS_" + name); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err, "CHAOS_"+name)
		return n
	}
	if long() {
		return full
	}
	return short
}

// seed is CHAOS_SEED, or a new one; it is printed so that a run can be repeated.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		var err error
		n, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "CHAOS_SEED")
	}
	say("%s: CHAOS_SEED=%d", t.Name(), n)
	return n
}

// say prints a line at once: a long run is watched.
func say(format string, values ...any) { fmt.Printf(format+"\n", values...) }

// machine describes what a figure was measured on.
func machine() string {
	load, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%d processors, load %s", runtime.NumCPU(), one)
}

// until polls a condition and reports whether it came true within patience.
func until(patience time.Duration, condition func() bool) bool {
	const pause = 200 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for began := time.Now(); !condition(); <-tick.C {
		if time.Since(began) > patience {
			return false
		}
	}
	return true
}
