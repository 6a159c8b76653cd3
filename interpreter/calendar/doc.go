// Package calendar computes the instants at which an enrollment wakes: durations, day N, dates with
// an offset, allowed windows and quiet hours, all in a given zone and safe across clock changes.
// The node types, the conditions and the rehearsal use it. It must never read a clock or a
// setting: every instant comes in as a value, and the same values always give the same instant under
// the same zone rules. Those are the system's, else the ones built into the binary.
package calendar

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones must exist also where the system has none
)

var zones sync.Map // name → *time.Location

// Zone returns the location of an IANA zone name such as "Europe/Berlin". The empty name and
// "Local" are not zones: what they mean depends on the machine.
func Zone(name string) (*time.Location, bool) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), true
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, loc)
	return loc, true
}
