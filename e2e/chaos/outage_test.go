package chaos_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// intakeLimit bounds the 99th percentile of intake while Temporal is away.
	intakeLimit = 250 * time.Millisecond
	// returnLimit bounds how long the work of an outage takes once Temporal is started again.
	returnLimit = 180 * time.Second
)

// Events are accepted while Temporal is away, a fifth of them several times. After its
// return each has its effect, once. Half of them enroll by themselves; the others are a
// tour of four that one enrollment takes in its order, whatever order they came in.
func TestOutage(t *testing.T) {
	n, seconds := size(t, "OUTAGE_EVENTS", 300, 10000), size(t, "OUTAGE_SECONDS", 8, 120)
	seed := seed(t)
	s := setStage(t)
	definitions := s.publish("tour", "counter")
	away := time.Duration(seconds) * time.Second
	p := outagePlan(seed, n, away-away/20)
	in := newIntake(s.api.URL)
	began := time.Now()
	s.programs["engine"].Kill(away)
	sending, cancel := context.WithTimeout(t.Context(), away+time.Minute)
	defer cancel()
	in.send(sending, p)
	posted := time.Since(began)
	until(away, func() bool { return time.Since(began) >= away })
	took, left := s.drain(2 * returnLimit)
	require.True(t, until(patience, s.engineAnswers), "Temporal is back")
	a := newAudit(s, definitions)
	a.accepted(p, in)
	a.all()
	a.outageModel()
	say("%s: %d events in %s while Temporal was away for %s, %d of them posted several times; machine: %s", t.Name(), n,
		posted.Round(time.Second), away, p.twice, machine())
	say("  intake p50 %s, p99 %s (limit %s); requests made again: %s", in.percentile(0.5).Round(time.Millisecond),
		in.percentile(0.99).Round(time.Millisecond), intakeLimit, counts(in.refused))
	say("  drained %s after it was started again (limit %s); enrollments %d, effects %d, lost %d, doubled %d", took.Round(100*time.Millisecond),
		returnLimit, a.checks["enrollments"], a.checks["effects in the store"], len(a.deviations[lost]), len(a.deviations[doubled]))
	require.Less(t, posted, away, "all was accepted while Temporal was away")
	require.Empty(t, a.report())
	require.True(t, left.settled(), left)
	require.Less(t, in.percentile(0.99), intakeLimit)
	require.Less(t, took, returnLimit)
}

// outagePlan makes n events of ten contacts in a hundred: half single, half in tours.
func outagePlan(seed uint64, n int, window time.Duration) *plan {
	p := &plan{rng: rand.New(rand.NewPCG(seed, 4)), window: window}
	contacts := max(4, n/10)
	for tour := 0; len(p.events) < n/2; tour++ {
		contact, at := tour%contacts, p.rng.Float64()*0.4
		id := fmt.Sprintf("T-%d", tour)
		p.tell(contact, "tour.opened", at, map[string]any{"tour": id})
		for stop := range 3 {
			p.tell(contact, "tour.stopped", 0.5+0.5*p.rng.Float64(), map[string]any{"tour": id, "stop": stop + 1})
		}
	}
	for i := 0; len(p.events) < n; i++ {
		p.tell(p.rng.IntN(contacts), "counter.bumped", p.rng.Float64(), map[string]any{"n": fmt.Sprint(i)})
	}
	p.arrange()
	return p
}

// outageModel checks that every event had its effect.
func (a *audit) outageModel() {
	want := map[string]int{}
	for _, e := range a.events {
		switch e.typ {
		case "counter.bumped":
			want[e.contact+" bumps"]++
		case "tour.opened":
			want[e.contact+" tours"]++
		case "tour.stopped":
			want[e.contact+" stops"]++
		}
	}
	for place, n := range want {
		if got := asInt(a.fieldOf(place)); got != n {
			a.wrong(lost, "%s is %d, not %d", place, got, n)
		}
	}
}
