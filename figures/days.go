package figures

import "time"

// Midnight is the first instant of the local day n days after that of an instant. Where midnight falls
// into a gap of the zone it is the first instant after the gap.
func Midnight(at time.Time, n int, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	start := time.Date(y, m, d+n, 0, 0, 0, 0, zone)
	// In a gap, time.Date gives an instant of the day before or after; a doubled midnight counts once.
	for want := time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC).Day(); start.Day() != want; {
		start = start.Add(15 * time.Minute)
	}
	for {
		earlier := start.Add(-15 * time.Minute)
		if earlier.Day() != start.Day() {
			return start.UTC()
		}
		start = earlier
	}
}

// Midnights are the starts of the local days after from and before to.
func Midnights(from, to time.Time, zone *time.Location) []time.Time {
	list := []time.Time{}
	for at := Midnight(from, 1, zone); at.Before(to); at = Midnight(at, 1, zone) {
		list = append(list, at)
	}
	return list
}
