package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter/calendar"
)

func TestPace(t *testing.T) {
	t.Parallel()
	friday := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return friday.Add(time.Duration(hours) * time.Hour) }
	weekend := func(change func(*calendar.Pause)) []calendar.Pause {
		p := calendar.Pause{From: at(10), To: at(70), Over: 10 * time.Hour}
		change(&p)
		return []calendar.Pause{p}
	}
	for name, c := range map[string]struct {
		entered, due int
		pauses       []calendar.Pause
		want         calendar.Paced
	}{
		"before the pause":          {0, 9, weekend(func(*calendar.Pause) {}), calendar.Paced{Due: at(9), Fire: at(9)}},
		"after the pause":           {0, 80, weekend(func(*calendar.Pause) {}), calendar.Paced{Due: at(80), Fire: at(80)}},
		"due at its last instant":   {0, 70, weekend(func(*calendar.Pause) {}), calendar.Paced{Due: at(70), Fire: at(70)}},
		"due at its first instant":  {0, 10, weekend(func(*calendar.Pause) {}), calendar.Paced{Due: at(10), Fire: at(70), Overdue: true}},
		"run":                       {0, 20, weekend(func(*calendar.Pause) {}), calendar.Paced{Due: at(20), Fire: at(70), Overdue: true}},
		"skip":                      {0, 20, weekend(func(p *calendar.Pause) { p.Overdue = calendar.Skip }), calendar.Paced{Due: at(20), Fire: at(70), Overdue: true, Skip: true}},
		"spread":                    {0, 20, weekend(func(p *calendar.Pause) { p.Overdue = calendar.Spread }), calendar.Paced{Due: at(20), Fire: at(75), Overdue: true}},
		"shift":                     {0, 20, weekend(func(p *calendar.Pause) { p.Overdue = calendar.Shift }), calendar.Paced{Due: at(80), Fire: at(80)}},
		"shift leaves later ones":   {0, 71, weekend(func(p *calendar.Pause) { p.Overdue = calendar.Shift }), calendar.Paced{Due: at(71), Fire: at(71)}},
		"freeze":                    {0, 20, weekend(func(p *calendar.Pause) { p.Freeze = true }), calendar.Paced{Due: at(80), Fire: at(80)}},
		"freeze moves later ones":   {0, 90, weekend(func(p *calendar.Pause) { p.Freeze = true }), calendar.Paced{Due: at(150), Fire: at(150)}},
		"freeze, due before":        {0, 5, weekend(func(p *calendar.Pause) { p.Freeze = true }), calendar.Paced{Due: at(5), Fire: at(5)}},
		"freeze, entered within":    {30, 35, weekend(func(p *calendar.Pause) { p.Freeze = true }), calendar.Paced{Due: at(75), Fire: at(75)}},
		"freeze, entered afterward": {70, 75, weekend(func(p *calendar.Pause) { p.Freeze = true }), calendar.Paced{Due: at(75), Fire: at(75)}},
		"spread into another pause": {
			0, 20, append(weekend(func(p *calendar.Pause) { p.Overdue = calendar.Spread }), calendar.Pause{From: at(72), To: at(90)}),
			calendar.Paced{Due: at(20), Fire: at(90), Overdue: true},
		},
		"shifted into another pause": {
			0, 20, append(weekend(func(p *calendar.Pause) { p.Overdue = calendar.Shift }), calendar.Pause{From: at(72), To: at(90)}),
			calendar.Paced{Due: at(80), Fire: at(90), Overdue: true},
		},
		"overdue, then frozen": {
			0, 20, append(weekend(func(p *calendar.Pause) { p.Overdue = calendar.Spread }), calendar.Pause{From: at(72), To: at(90), Freeze: true}),
			calendar.Paced{Due: at(20), Fire: at(93), Overdue: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, calendar.Pace(at(c.due), at(c.entered), c.pauses, 0.5))
		})
	}
}

// A wait never ends within a pause, and never before it is due.
func TestPaceNeverEndsInsideAPause(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return base.Add(time.Duration(minutes) * time.Minute) }
	rapid.Check(t, func(rt *rapid.T) {
		var pauses []calendar.Pause
		for clock := 0; rapid.Bool().Draw(rt, "another"); {
			from := clock + rapid.IntRange(0, 100).Draw(rt, "apart")
			clock = from + rapid.IntRange(1, 100).Draw(rt, "long")
			pauses = append(pauses, calendar.Pause{
				From: at(from), To: at(clock), Freeze: rapid.Bool().Draw(rt, "freeze"),
				Overdue: calendar.Overdue(rapid.IntRange(0, 3).Draw(rt, "overdue")), Over: time.Duration(rapid.IntRange(0, 300).Draw(rt, "over")) * time.Minute,
			})
		}
		entered := rapid.IntRange(0, 400).Draw(rt, "entered")
		due := entered + rapid.IntRange(0, 400).Draw(rt, "due")
		paced := calendar.Pace(at(due), at(entered), pauses, rapid.Float64Range(0, 0.999).Draw(rt, "share"))
		require.False(rt, paced.Fire.Before(at(due)), "it ends before it is due")
		require.False(rt, paced.Fire.Before(paced.Due))
		for _, p := range pauses {
			inside := !paced.Fire.Before(p.From) && paced.Fire.Before(p.To)
			require.False(rt, inside, "it ends at %s, inside %s to %s", paced.Fire, p.From, p.To)
		}
	})
}

func TestFrozen(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return base.Add(time.Duration(hours) * time.Hour) }
	pauses := []calendar.Pause{{From: at(0), To: at(5), Freeze: true}, {From: at(6), To: at(8)}, {From: at(9), To: at(10), Freeze: true}}
	require.Equal(t, 6*time.Hour, calendar.Frozen(at(-1), pauses))
	require.Equal(t, 3*time.Hour, calendar.Frozen(at(3), pauses))
	require.Zero(t, calendar.Frozen(at(10), pauses))
}
