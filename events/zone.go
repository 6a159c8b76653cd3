package events

import (
	"sync"
	"time"

	"fermata/store"
)

// zones keeps loaded locations, which never change: only names that exist are kept, so it stays
// as small as the list of time zones.
var zones sync.Map // name → *time.Location

// Who says which zone counts, see ZoneSource.
const (
	ZoneOfWorkflow = "workflow"
	ZoneOfContact  = "contact"
	ZoneOfAccount  = "account"
)

// Zone returns the zone in which an enrollment counts days: the setting when it names one, else
// ("contact" or empty) the contact's, and where that is absent or unknown the account's, which
// defaults to UTC.
func Zone(setting string, c *store.Contact, a *store.Account) *time.Location {
	loc, _ := ZoneSource(setting, c, a)
	return loc
}

// ZoneSource is Zone that also tells who says so.
func ZoneSource(setting string, c *store.Contact, a *store.Account) (*time.Location, string) {
	if setting != "" && setting != "contact" {
		if loc, ok := location(setting); ok {
			return loc, ZoneOfWorkflow
		}
	} else if c != nil {
		if loc, ok := location(c.Timezone); ok {
			return loc, ZoneOfContact
		}
	}
	if a != nil {
		if loc, ok := location(a.Timezone); ok {
			return loc, ZoneOfAccount
		}
	}
	return time.UTC, ZoneOfAccount
}

// location loads an IANA zone. "Local" is the zone of a machine, not of anybody's contract.
func location(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	if known, ok := zones.Load(name); ok {
		loc, _ := known.(*time.Location)
		return loc, true
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, loc)
	return loc, true
}
