package figures

import "time"

// zoneStep divides every change of a zone's clock since 1972.
const zoneStep = 15 * time.Minute

// Midnight is the first instant of the local day n days after that of an instant, or of the next day
// that the zone has. Where midnight falls into a gap it is the first instant after the gap.
func Midnight(at time.Time, n int, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	want := number(time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC))
	start := time.Date(y, m, d+n, 0, 0, 0, 0, zone)
	for number(start) < want {
		start = start.Add(zoneStep)
	}
	for number(start.Add(-zoneStep)) >= want {
		start = start.Add(-zoneStep)
	}
	return start.UTC()
}

// number orders local dates.
func number(at time.Time) int {
	y, m, d := at.Date()
	return y*10000 + int(m)*100 + d
}

// Midnights are the starts of the local days after from and before to.
func Midnights(from, to time.Time, zone *time.Location) []time.Time {
	list := []time.Time{}
	for at := Midnight(from, 1, zone); at.Before(to); at = Midnight(at, 1, zone) {
		list = append(list, at)
	}
	return list
}
