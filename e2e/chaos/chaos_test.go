package chaos_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// slack is how long an event may be on its way from its instant of acceptance to the
// log while its process is frozen.
const slack = 15 * time.Second

// Events pour in while everything is killed, frozen and cut off at random. When all is
// up again, what was accepted has happened: once, in order, to the end.
func TestChaos(t *testing.T) {
	n, seconds := size(t, "EVENTS", 400, 20000), size(t, "SECONDS", 25, 900)
	seed := seed(t)
	s := setStage(t)
	s.flaky(seed)
	definitions := s.publish(scenario...)
	p := newPlan(seed, n, time.Duration(seconds)*time.Second)
	in, f := newIntake(s.api.URL), newFire(s, seed, time.Duration(size(t, "PACE_MS", 1200, 3000))*time.Millisecond)
	f.crash = long()
	if rate := size(t, "FAULTS", 2, 2); rate > 0 {
		s.withFaults(rate, seed)
	}
	raging, enough := context.WithTimeout(t.Context(), p.window)
	sending, giveUp := context.WithTimeout(t.Context(), p.window+3*time.Minute)
	defer enough()
	defer giveUp()
	done := make(chan struct{})
	go func() { in.send(sending, p); close(done) }()
	f.rage(raging)
	<-done
	s.withFaults(0, seed)
	require.Empty(t, f.failed)
	// What has piled up may take longer than the five minutes after which nobody may be
	// stuck: the full size fills a small machine.
	took, left := s.drain(time.Duration(size(t, "DRAIN_SECONDS", 300, 1200)) * time.Second)
	a := newAudit(s, definitions)
	if !left.settled() {
		a.wrong(stuck, "after %s: %s", took.Round(time.Second), left)
	}
	a.accepted(p, in)
	a.all()
	a.model()
	s.table(p, in, f, a, took)
	require.Empty(t, a.report())
}

// flaky makes one mail and one call in twenty fail with an answer that asks for a retry.
func (s *stage) flaky(seed uint64) {
	s.smtp.Accept, s.http.Answer = refuseSome(seed)
}

// table prints what happened.
func (s *stage) table(p *plan, in *intake, f *fire, a *audit, took time.Duration) {
	line := func(what string, value any) { say("  %-40s %v", what, value) }
	say("%s, %d events planned, %d of them posted several times, %d requests", s.Name(), len(p.events), p.twice, len(p.posts))
	line("intake p50 / p99", fmt.Sprintf("%s / %s", in.percentile(0.5).Round(time.Millisecond), in.percentile(0.99).Round(time.Millisecond)))
	line("requests made again", counts(in.refused))
	troubles := map[string]int{}
	for what, n := range f.counts {
		word, target, _ := strings.Cut(what, " ")
		if word != "kill" && word != "freeze" && word != "crash" {
			target = "links"
		}
		troubles[word+" "+target] += n
	}
	line("troubles", counts(troubles))
	deaths := map[string]int{}
	for name, program := range s.programs {
		if n := program.Deaths(); n > 0 {
			deaths[name] = n
		}
	}
	line("ended by themselves, started again", counts(deaths))
	line("faults in Temporal's store, logged", s.faultsLogged())
	line("faults in our store", fmt.Sprintf("%d never done, %d done and not told", s.faults.lost.Load(), s.faults.untold.Load()))
	line("drained within", took.Round(100*time.Millisecond))
	for _, what := range slices.Sorted(maps.Keys(a.checks)) {
		line(what, a.checks[what])
	}
	for _, kind := range []string{lost, doubled, stuck, order, verdict, path} {
		line(kind, len(a.deviations[kind]))
	}
}

// counts writes a map of numbers in one line.
func counts(m map[string]int) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, fmt.Sprintf("%s %d", name, m[name]))
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
