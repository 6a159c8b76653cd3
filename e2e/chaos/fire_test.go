package chaos_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// fire troubles the processes of a stage and the links between them, as a seed says.
type fire struct {
	*stage
	rng    *rand.Rand
	pace   time.Duration // between two troubles, on average
	crash  bool          // PostgreSQL, too
	counts map[string]int
	failed []error

	mu   sync.Mutex
	busy map[string]bool
	wait sync.WaitGroup
}

func newFire(s *stage, seed uint64, pace time.Duration) *fire {
	return &fire{stage: s, rng: rand.New(rand.NewPCG(seed, 2)), pace: pace, counts: map[string]int{}, busy: map[string]bool{}}
}

// rage makes trouble until ctx ends and returns when everything stands again.
func (f *fire) rage(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-time.After(f.pace/2 + time.Duration(f.rng.Int64N(int64(f.pace)))):
			f.strike()
		case <-ctx.Done():
		}
	}
	f.wait.Wait()
}

// strike chooses one trouble.
func (f *fire) strike() {
	victims := append(append([]string{"api", "relay", "engine"}, workers...), workers...)
	victim := victims[f.rng.IntN(len(victims))]
	l := f.links[f.rng.IntN(len(f.links))]
	rest := time.Duration(200+f.rng.IntN(2500)) * time.Millisecond
	stream := []string{"upstream", "downstream"}[f.rng.IntN(2)]
	toxic := []string{"slow", "reset", "tear", "silent"}[f.rng.IntN(4)]
	ice := f.frozen(victim, rest)
	switch roll := f.rng.IntN(20); {
	case roll < 6:
		f.begin("kill "+kind(victim), victim, func() error { f.programs[victim].Kill(rest); return nil })
	case roll < 10:
		f.begin("freeze "+kind(victim), victim, func() error { return f.freeze(victim, ice) })
	case roll < 14:
		f.begin("cut "+l.name, l.name, func() error { return l.cut(rest) })
	case roll < 18:
		f.begin(toxic+" "+l.name, l.name, func() error { return l.ail(toxic, stream, rest) })
	case roll < 19:
		f.begin("kill all", "", func() error { f.killAll(rest); return nil })
	case f.crash:
		f.begin("crash postgres", "", func() error { return f.postgres.Crash(context.Background()) })
	}
}

// frozen is how long a process is frozen; in the long form sometimes for longer than
// every lease, so that others take over and it finds that it has lost its claims.
func (f *fire) frozen(victim string, rest time.Duration) time.Duration {
	if f.crash && (victim == "relay" || kind(victim) == "worker") && f.rng.IntN(4) == 0 {
		return 40 * time.Second
	}
	return 2 * rest
}

// kind is what a process is counted as.
func kind(name string) string {
	if name == workers[0] || name == workers[1] {
		return "worker"
	}
	return name
}

// begin carries out a trouble beside the others, one at a time for each target.
func (f *fire) begin(what, target string, do func() error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy[target] {
		return
	}
	f.busy[target] = true
	f.counts[what]++
	f.wait.Go(func() {
		err := do()
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.busy, target)
		if err != nil {
			f.failed = append(f.failed, fmt.Errorf("%s: %w", what, err))
		}
	})
}

func (f *fire) freeze(victim string, rest time.Duration) error {
	f.programs[victim].Freeze()
	<-time.After(rest)
	f.programs[victim].Thaw()
	return nil
}

func (f *fire) killAll(rest time.Duration) {
	for _, p := range f.programs {
		p.Kill(rest)
	}
}
