package calendar

import "time"

// Pause is a stretch [From, To) in which nobody moved. With Freeze the clocks of open waits stood
// still; else they ran, and Overdue says what became of the waits that fell due meanwhile.
type Pause struct {
	From, To time.Time
	Freeze   bool
	Overdue  Overdue
	// Over is the stretch after To over which Spread lets the overdue go.
	Over time.Duration
}

// Overdue is what becomes of a wait that fell due during a pause.
type Overdue int

// The ways.
const (
	Run    Overdue = iota // it ends when the pause ends
	Spread                // it ends at an instant of its own within Pause.Over
	Skip                  // it ends when the pause ends, and what it led to is skipped
	Shift                 // it lasts longer by the time that it was paused
)

// Paced is a due instant after pauses have been reckoned with.
type Paced struct {
	// Due is the instant that counts: an event accepted before it was in time.
	Due time.Time
	// Fire is when the wait ends: Due, or later when a pause held it back.
	Fire time.Time
	// Overdue is true when Due fell into a pause that did not move it.
	Overdue bool
	// Skip: what the wait leads to is skipped.
	Skip bool
}

// Pace reckons with the pauses, in the order of their time, that a wait met which was entered at
// an instant and was to end at due. share, in [0,1), is the wait's own place in a spread.
func Pace(due, entered time.Time, pauses []Pause, share float64) Paced {
	p := Paced{Due: due, Fire: due}
	for _, pause := range pauses {
		from := pause.From
		if entered.After(from) {
			from = entered
		}
		if !from.Before(pause.To) || p.Fire.Before(from) {
			continue
		}
		length := pause.To.Sub(from)
		switch {
		case pause.Freeze:
			p.shift(length)
		case !p.Fire.Before(pause.To): // it was due later
		case pause.Overdue == Shift:
			p.shift(length)
		default:
			p.Fire, p.Overdue = pause.To, true
			p.Skip = p.Skip || pause.Overdue == Skip
			if pause.Overdue == Spread {
				p.Fire = pause.To.Add(time.Duration(share * float64(pause.Over)))
			}
		}
	}
	return p
}

// shift moves a wait. One that is overdue keeps the instant that counts.
func (p *Paced) shift(by time.Duration) {
	p.Fire = p.Fire.Add(by)
	if !p.Overdue {
		p.Due = p.Fire
	}
}

// Frozen is how long the clocks stood still since an instant.
func Frozen(since time.Time, pauses []Pause) time.Duration {
	var sum time.Duration
	for _, pause := range pauses {
		from := pause.From
		if since.After(from) {
			from = since
		}
		if pause.Freeze && from.Before(pause.To) {
			sum += pause.To.Sub(from)
		}
	}
	return sum
}
